#include "queries/explain.h"

#include <algorithm>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "diagnostics/nearest.h"

namespace symshape::queries {
namespace {

using graph::Graph;
using graph::Index;
using graph::ValueId;

constexpr size_t kMaxSteps = 24;

class Derivation {
 public:
  explicit Derivation(const engine::Analysis& analysis)
      : analysis_(analysis), context_(analysis.context()) {}

  std::vector<Step> Run(TensorRef tensor, Dim dim) {
    Explain(tensor, dim);
    std::reverse(steps_.begin(), steps_.end());
    return std::move(steps_);
  }

 private:
  // The dims of a value, and its elements where they are integers.
  std::vector<Dim> Carried(const Graph& graph, ValueId value) const {
    std::vector<Dim> carried;
    const rules::Info info = analysis_.info(graph, value);
    if (const auto dims = analysis_.DimsOf(info)) carried.assign(dims->begin(), dims->end());
    const rules::Knowledge& knowledge = analysis_.tables().knowledge(info.knowledge);
    for (const rules::Element& element : knowledge.elements) {
      if (element.is_integer()) carried.push_back(context_.Resolve(element.num));
    }
    return carried;
  }

  // The nodes on which a value depends, in topological order.
  std::vector<const graph::Node*> Before(const Graph& graph, ValueId value) const {
    std::vector<bool> wanted(graph.values.size(), false);
    wanted[Index(value)] = true;
    std::vector<const graph::Node*> nodes;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
      const bool needed = absl::c_any_of(node->outputs, [&](ValueId output) {
        return output != ValueId::kNone && wanted[Index(output)];
      });
      if (!needed) continue;
      nodes.push_back(&*node);
      for (ValueId input : node->inputs) {
        if (input != ValueId::kNone) wanted[Index(input)] = true;
      }
    }
    std::reverse(nodes.begin(), nodes.end());
    return nodes;
  }

  void Explain(TensorRef tensor, Dim dim) {
    if (steps_.size() >= kMaxSteps || !explained_.insert(dim).second) return;
    const Graph& graph = *tensor.graph;
    const std::vector<const graph::Node*> nodes = Before(graph, tensor.value);
    if (const std::optional<ValueId> input = InputWith(graph, dim)) {
      steps_.push_back({dim, &graph, nullptr, *input});
      return;
    }
    for (const graph::Node* node : nodes) {
      for (ValueId output : node->outputs) {
        if (output == ValueId::kNone || !absl::c_linear_search(Carried(graph, output), dim)) continue;
        steps_.push_back({dim, &graph, node, output});
        ExplainOperands(graph, *node, dim);
        return;
      }
    }
  }

  std::optional<ValueId> InputWith(const Graph& graph, Dim dim) const {
    if (context_.ConstantOf(dim).has_value()) return std::nullopt;
    for (ValueId input : graph.inputs) {
      const auto dims = analysis_.DimsOf(analysis_.info(graph, input));
      if (dims.has_value() && absl::c_linear_search(*dims, dim)) return input;
    }
    return std::nullopt;
  }

  // What the node made the dim of: its operands' dims that speak of the same symbols. One that speaks
  // of all of them is enough.
  void ExplainOperands(const Graph& graph, const graph::Node& node, Dim dim) {
    const std::vector<Dim> symbols = context_.SymbolsOf(dim);
    if (symbols.empty()) return;
    std::vector<std::pair<ValueId, Dim>> parts;
    for (ValueId input : node.inputs) {
      if (input == ValueId::kNone) continue;
      for (Dim carried : Carried(graph, input)) {
        const std::vector<Dim> of = context_.SymbolsOf(carried);
        const bool shares = absl::c_any_of(of, [&](Dim s) { return absl::c_linear_search(symbols, s); });
        if (!shares || carried == dim) continue;
        const bool all = absl::c_all_of(symbols, [&](Dim s) { return absl::c_linear_search(of, s); });
        if (all) {
          Explain({&graph, input}, carried);
          return;
        }
        parts.emplace_back(input, carried);
      }
    }
    for (const auto& [value, part] : parts) Explain({&graph, value}, part);
  }

  const engine::Analysis& analysis_;
  Context& context_;
  std::vector<Step> steps_;  // the last first
  absl::flat_hash_set<Dim> explained_;
};

}  // namespace

std::vector<Step> Derive(const engine::Analysis& analysis, TensorRef tensor, int axis) {
  const auto dims = analysis.DimsOf(analysis.info(*tensor.graph, tensor.value));
  if (!dims.has_value() || axis < 0 || axis >= static_cast<int>(dims->size())) return {};
  return Derivation(analysis).Run(tensor, (*dims)[static_cast<size_t>(axis)]);
}

absl::StatusOr<FactReason> ExplainFact(const Contract& contract, absl::string_view text) {
  Context& context = contract.context();
  std::vector<absl::string_view> known;
  for (Dim symbol : contract.symbols()) known.push_back(*context.SymbolName(symbol));
  const absl::StatusOr<std::vector<Fact>> facts = context.ParseFacts(text);
  if (!facts.ok()) return facts.status();
  FactReason reason;
  for (const Fact& fact : *facts) {
    for (Dim symbol : SymbolsOf(context, {fact})) {
      if (absl::c_linear_search(contract.symbols(), symbol)) continue;
      const absl::string_view name = *context.SymbolName(symbol);
      return absl::InvalidArgumentError(absl::StrCat("no input has an axis named '", name, "'",
                                                     diagnostics::DidYouMean(name, known)));
    }
  }
  const auto follows = [&](const Clause& given) {
    return absl::c_all_of(*facts, [&](const Fact& f) { return FollowsFrom(context, given, {f}); });
  };
  reason.always = absl::c_all_of(*facts, [&](const Fact& f) { return Follows(context, {f}); });
  if (reason.always) return reason;
  for (const Condition& condition : contract.conditions()) {
    if (condition.ways.size() == 1 &&
        absl::c_any_of(condition.ways[0], [&](const Clause& clause) { return follows(clause); })) {
      reason.conditions.push_back(&condition);
      return reason;
    }
  }
  for (const Fact& fact : *facts) {
    const std::optional<Fact> opposite = Opposite(context, fact);
    if (!opposite.has_value()) continue;
    reason.counterexamples = LegalSizes(contract, {.count = 1, .smallest = 0, .also = {*opposite}});
    if (!reason.counterexamples.empty()) return reason;
  }
  return reason;
}

}  // namespace symshape::queries
