// DepthToSpace and SpaceToDepth: blocks of b x b elements move between the channels and the plane.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

absl::StatusOr<int64_t> ReadBlockSize(const Operands& in) {
  const int64_t b = in.Int("blocksize", 0);
  if (b < 1) return absl::InvalidArgumentError(absl::StrCat("blocksize is ", b));
  return b;
}

// n / divisor, which the runtime wants to be exact also where another size is 0.
Expr Exactly(const Operands& in, Expr n, int64_t divisor, absl::string_view what, Results& out) {
  if (!Surely(in, Divides(divisor, n))) {
    out.Require(Divides(divisor, n), {what, " of ", n, " are a multiple of ", divisor});
  }
  return FloorDiv(n, divisor);
}

// x [N, C, H, W] -> [N, C / (b*b), H*b, W*b]; mode tells the order of the channels only.
// Source: ONNX DepthToSpace-13; onnxruntime core/providers/cpu/tensor/space_depth_ops.h.
absl::Status InferDepthToSpace(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const absl::StatusOr<int64_t> b = ReadBlockSize(in);
  if (!b.ok()) return b.status();
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    out.SetRank(0, 4, "depth_to_space");
    return absl::OkStatus();
  }
  out.SetShape(
      0, ShapeBuilder({x[0], Exactly(in, x[1], *b * *b, "channels", out), x[2] * *b, x[3] * *b}));
  return absl::OkStatus();
}

// x [N, C, H, W] -> [N, C*b*b, H / b, W / b]
// Source: ONNX SpaceToDepth-13; the same file.
absl::Status InferSpaceToDepth(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const absl::StatusOr<int64_t> b = ReadBlockSize(in);
  if (!b.ok()) return b.status();
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    out.SetRank(0, 4, "space_to_depth");
    return absl::OkStatus();
  }
  out.SetShape(0, ShapeBuilder({x[0], x[1] * (*b * *b), Exactly(in, x[2], *b, "rows", out),
                                Exactly(in, x[3], *b, "columns", out)}));
  return absl::OkStatus();
}

constexpr Rule kDepthToSpaceRules[] = {
    {kOnnx, "DepthToSpace", 1, InferDepthToSpace},
    {kOnnx, "SpaceToDepth", 1, InferSpaceToDepth},
};

}  // namespace

absl::Span<const Rule> DepthToSpaceRules() { return kDepthToSpaceRules; }

}  // namespace symshape::rules
