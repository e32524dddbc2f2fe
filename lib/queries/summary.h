// How many tensors are known, and how well.
#ifndef SYMSHAPE_QUERIES_SUMMARY_H_
#define SYMSHAPE_QUERIES_SUMMARY_H_

#include "engine/analysis.h"
#include "queries/tensors.h"

namespace symshape::queries {

struct Summary {
  int tensors = 0;
  int exact = 0;
  int named = 0;
  int unknown_rank = 0;
  int unknown_type = 0;
  int stale = 0;  // declared in the file, and true only at some sizes
};
// Of all outputs of nodes, subgraphs included.
Summary Summarize(const engine::Analysis& analysis, const Tensors& tensors);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_SUMMARY_H_
