// Topological order of a graph's nodes, stable: of the nodes that could come next, the one that
// stands first in the file does. A file that is in order already stays as it is.
#ifndef SYMSHAPE_GRAPH_TOPOLOGICAL_SORT_H_
#define SYMSHAPE_GRAPH_TOPOLOGICAL_SORT_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "graph/model.h"

namespace symshape::graph {

// `producers`: by ValueId, the node (index into `nodes`) that makes the value, or any number past
// the end where none does. A node also reads what the subgraphs of its attributes capture.
// Errors: kDataLoss  a cycle; the text names its nodes and tensors
absl::Status SortNodes(absl::Span<const uint32_t> producers, const Model& model,
                       absl::Span<const Value> values, std::vector<Node>& nodes);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_TOPOLOGICAL_SORT_H_
