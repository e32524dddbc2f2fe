// What a file says, held against what was proved.
#ifndef SYMSHAPE_QUERIES_CHECK_H_
#define SYMSHAPE_QUERIES_CHECK_H_

#include <string>
#include <vector>

#include "diagnostics/diagnostic.h"
#include "engine/analysis.h"
#include "queries/contract.h"
#include "queries/tensors.h"

namespace symshape::queries {

struct Finding {
  const diagnostics::Row* row;  // its stable id, severity, and what to do
  std::string tensor;           // by path; "" where it is about a node
  std::string node;
  std::string declared;  // "[1, 16800, 2]"
  std::string inferred;  // "[1, A, 2]"; "" where there is nothing to compare with
  std::string true_at;   // "H = 640, W = 640"; "no size"; "" where it is not about sizes
  std::string detail;    // the rest of the sentence
};

// Graph by graph, in the file's order: declared types, ranks and shapes, names; then the inputs'
// axes, and nodes that never run.
std::vector<Finding> Check(const engine::Analysis& analysis, const Tensors& tensors,
                           const Contract& contract);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_CHECK_H_
