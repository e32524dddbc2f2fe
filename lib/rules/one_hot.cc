// OneHot.
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// values = [off, on]; element (i..., d) is `on` where indices[i...] is d or d - depth.
void SetHotElements(const Operands& in, int axis, const ShapeBuilder& y, Results& out) {
  const std::optional<Block> indices = BlockOf(in, 0);
  const std::vector<Element>* values = in.Elements(2);
  const auto dims = ShapeView(in.context(), y.dims()).Constants();
  if (!indices || values == nullptr || values->size() != 2 || !dims || !TrackedCount(*dims)) return;
  const int64_t depth = (*dims)[axis];
  const Sizes strides = Strides(indices->dims);
  std::vector<Element> elements;
  ForEachIndex(*dims, [&](absl::Span<const int64_t> at) {
    Sizes index(at.begin(), at.end());
    index.erase(index.begin() + axis);
    const std::optional<int64_t> hot =
        ConstantOf(in.context(), indices->elements[OffsetOf(index, strides)]);
    if (!hot) {
      elements.emplace_back();
    } else {
      elements.push_back((*values)[*hot == at[axis] || *hot + depth == at[axis] ? 1 : 0]);
    }
  });
  out.SetElements(0, std::move(elements));
}

// indices [i...], depth (one element), values [2] -> [i...] with depth inserted at `axis`. Indices
// beyond the depth are legal; a depth of 0 is not. Source: ONNX OneHot-11; onnxruntime
// core/providers/cpu/tensor/onehot.cc.
absl::Status InferOneHot(const Operands& in, Results& out) {
  out.SetType(0, in.type(2));
  EncloseRange(in, {2}, out);
  const ShapeView indices = in.shape(0);
  RequireLength(in, 1, in.Const(1), "depth", out);
  RequireLength(in, 2, in.Const(2), "values", out);
  if (!indices.has_rank()) return absl::OkStatus();
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", -1), indices.rank() + 1);
  if (!axis.ok()) return axis.status();
  std::optional<Expr> depth = in.Scalar(1);
  if (!depth) {
    depth = out.Fresh("depth", Interval{1, Interval::kPlusInf});
  } else if (!Surely(in, Ge(*depth, 1))) {
    out.Require(Ge(*depth, 1), {"depth ", *depth, " is at least 1"});
  }
  ShapeBuilder y(indices.dims());
  y.Insert(*axis, *depth);
  out.SetShape(0, y);
  SetHotElements(in, *axis, y, out);
  return absl::OkStatus();
}

constexpr Rule kOneHotRules[] = {
    {kOnnx, "OneHot", 9, InferOneHot},
};

}  // namespace

absl::Span<const Rule> OneHotRules() { return kOneHotRules; }

}  // namespace symshape::rules
