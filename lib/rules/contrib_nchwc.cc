// onnxruntime's blocked layout (com.microsoft.nchwc), which its optimiser writes around
// convolutions: into it, out of it, and Upsample in it. A tensor keeps its dims [N, C, H, W] there;
// only the order of elements differs. Convolutions and pools in it: conv.cc, pool.cc.
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {
namespace {

// X [N, C, H, W], or [N, H, W, C] where channels_last -> [N, C', H, W], C' being C rounded up to
// blocks.
// Source: onnxruntime contrib_ops/cpu/nchwc_ops.cc, ReorderInput::Compute.
absl::Status InferReorderInput(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const bool last = in.Int("channels_last", 0) != 0;
  const Expr channels = last ? x[3] : x[1];
  out.Require(Divides(4, channels), {"4 divides ", channels, " channels"});
  const Expr filled = Surely(in, Divides(kLargestBlock, channels))
                          ? channels
                          : out.FreshUpTo("channels", channels + (kLargestBlock - 4));
  out.SetShape(0, ShapeBuilder({x[0], filled, last ? x[1] : x[2], last ? x[2] : x[3]}));
  return absl::OkStatus();
}

// Whole blocks of channels, 8 of them or a multiple, as the processor has it.
void RequireBlocks(Expr channels, Results& out) {
  out.Require(Divides(8, channels), {"blocks of 8 divide ", channels, " channels"});
}

// X [N, C, H, W], of which `channels` are no filling -> [N, channels, H, W], or [N, H, W, channels]
// Source: onnxruntime contrib_ops/cpu/nchwc_ops.cc, ReorderOutput.
absl::Status InferReorderOutput(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const int64_t channels = in.Int("channels", 0);
  if (channels < 1) return absl::InvalidArgumentError("channels is at least 1");
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  RequireBlocks(x[1], out);
  const Expr c = in.Const(channels);
  out.Require(Ge(x[1], c), {"blocks of ", x[1], " hold ", c, " channels"});
  const bool last = in.Int("channels_last", 0) != 0;
  out.SetShape(0, last ? ShapeBuilder({x[0], x[2], x[3], c}) : ShapeBuilder({x[0], c, x[2], x[3]}));
  return absl::OkStatus();
}

// X [N, C, H, W] -> [N, C, H*scales[2], W*scales[3]]
// Source: onnxruntime contrib_ops/cpu/nchwc_ops.cc, NchwcUpsample.
absl::Status InferUpsample(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const auto scales = in.IntList("scales");
  if (!scales.has_value() || scales->size() != 4 || (*scales)[0] != 1 || (*scales)[1] != 1 ||
      (*scales)[2] < 1 || (*scales)[3] < 1) {
    return absl::InvalidArgumentError("scales are [1, 1, h, w], h and w at least 1");
  }
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  RequireBlocks(x[1], out);
  ShapeBuilder y(x.dims());
  for (int i = 2; i < 4; ++i) y.Set(i, x[i] * (*scales)[i]);
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kContribNchwcRules[] = {
    {kNchwc, "ReorderInput", 1, InferReorderInput},
    {kNchwc, "ReorderOutput", 1, InferReorderOutput},
    {kNchwc, "Upsample", 1, InferUpsample},
};

}  // namespace

absl::Span<const Rule> ContribNchwcRules() { return kContribNchwcRules; }

}  // namespace symshape::rules
