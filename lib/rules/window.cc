#include "rules/window.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace symshape::rules {
namespace {

absl::StatusOr<AutoPad> ReadAutoPad(absl::string_view text) {
  if (text.empty() || text == "NOTSET") return AutoPad::kNotSet;
  if (text == "VALID") return AutoPad::kValid;
  if (text == "SAME_UPPER") return AutoPad::kSameUpper;
  if (text == "SAME_LOWER") return AutoPad::kSameLower;
  return absl::InvalidArgumentError(absl::StrCat("auto_pad \"", text, "\" is not known"));
}

// The attribute's values, or `length` times `otherwise` where it is absent or empty.
absl::StatusOr<Sizes> ReadList(const Operands& in, absl::string_view name, size_t length,
                               int64_t otherwise, int64_t lowest) {
  const auto list = in.IntList(name);
  if (!list.has_value() || list->empty()) return Sizes(length, otherwise);
  if (list->size() != length) {
    return absl::InvalidArgumentError(absl::StrCat(name, " [", absl::StrJoin(*list, ", "), "] has ",
                                                   list->size(), " values, not ", length));
  }
  for (int64_t value : *list) {
    if (value < lowest) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " [", absl::StrJoin(*list, ", "), "] below ", lowest));
    }
  }
  return Sizes(list->begin(), list->end());
}

}  // namespace

absl::StatusOr<Window> ReadWindow(const Operands& in, std::vector<Expr> kernel) {
  const size_t rank = kernel.size();
  Window window;
  const absl::StatusOr<AutoPad> auto_pad = ReadAutoPad(in.String("auto_pad"));
  if (!auto_pad.ok()) return auto_pad.status();
  window.auto_pad = *auto_pad;
  window.ceil_mode = in.Int("ceil_mode", 0) != 0;
  const auto strides = ReadList(in, "strides", rank, 1, 1);
  if (!strides.ok()) return strides.status();
  const auto dilations = ReadList(in, "dilations", rank, 1, 1);
  if (!dilations.ok()) return dilations.status();
  // Negative pads crop, in the runtime's Conv too.
  const auto pads = ReadList(in, "pads", 2 * rank, 0, INT64_MIN);
  if (!pads.ok()) return pads.status();
  const bool padded = window.auto_pad == AutoPad::kNotSet;
  for (size_t i = 0; i < rank; ++i) {
    window.axes.push_back({kernel[i], (*strides)[i], (*dilations)[i], padded ? (*pads)[i] : 0,
                           padded ? (*pads)[rank + i] : 0});
  }
  return window;
}

absl::StatusOr<std::vector<Expr>> KernelShape(const Operands& in, int rank) {
  const auto list = in.IntList("kernel_shape");
  if (!list.has_value()) return absl::InvalidArgumentError("no attribute kernel_shape");
  if (static_cast<int>(list->size()) != rank) {
    return absl::InvalidArgumentError(absl::StrCat("kernel_shape [", absl::StrJoin(*list, ", "),
                                                   "] has ", list->size(), " values, not ", rank));
  }
  std::vector<Expr> kernel;
  for (int64_t size : *list) {
    if (size < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("kernel_shape [", absl::StrJoin(*list, ", "), "] below 1"));
    }
    kernel.push_back(in.Const(size));
  }
  return kernel;
}

// floor((d + before + after - extent) / stride) + 1, and with SAME: ceil(d / stride).
// The runtime refuses an empty result, so that room >= 0, also where N is 0.
// Source: ONNX Conv-22; onnxruntime core/providers/cpu/nn/conv_attributes.h,
// ComputePadAndOutputShape.
Expr ConvCount(Expr size, const Window& window, int axis, Results& out) {
  const WindowAxis& a = window.axes[axis];
  if (window.same()) {
    out.Require(Ge(size, 1), {"size ", size, " of a spatial axis is at least 1"});
    return CeilDiv(size, a.stride);
  }
  const Expr room = size + (a.before + a.after) - a.Extent();
  out.Require(Ge(room, 0), {"window of ", a.Extent(), " not larger than ", size, " padded by ",
                            a.before + a.after});
  return FloorDiv(room, a.stride) + 1;
}

// Not floor, as the specification has it: the runtime divides with C++'s `/`, so a window that
// almost fits still counts (k=2, s=2, d=1 gives 1, not 0). ceil_mode rounds up, but no window may
// start beyond d + before (k=2, s=3, pads 1,1, d=5 gives 2, not 3).
// With SAME the padding is made for a kernel without dilation: n=16, k=3, dilation 2 gives 14.
// Source: ONNX MaxPool-22; onnxruntime core/providers/cpu/nn/pool_attributes.h.
Expr PoolCount(Expr size, const Window& window, int axis, Results& out) {
  const WindowAxis& a = window.axes[axis];
  const Expr room = window.same() ? (CeilDiv(size, a.stride) - 1) * a.stride + a.kernel - a.Extent()
                                  : size + (a.before + a.after) - a.Extent();
  out.Require(Gt(room, -2 * a.stride),
              {"window of ", a.Extent(), " on ", size, ": the count is not negative"});
  if (!window.ceil_mode || window.same()) return TruncDiv(room, a.stride) + 1;
  return Min(CeilDiv(room, a.stride) + 1, CeilDiv(size + a.before, a.stride));
}

}  // namespace symshape::rules
