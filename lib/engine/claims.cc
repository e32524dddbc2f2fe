// Declared shapes are claims: they may add what symshape does not know, and are checked against
// what it does.
#include "absl/strings/str_cat.h"
#include "engine/walk.h"
#include "graph/initialized.h"
#include "graph/upcoming.h"

namespace symshape::engine {

using diagnostics::Diagnostic;
using graph::DeclaredDim;
using graph::DeclaredType;
using graph::Index;
using rules::Info;
using rules::ShapeId;
using rules::Type;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

void Walk::RankVaries(const Frame& frame, uint32_t node, int output) {
  const graph::ValueId value = frame.graph.nodes[node].outputs[output];
  const DeclaredType* declared = frame.graph.values[Index(value)].declared;
  if (declared != nullptr) analysis_->of_varying_rank_.insert(declared);
}

// A declared type or rank counts where nothing is known. A declared size is believed only of an
// operator that symshape does not know: elsewhere it may be what the exporter saw at one size.
void Walk::AdoptClaim(Frame& frame, uint32_t node, graph::ValueId value, bool trusted, Info& info) {
  const Type& known = tables().type(info.type);
  if (known.kind == Type::Kind::kTensor && known.element != graph::ElementType::kUndefined &&
      known.shape != ShapeId::kUnknownRank) {
    return;
  }
  Type type = known;
  const DeclaredType* declared = frame.graph.values[Index(value)].declared;
  if (declared == nullptr || declared->kind == DeclaredType::Kind::kNone) return;
  if (declared->kind != DeclaredType::Kind::kTensor) {
    if (type.kind == Type::Kind::kUnknown) {
      HasSymbols(frame);
      info.type = TypeOfClaim(*declared, "declared", nullptr);
    }
    return;
  }
  if (type.kind != Type::Kind::kTensor && type.kind != Type::Kind::kUnknown) return;
  bool needs_rank = type.shape == ShapeId::kUnknownRank && declared->has_shape &&
                    !analysis_->RankVaries(*declared);
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

Diagnostic Wrong(const graph::Value& value, absl::string_view id, diagnostics::Message message) {
  Diagnostic d;
  d.id = id;
  d.tensor = std::string(value.name);
  d.severity = diagnostics::Severity::kWarning;
  d.message = std::move(message);
  return d;
}

// What is wrong about the sizes that a tensor declares: the first one that does not hold at every
// size at which the model runs. REQUIRES: as many as `dims`.
std::optional<Diagnostic> WrongSize(const Analysis& analysis, const graph::Graph& graph,
                                    graph::ValueId id, absl::Span<const DeclaredDim> claims,
                                    absl::Span<const Dim> dims) {
  symbolic::Context& context = analysis.context();
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    const std::optional<int64_t> claimed = ClaimedSize(claims[axis]);
    if (!claimed) continue;
    const Dim size = context.Constant(*claimed);
    if (dims[axis] == size) continue;
    const Tri holds = context.Decide({Fact::Kind::kEq, dims[axis], size});
    if (holds == Tri::kYes) continue;
    if (holds == Tri::kUnknown && analysis.ExactnessOf(graph, id) != Exactness::kExact) continue;
    Diagnostic d = Wrong(graph.values[Index(id)], "declared-shape",
                         {"declares ", ClaimedShape(context, claims),
                          holds == Tri::kNo ? ", true at no size" : ", true only at some sizes"});
    d.notes.push_back({"inferred  ", diagnostics::Piece::Shape(dims.begin(), dims.end())});
    return d;
  }
  return std::nullopt;
}

// What is wrong about the tensor type that a value declares.
std::optional<Diagnostic> WrongClaim(const Analysis& analysis, const graph::Graph& graph,
                                     graph::ValueId id) {
  const graph::Value& value = graph.values[Index(id)];
  const Type& type = analysis.tables().type(analysis.info(graph, id).type);
  const graph::ElementType declared = value.declared->element;
  if (type.element != declared && type.element != graph::ElementType::kUndefined &&
      declared != graph::ElementType::kUndefined) {
    return Wrong(value, "declared-type",
                 {"declares ", std::string(graph::Name(declared)), ", but is ",
                  std::string(graph::Name(type.element))});
  }
  const bool has_rank = type.shape != ShapeId::kUnknownRank;
  if (!has_rank && !analysis.RankVaries(*value.declared)) return std::nullopt;
  const auto claims = analysis.ClaimedDims(graph, id);
  if (!claims.has_value()) return std::nullopt;
  const auto claimed = [&] { return ClaimedShape(analysis.context(), *claims); };
  if (!has_rank) {
    return Wrong(value, "declared-rank",
                 {"declares ", claimed(), ", but its rank differs between sizes"});
  }
  const absl::Span<const Dim> dims = analysis.tables().dims(type.shape);
  if (dims.size() == claims->size()) return WrongSize(analysis, graph, id, *claims, dims);
  return Wrong(
      value, "declared-rank",
      {"declares ", claimed(), ", but is ", diagnostics::Piece::Shape(dims.begin(), dims.end())});
}

}  // namespace

// Reports the claims that do not hold at every size at which the model runs. What an input declares
// is a truth, but where the user says something else.
void Walk::CheckClaims() {
  const std::vector<bool> given = GivenInputs(*model_.main);
  for (const graph::Graph* graph : graph::Upcoming(model_)) {
    const bool is_main = graph == model_.main;
    for (uint32_t v = 0; v < graph->values.size(); ++v) {
      const graph::Value& value = graph->values[v];
      if (value.declared == nullptr || value.declared->kind != DeclaredType::Kind::kTensor)
        continue;
      if (is_main && given[v]) continue;
      if (auto wrong = WrongClaim(*analysis_, *graph, static_cast<graph::ValueId>(v))) {
        Report(*std::move(wrong));
      }
    }
  }
}

}  // namespace symshape::engine
