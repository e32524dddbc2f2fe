// Operators of two or more tensors whose shapes broadcast: arithmetic and bits. Comparison and
// logic: comparison.cc.
#include <algorithm>
#include <utility>

#include "rules/broadcast.h"
#include "rules/elementwise.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

template <BinaryElement kElement>
absl::Status InferBinaryValue(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  if (const auto pair = SetBinaryShape(in, out)) MapElements(in, out, pair->a, pair->b, kElement);
  return absl::OkStatus();
}

// The operands vary along different axes, so that each element of one meets each of the other:
// [N, 1] and [1, M].
bool MeetEverywhere(const AlignedPair& pair) {
  const size_t shared = std::min(pair.a.size(), pair.b.size());
  for (size_t back = 1; back <= shared; ++back) {
    const Dim one = Dim::Inline(1);
    if (pair.a[pair.a.size() - back] != one && pair.b[pair.b.size() - back] != one) return false;
  }
  return true;
}

// A function that grows or falls in each operand: its extremes are those of the operands.
template <BinaryElement kElement, BinaryRange kRange>
absl::Status InferBinary(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const auto pair = SetBinaryShape(in, out);
  if (pair) MapElements(in, out, pair->a, pair->b, kElement);
  if (!NeedsRange(out)) return absl::OkStatus();
  const ValueRange a = RangeOf(in, 0), b = RangeOf(in, 1);
  ValueRange range = (RangeMath(in.context()).*kRange)(a, b);
  if (a.attained && b.attained && pair && MeetEverywhere(*pair)) range.attained = true;
  SetRange(out, 0, in.type(0), range);
  return absl::OkStatus();
}

// Integers are not divided by 0: all divisors are looked at before the first division, so that an
// empty dividend does not help. Source: onnxruntime core/providers/cpu/math/element_wise_ops.cc,
// Div and Mod.
void RequireDivisors(const Operands& in, Results& out) {
  if (!graph::IsInteger(in.type(1))) return;
  const std::vector<Element>* divisors = in.Elements(1);
  if (divisors == nullptr) return;
  for (const Element& divisor : *divisors) {
    if (!divisor.is_integer()) continue;
    const Expr size(in.context(), divisor.num);
    out.Require(Ne(size, 0), {"divisor ", size, " is not 0"});
  }
}

absl::Status InferDiv(const Operands& in, Results& out) {
  RequireDivisors(in, out);
  return InferBinary<&ElementMath::Div, &RangeMath::Div>(in, out);
}

absl::Status InferMod(const Operands& in, Results& out) {
  RequireDivisors(in, out);
  if (in.Int("fmod", 0) != 0) return InferBinaryValue<&ElementMath::TruncMod>(in, out);
  const absl::Status status = InferBinaryValue<&ElementMath::FloorMod>(in, out);
  if (NeedsRange(out)) {
    SetRange(out, 0, in.type(0), RangeMath(in.context()).FloorMod(RangeOf(in, 0), RangeOf(in, 1)));
  }
  return status;
}

// The slope may also be the larger one: onnxruntime broadcasts both ways. Before version 7 it is
// [C] or [1] and X decides.
absl::Status InferPRelu(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  if (in.version() < 7) {
    out.SetShape(0, in.shape(0));
  } else if (in.shape(0).has_rank() && in.shape(1).has_rank()) {
    out.SetShape(0, BroadcastShapes(in.shape(0).dims(), in.shape(1).dims(), out));
  }
  return absl::OkStatus();
}

// X << n = X * 2^n, X >> n = X // 2^n. The operands are unsigned.
absl::Status InferBitShift(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const auto pair = SetBinaryShape(in, out);
  if (!pair) return absl::OkStatus();
  const bool left = in.String("direction") == "LEFT";
  MapElements(in, out, pair->a, pair->b, left ? &ElementMath::ShiftLeft : &ElementMath::ShiftRight);
  return absl::OkStatus();
}

// Max, Min, Sum, Mean of one or more tensors. Before version 8 all shapes are the same.
std::optional<ShapeBuilder> NaryShape(const Operands& in, Results& out) {
  std::vector<ShapeView> shapes;
  for (int i = 0; i < in.size(); ++i) shapes.push_back(in.shape(i));
  return in.version() < 8 ? SameShapes(shapes, out) : BroadcastShapes(shapes, out);
}

// One operand after the other into the result so far.
template <BinaryElement kElement>
void FoldElements(const Operands& in, Results& out, const ShapeBuilder& shape) {
  const auto sizes = ShapeView(in.context(), shape.dims()).Constants();
  if (!sizes) return;
  int64_t count = 1;
  for (int64_t size : *sizes) {
    count *= size;
    if (count > kMaxElements) return;
  }
  for (int i = 0; i < in.size(); ++i) {
    if (!in.is_known(i)) return;
  }
  ElementMath math(out, in.type(0));
  std::vector<Element> result;
  for (int i = 0; i < in.size(); ++i) {
    const std::vector<Element>* x = ElementsToFollow(in, i);
    const auto x_sizes = in.shape(i).Constants();
    if (x == nullptr || !x_sizes) return;
    const BroadcastIndex index(*sizes, *x_sizes);
    for (int64_t k = 0; k < count; ++k) {
      const Element& e = (*x)[index(k)];
      if (i == 0) {
        result.push_back(e);
      } else {
        result[k] = (math.*kElement)(result[k], e);
      }
    }
  }
  out.SetElements(0, std::move(result));
}

template <BinaryElement kElement, BinaryRange kRange>
absl::Status InferNary(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const std::optional<ShapeBuilder> shape = NaryShape(in, out);
  if (!shape) return absl::OkStatus();
  out.SetShape(0, *shape);
  FoldElements<kElement>(in, out, *shape);
  if (!NeedsRange(out) || in.size() == 0) return absl::OkStatus();
  ValueRange range = RangeOf(in, 0);
  for (int i = 1; i < in.size(); ++i) {
    range = (RangeMath(in.context()).*kRange)(range, RangeOf(in, i));
  }
  SetRange(out, 0, in.type(0), range);
  return absl::OkStatus();
}

// Y = Swish(A) * B, which does not broadcast. Source: ONNX SwiGLU-28.
absl::Status InferSwiGlu(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  if (const auto shape = SameShapes({in.shape(0), in.shape(1)}, out)) out.SetShape(0, *shape);
  return absl::OkStatus();
}

// No shape is computed from a Mean.
absl::Status InferMean(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  if (const std::optional<ShapeBuilder> shape = NaryShape(in, out)) out.SetShape(0, *shape);
  return absl::OkStatus();
}

using M = ElementMath;
using R = RangeMath;

constexpr Rule kElementwiseBinaryRules[] = {
    {kOnnx, "Add", 1, InferBinary<&M::Add, &R::Add>},
    {kOnnx, "BitShift", 11, InferBitShift},
    {kOnnx, "BitwiseAnd", 18, InferBinaryValue<&M::BitwiseAnd>},
    {kOnnx, "BitwiseOr", 18, InferBinaryValue<&M::BitwiseOr>},
    {kOnnx, "BitwiseXor", 18, InferBinaryValue<&M::BitwiseXor>},
    {kOnnx, "Div", 1, InferDiv},
    {kOnnx, "Max", 1, InferNary<&M::Max, &R::Max>},
    {kOnnx, "Mean", 1, InferMean},
    {kOnnx, "Min", 1, InferNary<&M::Min, &R::Min>},
    {kOnnx, "Mod", 10, InferMod},
    {kOnnx, "Mul", 1, InferBinary<&M::Mul, &R::Mul>},
    {kOnnx, "PRelu", 1, InferPRelu},
    {kOnnx, "Pow", 1, InferBinaryValue<&M::Pow>},
    {kOnnx, "Sub", 1, InferBinary<&M::Sub, &R::Sub>},
    {kOnnx, "Sum", 1, InferNary<&M::Add, &R::Add>},
    {kOnnx, "SwiGLU", 28, InferSwiGlu},
};

}  // namespace

absl::Span<const Rule> ElementwiseBinaryRules() { return kElementwiseBinaryRules; }

}  // namespace symshape::rules
