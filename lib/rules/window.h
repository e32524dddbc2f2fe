// Windows that slide over the spatial axes of Conv, ConvTranspose and the pools: their attributes,
// and how many windows fit.
#ifndef SYMSHAPE_RULES_WINDOW_H_
#define SYMSHAPE_RULES_WINDOW_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

enum class AutoPad : uint8_t { kNotSet, kValid, kSameUpper, kSameLower };

struct WindowAxis {
  Expr kernel;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t before = 0;  // padding; 0 unless AutoPad::kNotSet
  int64_t after = 0;

  Expr Extent() const { return (kernel - 1) * dilation + 1; }  // from the first to the last element
};

struct Window {
  AutoPad auto_pad = AutoPad::kNotSet;
  bool ceil_mode = false;
  std::vector<WindowAxis> axes;

  bool same() const { return auto_pad == AutoPad::kSameUpper || auto_pad == AutoPad::kSameLower; }
};

// strides, dilations, pads, auto_pad and ceil_mode for a kernel of these sizes.
// Errors: kInvalidArgument  a list has the wrong length, a stride or dilation is below 1, or
//                           auto_pad is no known word
absl::StatusOr<Window> ReadWindow(const Operands& in, std::vector<Expr> kernel);

// The attribute kernel_shape for `rank` spatial axes.
// Errors: kInvalidArgument  it is absent or has another length
absl::StatusOr<std::vector<Expr>> KernelShape(const Operands& in, int rank);

// How many windows Conv has on an axis of `size`; requires that there is at least one.
Expr ConvCount(Expr size, const Window& window, int axis, Results& out);

// How many windows a pool has on an axis of `size`; requires that there are not less than none.
Expr PoolCount(Expr size, const Window& window, int axis, Results& out);

// The order of axes: N, C, spatial … or N, spatial …, C.
enum class Layout : uint8_t { kChannelsFirst, kChannelsLast };
inline int FirstSpatialAxis(Layout layout) { return layout == Layout::kChannelsFirst ? 2 : 1; }
inline int ChannelAxis(Layout layout, int rank) {
  return layout == Layout::kChannelsFirst ? 1 : rank - 1;
}

// How many channels lie together in onnxruntime's blocked layout (com.microsoft.nchwc): the
// processor decides.
inline constexpr int64_t kSmallestBlock = 8;
inline constexpr int64_t kLargestBlock = 16;

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_WINDOW_H_
