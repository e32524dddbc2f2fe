#include "queries/summary.h"

#include "queries/describe.h"

namespace symshape::queries {

Summary Summarize(const engine::Analysis& analysis, const Tensors& tensors) {
  Summary summary;
  for (const TensorRef& tensor : tensors.all()) {
    ++summary.tensors;
    switch (analysis.ExactnessOf(*tensor.graph, tensor.value)) {
      case engine::Exactness::kExact:
        ++summary.exact;
        break;
      case engine::Exactness::kNamed:
        ++summary.named;
        break;
      case engine::Exactness::kUnknownRank:
        ++summary.unknown_rank;
        break;
      case engine::Exactness::kUnknownType:
        ++summary.unknown_type;
        break;
    }
    if (!StaleClaim(analysis, tensor).empty()) ++summary.stale;
  }
  return summary;
}

}  // namespace symshape::queries
