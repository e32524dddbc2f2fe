// What a node is called wherever it is talked about, and its operator.
#ifndef SYMSHAPE_GRAPH_NODE_NAME_H_
#define SYMSHAPE_GRAPH_NODE_NAME_H_

#include <string>

#include "graph/model.h"

namespace symshape::graph {

// "conv1", or "Conv_12" (operator and position) where the node has no name.
std::string NodeName(const Node& node, const Operator& op);
// "Conv-11"; "com.microsoft.Attention-1".
std::string OperatorName(const Operator& op);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_NODE_NAME_H_
