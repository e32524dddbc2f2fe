#include "queries/check.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/metadata.h"
#include "queries/describe.h"
#include "queries/simplify.h"
#include "queries/sizes.h"

namespace symshape::queries {
namespace {

using engine::Exactness;
using graph::DeclaredDim;
using graph::DeclaredType;
using rules::Type;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

constexpr size_t kLongestCondition = 60;  // that is said as it is; a longer one by an example

class Checker {
 public:
  Checker(const engine::Analysis& analysis, const Tensors& tensors, const Contract& contract)
      : analysis_(analysis),
        context_(analysis.context()),
        tensors_(tensors),
        contract_(contract),
        generated_(graph::ReadMetadata(analysis.model()).generated) {}

  std::vector<Finding> Run() {
    const graph::Graph& main = *analysis_.model().main;
    absl::flat_hash_set<graph::ValueId> inputs(main.inputs.begin(), main.inputs.end());
    for (const graph::Graph* graph : tensors_.graphs()) {
      for (uint32_t v = 0; v < graph->values.size(); ++v) {
        const auto value = static_cast<graph::ValueId>(v);
        if (graph == &main && inputs.contains(value)) continue;
        CheckValue({graph, value});
      }
    }
    CheckInputs();
    CheckNodes();
    return std::move(findings_);
  }

 private:
  Finding& Add(absl::string_view id, std::string tensor) {
    Finding finding;
    finding.row = diagnostics::FindRow(id);
    finding.tensor = std::move(tensor);
    return findings_.emplace_back(std::move(finding));
  }

  void CheckValue(TensorRef ref) {
    const DeclaredType* declared = ref.graph->values[graph::Index(ref.value)].declared;
    if (declared == nullptr || declared->kind == DeclaredType::Kind::kNone) return;
    const rules::Info info = analysis_.info(*ref.graph, ref.value);
    const Type& type = analysis_.tables().type(info.type);
    if (Contradicts(*declared, info.type)) {
      Finding& finding = Add("declared-type", tensors_.NameOf(ref));
      finding.declared = DeclaredTypeText(*declared);
      finding.inferred = TypeText(analysis_.tables(), info.type);
      return;
    }
    if (type.kind != Type::Kind::kTensor || !declared->has_shape) return;
    if (const auto dims = analysis_.DimsOf(info)) CheckShape(ref, declared->dims, *dims);
  }

  // Another kind of value, or of element. What is unknown contradicts nothing.
  bool Contradicts(const DeclaredType& declared, rules::TypeId id) const {
    const Type& type = analysis_.tables().type(id);
    switch (type.kind) {
      case Type::Kind::kUnknown:
        return false;
      case Type::Kind::kTensor:
      case Type::Kind::kSparseTensor: {
        const auto kind = type.kind == Type::Kind::kTensor ? DeclaredType::Kind::kTensor
                                                           : DeclaredType::Kind::kSparseTensor;
        return declared.kind != kind ||
               (declared.element != graph::ElementType::kUndefined &&
                type.element != graph::ElementType::kUndefined && declared.element != type.element);
      }
      case Type::Kind::kSequence:
      case Type::Kind::kOptional: {
        const auto kind = type.kind == Type::Kind::kSequence ? DeclaredType::Kind::kSequence
                                                             : DeclaredType::Kind::kOptional;
        return declared.kind != kind ||
               (declared.inner != nullptr && declared.inner->kind != DeclaredType::Kind::kNone &&
                Contradicts(*declared.inner, type.inner));
      }
      case Type::Kind::kMap:
        return declared.kind != DeclaredType::Kind::kMap;
      case Type::Kind::kOpaque:
        return declared.kind != DeclaredType::Kind::kOpaque;
    }
    return false;
  }

  void CheckShape(TensorRef ref, absl::Span<const DeclaredDim> declared, absl::Span<const Dim> dims) {
    if (declared.size() != dims.size()) {
      Finding& finding = Add("declared-rank", tensors_.NameOf(ref));
      finding.declared = DeclaredText(declared);
      finding.inferred = context_.Print(dims);
      return;
    }
    Clause wrong;
    absl::string_view id;
    std::string detail;
    for (size_t axis = 0; axis < dims.size(); ++axis) {
      const std::optional<Dim> claim = ClaimOf(declared[axis], dims[axis], detail);
      if (!claim.has_value()) continue;
      const Fact fact{Fact::Kind::kEq, dims[axis], *claim};
      if (context_.Decide(fact) == Tri::kYes) continue;
      if (context_.Decide(fact) != Tri::kNo && !OverInputs(dims[axis])) continue;
      wrong.push_back(fact);
      const bool number = declared[axis].kind == DeclaredDim::Kind::kValue;
      if (id.empty() || number) id = number ? "declared-shape" : "declared-name";
    }
    if (wrong.empty()) return;
    Finding& finding = Add(id, tensors_.NameOf(ref));
    finding.declared = DeclaredText(declared);
    finding.inferred = context_.Print(dims);
    finding.true_at = TrueAt(wrong);
    finding.detail = std::move(detail);
  }

  bool OverInputs(Dim dim) const {
    return absl::c_all_of(context_.SymbolsOf(dim),
                          [&](Dim symbol) { return analysis_.IsInputSymbol(symbol); });
  }

  // What an axis is said to be; nullopt where that says nothing that can be wrong.
  std::optional<Dim> ClaimOf(const DeclaredDim& declared, Dim dim, std::string& detail) {
    if (declared.kind == DeclaredDim::Kind::kValue) return context_.Constant(declared.value);
    if (declared.kind != DeclaredDim::Kind::kParam || analysis_.IsLocal(dim)) return std::nullopt;
    const std::string name(declared.param);
    if (const std::optional<Dim> symbol = context_.FindSymbol(name);
        symbol.has_value() && analysis_.IsInputSymbol(*symbol)) {
      return *symbol;
    }
    const absl::StatusOr<std::vector<std::string>> names = Context::NamesIn(name);
    const bool formula = names.ok() && !(names->size() == 1 && (*names)[0] == name);
    if (formula) {
      const bool known = absl::c_all_of(*names, [&](const std::string& part) {
        const std::optional<Dim> symbol = context_.FindSymbol(part);
        return symbol.has_value() && analysis_.IsInputSymbol(*symbol);
      });
      if (!known) return std::nullopt;
      const absl::StatusOr<Dim> claim = context_.Parse(name);
      return claim.ok() ? std::optional<Dim>(*claim) : std::nullopt;
    }
    if (name == "?" || generated_.contains(name) || !OverInputs(dim)) return std::nullopt;
    const auto [known, is_new] = meaning_.try_emplace(name, dim);
    if (is_new) return std::nullopt;
    detail = absl::StrCat("'", name, "' is ", context_.Print(known->second), " elsewhere");
    return known->second;
  }

  // Where all hold, in the words of the inputs.
  std::string TrueAt(const Clause& facts) const {
    if (absl::c_any_of(facts, [&](const Fact& f) { return context_.Decide(f) == Tri::kNo; })) {
      return "no size";
    }
    Clauses clauses;
    Clause copies;
    for (const Fact& fact : facts) {
      copies.push_back(contract_.Copy(fact));
      clauses.push_back({copies.back()});
    }
    const std::string text = Text(contract_.context(), Simplify(contract_.context(), clauses));
    if (text.size() <= kLongestCondition) return text;
    const std::optional<SizeMap> example = Example(contract_.context(), copies);
    if (!example.has_value()) return "";
    const auto append = [](std::string* out, const auto& size) {
      absl::StrAppend(out, size.first, " = ", size.second);
    };
    return absl::StrCat(absl::StrJoin(*example, ", ", append), ", for example");
  }

  void CheckInputs() {
    const graph::Graph& main = *analysis_.model().main;
    for (const engine::NamedAxis& axis : analysis_.named_axes()) {
      const std::string input(main.values[graph::Index(axis.input)].name);
      if (axis.written == "?" || axis.written == "0" || axis.written == "-1") {
        Finding& finding = Add("input-placeholder", input);
        finding.declared = axis.written;
        finding.detail = absl::StrCat("axis ", axis.axis, "; infer calls it ", axis.name);
        continue;
      }
      const std::optional<Dim> symbol = context_.FindSymbol(axis.name);
      const absl::StatusOr<std::vector<std::string>> names = Context::NamesIn(axis.written);
      const bool formula =
          names.ok() && !names->empty() && !(names->size() == 1 && (*names)[0] == axis.written);
      if (!symbol.has_value() || !formula) continue;
      const absl::StatusOr<Dim> claim = context_.Parse(axis.written);
      if (!claim.ok() || context_.Decide({Fact::Kind::kEq, *symbol, *claim}) == Tri::kYes) continue;
      Finding& finding = Add("input-claim", input);
      finding.declared = axis.written;
      finding.detail = absl::StrCat("axis ", axis.axis, "; no node needs it to be that");
    }
    absl::flat_hash_set<Dim> told;
    for (size_t i = 0; i < main.inputs.size(); ++i) {
      for (size_t k = 0; k < analysis_.InputDims(i).size(); ++k) {
        const Dim symbol = analysis_.InputDims(i)[k];
        if (context_.ConstantOf(symbol).has_value() || !told.insert(symbol).second) continue;
        const std::optional<int64_t> only = context_.ConstantOf(context_.Resolve(symbol));
        if (!only.has_value()) continue;
        Finding& finding = Add("input-fixed", std::string(main.values[graph::Index(main.inputs[i])].name));
        finding.declared = context_.Print(symbol);
        finding.inferred = absl::StrCat(*only);
        finding.detail = absl::StrCat("axis ", k);
      }
    }
  }

  void CheckNodes() {
    for (const diagnostics::Diagnostic& d : analysis_.diagnostics()) {
      if (d.severity != diagnostics::Severity::kError) continue;
      Finding& finding = Add(d.id, d.tensor);
      finding.node = d.node;
      finding.detail = diagnostics::Render(d.message, context_);
    }
  }

  const engine::Analysis& analysis_;
  Context& context_;
  const Tensors& tensors_;
  const Contract& contract_;
  const absl::flat_hash_set<std::string> generated_;
  absl::flat_hash_map<std::string, Dim> meaning_;  // of names that are no inputs'
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> Check(const engine::Analysis& analysis, const Tensors& tensors,
                           const Contract& contract) {
  return Checker(analysis, tensors, contract).Run();
}

}  // namespace symshape::queries
