#include "graph/node_name.h"

#include "absl/strings/str_cat.h"

namespace symshape::graph {

std::string NodeName(const Node& node, const Operator& op) {
  if (!node.name.empty()) return std::string(node.name);
  return absl::StrCat(op.name, "_", node.position);
}

std::string OperatorName(const Operator& op) {
  return absl::StrCat(op.domain, op.domain.empty() ? "" : ".", op.name, "-", op.version);
}

}  // namespace symshape::graph
