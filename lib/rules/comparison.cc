// Comparison and logic: the result is bool; its elements are 0 or 1 where facts decide them.
#include "rules/broadcast.h"
#include "rules/elementwise.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// A [a...], B [b...] -> bool [broadcast(a, b)...]
template <BinaryElement kElement, BinaryRange kRange>
absl::Status InferComparison(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kBool);
  if (const auto pair = SetBinaryShape(in, out)) MapElements(in, out, pair->a, pair->b, kElement);
  if (NeedsRange(out)) {
    SetRange(out, 0, ElementType::kBool,
             (RangeMath(in.context()).*kRange)(RangeOf(in, 0), RangeOf(in, 1)));
  }
  return absl::OkStatus();
}

// Nothing but elements tells whether two bools differ.
absl::Status InferXor(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kBool);
  if (const auto pair = SetBinaryShape(in, out)) {
    MapElements(in, out, pair->a, pair->b, &ElementMath::Xor);
  }
  return absl::OkStatus();
}

absl::Status InferNot(const Operands& in, Results& out) {
  out.Set(0, ElementType::kBool, in.shape(0));
  MapElements(in, out, &ElementMath::Not);
  if (NeedsRange(out)) {
    SetRange(out, 0, ElementType::kBool, RangeMath(in.context()).Not(RangeOf(in, 0)));
  }
  return absl::OkStatus();
}

using M = ElementMath;
using R = RangeMath;

constexpr Rule kComparisonRules[] = {
    {kOnnx, "And", 1, InferComparison<&M::And, &R::Min>},
    {kOnnx, "Equal", 1, InferComparison<&M::Equal, &R::Equal>},
    {kOnnx, "Greater", 1, InferComparison<&M::Greater, &R::Greater>},
    {kOnnx, "GreaterOrEqual", 12, InferComparison<&M::GreaterOrEqual, &R::GreaterOrEqual>},
    {kOnnx, "Less", 1, InferComparison<&M::Less, &R::Less>},
    {kOnnx, "LessOrEqual", 12, InferComparison<&M::LessOrEqual, &R::LessOrEqual>},
    {kOnnx, "Not", 1, InferNot},
    {kOnnx, "Or", 1, InferComparison<&M::Or, &R::Max>},
    {kOnnx, "Xor", 1, InferXor},
};

}  // namespace

absl::Span<const Rule> ComparisonRules() { return kComparisonRules; }

}  // namespace symshape::rules
