// NonMaxSuppression: how many boxes survive is only in the data; how many at most is not.
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// boxes [B, S, 4], scores [B, C, S], max_output_boxes_per_class -> [n, 3],
// 0 <= n <= B*C*min(S, max_output_boxes_per_class); the default of that is 0: nothing.
// Source: ONNX NonMaxSuppression-11; onnxruntime
// core/providers/cpu/object_detection/non_max_suppression.cc.
absl::Status InferNonMaxSuppression(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt64);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, 1, 3); !s.ok()) return s;
  const ShapeView boxes = in.shape(0);
  const ShapeView scores = in.shape(1);
  if (boxes.has_rank()) RequireSameSize(boxes[2], in.Const(4), "corners of a box", out);
  if (boxes.has_rank() && scores.has_rank()) {
    RequireSameSize(boxes[0], scores[0], "batch of boxes and scores", out);
    RequireSameSize(boxes[1], scores[2], "boxes and scores", out);
  }
  for (int limit : {2, 3, 4}) {  // the kernel reads the first element, whether there is one or not
    const ShapeView list = in.shape(limit);
    if (list.has_rank() && list.rank() == 1) {
      out.Require(Ge(list[0], 1), {"input ", limit, " of ", list[0], " elements has a first one"});
    }
  }
  const std::optional<Expr> most = in.has(2) ? in.Scalar(2) : in.Const(0);
  const Expr kept = [&] {
    if (!scores.has_rank()) return out.Fresh("nms");
    const Expr per_class = most.has_value() ? Max(Min(scores[2], *most), 0) : scores[2];
    return out.FreshUpTo("nms", scores[0] * scores[1] * per_class);
  }();
  out.SetShape(0,
               ShapeBuilder({most.has_value() && most->is(0) ? in.Const(0) : kept, in.Const(3)}));
  return absl::OkStatus();
}

constexpr Rule kNonMaxSuppressionRules[] = {
    {kOnnx, "NonMaxSuppression", 10, InferNonMaxSuppression},
};

}  // namespace

absl::Span<const Rule> NonMaxSuppressionRules() { return kNonMaxSuppressionRules; }

}  // namespace symshape::rules
