// Gemm and its fused and quantised forms: alpha*A'*B' + beta*C with matrices only.
#include "rules/broadcast.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// A' [M, K] * B' [K, N] -> [M, N], A' and B' being transposed where transA and transB say so.
// Source: ONNX Gemm-13 (Gemm-1, 6: with `broadcast`, the same shape).
absl::Status SetGemm(const Operands& in, int a_index, int b_index, int c_index, Results& out) {
  if (absl::Status s = CheckRank(in, a_index, 2); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, b_index, 2); !s.ok()) return s;
  const ShapeView a = in.shape(a_index);
  const ShapeView b = in.shape(b_index);
  const bool trans_a = in.Int("transA", 0) != 0;
  const bool trans_b = in.Int("transB", 0) != 0;
  if (!a.has_rank() || !b.has_rank()) {
    // Half of the shape is better than none.
    const Expr m = a.has_rank() ? a[trans_a ? 1 : 0] : out.Fresh("gemm_rows");
    const Expr n = b.has_rank() ? b[trans_b ? 0 : 1] : out.Fresh("gemm_columns");
    out.SetShape(0, ShapeBuilder({m, n}));
    return absl::OkStatus();
  }
  RequireSameSize(a[trans_a ? 0 : 1], b[trans_b ? 1 : 0], "inner dims", out);
  const ShapeBuilder y({a[trans_a ? 1 : 0], b[trans_b ? 0 : 1]});
  // C is [], [1], [N], [1, N], [M, 1] or [M, N]: gemm_helper.h, valid_broadcast.
  const ShapeView c = in.shape(c_index);
  if (c.has_rank()) RequireBroadcastTo(c.dims(), y.dims(), out);
  out.SetShape(0, y);
  return absl::OkStatus();
}

absl::Status InferGemm(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1, 2}, out);
  return SetGemm(in, 0, 1, 2, out);
}

// A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point
absl::Status InferQGemm(const Operands& in, Results& out) {
  out.SetType(0, in.has(8) ? SharedType(in, {8, 0}) : ElementType::kFloat);
  return SetGemm(in, 0, 3, 6, out);
}

absl::Status InferGemmFloat8(const Operands& in, Results& out) {
  out.SetType(0, static_cast<ElementType>(in.Int("dtype", 1)));
  return SetGemm(in, 0, 1, 2, out);
}

constexpr Rule kGemmRules[] = {
    {kOnnx, "Gemm", 1, InferGemm},
    {kMicrosoft, "FusedGemm", 1, InferGemm},
    {kMicrosoft, "GemmFloat8", 1, InferGemmFloat8},
    {kMicrosoft, "QGemm", 1, InferQGemm},
};

}  // namespace

absl::Span<const Rule> GemmRules() { return kGemmRules; }

}  // namespace symshape::rules
