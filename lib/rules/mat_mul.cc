// Products of matrices: MatMul, Gemm and their integer, quantised and fused forms.
#include "rules/broadcast.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// The two last axes of an operand, numpy's way: a vector is a row on the left, a column on the right.
struct Matrix {
  absl::Span<const Dim> batch;
  Expr rows;
  Expr columns;
  bool is_vector;
};

Matrix LeftMatrix(const Operands& in, const ShapeView& a, bool transposed) {
  const int r = a.rank();
  if (r == 1) return {{}, in.Const(1), a[0], true};
  const absl::Span<const Dim> batch = a.dims().subspan(0, r - 2);
  if (transposed) return {batch, a[r - 1], a[r - 2], false};
  return {batch, a[r - 2], a[r - 1], false};
}

Matrix RightMatrix(const Operands& in, const ShapeView& b, bool transposed) {
  const int r = b.rank();
  if (r == 1) return {{}, b[0], in.Const(1), true};
  const absl::Span<const Dim> batch = b.dims().subspan(0, r - 2);
  if (transposed) return {batch, b[r - 1], b[r - 2], false};
  return {batch, b[r - 2], b[r - 1], false};
}

// A [a..., M, K] * B [b..., K, N] -> [broadcast(a, b)..., M, N]; a vector's own axis disappears.
// The runtime compares K also where a size is 0.
// Source: ONNX MatMul-13; onnxruntime core/providers/cpu/math/matmul_helper.h.
void SetProduct(const Matrix& a, const Matrix& b, Results& out) {
  out.Require(Eq(a.columns, b.rows), {"inner dims ", a.columns, " and ", b.rows, " are equal"});
  ShapeBuilder y = BroadcastShapes(a.batch, b.batch, out);
  if (!a.is_vector) y.Add(a.rows);
  if (!b.is_vector) y.Add(b.columns);
  out.SetShape(0, y);
}

absl::Status InferProduct(const ShapeView& a, const ShapeView& b, const Operands& in, Results& out) {
  if (!a.has_rank() || !b.has_rank()) return absl::OkStatus();
  if (a.rank() == 0 || b.rank() == 0) {
    return absl::InvalidArgumentError("operands have rank at least 1, not 0");
  }
  SetProduct(LeftMatrix(in, a, false), RightMatrix(in, b, false), out);
  return absl::OkStatus();
}

absl::Status InferMatMul(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  return InferProduct(in.shape(0), in.shape(1), in, out);
}

constexpr Rule kMatMulRules[] = {
    {kOnnx, "MatMul", 1, InferMatMul},
};

}  // namespace

absl::Span<const Rule> MatMulRules() { return kMatMulRules; }

}  // namespace symshape::rules
