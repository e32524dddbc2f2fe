// Unique.
#include <algorithm>

#include "rules/ask.h"
#include "rules/families.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

// All four outputs where x, flattened, is known: its different elements in ascending order, or in
// that of their first places (sorted=0).
bool SetConstants(const Operands& in, Results& out) {
  const std::optional<Sizes> x = in.Constants(0);
  if (!x) return false;
  std::vector<int64_t> y, firsts;
  for (size_t i = 0; i < x->size(); ++i) {
    if (std::find(y.begin(), y.end(), (*x)[i]) != y.end()) continue;
    const bool sorted = in.Int("sorted", 1) != 0;
    const auto place = sorted ? std::lower_bound(y.begin(), y.end(), (*x)[i]) : y.end();
    firsts.insert(firsts.begin() + (place - y.begin()), static_cast<int64_t>(i));
    y.insert(place, (*x)[i]);
  }
  std::vector<int64_t> inverse, counts(y.size(), 0);
  for (int64_t value : *x) {
    inverse.push_back(std::find(y.begin(), y.end(), value) - y.begin());
    ++counts[inverse.back()];
  }
  const std::vector<int64_t>* const outputs[] = {&y, &firsts, &inverse, &counts};
  for (int i = 0; i < 4; ++i) {
    out.SetShape(i, ShapeBuilder({in.Const(static_cast<int64_t>(outputs[i]->size()))}));
    out.SetInts(i, *outputs[i]);
  }
  return true;
}

// Without `axis`: x is flattened, Y [u]. With it: Y is x with u slices along the axis. Beside Y:
// indices [u], inverse_indices [n], counts [u], int64, n elements or slices in all; 1 <= u <= n, or
// u = 0 where n is. Source: ONNX Unique-11.
absl::Status InferUnique(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  for (int i = 1; i <= 3; ++i) out.SetType(i, ElementType::kInt64);
  EncloseRange(in, {0}, out);
  const ShapeView x = in.shape(0);
  const std::optional<int64_t> axis = in.Int("axis");
  if (x.has_rank() && (!axis || x.rank() == 1) && SetConstants(in, out)) return absl::OkStatus();
  if (!x.has_rank()) {
    const Expr u = out.Fresh("unique");
    if (!axis) out.SetShape(0, ShapeBuilder({u}));
    out.SetShape(1, ShapeBuilder({u}));
    out.SetShape(2, ShapeBuilder({out.Fresh("unique_of")}));
    out.SetShape(3, ShapeBuilder({u}));
    return absl::OkStatus();
  }
  Expr n = x.Product();
  ShapeBuilder y;
  int at = 0;
  if (axis) {
    const absl::StatusOr<int> normal = NormalizeAxis(*axis, x.rank());
    if (!normal.ok()) return normal.status();
    at = *normal;
    n = x[at];
    y = ShapeBuilder(x.dims());
  } else {
    y.Add(n);
  }
  Expr u = n;
  if (!n.is(0) && !n.is(1)) {
    // One at least, where there is anything. An earlier round may not have known that of the
    // symbol.
    const bool some = Surely(in, Ge(n, 1));
    u = out.FreshUpTo("unique", n, some ? Interval{1, Interval::kPlusInf} : symbolic::kSize);
    if (some && !Surely(in, Ge(u, 1))) u = Max(1, u);
  }
  y.Set(at, u);
  out.SetShape(0, y);
  out.SetShape(1, ShapeBuilder({u}));
  out.SetShape(2, ShapeBuilder({n}));
  out.SetShape(3, ShapeBuilder({u}));
  for (int i : {1, 2}) out.SetRange(i, Dim::Inline(0), (n - 1).dim());
  out.SetRange(3, Dim::Inline(1), n.dim());
  return absl::OkStatus();
}

constexpr Rule kUniqueRules[] = {
    {kOnnx, "Unique", 11, InferUnique},
};

}  // namespace

absl::Span<const Rule> UniqueRules() { return kUniqueRules; }

}  // namespace symshape::rules
