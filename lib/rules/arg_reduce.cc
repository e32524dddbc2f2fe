// ArgMax, ArgMin: the index of an extreme along one axis.
#include <utility>

#include "rules/elementwise.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// The place of the extreme among n elements; unknown where two cannot be told apart.
template <typename At>
Element BestPlace(ElementMath& math, int64_t n, bool want_max, bool last, At at) {
  int64_t best = 0;
  for (int64_t k = 1; k < n; ++k) {
    // Of equals, the first counts, or the last.
    const Element a = at(k);
    const Element b = at(best);
    const Element better = want_max ? (last ? math.GreaterOrEqual(a, b) : math.Greater(a, b))
                                    : (last ? math.LessOrEqual(a, b) : math.Less(a, b));
    if (!better.known()) return Element();
    if (better == math.Integer(1)) best = k;
  }
  return math.Integer(best);
}

void SetIndices(const Operands& in, int axis, bool want_max, Results& out) {
  const auto sizes = in.shape(0).Constants();
  const std::vector<Element>* x = ElementsToFollow(in, 0);
  if (!sizes || x == nullptr || (*sizes)[axis] == 0) return;
  int64_t inner = 1;
  for (size_t i = axis + 1; i < sizes->size(); ++i) inner *= (*sizes)[i];
  const int64_t n = (*sizes)[axis];
  const bool last = in.Int("select_last_index", 0) != 0;
  ElementMath math(out, in.type(0));
  std::vector<Element> indices;
  for (size_t start = 0; start < x->size(); start += n * inner) {
    for (int64_t i = 0; i < inner; ++i) {
      const auto at = [&](int64_t k) { return (*x)[start + k * inner + i]; };
      indices.push_back(BestPlace(math, n, want_max, last, at));
    }
  }
  out.SetElements(0, std::move(indices));
}

// X [..., n, ...] -> int64 Y [..., 1, ...], without the axis where keepdims=0; 0 <= y < n.
// An axis of 0 elements fails, unless the result is empty
// (onnxruntime core/providers/cpu/reduction/reduction_ops.cc).
// Source: ONNX ArgMax-1, ArgMax-11, ArgMax-12.
template <bool kMax>
absl::Status InferArgReduce(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt64);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 0), x.rank());
  if (!axis.ok()) return axis.status();
  ShapeBuilder y(x.dims());
  if (in.Int("keepdims", 1) != 0) {
    y.Set(*axis, in.Const(1));
  } else {
    y.Remove(*axis);
  }
  out.SetShape(0, y);
  ShapeBuilder others(x.dims());
  others.Remove(*axis);
  out.RequireUnlessZero(others.dims(), Ge(x[*axis], 1),
                        {"axis ", *axis, " of ", x[*axis], " is not empty"});
  SetIndices(in, *axis, kMax, out);
  out.SetRange(0, Dim::Inline(0), (x[*axis] - 1).dim());
  return absl::OkStatus();
}

constexpr Rule kArgReduceRules[] = {
    {kOnnx, "ArgMax", 1, InferArgReduce<true>},
    {kOnnx, "ArgMin", 1, InferArgReduce<false>},
};

}  // namespace

absl::Span<const Rule> ArgReduceRules() { return kArgReduceRules; }

}  // namespace symshape::rules
