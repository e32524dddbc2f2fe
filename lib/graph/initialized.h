// Which values have an initializer; an input that has one is no input to the caller.
#ifndef SYMSHAPE_GRAPH_INITIALIZED_H_
#define SYMSHAPE_GRAPH_INITIALIZED_H_

#include <vector>

#include "graph/model.h"

namespace symshape::graph {

// By value.
inline std::vector<bool> Initialized(const Graph& graph) {
  std::vector<bool> initialized(graph.values.size());
  for (const Initializer& i : graph.initializers) initialized[Index(i.value)] = true;
  return initialized;
}

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_INITIALIZED_H_
