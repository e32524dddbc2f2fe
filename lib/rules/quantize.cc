// Between real and quantised tensors: QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear, in
// both domains. Arithmetic on quantised tensors: quantized.cc.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// With block_size, a scale has as many dims as x, and one for each block along `axis`.
absl::Status RequireBlocks(const ShapeView& x, const ShapeView& scale, int axis, int64_t block,
                           Results& out) {
  if (scale.rank() != x.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("scale of blocks has rank ", x.rank(), ", not ", scale.rank()));
  }
  for (int k = 0; k < x.rank(); ++k) {
    RequireSameSize(scale[k], k == axis ? CeilDiv(x[k], block) : x[k],
                    absl::StrCat("axis ", k, " of scale and blocks"), out);
  }
  return absl::OkStatus();
}

// A scale that is a vector of more than one element has one for each index of `axis`; the zero
// point is shaped like it, but that one of one element may be a scalar. Source: onnxruntime
// core/providers/cpu/quantization/quantize_linear.cc, PrepareForQDQ.
absl::Status RequireScale(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  const ShapeView scale = in.shape(1);
  const ShapeView zero = in.shape(2);
  if (scale.has_rank() && zero.has_rank()) {
    if (scale.rank() == zero.rank()) {
      RequireSameAxes(scale, zero, scale.rank(), "scale and zero point", out);
    } else if (scale.rank() + zero.rank() == 1) {
      RequireSameSize((scale.rank() == 1 ? scale : zero)[0], in.Const(1), "scale or zero point",
                      out);
    }
  }
  const int64_t block = in.Int("block_size", 0);
  if (!x.has_rank() || !scale.has_rank()) return absl::OkStatus();
  if (block <= 0 && (scale.rank() != 1 || scale[0].is(1))) return absl::OkStatus();
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 1), x.rank());
  if (!axis.ok()) return axis.status();
  if (block > 0) return RequireBlocks(x, scale, *axis, block, out);
  const Expr more_than_one = scale[0] - 1;
  out.RequireUnlessZero({more_than_one.dim()}, Eq(x[*axis], scale[0]),
                        {"axis of ", x[*axis], " and scale of ", scale[0], " are equal"});
  return absl::OkStatus();
}

// The type that attribute output_dtype asks for; kUndefined where it asks for none.
ElementType OutputType(const Operands& in) {
  return static_cast<ElementType>(in.Int("output_dtype", 0));
}

// x, y_scale [, y_zero_point] -> like x, of the zero point's type
// Source: ONNX QuantizeLinear-10, 13, 19, 21 (output_dtype, block_size), 23 … 25.
absl::Status InferQuantizeLinear(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  ElementType type = OutputType(in);
  if (type == ElementType::kUndefined) type = in.has(2) ? in.type(2) : ElementType::kUint8;
  out.SetType(0, type);
  return RequireScale(in, out);
}

// x, x_scale [, x_zero_point] -> like x, of the scale's type
// Source: ONNX DequantizeLinear-10, 13, 19, 21, 23 (output_dtype) … 25.
absl::Status InferDequantizeLinear(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  ElementType type = OutputType(in);
  if (type == ElementType::kUndefined) type = in.type(1);
  out.SetType(0, type);
  return RequireScale(in, out);
}

// x -> y uint8 like x, y_scale and y_zero_point scalars
absl::Status InferDynamicQuantizeLinear(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  out.SetType(0, ElementType::kUint8);
  out.Set(1, ElementType::kFloat, ShapeBuilder());
  out.Set(2, ElementType::kUint8, ShapeBuilder());
  return absl::OkStatus();
}

// input, scale -> int8 in another order of the same axes
absl::Status InferQuantizeWithOrder(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  out.SetType(0, ElementType::kInt8);
  return absl::OkStatus();
}

absl::Status InferDequantizeWithOrder(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  out.SetType(0, static_cast<ElementType>(in.Int("to", 1)));
  return absl::OkStatus();
}

// x [d...] of `rank` axes -> bytes of blocks, of which the format tells how many, x's shape and
// strides
absl::Status InferQuantizeBfp(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  out.Set(0, ElementType::kUint8, ShapeBuilder({out.Fresh("bfp_bytes")}));
  for (int output = 1; output < 3; ++output) {
    const Expr rank = x.has_rank() ? in.Const(x.rank()) : out.Fresh("bfp_rank");
    out.Set(output, ElementType::kInt64, ShapeBuilder({rank}));
  }
  if (!x.has_rank()) return absl::OkStatus();
  std::vector<Expr> sizes;
  for (int k = 0; k < x.rank(); ++k) sizes.push_back(x[k]);
  out.SetInts(1, sizes);
  return absl::OkStatus();
}

// bytes, shape, strides -> a tensor of that shape
absl::Status InferDequantizeBfp(const Operands& in, Results& out) {
  out.SetType(0, static_cast<ElementType>(in.Int("dtype", 1)));
  const std::optional<std::vector<Expr>> shape = in.Ints(1);
  if (!shape.has_value()) {
    const std::optional<int64_t> rank = in.Length(1);
    if (rank.has_value()) out.SetRank(0, static_cast<int>(*rank), "bfp_size");
    return absl::OkStatus();
  }
  ShapeBuilder y;
  for (Expr d : *shape) y.Add(d);
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kQuantizeRules[] = {
    {kOnnx, "DequantizeLinear", 10, InferDequantizeLinear},
    {kOnnx, "DynamicQuantizeLinear", 11, InferDynamicQuantizeLinear},
    {kOnnx, "QuantizeLinear", 10, InferQuantizeLinear},
    {kMicrosoft, "DequantizeBFP", 1, InferDequantizeBfp},
    {kMicrosoft, "DequantizeLinear", 1, InferDequantizeLinear},
    {kMicrosoft, "DequantizeWithOrder", 1, InferDequantizeWithOrder},
    {kMicrosoft, "QuantizeBFP", 1, InferQuantizeBfp},
    {kMicrosoft, "QuantizeLinear", 1, InferQuantizeLinear},
    {kMicrosoft, "QuantizeWithOrder", 1, InferQuantizeWithOrder},
};

}  // namespace

absl::Span<const Rule> QuantizeRules() { return kQuantizeRules; }

}  // namespace symshape::rules
