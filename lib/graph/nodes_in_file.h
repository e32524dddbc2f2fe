// NodesInFile: a graph's nodes as they stand in its file, which need not be in topological order.
#ifndef SYMSHAPE_GRAPH_NODES_IN_FILE_H_
#define SYMSHAPE_GRAPH_NODES_IN_FILE_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "graph/model.h"

namespace symshape::graph {

class NodesInFile {
 public:
  explicit NodesInFile(const Graph& graph) : nodes_(graph.nodes) {
    size_t sorted = 0;
    while (sorted < nodes_.size() && nodes_[sorted].position == sorted) ++sorted;
    if (sorted == nodes_.size()) return;  // as nearly all files have it
    by_position_.resize(nodes_.size());
    for (const Node& node : nodes_) by_position_[node.position] = &node;
  }

  size_t size() const { return nodes_.size(); }
  const Node& operator[](size_t position) const {
    return by_position_.empty() ? nodes_[position] : *by_position_[position];
  }

 private:
  absl::Span<const Node> nodes_;
  std::vector<const Node*> by_position_;  // empty where that is their order
};

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_NODES_IN_FILE_H_
