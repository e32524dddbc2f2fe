// Operators of the first, experimental ONNX that files in the wild still have and onnxruntime still
// runs.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

absl::Status InferLikeInput(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

// X [N, C, H, W] * scale + bias, a bias for each channel -> like X
// Source: onnxruntime core/providers/cpu/tensor/image_scaler.h.
absl::Status InferImageScaler(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const auto bias = in.FloatList("bias");
  if (x.has_rank() && bias.has_value()) {
    RequireSameSize(x[1], in.Const(static_cast<int64_t>(bias->size())), "channels and bias", out);
  }
  return absl::OkStatus();
}

// X [N, C, H, W] without border = [left, top, right, bottom], or of size `scale` = [height, width]
// behind left and top.
// Source: onnxruntime core/providers/cpu/tensor/crop.h.
absl::Status InferCrop(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const auto border = in.IntList("border");
  if (!border.has_value() || border->size() < 4) {
    return absl::InvalidArgumentError("border has 4 values");
  }
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const auto& b = *border;
  const auto scale = in.IntList("scale");
  ShapeBuilder y(x.dims());
  for (int i = 0; i < 2; ++i) {  // H: top and bottom, W: left and right
    const int64_t before = b[i == 0 ? 1 : 0];
    const int64_t after = b[i == 0 ? 3 : 2];
    const Expr size = x[2 + i];
    if (scale.has_value() && scale->size() == 2) {
      out.Require(Ge(size, before + (*scale)[i]), {"crop ends inside ", size});
      y.Set(2 + i, in.Const((*scale)[i]));
    } else {
      out.Require(Ge(size, before + after), {"borders ", before + after, " inside ", size});
      y.Set(2 + i, size - (before + after));
    }
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kLegacyRules[] = {
    {kOnnx, "Affine", 1, InferLikeInput},        {kOnnx, "Crop", 1, InferCrop},
    {kOnnx, "ImageScaler", 1, InferImageScaler}, {kOnnx, "ParametricSoftplus", 1, InferLikeInput},
    {kOnnx, "Scale", 1, InferLikeInput},         {kOnnx, "ScaledTanh", 1, InferLikeInput},
};

}  // namespace

absl::Span<const Rule> LegacyRules() { return kLegacyRules; }

}  // namespace symshape::rules
