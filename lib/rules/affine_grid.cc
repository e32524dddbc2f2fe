// AffineGrid.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// theta [N, r, r + 1], size [N, C, s1 ... sr] -> [N, s1 ... sr, r], r = 2 or 3
// Source: ONNX AffineGrid-20; onnxruntime core/providers/cpu/tensor/affine_grid.cc.
absl::Status InferAffineGrid(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  out.SetType(0, in.type(0));
  const std::optional<int64_t> length = in.Length(1);
  if (!length) return absl::OkStatus();
  if (*length != 4 && *length != 5) {
    return absl::InvalidArgumentError(absl::StrCat("size has ", *length, " elements, not 4 or 5"));
  }
  const int r = static_cast<int>(*length) - 2;
  const std::vector<Element>* size = in.Elements(1);
  const auto size_at = [&](int k) -> std::optional<Expr> {
    if (size == nullptr || !(*size)[k].is_integer()) return std::nullopt;
    return in.Wrap((*size)[k].num);
  };
  const ShapeView theta = in.shape(0);
  std::optional<Expr> n = size_at(0);
  if (theta.has_rank()) {
    if (n) RequireSameSize(*n, theta[0], "size[0] and theta's batch", out);
    RequireSameSize(theta[1], in.Const(r), "theta's rows", out);
    RequireSameSize(theta[2], in.Const(r + 1), "theta's columns", out);
    n = theta[0];
  }
  ShapeBuilder y({n ? *n : out.Fresh("batch")});
  for (int k = 0; k < r; ++k) {
    const std::optional<Expr> s = size_at(2 + k);
    y.Add(s ? *s : out.Fresh(AxisStem("grid", k), Interval{1, Interval::kPlusInf}));
    if (s && !Surely(in, Ge(*s, 1))) {
      out.Require(Ge(*s, 1), {"spatial size ", *s, " is positive"});
    }
  }
  y.Add(in.Const(r));
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kAffineGridRules[] = {
    {kOnnx, "AffineGrid", 20, InferAffineGrid},
};

}  // namespace

absl::Span<const Rule> AffineGridRules() { return kAffineGridRules; }

}  // namespace symshape::rules
