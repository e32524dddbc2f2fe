// Arithmetic on quantised tensors whose operands carry a scale and a zero point each
// (com.microsoft). Products, convolutions, pools, softmax, Concat: in their own families.
#include <algorithm>

#include "rules/broadcast.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

absl::Status SetBroadcast(const Operands& in, int a, int b, Results& out) {
  const ShapeView x = in.shape(a);
  const ShapeView y = in.shape(b);
  if (x.has_rank() && y.has_rank()) out.SetShape(0, BroadcastShapes(x.dims(), y.dims(), out));
  return absl::OkStatus();
}

// A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point
absl::Status InferQLinearBinary(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 3}, out);
  return SetBroadcast(in, 0, 3, out);
}

// A, A_zero_point, B, B_zero_point -> int32
absl::Status InferMulInteger(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  return SetBroadcast(in, 0, 2, out);
}

// X, X_scale, X_zero_point, Y_scale, Y_zero_point
absl::Status InferQLinearUnary(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

// condition, X, x_scale, x_zero_point, Y, y_scale, y_zero_point, z_scale, z_zero_point
absl::Status InferQLinearWhere(const Operands& in, Results& out) {
  SetTypeLike(in, {1, 4}, out);
  const ShapeView c = in.shape(0);
  const ShapeView x = in.shape(1);
  const ShapeView y = in.shape(4);
  if (!c.has_rank() || !x.has_rank() || !y.has_rank()) return absl::OkStatus();
  const ShapeBuilder chosen = BroadcastShapes(x.dims(), y.dims(), out);
  out.SetShape(0, BroadcastShapes(c.dims(), chosen.dims(), out));
  return absl::OkStatus();
}

// data reduced over the attribute `axes` (all where absent)
absl::Status SetReduced(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  std::vector<bool> reduced(x.rank(), false);
  const auto axes = in.IntList("axes");
  if (!axes.has_value() || axes->empty()) {
    std::fill(reduced.begin(), reduced.end(), true);
  } else {
    for (int64_t a : *axes) {
      const absl::StatusOr<int> axis = NormalizeAxis(a, x.rank());
      if (!axis.ok()) return axis.status();
      reduced[*axis] = true;
    }
  }
  const bool keep = in.Int("keepdims", 1) != 0;
  ShapeBuilder y;
  for (int i = 0; i < x.rank(); ++i) {
    if (!reduced[i]) y.Add(x[i]);
    if (reduced[i] && keep) y.Add(in.Const(1));
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

absl::Status InferQLinearReduceMean(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  return SetReduced(in, out);
}

// int8 -> int32, uint8 -> uint32
absl::Status InferReduceSumInteger(const Operands& in, Results& out) {
  out.SetType(0, in.type(0) == ElementType::kUint8 ? ElementType::kUint32 : ElementType::kInt32);
  return SetReduced(in, out);
}

constexpr Rule kQuantizedRules[] = {
    {kMicrosoft, "MulInteger", 1, InferMulInteger},
    {kMicrosoft, "QLinearAdd", 1, InferQLinearBinary},
    {kMicrosoft, "QLinearLeakyRelu", 1, InferQLinearUnary},
    {kMicrosoft, "QLinearMul", 1, InferQLinearBinary},
    {kMicrosoft, "QLinearReduceMean", 1, InferQLinearReduceMean},
    {kMicrosoft, "QLinearSigmoid", 1, InferQLinearUnary},
    {kMicrosoft, "QLinearWhere", 1, InferQLinearWhere},
    {kMicrosoft, "QOrderedGelu", 1, InferQLinearUnary},
    {kMicrosoft, "ReduceSumInteger", 1, InferReduceSumInteger},
};

}  // namespace

absl::Span<const Rule> QuantizedRules() { return kQuantizedRules; }

}  // namespace symshape::rules
