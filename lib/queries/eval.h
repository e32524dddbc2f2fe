// Shapes in numbers, at sizes that the caller gives.
#ifndef SYMSHAPE_QUERIES_EVAL_H_
#define SYMSHAPE_QUERIES_EVAL_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/analysis.h"

namespace symshape::queries {

// Whether `sizes` can be meant.
// Errors: kInvalidArgument  a name that no symbol of the model has (with the nearest), or a size
//                           below 0
absl::Status CheckSizes(const engine::Analysis& analysis, const symbolic::Bindings& sizes);

// All symbols of the model's shapes: the inputs', then those that data decides.
std::vector<symbolic::Dim> SymbolsOf(const engine::Analysis& analysis);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_EVAL_H_
