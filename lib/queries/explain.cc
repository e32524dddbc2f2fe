#include "queries/explain.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"

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

  std::vector<Step> Run(TensorRef tensor, size_t axis) {
    const Dim dim = (*DimsOf(*tensor.graph, tensor.value))[axis];
    if (context_.ConstantOf(dim).has_value()) return {OriginOfNumber(tensor, dim, axis)};
    Explain(tensor, dim);
    return std::move(steps_);
  }

 private:
  std::optional<std::vector<Dim>> DimsOf(const Graph& graph, ValueId value) const {
    const auto dims = analysis_.DimsOf(analysis_.info(graph, value));
    if (!dims.has_value()) return std::nullopt;
    return std::vector<Dim>(dims->begin(), dims->end());
  }

  // The node whose output a value is, or nullptr.
  static const graph::Node* Producer(const Graph& graph, ValueId value) {
    const auto made = absl::c_find_if(graph.nodes, [&](const graph::Node& node) {
      return absl::c_linear_search(node.outputs, value);
    });
    return made == graph.nodes.end() ? nullptr : &*made;
  }

  static bool IsStored(const Graph& graph, ValueId value) {
    const graph::Node* producer = Producer(graph, value);
    if (producer != nullptr) return producer->inputs.empty();
    return !absl::c_linear_search(graph.inputs, value) ||
           absl::c_any_of(graph.initializers,
                          [&](const graph::Initializer& i) { return i.value == value; });
  }

  // The operand that hands a number on, and its axis: the same axis where one has it there. Nothing
  // where a stored operand (a weight) has it, too: then that decides.
  std::optional<std::pair<ValueId, size_t>> OperandWith(const Graph& graph, const graph::Node& node,
                                                        Dim number, size_t axis) const {
    std::optional<std::pair<ValueId, size_t>> best;
    for (ValueId input : node.inputs) {
      if (input == ValueId::kNone) continue;
      const std::vector<Dim> dims = DimsOf(graph, input).value_or(std::vector<Dim>());
      const auto first = absl::c_find(dims, number);
      if (first == dims.end()) continue;
      if (IsStored(graph, input)) return std::nullopt;
      const bool same = axis < dims.size() && dims[axis] == number;
      const bool better = !best.has_value() || (same && best->second != axis);
      if (better) best = {input, same ? axis : static_cast<size_t>(first - dims.begin())};
    }
    return best;
  }

  // Equal numbers stand in tensors that have nothing to do with each other, so one is only followed
  // back through the operands that have it, to the input or the node that has it first.
  Step OriginOfNumber(TensorRef tensor, Dim number, size_t axis) const {
    const Graph& graph = *tensor.graph;
    ValueId value = tensor.value;
    for (;;) {
      const graph::Node* node = Producer(graph, value);
      if (node == nullptr) return {number, &graph, nullptr, value};
      const auto operand = OperandWith(graph, *node, number, axis);
      if (!operand.has_value()) return {number, &graph, node, value};
      std::tie(value, axis) = *operand;
    }
  }

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
    if (explained_.size() >= kMaxSteps || !explained_.insert(dim).second) return;
    const Graph& graph = *tensor.graph;
    const std::vector<const graph::Node*> nodes = Before(graph, tensor.value);
    if (const std::optional<ValueId> input = InputWith(graph, dim)) {
      steps_.push_back({dim, &graph, nullptr, *input});
      return;
    }
    for (const graph::Node* node : nodes) {
      for (ValueId output : node->outputs) {
        if (output == ValueId::kNone || !absl::c_linear_search(Carried(graph, output), dim))
          continue;
        ExplainOperands(graph, *node, dim);
        steps_.push_back({dim, &graph, node, output});
        return;
      }
    }
  }

  std::optional<ValueId> InputWith(const Graph& graph, Dim dim) const {
    for (ValueId input : graph.inputs) {
      const auto dims = analysis_.DimsOf(analysis_.info(graph, input));
      if (dims.has_value() && absl::c_linear_search(*dims, dim)) return input;
    }
    return std::nullopt;
  }

  using Parts = std::vector<std::pair<ValueId, Dim>>;

  // The operands' dims that add up to it at one axis: those of a Concat.
  std::optional<Parts> Summands(const Graph& graph, const graph::Node& node, Dim dim) const {
    std::vector<std::vector<Dim>> dims;
    for (ValueId input : node.inputs) {
      if (input == ValueId::kNone) return std::nullopt;
      dims.push_back(DimsOf(graph, input).value_or(std::vector<Dim>()));
      if (dims.back().size() != dims.front().size()) return std::nullopt;
    }
    for (size_t axis = 0; dims.size() > 1 && axis < dims.front().size(); ++axis) {
      Dim sum = context_.Constant(0);
      for (const std::vector<Dim>& of : dims) sum = context_.Add(sum, of[axis]);
      if (sum != dim) continue;
      Parts parts;
      for (size_t i = 0; i < dims.size(); ++i) parts.emplace_back(node.inputs[i], dims[i][axis]);
      return parts;
    }
    return std::nullopt;
  }

  // One of each of two operands, of which it is the sum, the difference or the product: shapes'
  // arithmetic.
  std::optional<Parts> Operands(const Graph& graph, const graph::Node& node, Dim dim) const {
    if (node.inputs.size() != 2) return std::nullopt;
    for (ValueId input : node.inputs) {
      if (input == ValueId::kNone) return std::nullopt;
    }
    for (Dim a : Carried(graph, node.inputs[0])) {
      for (Dim b : Carried(graph, node.inputs[1])) {
        if (context_.Add(a, b) == dim || context_.Sub(a, b) == dim || context_.Mul(a, b) == dim) {
          return Parts{{node.inputs[0], a}, {node.inputs[1], b}};
        }
      }
    }
    return std::nullopt;
  }

  // What the node made the dim of: the parts of a sum, and else its operands' dims that speak of
  // the same symbols, of which one that speaks of all of them is enough.
  void ExplainOperands(const Graph& graph, const graph::Node& node, Dim dim) {
    std::optional<Parts> made_of = Summands(graph, node, dim);
    if (!made_of.has_value()) made_of = Operands(graph, node, dim);
    if (made_of.has_value()) {
      for (const auto& [value, part] : *made_of) {
        if (part != dim && !context_.SymbolsOf(part).empty()) Explain({&graph, value}, part);
      }
      return;
    }
    const std::vector<Dim> symbols = context_.SymbolsOf(dim);
    Parts parts;
    for (ValueId input : node.inputs) {
      if (input == ValueId::kNone) continue;
      for (Dim carried : Carried(graph, input)) {
        const std::vector<Dim> of = context_.SymbolsOf(carried);
        const bool shares =
            absl::c_any_of(of, [&](Dim s) { return absl::c_linear_search(symbols, s); });
        if (!shares || carried == dim) continue;
        const bool all =
            absl::c_all_of(symbols, [&](Dim s) { return absl::c_linear_search(of, s); });
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
  std::vector<Step> steps_;
  absl::flat_hash_set<Dim> explained_;
};

}  // namespace

std::vector<Step> Derive(const engine::Analysis& analysis, TensorRef tensor, int axis) {
  const auto dims = analysis.DimsOf(analysis.info(*tensor.graph, tensor.value));
  if (!dims.has_value() || axis < 0 || axis >= static_cast<int>(dims->size())) return {};
  return Derivation(analysis).Run(tensor, static_cast<size_t>(axis));
}

}  // namespace symshape::queries
