// GridSample.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {
namespace {

// x [N, C, d1 ... dr], grid [N, s1 ... sr, r] -> [N, C, s1 ... sr]; channels last: x [N, d..., C]
// -> [N, s..., C]
// Source: ONNX GridSample-20; onnxruntime core/providers/cpu/tensor/grid_sample.cc.
absl::Status InferGridSample(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  const ShapeView grid = in.shape(1);
  if (x.has_rank() && grid.has_rank() && x.rank() != grid.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("x has rank ", x.rank(), ", grid has rank ", grid.rank()));
  }
  if (!x.has_rank() && !grid.has_rank()) return absl::OkStatus();
  const int rank = x.has_rank() ? x.rank() : grid.rank();
  if (rank < 3) return absl::InvalidArgumentError("x has no spatial axis");
  if (!grid.has_rank()) {
    out.SetRank(0, rank, "grid_sample");
    return absl::OkStatus();
  }
  RequireSameSize(grid[rank - 1], in.Const(rank - 2), "grid's last axis and the spatial axes", out);
  const Layout layout = in.domain() == kNhwc ? Layout::kChannelsLast : Layout::kChannelsFirst;
  const int channel = ChannelAxis(layout, rank);
  for (int k = 1; x.has_rank() && k < rank; ++k) {
    if (k == channel) continue;
    if (!Surely(in, Ge(x[k], 1))) out.Require(Ge(x[k], 1), {"axis ", k, " of x is not empty"});
  }
  if (x.has_rank()) RequireSameSize(x[0], grid[0], "batch of x and grid", out);
  ShapeBuilder y(grid.dims().subspan(0, rank - 1));
  y.Insert(channel, x.has_rank() ? x[channel] : out.Fresh("channels"));
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kGridSampleRules[] = {
    {kOnnx, "GridSample", 16, InferGridSample},
    {kMicrosoft, "GridSample", 1, InferGridSample},
    {kNhwc, "GridSample", 1, InferGridSample},
};

}  // namespace

absl::Span<const Rule> GridSampleRules() { return kGridSampleRules; }

}  // namespace symshape::rules
