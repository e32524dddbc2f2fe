// TopK. K is an attribute in opset 1, an operand of one element from then on.
#include <utility>

#include "rules/ask.h"
#include "rules/elementwise.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

std::optional<Expr> ReadK(const Operands& in) {
  if (const std::optional<int64_t> k = in.Int("k")) return in.Const(*k);
  return in.Scalar(1);
}

// The k best of a vector, equal ones by position, where it is known which of two is better.
void SetBestElements(const Operands& in, int64_t k, Results& out) {
  const std::vector<Element>* x = ElementsToFollow(in, 0);
  if (x == nullptr || in.shape(0).rank() != 1 || k < 0 || k > static_cast<int64_t>(x->size())) {
    return;
  }
  if (in.Int("sorted", 1) == 0) return;  // in any order
  const bool largest = in.Int("largest", 1) != 0;
  ElementMath math(out, in.type(0));
  std::vector<int64_t> order;  // sorted by insertion
  for (int64_t i = 0; i < static_cast<int64_t>(x->size()); ++i) {
    size_t place = order.size();
    for (; place > 0; --place) {
      const Element &a = (*x)[i], &b = (*x)[order[place - 1]];
      const Element better = largest ? math.Greater(a, b) : math.Less(a, b);
      if (!better.known()) return;
      if (better == math.Integer(0)) break;
    }
    order.insert(order.begin() + static_cast<int64_t>(place), i);
  }
  order.resize(k);
  std::vector<Element> values;
  for (int64_t i : order) values.push_back((*x)[i]);
  out.SetElements(0, std::move(values));
  out.SetInts(1, order);
}

// x [a..., n, b...] -> values and indices (int64) [a..., k, b...], 0 <= k <= n
// Source: ONNX TopK-11; onnxruntime core/providers/cpu/math/top_k.cc.
absl::Status InferTopK(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  out.SetType(1, ElementType::kInt64);
  out.SetRange(1, Dim::Inline(0), Dim());
  EncloseRange(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() == 0) return absl::InvalidArgumentError("input is a scalar");
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", -1), x.rank());
  if (!axis.ok()) return axis.status();
  const Expr n = x[*axis];
  std::optional<Expr> k = ReadK(in);
  RequireLength(in, 1, in.Const(1), "K", out);
  if (!k) {
    k = out.FreshUpTo("topk", n);
  } else {
    if (!Surely(in, Ge(*k, 0))) out.Require(Ge(*k, 0), {"k ", *k, " >= 0"});
    if (!Surely(in, Le(*k, n))) out.Require(Le(*k, n), {"k ", *k, " of an axis of ", n});
  }
  ShapeBuilder y(x.dims());
  y.Set(*axis, *k);
  out.SetShape(0, y);
  out.SetShape(1, y);
  out.SetRange(1, Dim::Inline(0), (n - 1).dim());
  if (const std::optional<int64_t> constant = k->constant()) SetBestElements(in, *constant, out);
  return absl::OkStatus();
}

constexpr Rule kTopKRules[] = {
    {kOnnx, "TopK", 1, InferTopK},
};

}  // namespace

absl::Span<const Rule> TopKRules() { return kTopKRules; }

}  // namespace symshape::rules
