// Regions of interest: RoiAlign, MaxRoiPool, CropAndResize. Which boxes survive:
// non_max_suppression.cc.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// X [N, C, H, W], rois [R, columns] -> [R, C, height, width]; batch_indices [R] has one for each,
// which is no element of an empty batch.
absl::Status SetRegions(const Operands& in, int columns, Expr height, Expr width, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, 1, 2); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const ShapeView rois = in.shape(1);
  if (rois.has_rank()) RequireSameSize(rois[1], in.Const(columns), "columns of rois", out);
  const ShapeView batch = in.shape(2);
  if (rois.has_rank() && batch.has_rank() && batch.rank() == 1) {
    RequireSameSize(rois[0], batch[0], "rois and batch_indices", out);
  }
  if (rois.has_rank() && x.has_rank()) {
    out.RequireUnlessZero({rois[0].dim()}, Ge(x[0], 1), {"there are boxes, of a batch of ", x[0]});
  }
  out.SetShape(0, ShapeBuilder({rois.has_rank() ? rois[0] : out.Fresh("rois"),
                                x.has_rank() ? x[1] : out.Fresh("channels"), height, width}));
  return absl::OkStatus();
}

// X, rois [R, 4], batch_indices
// Source: ONNX RoiAlign-10, 16, 22; onnxruntime core/providers/cpu/object_detection/roialign.cc.
absl::Status InferRoiAlign(const Operands& in, Results& out) {
  return SetRegions(in, 4, in.Const(in.Int("output_height", 1)),
                    in.Const(in.Int("output_width", 1)), out);
}

// X, rois [R, 5] (the batch index first)
// Source: ONNX MaxRoiPool-22.
absl::Status InferMaxRoiPool(const Operands& in, Results& out) {
  const auto pooled = in.IntList("pooled_shape");
  if (!pooled.has_value() || pooled->size() != 2) {
    return absl::InvalidArgumentError("pooled_shape has 2 values");
  }
  return SetRegions(in, 5, in.Const((*pooled)[0]), in.Const((*pooled)[1]), out);
}

// X, rois [R, 4], batch_indices, crop_size = [height, width]
// Source: onnxruntime contrib_ops/cpu/crop_and_resize.cc.
absl::Status InferCropAndResize(const Operands& in, Results& out) {
  const std::optional<std::vector<Expr>> size = in.Ints(3);
  const bool known = size.has_value() && size->size() == 2;
  return SetRegions(in, 4, known ? (*size)[0] : out.Fresh("crop_height"),
                    known ? (*size)[1] : out.Fresh("crop_width"), out);
}

constexpr Rule kRoiRules[] = {
    {kOnnx, "MaxRoiPool", 1, InferMaxRoiPool},
    {kOnnx, "RoiAlign", 10, InferRoiAlign},
    {kMicrosoft, "CropAndResize", 1, InferCropAndResize},
};

}  // namespace

absl::Span<const Rule> RoiRules() { return kRoiRules; }

}  // namespace symshape::rules
