// The blocked layout NCHWc of onnxruntime's CPU kernels, as its optimiser at its highest level writes it
// into a model: into the layout, out of it, and Upsample. Conv and the pools have the formulas of ONNX's
// and stand with these: conv.cc, pool.cc.
//
// Channels come in blocks of 8 or 16, as the machine has it; a tensor's last block is filled up.
// Source: onnxruntime contrib_ops/cpu/nchwc_ops.cc.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {
namespace {

constexpr int64_t kSmallBlock = 8;
constexpr int64_t kLargeBlock = 16;

Layout LayoutOf(const Operands& in) {
  return in.Int("channels_last", 0) != 0 ? Layout::kChannelsLast : Layout::kChannelsFirst;
}

// X [N, C, H, W] or [N, H, W, C] -> [N, C filled up, H, W]
absl::Status InferReorderInput(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const Layout layout = LayoutOf(in);
  const Expr c = x[ChannelAxis(layout, 4)];
  out.Require(Divides(4, c), {"4 divides ", c, " channels"});
  const Expr small = CeilDiv(c, kSmallBlock) * kSmallBlock;
  const Expr large = CeilDiv(c, kLargeBlock) * kLargeBlock;
  ShapeBuilder y;
  y.Add(x[0]);
  y.Add(Surely(in, Eq(small, large)) ? large : out.FreshUpTo("blocked_channels", large));
  y.Add(x[FirstSpatialAxis(layout)]);
  y.Add(x[FirstSpatialAxis(layout) + 1]);
  out.SetShape(0, y);
  return absl::OkStatus();
}

// X [N, C filled up, H, W] -> [N, channels, H, W] or [N, H, W, channels]
absl::Status InferReorderOutput(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const int64_t channels = in.Int("channels", 0);
  if (channels < 1) return absl::InvalidArgumentError("channels is at least 1");
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  out.Require(Divides(kSmallBlock, x[1]), {kSmallBlock, " divides ", x[1], " channels"});
  out.Require(Ge(x[1], channels), {"channels ", channels, " not more than ", x[1]});
  out.Require(Le(x[1], channels + kLargeBlock - 1), {"channels ", channels, " in the last block of ", x[1]});
  ShapeBuilder y;
  y.Add(x[0]);
  y.Add(x[2]);
  y.Add(x[3]);
  y.Insert(ChannelAxis(LayoutOf(in), 4), in.Const(channels));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// X [N, C filled up, H, W] -> H and W times scales[2] and scales[3]
absl::Status InferUpsample(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const auto scales = in.IntList("scales");
  if (!scales.has_value() || scales->size() != 4) {
    return absl::InvalidArgumentError("scales has 4 elements");
  }
  for (int64_t s : *scales) {
    if (s < 1) return absl::InvalidArgumentError(absl::StrCat("scales are at least 1, not ", s));
  }
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  y.Set(2, x[2] * (*scales)[2]);
  y.Set(3, x[3] * (*scales)[3]);
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kNchwcRules[] = {
    {kNchwc, "ReorderInput", 1, InferReorderInput},
    {kNchwc, "ReorderOutput", 1, InferReorderOutput},
    {kNchwc, "Upsample", 1, InferUpsample},
};

}  // namespace

absl::Span<const Rule> NchwcRules() { return kNchwcRules; }

}  // namespace symshape::rules
