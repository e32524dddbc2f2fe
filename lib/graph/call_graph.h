// Which model-local function calls which: recursion has no finite meaning and is refused.
#ifndef SYMSHAPE_GRAPH_CALL_GRAPH_H_
#define SYMSHAPE_GRAPH_CALL_GRAPH_H_

#include "absl/status/status.h"
#include "graph/model.h"

namespace symshape::graph {

// Errors: kDataLoss  a function calls itself, directly or through others, or calls are nested
//                    deeper than kMaxNesting
absl::Status CheckCalls(const Model& model);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_CALL_GRAPH_H_
