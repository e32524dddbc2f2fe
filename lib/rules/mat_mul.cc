// Products of matrices: MatMul and its integer, quantised and fused forms. Gemm: gemm.cc; weights
// packed in blocks of a few bits: mat_mul_packed.cc.
#include <algorithm>
#include <utility>
#include <vector>

#include "rules/broadcast.h"
#include "rules/element_math.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// Which axes of an operand are swapped before the product (com.microsoft only).
struct Swap {
  bool last_two = false;            // transA, transB
  bool first_behind_batch = false;  // transBatchA, transBatchB: [M, b..., K] -> [b..., M, K]
};

// An operand, numpy's way: a vector is a row on the left, a column on the right.
struct Matrix {
  absl::Span<const Dim> batch;
  Expr rows;
  Expr columns;
  bool is_vector;
};

// REQUIRES: rank >= 2
Matrix ReadMatrix(const ShapeView& s, Swap swap) {
  const int r = s.rank();
  const Expr rows = swap.first_behind_batch ? s[0] : s[r - 2];
  const absl::Span<const Dim> batch =
      s.dims().subspan(swap.first_behind_batch ? 1 : 0, static_cast<size_t>(r - 2));
  if (swap.last_two) return {batch, s[r - 1], rows, false};
  return {batch, rows, s[r - 1], false};
}

// A [a..., M, K] * B [b..., K, N] -> [broadcast(a, b)..., M, N]; a vector's own axis disappears.
// The runtime compares K also where a size is 0.
// Source: ONNX MatMul-13; onnxruntime core/providers/cpu/math/matmul_helper.h.
absl::Status SetProduct(const Operands& in, int left, Swap swap_left, int right, Swap swap_right,
                        Results& out) {
  const ShapeView a = in.shape(left);
  const ShapeView b = in.shape(right);
  if (absl::Status s = CheckRankAtLeast(in, left, 1); !s.ok()) return s;
  if (absl::Status s = CheckRankAtLeast(in, right, 1); !s.ok()) return s;
  if (!a.has_rank() || !b.has_rank()) return absl::OkStatus();
  const Matrix x = a.rank() == 1 ? Matrix{{}, in.Const(1), a[0], true} : ReadMatrix(a, swap_left);
  const Matrix w = b.rank() == 1 ? Matrix{{}, b[0], in.Const(1), true} : ReadMatrix(b, swap_right);
  RequireSameSize(x.columns, w.rows, "inner dims", out);
  ShapeBuilder y = BroadcastShapes(x.batch, w.batch, out);
  if (!x.is_vector) y.Add(x.rows);
  if (!w.is_vector) y.Add(w.columns);
  out.SetShape(0, y);
  return absl::OkStatus();
}

// Integers, and no batch: a few sizes times a constant matrix.
void SetProductElements(const Operands& in, Results& out) {
  if (!graph::IsInteger(in.type(0))) return;
  const std::optional<Block> a = BlockOf(in, 0);
  const std::optional<Block> b = BlockOf(in, 1);
  if (!a || !b || a->dims.size() > 2 || b->dims.size() > 2) return;
  const int64_t inner = a->dims.back();
  const int64_t rows = a->dims.size() == 1 ? 1 : a->dims[0];
  const int64_t columns = b->dims.size() == 1 ? 1 : b->dims[1];
  if (b->dims[0] != inner || rows * columns > kMaxElements) return;
  ElementMath math(out, in.type(0));
  std::vector<Element> y;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      Element sum = math.Integer(0);
      for (int64_t k = 0; k < inner; ++k) {
        sum = math.Add(sum, math.Mul(a->elements[r * inner + k], b->elements[k * columns + c]));
      }
      y.push_back(sum);
    }
  }
  out.SetElements(0, std::move(y));
}

absl::Status InferMatMul(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  const absl::Status status = SetProduct(in, 0, {}, 1, {}, out);
  if (status.ok()) SetProductElements(in, out);
  return status;
}

absl::Status InferMatMulInteger(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  return SetProduct(in, 0, {}, 1, {}, out);
}

// a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
absl::Status InferQLinearMatMul(const Operands& in, Results& out) {
  SetTypeLike(in, {7, 0}, out);
  return SetProduct(in, 0, {}, 3, {}, out);
}

// Source: onnxruntime contrib_defs.cc, FusedMatMul.
absl::Status InferFusedMatMul(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  return SetProduct(in, 0, {in.Int("transA", 0) != 0, in.Int("transBatchA", 0) != 0}, 1,
                    {in.Int("transB", 0) != 0, in.Int("transBatchB", 0) != 0}, out);
}

// The bias has an element for each column of B.
// Source: onnxruntime contrib_ops/cpu/quantization/dynamic_quantize_matmul.cc, ComputeCommon.
void RequireBias(const Operands& in, int operand, Results& out) {
  const ShapeView b = in.shape(1);
  const ShapeView bias = in.shape(operand);
  if (!b.has_rank() || b.rank() == 0 || !bias.has_rank() || bias.rank() != 1) return;
  const Expr columns = b[b.rank() - 1];
  if (bias[0].dim() == columns.dim()) return;
  out.RequireUnlessZero({columns.dim()}, Eq(bias[0], columns),
                        {"bias of ", bias[0], " and columns of B, ", columns, ", are equal"});
}

// A float, B quantised, b_scale, b_zero_point, bias -> float
absl::Status InferDynamicQuantizeMatMul(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 2}, out);
  RequireBias(in, 4, out);
  return SetProduct(in, 0, {}, 1, {}, out);
}

// A, B quantised, a_scale, b_scale, a_zero_point, b_zero_point, bias -> type of the scales
absl::Status InferMatMulIntegerToFloat(const Operands& in, Results& out) {
  SetTypeLike(in, {2, 3}, out);
  RequireBias(in, 6, out);
  return SetProduct(in, 0, {}, 1, {}, out);
}

// A [B, M, K], B [K, N], or [N, K] where order_B is ORDER_COL, two or three axes -> like A's batch
// Source: onnxruntime contrib_defs.cc, QOrderedMatMul.
absl::Status InferQOrderedMatMul(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 2}, out);
  return SetProduct(in, 0, {}, 2, {}, out);
}

// A sparse [M, K], B dense -> dense
absl::Status InferSparseToDenseMatMul(const Operands& in, Results& out) {
  SetTypeLike(in, {1, 0}, out);
  return SetProduct(in, 0, {in.Int("transA", 0) != 0}, 1, {in.Int("transB", 0) != 0}, out);
}

constexpr Rule kMatMulRules[] = {
    {kOnnx, "MatMul", 1, InferMatMul},
    {kOnnx, "MatMulInteger", 10, InferMatMulInteger},
    {kOnnx, "QLinearMatMul", 10, InferQLinearMatMul},
    {kMicrosoft, "DynamicQuantizeMatMul", 1, InferDynamicQuantizeMatMul},
    {kMicrosoft, "FusedMatMul", 1, InferFusedMatMul},
    {kMicrosoft, "FusedMatMulActivation", 1, InferFusedMatMul},
    {kMicrosoft, "GemmFastGelu", 1, InferMatMul},
    {kMicrosoft, "MatMulInteger16", 1, InferMatMulInteger},
    {kMicrosoft, "MatMulIntegerToFloat", 1, InferMatMulIntegerToFloat},
    {kMicrosoft, "QOrderedMatMul", 1, InferQOrderedMatMul},
    {kMicrosoft, "SparseToDenseMatMul", 1, InferSparseToDenseMatMul},
    {kMicrosoft, "TransposeMatMul", 1, InferFusedMatMul},
};

}  // namespace

absl::Span<const Rule> MatMulRules() { return kMatMulRules; }

}  // namespace symshape::rules
