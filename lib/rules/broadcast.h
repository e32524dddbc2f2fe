// Numpy broadcasting of shapes, as element-wise operators, MatMul's batch axes, Expand … have it.
#ifndef SYMSHAPE_RULES_BROADCAST_H_
#define SYMSHAPE_RULES_BROADCAST_H_

#include "absl/types/span.h"
#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// a and b aligned at their last axes; of each pair, both are equal or one is 1 (stated as required).
//   [B, 1, S] and [H, S] -> [B, H, S]
// Source: ONNX docs/Broadcasting.md.
ShapeBuilder BroadcastShapes(absl::Span<const Dim> a, absl::Span<const Dim> b, Results& out);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_BROADCAST_H_
