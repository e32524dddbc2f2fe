// Pooling: MaxPool, AveragePool, LpPool, their Global, quantised, channels-last and blocked forms,
// and MaxUnpool. Attributes and auto_pad: window.h. Pooling of regions: roi.cc.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {
namespace {

// Only N may be 0; where it is, nothing else is checked.
// Source: onnxruntime core/providers/cpu/nn/pool_attributes.h, SetOutputSize.
void RequireOnlyBatchMayBeZero(const ShapeView& x, Results& out) {
  const Dim batch = x[0].dim();
  for (int i = 1; i < x.rank(); ++i) {
    out.RequireUnlessZero({batch}, Ge(x[i], 1), {"size ", x[i], " of a pooled axis is at least 1"});
  }
}

// Source: onnxruntime core/providers/cpu/nn/pool_attributes.h, constructor.
absl::Status CheckPads(const Window& window) {
  for (const WindowAxis& a : window.axes) {
    const int64_t kernel = a.kernel.constant().value_or(INT64_MAX);
    if (a.before < kernel && a.after < kernel) continue;
    Sizes pads;
    for (const WindowAxis& b : window.axes) pads.push_back(b.before);
    for (const WindowAxis& b : window.axes) pads.push_back(b.after);
    Sizes sizes;
    for (const WindowAxis& b : window.axes) sizes.push_back(b.kernel.constant().value_or(0));
    return absl::InvalidArgumentError(absl::StrCat("pads [", absl::StrJoin(pads, ", "),
                                                   "] not below kernel_shape [",
                                                   absl::StrJoin(sizes, ", "), "]"));
  }
  return absl::OkStatus();
}

// MaxPool, and AveragePool before version 19, refuse SAME where the padding it needs is negative,
// unless the batch is empty: kernel 1, stride 3 on 5.
void RequirePaddingNotNegative(Expr batch, Expr size, const WindowAxis& a, Results& out) {
  const Expr needed = (CeilDiv(size, a.stride) - 1) * a.stride + a.kernel - size;
  out.RequireUnlessZero({batch.dim()}, Ge(needed, 0),
                        {"SAME needs a padding of ", needed, ": at least 0"});
}

enum class SamePadding : uint8_t { kNotNegative, kAny };

// X [N, C, d...] -> [N, C, o...]; nullopt where X's rank is not known.
// Errors: kInvalidArgument  an attribute does not fit
absl::StatusOr<std::optional<ShapeBuilder>> PoolShape(const Operands& in, Layout layout,
                                                      SamePadding same, Results& out) {
  const ShapeView x = in.shape(0);
  const auto kernel_shape = in.IntList("kernel_shape");
  const int spatial = x.has_rank()               ? x.rank() - 2
                      : kernel_shape.has_value() ? static_cast<int>(kernel_shape->size())
                                                 : 0;
  absl::StatusOr<std::vector<Expr>> kernel = KernelShape(in, spatial);
  if (!kernel.ok()) return kernel.status();
  const absl::StatusOr<Window> window = ReadWindow(in, *std::move(kernel));
  if (!window.ok()) return window.status();
  if (absl::Status s = CheckPads(*window); !s.ok()) return s;
  if (!x.has_rank()) {
    ShapeBuilder y;
    for (int i = 0; i < spatial + 2; ++i) y.Add(out.Fresh("pool_size"));
    return std::optional<ShapeBuilder>(std::move(y));
  }
  RequireOnlyBatchMayBeZero(x, out);
  ShapeBuilder y(x.dims());
  const int first = FirstSpatialAxis(layout);
  for (int i = 0; i < spatial; ++i) {
    if (window->same() && same == SamePadding::kNotNegative) {
      RequirePaddingNotNegative(x[0], x[first + i], window->axes[i], out);
    }
    y.Set(first + i, PoolCount(x[first + i], *window, i, out));
  }
  return std::optional<ShapeBuilder>(std::move(y));
}

Layout LayoutOf(const Operands& in) {
  const bool last = in.domain() == kNhwc || in.Int("channels_last", 0) != 0;
  return last ? Layout::kChannelsLast : Layout::kChannelsFirst;
}

absl::Status SetPool(const Operands& in, Layout layout, SamePadding same, Results& out) {
  SetTypeLike(in, {0}, out);
  out.SetType(1, ElementType::kInt64);
  const absl::StatusOr<std::optional<ShapeBuilder>> y = PoolShape(in, layout, same, out);
  if (!y.ok()) return y.status();
  if (!y->has_value()) return absl::OkStatus();
  out.SetShape(0, **y);
  out.SetShape(1, **y);
  return absl::OkStatus();
}

// X -> Y, and of MaxPool Indices of the same shape
absl::Status InferPool(const Operands& in, Results& out) {
  const bool any = in.domain().empty() && in.op() == "AveragePool" && in.version() >= 19;
  return SetPool(in, LayoutOf(in), any ? SamePadding::kAny : SamePadding::kNotNegative, out);
}

// X and a mask [N, C, d...] of the same d -> like MaxPool's. The mask's planes are taken again and
// again: there has to be one, unless X has none.
// Source: onnxruntime contrib_ops/cpu/maxpool_with_mask.h.
absl::Status InferMaxpoolWithMask(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0), mask = in.shape(1);
  for (int i = 2; x.has_rank() && mask.has_rank() && i < x.rank() && i < mask.rank(); ++i) {
    RequireSameSize(x[i], mask[i], "X and mask", out);
  }
  if (x.has_rank() && mask.has_rank() && x.rank() == mask.rank() && x.rank() >= 3) {
    for (int axis : {0, 1}) {
      out.RequireUnlessZero({x[0].dim(), x[1].dim()}, Ge(mask[axis], 1),
                            {"axis ", axis, " of the mask, ", mask[axis], ": at least 1"});
    }
  }
  return InferPool(in, out);
}

absl::Status InferLpPool(const Operands& in, Results& out) {
  return SetPool(in, LayoutOf(in), SamePadding::kAny, out);
}

absl::Status InferNhwcMaxPool(const Operands& in, Results& out) {
  return SetPool(in, Layout::kChannelsLast, SamePadding::kNotNegative, out);
}

// X [N, C, d...] -> [N, C, 1...]
// Source: ONNX GlobalAveragePool-22.
absl::Status InferGlobalPool(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() < 3) {
    return absl::InvalidArgumentError(absl::StrCat("X has rank at least 3, not ", x.rank()));
  }
  RequireOnlyBatchMayBeZero(x, out);
  ShapeBuilder y(x.dims());
  const int first = FirstSpatialAxis(LayoutOf(in));
  for (int i = 0; i < x.rank() - 2; ++i) y.Set(first + i, in.Const(1));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// X [N, C, H, W] in blocks of channels, which are full.
// Source: onnxruntime contrib_ops/cpu/nchwc_ops.cc, NchwcPoolBase.
absl::Status CheckBlocked(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  out.Require(Divides(kSmallestBlock, x[1]), {kSmallestBlock, " divides ", x[1], " channels"});
  return absl::OkStatus();
}

absl::Status InferBlockedPool(const Operands& in, Results& out) {
  if (absl::Status s = CheckBlocked(in, out); !s.ok()) return s;
  return SetPool(in, Layout::kChannelsFirst, SamePadding::kAny, out);
}

absl::Status InferBlockedGlobalPool(const Operands& in, Results& out) {
  if (absl::Status s = CheckBlocked(in, out); !s.ok()) return s;
  return InferGlobalPool(in, out);
}

// X, x_scale … -> like GlobalAveragePool's; C may be 0, and the plane may not even where N is.
// Where the scales are data they may be 0, by which an empty plane passes the kernel's check.
// Source: onnxruntime contrib_ops/cpu/quantization/qlinear_global_average_pool.cc.
absl::Status InferQLinearGlobalAveragePool(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRankAtLeast(in, 0, 3); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  const int first = FirstSpatialAxis(LayoutOf(in));
  const bool scales_are_data = in.Elements(1) == nullptr || in.Elements(3) == nullptr;
  for (int i = 0; i < x.rank() - 2; ++i) {
    if (!scales_are_data) {
      out.Require(Ge(x[first + i], 1), {"size ", x[first + i], " of a pooled axis is at least 1"});
    }
    y.Set(first + i, in.Const(1));
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

// X [N, C, d...], I, output_shape -> what output_shape says, else stride * (d - 1) + kernel - pads.
// Source: ONNX MaxUnpool-22; onnxruntime core/providers/cpu/nn/unpool.cc.
absl::Status InferMaxUnpool(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  RequireSameAxes(x, in.shape(1), x.rank(), "X and I", out);
  if (in.has(2)) {
    const std::optional<std::vector<Expr>> shape = in.Ints(2);
    if (!shape.has_value() || static_cast<int>(shape->size()) != x.rank()) {
      out.SetRank(0, x.rank(), "unpool_size");
      return absl::OkStatus();
    }
    ShapeBuilder y;
    for (Expr d : *shape) y.Add(d);
    out.SetShape(0, y);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<Expr>> kernel = KernelShape(in, x.rank() - 2);
  if (!kernel.ok()) return kernel.status();
  const absl::StatusOr<Window> window = ReadWindow(in, *std::move(kernel));
  if (!window.ok()) return window.status();
  ShapeBuilder y(x.dims());
  const int first = FirstSpatialAxis(LayoutOf(in));
  for (int i = 0; i < x.rank() - 2; ++i) {
    const WindowAxis& a = window->axes[i];
    const Expr size = (x[first + i] - 1) * a.stride + a.kernel - (a.before + a.after);
    out.Require(Ge(size, 1), {"unpooled size ", size, " is at least 1"});
    y.Set(first + i, size);
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kPoolRules[] = {
    {kOnnx, "AveragePool", 1, InferPool},
    {kOnnx, "GlobalAveragePool", 1, InferGlobalPool},
    {kOnnx, "GlobalLpPool", 1, InferGlobalPool},
    {kOnnx, "GlobalMaxPool", 1, InferGlobalPool},
    {kOnnx, "LpPool", 1, InferLpPool},
    {kOnnx, "MaxPool", 1, InferPool},
    {kOnnx, "MaxUnpool", 9, InferMaxUnpool},
    {kMicrosoft, "MaxpoolWithMask", 1, InferMaxpoolWithMask},
    {kMicrosoft, "NhwcMaxPool", 1, InferNhwcMaxPool},
    {kMicrosoft, "QLinearAveragePool", 1, InferPool},
    {kMicrosoft, "QLinearGlobalAveragePool", 1, InferQLinearGlobalAveragePool},
    {kNchwc, "AveragePool", 1, InferBlockedPool},
    {kNchwc, "GlobalAveragePool", 1, InferBlockedGlobalPool},
    {kNchwc, "GlobalMaxPool", 1, InferBlockedGlobalPool},
    {kNchwc, "MaxPool", 1, InferBlockedPool},
    {kNhwc, "AveragePool", 1, InferPool},
    {kNhwc, "GlobalAveragePool", 1, InferGlobalPool},
    {kNhwc, "GlobalLpPool", 1, InferGlobalPool},
    {kNhwc, "GlobalMaxPool", 1, InferGlobalPool},
    {kNhwc, "LpPool", 1, InferLpPool},
    {kNhwc, "MaxPool", 1, InferPool},
    {kNhwc, "MaxUnpool", 1, InferMaxUnpool},
    {kNhwc, "QLinearAveragePool", 1, InferPool},
};

}  // namespace

absl::Span<const Rule> PoolRules() { return kPoolRules; }

}  // namespace symshape::rules
