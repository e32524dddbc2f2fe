// Squeeze and Unsqueeze: axes of size 1 leave and enter. `axes` is an attribute before opset 13, an
// input from then on. The elements stay in their order.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

// Without `axes`, every dim that is 1 leaves: the rank is known only where each dim is known to be
// 1 or not. nullopt otherwise.
std::optional<ShapeBuilder> WithoutOnes(const Operands& in, const ShapeView& x) {
  ShapeBuilder y;
  for (int axis = 0; axis < x.rank(); ++axis) {
    switch (in.context().Decide(Eq(x[axis], 1))) {
      case Tri::kYes:
        break;
      case Tri::kNo:
        y.Add(x[axis]);
        break;
      case Tri::kUnknown:
        return std::nullopt;
    }
  }
  return y;
}

// X [d...] -> the dims without those of `axes`, each of which is 1.
// Source: ONNX Squeeze-13; onnxruntime core/providers/cpu/tensor/squeeze.h.
absl::Status InferSqueeze(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  const Operands::AxesResult axes = in.IntsFromInputOrAttribute(1, "axes");
  if (x.has_rank()) {
    if (!axes.present || (axes.known && axes.values.empty())) {
      if (const std::optional<ShapeBuilder> y = WithoutOnes(in, x)) {
        out.SetShape(0, *y);
      } else {
        out.SetRankVaries(0);
      }
    } else if (axes.known) {
      std::vector<bool> leaves(x.rank(), false);  // an axis named twice leaves once
      for (int64_t axis : axes.values) {
        const absl::StatusOr<int> n = NormalizeAxis(axis, x.rank());
        if (!n.ok()) return n.status();
        leaves[*n] = true;
      }
      ShapeBuilder y;
      for (int axis = 0; axis < x.rank(); ++axis) {
        if (!leaves[axis]) {
          y.Add(x[axis]);
        } else if (!x[axis].is(1)) {
          out.Require(Eq(x[axis], 1), {"squeezed axis ", axis, " is 1, not ", x[axis]});
        }
      }
      out.SetShape(0, y);
    } else if (in.Length(1) == 1 && x.rank() > 0) {
      out.SetRank(0, x.rank() - 1, "squeeze");
    }
  }
  KeepContent(in, 0, out);
  return absl::OkStatus();
}

// X [d...] -> Y of rank r + n, whose axes `axes` (counted in Y) are 1 and the others are d in
// order.
absl::Status InferUnsqueeze(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  const Operands::AxesResult axes = in.IntsFromInputOrAttribute(1, "axes");
  if (!axes.present) return absl::InvalidArgumentError("axes are missing");
  if (x.has_rank() && axes.known) {
    const int rank = x.rank() + static_cast<int>(axes.values.size());
    const absl::StatusOr<AxisList> ones = NormalizeAxes(axes.values, rank);
    if (!ones.ok()) return ones.status();
    ShapeBuilder y;
    int next = 0;
    for (int axis = 0; axis < rank; ++axis) {
      const bool is_new = std::find(ones->begin(), ones->end(), axis) != ones->end();
      y.Add(is_new ? in.Const(1) : x[next++]);
    }
    out.SetShape(0, y);
  } else if (x.has_rank()) {
    // Which axes are new is not known, how many are.
    const ShapeView list = in.shape(1);
    const std::optional<int64_t> count =
        list.has_rank() && list.rank() == 0 ? std::optional<int64_t>(1) : in.Length(1);
    if (count) out.SetRank(0, x.rank() + static_cast<int>(*count), "unsqueeze");
  }
  KeepContent(in, 0, out);
  return absl::OkStatus();
}

constexpr Rule kSqueezeRules[] = {
    {kOnnx, "Squeeze", 1, InferSqueeze},
    {kOnnx, "Unsqueeze", 1, InferUnsqueeze},
};

}  // namespace

absl::Span<const Rule> SqueezeRules() { return kSqueezeRules; }

}  // namespace symshape::rules
