// DepthToSpace and SpaceToDepth: blocks of b x b elements move between the channels and the plane.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {
namespace {

// n / divisor, which the runtime wants to be exact also where another size is 0.
Expr Exactly(const Operands& in, Expr n, int64_t divisor, absl::string_view what, Results& out) {
  if (!Surely(in, Divides(divisor, n))) {
    out.Require(Divides(divisor, n), {what, " of ", n, " are a multiple of ", divisor});
  }
  return FloorDiv(n, divisor);
}

// DepthToSpace: x [N, C, H, W] -> [N, C / (b*b), H*b, W*b]; mode tells the order of the channels
// only. SpaceToDepth: x [N, C, H, W] -> [N, C*b*b, H / b, W / b]. Source: ONNX DepthToSpace-13,
// SpaceToDepth-13; onnxruntime core/providers/cpu/tensor/space_depth_ops.h.
absl::Status InferDepthToSpace(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const int64_t b = in.Int("blocksize", 0);
  if (b < 1) return absl::InvalidArgumentError(absl::StrCat("blocksize is ", b));
  out.SetType(0, in.type(0));
  const bool to_space = in.op() == "DepthToSpace";
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    out.SetRank(0, 4, to_space ? "depth_to_space" : "space_to_depth");
    return absl::OkStatus();
  }
  const Layout layout = in.domain() == kNhwc ? Layout::kChannelsLast : Layout::kChannelsFirst;
  const int channels = ChannelAxis(layout, 4), rows = FirstSpatialAxis(layout), columns = rows + 1;
  ShapeBuilder y(x.dims());
  if (to_space) {
    y.Set(channels, Exactly(in, x[channels], b * b, "channels", out));
    y.Set(rows, x[rows] * b);
    y.Set(columns, x[columns] * b);
  } else {
    y.Set(channels, x[channels] * (b * b));
    y.Set(rows, Exactly(in, x[rows], b, "rows", out));
    y.Set(columns, Exactly(in, x[columns], b, "columns", out));
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kDepthToSpaceRules[] = {
    {kOnnx, "DepthToSpace", 1, InferDepthToSpace},
    {kOnnx, "SpaceToDepth", 1, InferDepthToSpace},
    {kNhwc, "DepthToSpace", 1, InferDepthToSpace},
    {kNhwc, "SpaceToDepth", 1, InferDepthToSpace},
};

}  // namespace

absl::Span<const Rule> DepthToSpaceRules() { return kDepthToSpaceRules; }

}  // namespace symshape::rules
