// CumSum and CumProd: running sums and products along one axis.
#include "rules/ask.h"
#include "rules/element_math.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/same.h"
#include "rules/value_range.h"

namespace symshape::rules {
namespace {

using Combine = Element (ElementMath::*)(const Element&, const Element&);

// Walks each line along the axis, backwards where `reverse`; `exclusive` leaves out the element
// itself.
void SetRunning(const Operands& in, int axis, const Element& neutral, Combine combine,
                Results& out) {
  const std::optional<Block> x = BlockOf(in, 0);
  if (!x) return;
  ElementMath math(out, in.type(0));
  const bool reverse = in.Int("reverse", 0) != 0;
  const bool exclusive = in.Int("exclusive", 0) != 0;
  const int64_t length = x->dims[axis];
  const Sizes strides = Strides(x->dims);
  Sizes lines = x->dims;
  lines[axis] = 1;
  std::vector<Element> elements(x->elements.size());
  ForEachIndex(lines, [&](absl::Span<const int64_t> index) {
    Element running = neutral;
    for (int64_t step = 0; step < length; ++step) {
      const int64_t at =
          OffsetOf(index, strides) + (reverse ? length - 1 - step : step) * strides[axis];
      const Element next = (math.*combine)(running, x->elements[at]);
      elements[at] = exclusive ? running : next;
      running = next;
    }
  });
  out.SetElements(0, std::move(elements));
}

absl::Status InferRunning(const Operands& in, const Element& neutral, Combine combine,
                          Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  const std::optional<Expr> axis = in.Scalar(1);
  if (!x.has_rank() || !axis || !axis->constant()) return absl::OkStatus();
  const absl::StatusOr<int> n = NormalizeAxis(*axis->constant(), x.rank());
  if (!n.ok()) {
    // The runtime looks at the axis only where there is something to add up.
    return Surely(in, Ge(x.Product(), 1)) ? n.status() : absl::OkStatus();
  }
  if (out.wanted(0)) SetRunning(in, *n, neutral, combine, out);
  return absl::OkStatus();
}

// x [d...], axis (a scalar) -> like x
// Source: ONNX CumSum-14.
absl::Status InferCumSum(const Operands& in, Results& out) {
  if (absl::Status s = InferRunning(in, Element(Dim::Inline(0)), &ElementMath::Add, out); !s.ok()) {
    return s;
  }
  // Sums of elements >= 0: at least 0 (none, where exclusive), at most all of a line.
  const ShapeView x = in.shape(0);
  const ValueRange range = RangeOf(in, 0);
  const RangeMath math(in.context());
  if (!x.has_rank() || range.lo.is_none() || !math.NotNegative(range.lo) || !out.wanted(0)) {
    return absl::OkStatus();
  }
  ValueRange sums{Dim::Inline(0), Dim()};
  const std::optional<Expr> axis = in.Scalar(1);
  if (axis && axis->constant() && !range.hi.is_none()) {
    const absl::StatusOr<int> n = NormalizeAxis(*axis->constant(), x.rank());
    if (n.ok()) sums.hi = math.Times(range, x[*n]).hi;
  }
  SetRange(out, 0, in.type(0), sums);
  return absl::OkStatus();
}

// Source: ONNX CumProd-26.
absl::Status InferCumProd(const Operands& in, Results& out) {
  return InferRunning(in, Element(Dim::Inline(1)), &ElementMath::Mul, out);
}

constexpr Rule kCumSumRules[] = {
    {kOnnx, "CumProd", 26, InferCumProd},
    {kOnnx, "CumSum", 11, InferCumSum},
};

}  // namespace

absl::Span<const Rule> CumSumRules() { return kCumSumRules; }

}  // namespace symshape::rules
