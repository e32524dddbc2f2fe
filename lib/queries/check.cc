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
    absl::flat_hash_set<graph::ValueId> inputs;
    for (const TensorRef& input : tensors_.inputs()) inputs.insert(input.value);
    Names names;
    for (const graph::Graph* graph : tensors_.graphs()) {
      for (uint32_t v = 0; v < graph->values.size(); ++v) {
        const auto value = static_cast<graph::ValueId>(v);
        if (graph == &main && inputs.contains(value)) continue;
        const DeclaredType* declared = graph->values[v].declared;
        const rules::TypeId type = analysis_.info(*graph, value).type;
        const std::string tensor = tensors_.NameOf({graph, value});
        if (const auto dims = analysis_.ClaimedDims(*graph, value)) {
          CheckTensor(tensor, declared, *dims, type, names);
        } else if (declared != nullptr) {
          CheckValue(tensor, *declared, type, names);
        }
      }
    }
    for (const engine::Call& call : analysis_.calls()) CheckCall(call);
    CheckOutputNames();
    CheckInputs();
    CheckNodes();
    return std::move(findings_);
  }

 private:
  // What names that are no inputs' stand for, and where that was seen first. Those of a file are
  // global; those of a function's body are its own, and mean something else in each call.
  struct Names {
    bool of_function = false;
    absl::flat_hash_map<std::string, std::pair<Dim, std::string>> meaning;
  };

  Finding& Add(absl::string_view id, std::string tensor) {
    Finding finding;
    finding.row = diagnostics::FindRow(id);
    finding.tensor = std::move(tensor);
    return findings_.emplace_back(std::move(finding));
  }

  // The first of several calls that contradict a claim is enough.
  void CheckCall(const engine::Call& call) {
    const graph::Function& function = *call.function;
    Names names{true, {}};
    for (const auto& [graph, infos] : call.bodies) {
      for (uint32_t v = 0; v < graph->values.size(); ++v) {
        const graph::Value& value = graph->values[v];
        if (value.declared == nullptr || contradicted_.contains(&value)) continue;
        const size_t before = findings_.size();
        CheckValue(absl::StrCat(function.domain, function.domain.empty() ? "" : ".", function.name,
                                "/", value.name),
                   *value.declared, infos[v].type, names);
        if (findings_.size() > before) contradicted_.insert(&value);
      }
    }
  }

  void CheckType(const std::string& tensor, const DeclaredType& declared, rules::TypeId type) {
    if (declared.kind == DeclaredType::Kind::kNone || !Contradicts(declared, type)) return;
    Finding& finding = Add("declared-type", tensor);
    finding.declared = DeclaredTypeText(declared);
    finding.inferred = TypeText(analysis_.tables(), type);
  }

  // A type that is wrong says nothing of the shape beside it, which is held against the dims all
  // the same.
  void CheckValue(const std::string& tensor, const DeclaredType& declared, rules::TypeId type,
                  Names& names) {
    CheckType(tensor, declared, type);
    const DeclaredType* claim = &declared;
    while (claim->inner != nullptr && claim->kind != DeclaredType::Kind::kMap &&
           Holds(analysis_.tables().type(type).kind)) {
      claim = claim->inner;
      type = analysis_.tables().type(type).inner;
    }
    if (claim->has_shape) CheckShape(tensor, claim, claim->dims, type, names);
  }

  // Sequences and optionals: what they hold has a shape.
  static bool Holds(Type::Kind kind) {
    return kind == Type::Kind::kSequence || kind == Type::Kind::kOptional;
  }

  // `declared`, the file's type, may be nullptr where only the user names an axis.
  void CheckTensor(const std::string& tensor, const DeclaredType* declared,
                   absl::Span<const DeclaredDim> claimed, rules::TypeId type, Names& names) {
    if (declared != nullptr) CheckType(tensor, *declared, type);
    CheckShape(tensor, declared, claimed, type, names);
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

  void CheckShape(const std::string& tensor, const DeclaredType* claim,
                  absl::Span<const DeclaredDim> declared, rules::TypeId type, Names& names) {
    const auto dims = analysis_.DimsOf({type, {}});
    if (dims.has_value() && dims->size() == declared.size()) {
      return CheckDims(tensor, declared, *dims, names);
    }
    if (!dims.has_value() && (claim == nullptr || !analysis_.RankVaries(*claim))) return;
    Finding& finding = Add("declared-rank", tensor);
    finding.declared = DeclaredText(declared);
    finding.inferred = dims.has_value() ? context_.Print(*dims) : "of another rank at other sizes";
  }

  void CheckDims(const std::string& tensor, absl::Span<const DeclaredDim> declared,
                 absl::Span<const Dim> dims, Names& names) {
    Clause wrong;
    absl::string_view id;
    std::string detail;
    for (size_t axis = 0; axis < dims.size(); ++axis) {
      const std::optional<Dim> claim = ClaimOf(tensor, declared[axis], dims[axis], names, detail);
      if (!claim.has_value()) continue;
      const Fact fact{Fact::Kind::kEq, dims[axis], *claim};
      const Tri holds = context_.Decide(fact);
      if (holds == Tri::kYes) continue;
      // A size that only data decides may well be what is claimed.
      if (holds != Tri::kNo && !(OverInputs(dims[axis]) && OverInputs(*claim))) continue;
      wrong.push_back(fact);
      const bool number = declared[axis].kind == DeclaredDim::Kind::kValue;
      if (id.empty() || number) id = number ? "declared-shape" : "declared-name";
    }
    if (wrong.empty()) return;
    Finding& finding = Add(id, tensor);
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
  std::optional<Dim> ClaimOf(const std::string& tensor, const DeclaredDim& declared, Dim dim,
                             Names& names, std::string& detail) {
    if (declared.kind == DeclaredDim::Kind::kValue) return context_.Constant(declared.value);
    if (declared.kind != DeclaredDim::Kind::kParam || analysis_.IsLocal(dim)) return std::nullopt;
    const std::string name(declared.param);
    if (!names.of_function) {
      const std::optional<Dim> symbol = context_.FindSymbol(name);
      if (symbol.has_value() && analysis_.IsInputSymbol(*symbol)) return *symbol;
    }
    const absl::StatusOr<std::vector<std::string>> parts = Context::NamesIn(name);
    const bool formula = parts.ok() && !(parts->size() == 1 && (*parts)[0] == name);
    if (formula) return names.of_function ? std::nullopt : Formula(name, *parts);
    if (name == "?" || generated_.contains(name)) return std::nullopt;
    const auto [known, is_new] = names.meaning.try_emplace(name, dim, tensor);
    if (is_new) return std::nullopt;
    const auto& [meaning, where] = known->second;
    if (context_.Decide({Fact::Kind::kEq, dim, meaning}) != Tri::kYes) {
      detail = absl::StrCat("'", name, "' is ", context_.Print(meaning), " in '", where, "'");
    }
    return meaning;
  }

  // "2*H", where all names in it are inputs'.
  std::optional<Dim> Formula(const std::string& text, const std::vector<std::string>& parts) const {
    const bool known = absl::c_all_of(parts, [&](const std::string& part) {
      const std::optional<Dim> symbol = context_.FindSymbol(part);
      return symbol.has_value() && analysis_.IsInputSymbol(*symbol);
    });
    if (!known) return std::nullopt;
    const absl::StatusOr<Dim> claim = context_.Parse(text);
    return claim.ok() ? std::optional<Dim>(*claim) : std::nullopt;
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
    const std::string text =
        Text(contract_.context(), Simplify(contract_.context(), clauses, Broadcasts()));
    if (text.size() <= kLongestCondition) return text;
    const std::optional<SizeMap> example = ExampleOf(copies);
    if (!example.has_value()) return "";
    const auto append = [](std::string* out, const auto& size) {
      absl::StrAppend(out, size.first, " = ", size.second);
    };
    return absl::StrCat(absl::StrJoin(*example, ", ", append), ", for example");
  }

  // That two sizes fit each other is said of what they broadcast to.
  std::vector<Fact> Broadcasts() const {
    std::vector<Fact> broadcasts;
    for (const Condition& condition : contract_.conditions()) {
      if (condition.ways.size() > 1 || condition.ways[0].size() > 1) continue;
      const Clause& clause = condition.ways[0][0];
      if (clause.size() == 1 && clause[0].kind == Fact::Kind::kBroadcast)
        broadcasts.push_back(clause[0]);
    }
    return broadcasts;
  }

  // Sizes that somebody may have chosen, else some at which the model runs.
  std::optional<SizeMap> ExampleOf(const Clause& facts) const {
    const std::optional<SizeMap> round = Example(contract_.context(), facts);
    const auto is_empty = [](const auto& size) { return size.second == 0; };
    if (round.has_value() && absl::c_none_of(*round, is_empty)) return round;
    std::vector<SizeMap> legal = LegalSizes(contract_, {.count = 1, .smallest = 1, .also = facts});
    if (legal.empty()) return round;
    const std::vector<Dim> symbols = SymbolsOf(contract_.context(), facts);
    std::erase_if(legal[0], [&](const auto& size) {
      return absl::c_none_of(
          symbols, [&](Dim s) { return *contract_.context().SymbolName(s) == size.first; });
    });
    return legal[0];
  }

  // An axis that the user called dynamic.
  void CheckOutputNames() {
    for (const diagnostics::Diagnostic& d : analysis_.diagnostics()) {
      if (d.id != "output-fixed") continue;
      Add(d.id, d.tensor).detail = diagnostics::Render(d.message, context_);
    }
  }

  void CheckInputs() {
    const graph::Graph& main = *analysis_.model().main;
    for (const engine::NamedAxis& axis : analysis_.named_axes()) {
      const std::string input(main.values[graph::Index(axis.input)].name);
      if (axis.written == "?" || axis.written == "0" || axis.written == "-1") {
        Finding& finding = Add("input-placeholder", input);
        finding.declared = axis.written;
        finding.detail =
            absl::StrCat("axis ", axis.axis, "; ",
                         axis.written == "0" ? "onnxruntime refuses every other size; " : "",
                         "infer calls it ", axis.name);
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
      finding.true_at = TrueAt({{Fact::Kind::kEq, *symbol, *claim}});
    }
    absl::flat_hash_set<Dim> told;
    for (size_t i = 0; i < main.inputs.size(); ++i) {
      for (size_t k = 0; k < analysis_.InputDims(i).size(); ++k) {
        const Dim symbol = analysis_.InputDims(i)[k];
        if (context_.ConstantOf(symbol).has_value() || !told.insert(symbol).second) continue;
        const std::optional<int64_t> only = context_.ConstantOf(context_.Resolve(symbol));
        if (!only.has_value()) continue;
        Finding& finding =
            Add("input-fixed", std::string(main.values[graph::Index(main.inputs[i])].name));
        finding.declared = context_.Print(symbol);
        finding.inferred = absl::StrCat(*only);
        finding.true_at = TrueAt({{Fact::Kind::kEq, symbol, context_.Constant(*only)}});
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
  absl::flat_hash_set<const graph::Value*> contradicted_;  // of functions' bodies
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> Check(const engine::Analysis& analysis, const Tensors& tensors,
                           const Contract& contract) {
  return Checker(analysis, tensors, contract).Run();
}

}  // namespace symshape::queries
