// ConvTranspose and its quantised, channels-last and dynamically padded forms. Attributes:
// window.h.
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {
namespace {

struct TransposeOperands {
  int x = 0;
  int w = 1;
  int b = 2;
  int pads = -1;  // com.microsoft ConvTransposeWithDynamicPads
  Layout layout = Layout::kChannelsFirst;
};

// The output_shape attribute: of the spatial axes, or of all.
absl::StatusOr<Sizes> OutputShape(const Operands& in, int spatial) {
  const auto list = in.IntList("output_shape");
  if (!list.has_value() || list->empty()) return Sizes();
  const int length = static_cast<int>(list->size());
  if (length != spatial && length != spatial + 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("output_shape has ", length, " values, not ", spatial));
  }
  return Sizes(list->end() - spatial, list->end());
}

void RequireNotEmpty(Expr size, Results& out) {
  out.Require(Ge(size, 1), {"size ", size, " of a spatial axis is at least 1"});
}

// stride * (d - 1) + extent + output_padding - pads. With SAME the pads cut that down to stride *
// d, whatever output_padding says; where it is less already nothing is cut. An axis may be empty
// where the kernel reaches beyond it: d=0, k=3, stride 2 gives 1. Source: ONNX ConvTranspose-22;
// onnxruntime core/providers/cpu/nn/conv_transpose_attributes.h.
Expr TransposeCount(Expr size, const Window& window, int axis, int64_t output_padding,
                    std::optional<Expr> pads, Results& out) {
  const WindowAxis& a = window.axes[axis];
  if (window.same()) {
    RequireNotEmpty(size, out);
    return size * a.stride + Min(a.Extent() + output_padding - a.stride, 0);
  }
  Expr count = (size - 1) * a.stride + output_padding + a.Extent() - (a.before + a.after);
  if (pads.has_value()) {
    RequireNotEmpty(size, out);
    count = count - *pads;
  }
  out.Require(Ge(count, 1), {"output size ", count, " is at least 1"});
  return count;
}

// output_shape is what is left when padding is cut off, which is never negative: at most a stride
// less 1 more than X gives. Source: onnxruntime core/providers/cpu/nn/conv_transpose_attributes.h.
void RequireReached(int64_t output, Expr size, const WindowAxis& a, Results& out) {
  out.Require(Gt(size * a.stride + a.Extent(), output),
              {"output_shape ", output, " reached from ", size});
}

// The groups divide X's C channels, which W has, and the bias has M.
void RequireChannels(const Operands& in, const TransposeOperands& at, Expr channels,
                     const ShapeView& w, Results& out) {
  const int64_t group = in.Int("group", 1);
  RequireSameSize(channels, w[0], "channels of X and of W", out);
  out.Require(Divides(group, channels), {"group ", group, " divides ", channels, " channels"});
  RequireLength(in, at.b, w[1] * group, "bias and output channels", out);
}

// X [N, C, d...], W [C, M/group, k...] -> Y [N, M, o...]
absl::Status SetConvTranspose(const Operands& in, const TransposeOperands& at, Results& out) {
  const ShapeView x = in.shape(at.x);
  const ShapeView w = in.shape(at.w);
  if (!x.has_rank() || !w.has_rank()) return absl::OkStatus();
  if (x.rank() != w.rank() || x.rank() < 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("X has rank ", x.rank(), ", W has rank ", w.rank(), ": equal and at least 3"));
  }
  const int spatial = x.rank() - 2;
  const int channel = ChannelAxis(at.layout, x.rank());
  const int first = FirstSpatialAxis(at.layout);
  const Expr group = in.Const(in.Int("group", 1));
  RequireChannels(in, at, x[channel], w, out);
  std::vector<Expr> kernel;
  const auto kernel_shape = in.IntList("kernel_shape");
  for (int i = 0; i < spatial; ++i) {
    kernel.push_back(w[2 + i]);
    out.Require(Ge(w[2 + i], 1), {"kernel of ", w[2 + i], ": at least 1"});
    if (kernel_shape.has_value() && static_cast<int>(kernel_shape->size()) == spatial) {
      RequireSameSize(in.Const((*kernel_shape)[i]), w[2 + i], "kernel_shape and W", out);
    }
  }
  const absl::StatusOr<Window> window = ReadWindow(in, std::move(kernel));
  if (!window.ok()) return window.status();
  const absl::StatusOr<Sizes> output_shape = OutputShape(in, spatial);
  if (!output_shape.ok()) return output_shape.status();
  const auto padding = in.IntList("output_padding");
  Sizes output_padding(spatial, 0);
  if (padding.has_value() && static_cast<int>(padding->size()) == spatial) {
    output_padding.assign(padding->begin(), padding->end());
  }
  std::optional<std::vector<Expr>> pads;
  if (at.pads >= 0)
    RequireLength(in, at.pads, in.Const(2 * spatial), "pads, before and after each axis", out);
  if (at.pads >= 0 && in.has(at.pads)) {
    pads = in.Ints(at.pads);
    if (!pads.has_value() || static_cast<int>(pads->size()) != 2 * spatial) {
      out.SetRank(0, x.rank(), "conv_transpose_size");
      return absl::OkStatus();
    }
  }
  ShapeBuilder y({x[0]});
  for (int i = 0; i < spatial; ++i) {
    if (!output_shape->empty()) {
      RequireNotEmpty(x[first + i], out);
      if (output_padding[i] >= window->axes[i].stride) {
        return absl::InvalidArgumentError(
            absl::StrCat("output_padding ", output_padding[i],
                         " beside an output_shape is below the stride, ", window->axes[i].stride));
      }
      RequireReached((*output_shape)[i], x[first + i], window->axes[i], out);
      y.Add(in.Const((*output_shape)[i]));
      continue;
    }
    std::optional<Expr> both;
    if (pads.has_value()) both = (*pads)[i] + (*pads)[spatial + i];
    y.Add(TransposeCount(x[first + i], *window, i, output_padding[i], both, out));
  }
  y.Insert(channel, w[1] * group);
  out.SetShape(0, y);
  return absl::OkStatus();
}

absl::Status InferConvTranspose(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetConvTranspose(in, {}, out);
}

absl::Status InferNhwcConvTranspose(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetConvTranspose(in, {.layout = Layout::kChannelsLast}, out);
}

// x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B
absl::Status InferQLinearConvTranspose(const Operands& in, Results& out) {
  SetTypeLike(in, {7, 0}, out);
  return SetConvTranspose(in, {.x = 0, .w = 3, .b = 8, .layout = Layout::kChannelsLast}, out);
}

// X, W, Pads, B
absl::Status InferWithDynamicPads(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetConvTranspose(in, {.b = 3, .pads = 2}, out);
}

constexpr Rule kConvTransposeRules[] = {
    {kOnnx, "ConvTranspose", 1, InferConvTranspose},
    {kMicrosoft, "ConvTransposeWithDynamicPads", 1, InferWithDynamicPads},
    {kNhwc, "ConvTranspose", 1, InferNhwcConvTranspose},
    {kNhwc, "QLinearConvTranspose", 1, InferQLinearConvTranspose},
};

}  // namespace

absl::Span<const Rule> ConvTransposeRules() { return kConvTransposeRules; }

}  // namespace symshape::rules
