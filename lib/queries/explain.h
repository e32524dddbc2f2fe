// Why a dim is what it is, and why a condition is needed.
#ifndef SYMSHAPE_QUERIES_EXPLAIN_H_
#define SYMSHAPE_QUERIES_EXPLAIN_H_

#include <vector>

#include "absl/status/statusor.h"
#include "queries/contract.h"
#include "queries/sizes.h"
#include "queries/tensors.h"

namespace symshape::queries {

// A dim, and what made it: a node, or an axis of an input of the main graph.
struct Step {
  Dim dim;
  const graph::Graph* graph;
  const graph::Node* node;  // nullptr: an input
  graph::ValueId value;     // that has the dim
};

// From the inputs to an axis of a tensor, by the nodes where a dim on the way appears first: what only
// hands it on is left out.
std::vector<Step> Derive(const engine::Analysis& analysis, TensorRef tensor, int axis);

struct FactReason {
  std::vector<const Condition*> conditions;  // from which it follows; none: it is not needed
  bool always = false;                       // it holds at every size
  std::vector<SizeMap> counterexamples;      // legal sizes at which it is false; at most one
};

// Why the contract says `text`, such as "H % 32 == 0".
// Errors: kInvalidArgument  it is no fact, or about names that no input has
absl::StatusOr<FactReason> ExplainFact(const Contract& contract, absl::string_view text);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_EXPLAIN_H_
