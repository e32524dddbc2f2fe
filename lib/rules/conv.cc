// Convolutions: Conv, its integer, quantised, deformable, fused, channels-last and blocked forms.
// Attributes and auto_pad: window.h. The other direction: conv_transpose.cc.
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {
namespace {

// Where an operator has its operands, and how it counts the places of its window.
struct ConvOperands {
  int x = 0;
  int w = 1;
  int b = 2;
  int z = -1;                              // what is added to Y: its shape; -1: nothing
  Layout layout = Layout::kChannelsFirst;  // of X and Y; W is always [M, C/group, k...]
  Expr (*count)(Expr size, const Window& window, int axis, Results& out) = ConvCount;
};

// The kernel's sizes: the attribute's, which W's have to be, or W's.
absl::StatusOr<std::vector<Expr>> ReadKernel(const Operands& in, const ShapeView& w, int rank,
                                             Results& out) {
  const auto attribute = in.IntList("kernel_shape");
  if (attribute.has_value() && !attribute->empty()) {
    absl::StatusOr<std::vector<Expr>> kernel = KernelShape(in, rank);
    if (kernel.ok() && w.has_rank()) {
      for (int i = 0; i < rank; ++i)
        RequireSameSize((*kernel)[i], w[2 + i], "kernel_shape and W", out);
    }
    return kernel;
  }
  std::vector<Expr> kernel;
  for (int i = 0; i < rank; ++i)
    kernel.push_back(w.has_rank() ? w[2 + i] : out.Fresh("conv_kernel"));
  return kernel;
}

// The rank that X or W or kernel_shape tells; nullopt where none does.
absl::StatusOr<std::optional<int>> RankOf(const Operands& in, const ShapeView& x,
                                          const ShapeView& w) {
  if (x.has_rank() && w.has_rank() && x.rank() != w.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("X has rank ", x.rank(), ", W has rank ", w.rank()));
  }
  std::optional<int> rank;
  const auto kernel_shape = in.IntList("kernel_shape");
  if (kernel_shape.has_value() && !kernel_shape->empty()) {
    rank = static_cast<int>(kernel_shape->size()) + 2;
  }
  if (w.has_rank()) rank = w.rank();
  if (x.has_rank()) rank = x.rank();
  if (rank.has_value() && *rank < 3) {
    return absl::InvalidArgumentError(absl::StrCat("X has rank at least 3, not ", *rank));
  }
  return rank;
}

// C = C/group * group, group divides M, B is [M].
// Source: onnxruntime core/providers/cpu/nn/conv_attributes.h, ValidateInputShape.
void RequireChannels(Expr c, const ShapeView& w, const ShapeView& b, int64_t group, Results& out) {
  RequireSameSize(c, w[1] * group, "channels of X and of W times group", out);
  if (group > 1) {
    out.Require(Divides(group, w[0]), {"group ", group, " divides ", w[0], " output channels"});
  }
  if (b.has_rank() && b.rank() == 1) RequireSameSize(w[0], b[0], "output channels and bias", out);
}

// X [N, C, d...], W [M, C/group, k...] -> Y [N, M, o...]
// Source: ONNX Conv-22.
absl::Status SetConv(const Operands& in, const ConvOperands& at, Results& out) {
  const ShapeView x = in.shape(at.x);
  const ShapeView w = in.shape(at.w);
  const absl::StatusOr<std::optional<int>> rank = RankOf(in, x, w);
  if (!rank.ok()) return rank.status();
  if (!rank->has_value()) return absl::OkStatus();
  const int spatial = **rank - 2;
  absl::StatusOr<std::vector<Expr>> kernel = ReadKernel(in, w, spatial, out);
  if (!kernel.ok()) return kernel.status();
  const absl::StatusOr<Window> window = ReadWindow(in, *std::move(kernel));
  if (!window.ok()) return window.status();
  if (window->same()) {
    for (const WindowAxis& a : window->axes) {
      if (a.dilation != 1) return absl::InvalidArgumentError("dilations with auto_pad SAME");
    }
  }
  const int channel = ChannelAxis(at.layout, **rank);
  const int first = FirstSpatialAxis(at.layout);
  if (x.has_rank() && w.has_rank()) {
    RequireChannels(x[channel], w, in.shape(at.b), in.Int("group", 1), out);
    const bool of_floats = !graph::IsInteger(in.type(at.w));  // their kernel divides by W's sizes
    for (int i = 2; of_floats && i < w.rank(); ++i) {
      out.Require(Ge(w[i], 1), {"kernel of ", w[i], ": at least 1"});
    }
  }
  ShapeBuilder y;
  y.Add(x.has_rank() ? x[0] : out.Fresh("conv_batch"));
  for (int i = 0; i < spatial; ++i) {
    y.Add(x.has_rank() ? at.count(x[first + i], *window, i, out) : out.Fresh("conv_size"));
  }
  y.Insert(channel, w.has_rank() ? w[0] : out.Fresh("conv_channels"));
  out.SetShape(0, y);
  if (at.z >= 0 && in.shape(at.z).rank() == **rank) {
    RequireSameAxes(ShapeView(in.context(), y.dims()), in.shape(at.z), **rank,
                    "Y and what is added to it", out);
  }
  return absl::OkStatus();
}

absl::Status InferConv(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetConv(in, {}, out);
}

// X, W, B, Z
absl::Status InferFusedConv(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetConv(in, {.z = 3}, out);
}

// X [N, C, H, W] in blocks, or few channels that are in none; W [M, C/group, h, w] with M in
// blocks.
// Source: onnxruntime contrib_ops/cpu/nchwc_ops.cc, NchwcConv.
absl::Status InferBlockedConv(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const ShapeView w = in.shape(1);
  if (x.has_rank()) {
    const Fact in_none = Lt(x[1], kLargestBlock);
    out.RequireUnless({&in_none, 1}, Divides(kSmallestBlock, x[1]),
                      {kSmallestBlock, " divides ", x[1], " channels"});
  }
  if (w.has_rank() && w.rank() > 0) {
    out.Require(Divides(kSmallestBlock, w[0]),
                {kSmallestBlock, " divides ", w[0], " output channels"});
  }
  return InferFusedConv(in, out);
}

// X [N, C, d...], W [M, C/group, k...], offset [N, 2*G*product of k, o...], B, mask
// [N, G*product of k, o...], G = offset_group, a divisor of C -> Y [N, M, o...]. The places are
// counted as a pool counts them: k=3 on d=2 gives 0, and with stride 2 gives 1 (measured).
// Source: ONNX DeformConv-22; onnxruntime core/providers/cpu/nn/deform_conv_attributes.h.
absl::Status InferDeformConv(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  if (absl::Status s = SetConv(in, {.b = 3, .count = PoolCount}, out); !s.ok()) return s;
  const ShapeView x = in.shape(0), w = in.shape(1), offset = in.shape(2), mask = in.shape(4);
  const int64_t groups = in.Int("offset_group", 1);
  const ShapeId shape = in.tables().type(out.info(0).type).shape;
  if (!x.has_rank() || !w.has_rank() || groups < 1 || shape == ShapeId::kUnknownRank) {
    return absl::OkStatus();
  }
  for (const auto& [name, channels] :
       {std::pair("input", x[1]), std::pair("output", w[0]), std::pair("W's", w[1])}) {
    out.Require(Ge(channels, 1), {name, " channels, ", channels, ": at least 1"});
  }
  out.Require(Divides(groups, x[1]), {"offset_group ", groups, " divides ", x[1], " channels"});
  const absl::Span<const Dim> y = in.tables().dims(shape);
  const Expr taps = w.Product(2, w.rank()) * groups;
  const auto require = [&](const ShapeView& operand, Expr channels, absl::string_view name) {
    if (!operand.has_rank() || operand.rank() != x.rank()) return;
    RequireSameSize(operand[0], x[0], absl::StrCat("batch of ", name, " and of X"), out);
    RequireSameSize(operand[1], channels, absl::StrCat("channels of ", name), out);
    for (int i = 2; i < x.rank(); ++i) {
      RequireSameSize(operand[i], in.Wrap(y[i]), absl::StrCat("sizes of ", name, " and of Y"), out);
    }
  };
  require(offset, taps * 2, "offset");
  require(mask, taps, "mask");
  return absl::OkStatus();
}

// x, w, x_zero_point, w_zero_point -> int32
absl::Status InferConvInteger(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  return SetConv(in, {.b = 4}, out);  // it has no bias, and no fifth operand
}

absl::Status InferNhwcConv(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetConv(in, {.layout = Layout::kChannelsLast}, out);
}

absl::Status InferNhwcFusedConv(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetConv(in, {.z = 3, .layout = Layout::kChannelsLast}, out);
}

// x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B
absl::Status InferQLinearConv(const Operands& in, Results& out) {
  const bool last = in.domain() == kNhwc || in.Int("channels_last", 0) != 0;
  SetTypeLike(in, {7, 0}, out);
  return SetConv(
      in, {.x = 0, .w = 3, .b = 8, .layout = last ? Layout::kChannelsLast : Layout::kChannelsFirst},
      out);
}

constexpr Rule kConvRules[] = {
    {kOnnx, "Conv", 1, InferConv},
    {kOnnx, "ConvInteger", 10, InferConvInteger},
    {kOnnx, "DeformConv", 19, InferDeformConv},
    {kOnnx, "QLinearConv", 10, InferQLinearConv},
    {kMicrosoft, "FusedConv", 1, InferFusedConv},
    {kMicrosoft, "NhwcConv", 1, InferNhwcConv},
    {kMicrosoft, "NhwcFusedConv", 1, InferNhwcFusedConv},
    {kMicrosoft, "QLinearConv", 1, InferQLinearConv},
    {kNchwc, "Conv", 1, InferBlockedConv},
    {kNhwc, "Conv", 1, InferNhwcConv},
    {kNhwc, "QLinearConv", 1, InferQLinearConv},
};

}  // namespace

absl::Span<const Rule> ConvRules() { return kConvRules; }

}  // namespace symshape::rules
