#include "graph/topological_sort.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/builder.h"

namespace symshape::graph {
namespace {

// Calls `visit(value)` for each value of this graph that `node` reads.
template <typename Visit>
void ForEachRead(const Node& node, Visit visit) {
  for (ValueId input : node.inputs) {
    if (input != ValueId::kNone) visit(input);
  }
  const auto captures = [&](const Graph* subgraph) {
    for (const Capture& capture : subgraph->captures) visit(capture.outer);
  };
  for (const Attribute& attribute : node.attributes) {
    if (attribute.type == Attribute::Type::kGraph) captures(attribute.graph);
    for (const Graph* subgraph : attribute.graphs()) captures(subgraph);
  }
}

class Sorter {
 public:
  Sorter(absl::Span<const uint32_t> producers, const Model& model, absl::Span<const Value> values,
         std::vector<Node>& nodes)
      : producers_(producers), model_(model), values_(values), nodes_(nodes) {}

  absl::Status Sort() {
    if (IsSorted()) return absl::OkStatus();
    const std::vector<uint32_t> order = Order();
    if (order.size() < nodes_.size()) return Cycle(order);
    std::vector<Node> sorted;
    sorted.reserve(order.size());
    for (uint32_t node : order) sorted.push_back(nodes_[node]);
    nodes_ = std::move(sorted);
    return absl::OkStatus();
  }

 private:
  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  uint32_t Producer(ValueId value) const { return producers_[Index(value)]; }

  bool IsSorted() const {
    for (uint32_t node = 0; node < size(); ++node) {
      bool reads_later = false;
      ForEachRead(nodes_[node], [&](ValueId value) {
        const uint32_t producer = Producer(value);
        reads_later = reads_later || (producer < size() && producer >= node);
      });
      if (reads_later) return false;
    }
    return true;
  }

  // Kahn's algorithm with a heap for the file's order. What lies on a cycle, or behind one, is
  // left out.
  std::vector<uint32_t> Order() const {
    std::vector<std::vector<uint32_t>> readers(size());
    std::vector<uint32_t> waits_for(size(), 0);
    for (uint32_t node = 0; node < size(); ++node) {
      ForEachRead(nodes_[node], [&](ValueId value) {
        const uint32_t producer = Producer(value);
        if (producer >= size()) return;
        readers[producer].push_back(node);
        ++waits_for[node];
      });
    }
    std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> ready;
    for (uint32_t node = 0; node < size(); ++node) {
      if (waits_for[node] == 0) ready.push(node);
    }
    std::vector<uint32_t> order;
    order.reserve(size());
    while (!ready.empty()) {
      const uint32_t node = ready.top();
      ready.pop();
      order.push_back(node);
      for (uint32_t reader : readers[node]) {
        if (--waits_for[reader] == 0) ready.push(reader);
      }
    }
    return order;
  }

  // Each node left out reads another one that was; following them must come back to one of them.
  absl::Status Cycle(absl::Span<const uint32_t> order) const {
    std::vector<bool> left(size(), true);
    for (uint32_t node : order) left[node] = false;
    std::vector<std::pair<uint32_t, ValueId>> path;  // a node, and what it reads of the next
    std::vector<bool> seen(size(), false);
    uint32_t node = std::find(left.begin(), left.end(), true) - left.begin();
    while (!seen[node]) {
      seen[node] = true;
      std::pair<uint32_t, ValueId> step{node, ValueId::kNone};
      ForEachRead(nodes_[node], [&](ValueId value) {
        const uint32_t producer = Producer(value);
        if (step.second == ValueId::kNone && producer < size() && left[producer]) {
          step.second = value;
        }
      });
      path.push_back(step);
      node = Producer(step.second);
    }
    const auto start = std::find_if(path.begin(), path.end(),
                                    [&](const auto& step) { return step.first == node; });
    return absl::DataLossError(Text(absl::MakeConstSpan(&*start, path.end() - start)));
  }

  std::string Text(absl::Span<const std::pair<uint32_t, ValueId>> cycle) const {
    constexpr size_t kShown = 4;
    std::string text = absl::StrCat("the graph has a cycle of ", cycle.size(),
                                    cycle.size() == 1 ? " node: " : " nodes: ");
    for (size_t i = 0; i < cycle.size() && i < kShown; ++i) {
      const Node& node = nodes_[cycle[i].first];
      absl::StrAppend(&text, i == 0 ? "" : ", made by ", Describe(node, model_.op(node)),
                      " reads '", values_[Index(cycle[i].second)].name, "'");
    }
    const Node& first = nodes_[cycle[0].first];
    absl::StrAppend(&text, cycle.size() > kShown ? ", … made by " : ", made by ",
                    cycle.size() == 1 ? "itself" : Describe(first, model_.op(first)));
    return text;
  }

  absl::Span<const uint32_t> producers_;
  const Model& model_;
  absl::Span<const Value> values_;
  std::vector<Node>& nodes_;
};

}  // namespace

absl::Status SortNodes(absl::Span<const uint32_t> producers, const Model& model,
                       absl::Span<const Value> values, std::vector<Node>& nodes) {
  return Sorter(producers, model, values, nodes).Sort();
}

}  // namespace symshape::graph
