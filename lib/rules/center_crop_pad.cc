// CenterCropPad.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// x [d...], shape [s...] -> s at `axes` (all by default), d elsewhere. One size is that of all
// axes: the function's body broadcasts it (measured).
// Source: ONNX CenterCropPad-18.
absl::Status InferCenterCropPad(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  const auto list = in.IntList("axes");
  if (!x.has_rank()) {
    const std::optional<int64_t> length = in.Length(1);
    if (!list && length) out.SetRank(0, static_cast<int>(*length), "crop");
    return absl::OkStatus();
  }
  AxisList axes;
  if (list) {
    const absl::StatusOr<AxisList> normal = NormalizeAxes(*list, x.rank());
    if (!normal.ok()) return normal.status();
    axes = *normal;
  } else {
    for (int k = 0; k < x.rank(); ++k) axes.push_back(k);
  }
  const std::vector<Element>* sizes = in.Elements(1);
  if (sizes != nullptr && sizes->size() != axes.size() && sizes->size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("shape has ", sizes->size(), " sizes for ", axes.size(), " axes"));
  }
  if (const ShapeView list = in.shape(1); list.has_rank() && list.rank() == 1 && sizes == nullptr) {
    const Fact one[] = {Eq(list[0], 1)};
    const auto count = static_cast<int64_t>(axes.size());
    out.RequireUnless(one, Eq(list[0], count), {list[0], " sizes for ", count, " axes"});
  }
  ShapeBuilder y(x.dims());
  for (size_t k = 0; k < axes.size(); ++k) {
    const Element wanted = sizes == nullptr     ? Element()
                           : sizes->size() == 1 ? sizes->front()
                                                : (*sizes)[k];
    if (!wanted.is_integer()) {
      y.Set(axes[k], out.Fresh(AxisStem("crop", axes[k])));
      continue;
    }
    const Expr size = in.Wrap(wanted.num);
    if (!Surely(in, Ge(size, 0))) out.Require(Ge(size, 0), {"size ", size, " >= 0"});
    y.Set(axes[k], size);
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kCenterCropPadRules[] = {
    {kOnnx, "CenterCropPad", 18, InferCenterCropPad},
};

}  // namespace

absl::Span<const Rule> CenterCropPadRules() { return kCenterCropPadRules; }

}  // namespace symshape::rules
