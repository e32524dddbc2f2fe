// Operators of one tensor that keep its shape. One row each; those whose values shapes are computed
// from name the arithmetic, too.
#include <utility>

#include "rules/elementwise.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// X [d...] -> Y [d...]
absl::Status InferUnary(const Operands& in, Results& out) {
  out.Set(0, in.type(0), in.shape(0));
  return absl::OkStatus();
}

template <UnaryElement kElement>
absl::Status InferUnaryValue(const Operands& in, Results& out) {
  out.Set(0, in.type(0), in.shape(0));
  MapElements(in, out, kElement);
  return absl::OkStatus();
}

template <UnaryElement kElement, UnaryRange kRange>
absl::Status InferUnaryRange(const Operands& in, Results& out) {
  out.Set(0, in.type(0), in.shape(0));
  MapElements(in, out, kElement);
  if (NeedsRange(out)) {
    SetRange(out, 0, in.type(0), (RangeMath(in.context()).*kRange)(RangeOf(in, 0)));
  }
  return absl::OkStatus();
}

// X [d...] -> bool Y [d...]
absl::Status InferUnaryTest(const Operands& in, Results& out) {
  out.Set(0, ElementType::kBool, in.shape(0));
  return absl::OkStatus();
}

// Y = min(max(X, lo), hi), also where lo > hi (onnxruntime core/providers/cpu/math/clip.cc). The
// limits are attributes up to version 6, optional inputs from 11 on.
std::optional<Element> ClipLimit(const Operands& in, ElementMath& math, int input,
                                 absl::string_view attribute) {
  if (in.version() < 11) {
    const graph::Attribute* limit = in.Find(attribute);
    if (limit == nullptr) return std::nullopt;
    return math.Constant(in.Float(attribute, 0));
  }
  if (!in.has(input)) return std::nullopt;
  const std::vector<Element>* limit = in.Elements(input);
  return limit != nullptr && limit->size() == 1 ? (*limit)[0] : Element();
}

absl::Status InferClip(const Operands& in, Results& out) {
  out.Set(0, in.type(0), in.shape(0));
  ElementMath math(out, in.type(0));
  const std::optional<Element> lo = ClipLimit(in, math, 1, "min");
  const std::optional<Element> hi = ClipLimit(in, math, 2, "max");
  if (const std::vector<Element>* x = ElementsToFollow(in, 0)) {
    std::vector<Element> y;
    y.reserve(x->size());
    for (Element e : *x) {
      if (lo) e = math.Max(e, *lo);
      if (hi) e = math.Min(e, *hi);
      y.push_back(e);
    }
    out.SetElements(0, std::move(y));
  }
  if (!NeedsRange(out)) return absl::OkStatus();
  const RangeMath ranges(in.context());
  ValueRange range = RangeOf(in, 0);
  const auto point = [](const Element& e) { return e.is_integer() ? e.num : Dim(); };
  if (lo) range = ranges.Max(range, {point(*lo), point(*lo), true});
  if (hi) range = ranges.Min(range, {point(*hi), point(*hi), true});
  SetRange(out, 0, in.type(0), range);
  return absl::OkStatus();
}

// X [d..., M, M] -> Y [d...]. Source: ONNX Det-11, Det-22.
absl::Status InferDet(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const int rank = x.rank();
  if (rank < 2) return absl::InvalidArgumentError("the operand has rank at least 2");
  out.Require(Eq(x[rank - 2], x[rank - 1]),
              {"matrices of ", x[rank - 2], " by ", x[rank - 1], " are square"});
  out.SetShape(0, x.dims().subspan(0, rank - 2));
  return absl::OkStatus();
}

using M = ElementMath;
using R = RangeMath;

constexpr Rule kElementwiseUnaryRules[] = {
    {kOnnx, "Abs", 1, InferUnaryRange<&M::Abs, &R::Abs>},
    {kOnnx, "Acos", 7, InferUnary},
    {kOnnx, "Acosh", 9, InferUnary},
    {kOnnx, "Asin", 7, InferUnary},
    {kOnnx, "Asinh", 9, InferUnary},
    {kOnnx, "Atan", 7, InferUnary},
    {kOnnx, "Atanh", 9, InferUnary},
    {kOnnx, "BitwiseNot", 18, InferUnaryValue<&M::BitwiseNot>},
    {kOnnx, "Ceil", 1, InferUnaryValue<&M::Ceil>},
    {kOnnx, "Celu", 12, InferUnary},
    {kOnnx, "Clip", 1, InferClip},
    {kOnnx, "Cos", 7, InferUnary},
    {kOnnx, "Cosh", 9, InferUnary},
    {kOnnx, "Det", 11, InferDet},
    {kOnnx, "Elu", 1, InferUnary},
    {kOnnx, "Erf", 9, InferUnary},
    {kOnnx, "Exp", 1, InferUnary},
    {kOnnx, "Floor", 1, InferUnaryValue<&M::Floor>},
    {kOnnx, "Gelu", 20, InferUnary},
    {kOnnx, "HardSigmoid", 1, InferUnary},
    {kOnnx, "HardSwish", 14, InferUnary},
    {kOnnx, "IsInf", 10, InferUnaryTest},
    {kOnnx, "IsNaN", 9, InferUnaryTest},
    {kOnnx, "LeakyRelu", 1, InferUnary},
    {kOnnx, "Log", 1, InferUnary},
    {kOnnx, "Mish", 18, InferUnary},
    {kOnnx, "Neg", 1, InferUnaryRange<&M::Neg, &R::Neg>},
    {kOnnx, "Reciprocal", 1, InferUnaryValue<&M::Reciprocal>},
    {kOnnx, "Relu", 1, InferUnaryRange<&M::Relu, &R::Relu>},
    {kOnnx, "Round", 11, InferUnaryValue<&M::Round>},
    {kOnnx, "Selu", 1, InferUnary},
    {kOnnx, "Shrink", 9, InferUnary},
    {kOnnx, "Sigmoid", 1, InferUnary},
    {kOnnx, "Sign", 9, InferUnaryValue<&M::Sign>},
    {kOnnx, "Sin", 7, InferUnary},
    {kOnnx, "Sinh", 9, InferUnary},
    {kOnnx, "Softplus", 1, InferUnary},
    {kOnnx, "Softsign", 1, InferUnary},
    {kOnnx, "Sqrt", 1, InferUnaryValue<&M::Sqrt>},
    {kOnnx, "Swish", 24, InferUnary},
    {kOnnx, "Tan", 7, InferUnary},
    {kOnnx, "Tanh", 1, InferUnary},
    {kOnnx, "ThresholdedRelu", 1, InferUnary},
};

}  // namespace

absl::Span<const Rule> ElementwiseUnaryRules() { return kElementwiseUnaryRules; }

}  // namespace symshape::rules
