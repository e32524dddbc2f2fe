// Declared shapes are claims: they may add what symshape does not know, and are checked against what
// it does.
#include "absl/strings/str_cat.h"
#include "engine/walk.h"
#include "graph/initialized.h"

namespace symshape::engine {

using graph::DeclaredDim;
using graph::DeclaredType;
using graph::Index;
using rules::Info;
using rules::ShapeId;
using rules::Type;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

// A declared type or rank counts where nothing is known. A declared size is believed only of an
// operator that symshape does not know: elsewhere it may be what the exporter saw at one size.
void Walk::AdoptClaim(Frame& frame, uint32_t node, graph::ValueId value, bool trusted, Info& info) {
  const DeclaredType* declared = frame.graph.values[Index(value)].declared;
  if (declared == nullptr || declared->kind == DeclaredType::Kind::kNone) return;
  Type type = tables().type(info.type);
  if (declared->kind != DeclaredType::Kind::kTensor) {
    if (type.kind == Type::Kind::kUnknown) {
      HasSymbols(frame);
      info.type = TypeOfClaim(*declared, "declared", nullptr);
    }
    return;
  }
  if (type.kind != Type::Kind::kTensor && type.kind != Type::Kind::kUnknown) return;
  bool needs_rank = type.shape == ShapeId::kUnknownRank && declared->has_shape;
  if (needs_rank && !trusted && !believes_ranks_) {
    misses_claimed_rank_ = true;
    HasSymbols(frame);
    frame.memory[node].open = true;
    needs_rank = false;
  }
  if (type.element != graph::ElementType::kUndefined && !needs_rank) return;
  type.kind = Type::Kind::kTensor;
  if (type.element == graph::ElementType::kUndefined) type.element = declared->element;
  if (needs_rank) {
    std::vector<Dim> dims;
    for (size_t axis = 0; axis < declared->dims.size(); ++axis) {
      const DeclaredDim& d = declared->dims[axis];
      if (trusted && d.kind == DeclaredDim::Kind::kValue && d.value >= 0) {
        dims.push_back(context().Constant(d.value));
        continue;
      }
      const uint32_t key = kClaimKeys + Index(value) * 64 + static_cast<uint32_t>(axis);
      dims.push_back(Fresh(frame, node, key, "declared", symbolic::kSize));
    }
    type.shape = tables().Intern(dims);
  }
  info.type = tables().Intern(type);
}

namespace {

// A claim that can be held against a dim: a number. (Names are the writer's concern: it keeps them
// where they are consistent.)
std::optional<int64_t> ClaimedSize(const DeclaredDim& d) {
  if (d.kind == DeclaredDim::Kind::kValue && d.value > 0) return d.value;
  return std::nullopt;
}

diagnostics::Piece::Shape ClaimedShape(symbolic::Context& context,
                                       absl::Span<const DeclaredDim> declared) {
  diagnostics::Piece::Shape shape;
  for (const DeclaredDim& d : declared) {
    switch (d.kind) {
      case DeclaredDim::Kind::kValue:
        shape.push_back(context.Constant(d.value));
        break;
      case DeclaredDim::Kind::kParam:
        shape.push_back(
            context.Symbol(d.param, symbolic::kSize, symbolic::SymbolKind::kValueInfoName));
        break;
      case DeclaredDim::Kind::kUnset:
        shape.push_back(Dim::None());
        break;
    }
  }
  return shape;
}

// By value: whether it is an input that the caller gives.
std::vector<bool> GivenInputs(const graph::Graph& main) {
  const std::vector<bool> initialized = graph::Initialized(main);
  std::vector<bool> given(main.values.size());
  for (graph::ValueId input : main.inputs)
    given[graph::Index(input)] = !initialized[graph::Index(input)];
  return given;
}

}  // namespace

// Reports the claims that do not hold at every size at which the model runs. What an input declares is a
// truth, but where the user says something else.
void Walk::CheckClaims() {
  const std::vector<bool> given = GivenInputs(*model_.main);
  for (const auto& graph : model_.graphs) {
    for (uint32_t v = 0; v < graph->values.size(); ++v) {
      const graph::Value& value = graph->values[v];
      if (value.declared == nullptr || value.declared->kind != DeclaredType::Kind::kTensor)
        continue;
      if (graph.get() == model_.main && given[v]) continue;
      const Info info = analysis_->info(*graph, static_cast<graph::ValueId>(v));
      const std::optional<absl::Span<const Dim>> dims = analysis_->DimsOf(info);
      const Type& type = tables().type(info.type);
      const auto claim = [&value](absl::string_view id) {
        diagnostics::Diagnostic d;
        d.id = id;
        d.tensor = std::string(value.name);
        d.severity = diagnostics::Severity::kWarning;
        return d;
      };
      if (type.element != graph::ElementType::kUndefined &&
          value.declared->element != graph::ElementType::kUndefined &&
          type.element != value.declared->element) {
        diagnostics::Diagnostic d = claim("declared-type");
        d.message = {"declares ", std::string(graph::Name(value.declared->element)), ", but is ",
                     std::string(graph::Name(type.element))};
        Report(std::move(d));
        continue;
      }
      const auto claims = analysis_->ClaimedDims(*graph, static_cast<graph::ValueId>(v));
      if (!dims || !claims) continue;
      const auto known = [&] { return diagnostics::Piece::Shape(dims->begin(), dims->end()); };
      if (dims->size() != claims->size()) {
        diagnostics::Diagnostic d = claim("declared-rank");
        d.message = {"declares ", ClaimedShape(context(), *claims), ", but is ", known()};
        Report(std::move(d));
        continue;
      }
      for (size_t axis = 0; axis < dims->size(); ++axis) {
        const std::optional<int64_t> claimed = ClaimedSize((*claims)[axis]);
        if (!claimed) continue;
        const Dim size = context().Constant(*claimed);
        if ((*dims)[axis] == size) continue;
        const Tri holds = context().Decide({Fact::Kind::kEq, (*dims)[axis], size});
        if (holds == Tri::kYes) continue;
        const bool exact =
            analysis_->ExactnessOf(*graph, static_cast<graph::ValueId>(v)) == Exactness::kExact;
        if (holds == Tri::kUnknown && !exact) continue;
        diagnostics::Diagnostic d = claim("declared-shape");
        d.message = {"declares ", ClaimedShape(context(), *claims),
                     holds == Tri::kNo ? ", true at no size" : ", true only at some sizes"};
        d.notes.push_back({"inferred  ", known()});
        Report(std::move(d));
        break;
      }
    }
  }
}

}  // namespace symshape::engine
