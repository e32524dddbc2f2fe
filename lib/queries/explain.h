// Why a dim is what it is. Why a condition is needed: explain_fact.h.
#ifndef SYMSHAPE_QUERIES_EXPLAIN_H_
#define SYMSHAPE_QUERIES_EXPLAIN_H_

#include <vector>

#include "engine/analysis.h"
#include "queries/prove.h"
#include "queries/tensors.h"

namespace symshape::queries {

// A dim, and what made it: a node, or an axis of an input of the main graph.
struct Step {
  Dim dim;
  const graph::Graph* graph;
  const graph::Node* node;  // nullptr: an input
  graph::ValueId value;     // that has the dim
};

// From the inputs to an axis of a tensor, by the nodes where a dim on the way appears first: what
// only hands it on is left out. Of a number that first place alone.
std::vector<Step> Derive(const engine::Analysis& analysis, TensorRef tensor, int axis);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_EXPLAIN_H_
