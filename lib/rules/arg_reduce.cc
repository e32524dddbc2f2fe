// ArgMax, ArgMin: the index of an extreme along one axis.
#include <utility>

#include "rules/elementwise.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// The indices where every element is a constant.
std::optional<std::vector<int64_t>> Indices(const Operands& in, int axis, bool want_max) {
  const auto sizes = in.shape(0).Constants();
  const auto values = in.Reals(0);
  if (!sizes || !values) return std::nullopt;
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < axis; ++i) outer *= (*sizes)[i];
  for (size_t i = axis + 1; i < sizes->size(); ++i) inner *= (*sizes)[i];
  const int64_t n = (*sizes)[axis];
  const bool last = in.Int("select_last_index", 0) != 0;
  std::vector<int64_t> indices;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      const auto at = [&](int64_t k) { return (*values)[(o * n + k) * inner + i]; };
      int64_t best = 0;
      for (int64_t k = 1; k < n; ++k) {
        const bool better = want_max ? at(k) > at(best) : at(k) < at(best);
        if (better || (last && at(k) == at(best))) best = k;
      }
      indices.push_back(best);
    }
  }
  return indices;
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
  if (const auto indices = Indices(in, *axis, kMax)) out.SetInts(0, *indices);
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
