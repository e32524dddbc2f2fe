// NumPy broadcasting: the common shape of operands, what the node requires for it, and which
// element of an operand meets which element of the result. What is computed with them:
// element_math.h.
#ifndef SYMSHAPE_RULES_BROADCAST_H_
#define SYMSHAPE_RULES_BROADCAST_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// a and b aligned at their last axes; of each pair, both are equal or one is 1 (stated as
// required).
//   [B, 1, S] and [H, S] -> [B, H, S]
// Source: ONNX docs/Broadcasting.md. A dim 0 against 1 gives 0: no max().
ShapeBuilder BroadcastShapes(absl::Span<const Dim> a, absl::Span<const Dim> b, Results& out);

// `from` is broadcast to `to` without making it larger: aligned at their last axes, each size of
// `from` is 1 or that of `to` (stated as required).
void RequireBroadcastTo(absl::Span<const Dim> from, absl::Span<const Dim> to, Results& out);

// The same for any number of shapes, two by two from the left as onnxruntime takes them.
// nullopt where a rank is unknown.
std::optional<ShapeBuilder> BroadcastShapes(absl::Span<const ShapeView> shapes, Results& out);

// All shapes are the same (Max-6, Sum-6, Add-6 with broadcast=0): required, axis by axis.
// nullopt where no rank is known.
std::optional<ShapeBuilder> SameShapes(absl::Span<const ShapeView> shapes, Results& out);

// The dims of a two-operand node as they meet: aligned at the last axis.
struct AlignedPair {
  absl::Span<const Dim> a;
  absl::Span<const Dim> b;
};

// Sets output 0's shape to that of inputs 0 and 1 together; nullopt where it stays unknown. Before
// opset 7 an operand broadcasts only where broadcast=1, the second to the first, and `axis` says
// where its dims begin there:   A [2, 3, 4, 5], B [3, 4], axis=1  ->  [3, 4, 1] Source: ONNX Add-1,
// Add-6, Add-7.
std::optional<AlignedPair> SetBinaryShape(const Operands& in, Results& out);

// Which element of an operand meets element `flat` of the result; both row-major.
class BroadcastIndex {
 public:
  BroadcastIndex(absl::Span<const int64_t> result, absl::Span<const int64_t> operand);
  int64_t operator()(int64_t flat) const;

 private:
  struct Axis {
    int64_t size;    // of the result
    int64_t stride;  // of the operand; 0 where it is repeated
  };
  std::vector<Axis> axes_;  // innermost first
  bool same_;
};

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_BROADCAST_H_
