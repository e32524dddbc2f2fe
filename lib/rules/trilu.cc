// Trilu: a matrix with one triangle set to 0.
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/same.h"
#include "rules/value_range.h"

namespace symshape::rules {
namespace {

// x [batch..., n, m] -> the same; element (i, j) stays where j - i >= k (upper) or <= k (lower).
// Source: ONNX Trilu-14.
absl::Status InferTrilu(const Operands& in, Results& out) {
  if (absl::Status s = CheckRankAtLeast(in, 0, 2); !s.ok()) return s;
  SetLike(in, 0, out);
  const ValueRange zero{Dim::Inline(0), Dim::Inline(0)};
  ValueRange range = RangeMath(in.context()).Join(RangeOf(in, 0), zero);
  range.attained = false;
  if (out.wanted(0)) SetRange(out, 0, in.type(0), range);
  const std::optional<Block> x = BlockOf(in, 0);
  const std::optional<Expr> offset = in.has(1) ? in.Scalar(1) : in.Const(0);
  if (!x || !offset || !offset->constant()) return absl::OkStatus();
  const int64_t k = *offset->constant();
  const bool upper = in.Int("upper", 1) != 0;
  std::vector<Element> elements = x->elements;
  size_t next = 0;
  ForEachIndex(x->dims, [&](absl::Span<const int64_t> index) {
    const int64_t diagonal = index[index.size() - 1] - index[index.size() - 2];
    if (upper ? diagonal < k : diagonal > k) elements[next] = Element(Dim::Inline(0));
    ++next;
  });
  out.SetElements(0, std::move(elements));
  return absl::OkStatus();
}

constexpr Rule kTriluRules[] = {
    {kOnnx, "Trilu", 14, InferTrilu},
    {kMicrosoft, "Trilu", 1, InferTrilu},
};

}  // namespace

absl::Span<const Rule> TriluRules() { return kTriluRules; }

}  // namespace symshape::rules
