// The dims of tensors in a row along one axis: Concat, ConcatFromSequence.
#ifndef SYMSHAPE_RULES_JOINED_DIMS_H_
#define SYMSHAPE_RULES_JOINED_DIMS_H_

#include <optional>

#include "absl/types/span.h"
#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// The dims of the whole; that at `joined`, the axis of joining where it is one of the parts', is
// left to the caller. A fresh symbol where nothing short tells the dim. `parts` has all of them, in
// their order; those of known rank, at least one, have the same rank.
//
// The runtime takes the dims of the first part that has elements, of the first part where none has
// any. The others that have elements must agree; those without are skipped, whatever their dims
// are: [2, 0] and [3, 5] give [5, 5] along axis 0. So of [m, k] and [n, 2] the whole may have both,
// k at n = 0 and 2 at m = 0; of [3, k] and [3, n] it has max(k, n).
// Source: onnxruntime core/providers/cpu/tensor/concatbase.h, PrepareForComputeImpl.
ShapeBuilder SharedDims(const Operands& in, absl::Span<const ShapeView> parts,
                        std::optional<int> joined, Results& out);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_JOINED_DIMS_H_
