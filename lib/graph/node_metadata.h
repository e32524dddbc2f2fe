// What an exporter wrote beside a node; read from the file when somebody asks, as inference does
// not.
#ifndef SYMSHAPE_GRAPH_NODE_METADATA_H_
#define SYMSHAPE_GRAPH_NODE_METADATA_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace symshape::graph {

struct NodeMetadata {
  absl::string_view doc_string;
  std::vector<std::pair<absl::string_view, absl::string_view>> properties;
};

// Of the main graph's node number `position` in the file's order; views into `bytes`, those of a
// valid model. Nothing where there is no such node.
NodeMetadata ReadNodeMetadata(absl::string_view bytes, uint32_t position);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_NODE_METADATA_H_
