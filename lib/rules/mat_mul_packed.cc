// Products with a weight that is packed in blocks of a few bits: K and N are attributes or an
// input, the packed weight's own shape says nothing.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// A [a..., K] -> [a..., N]
void SetPackedProduct(const ShapeView& a, Expr k, Expr n, Results& out, int output = 0) {
  if (!a.has_rank() || a.rank() == 0) return;
  RequireSameSize(a[a.rank() - 1], k, "inner dims", out);
  ShapeBuilder y(a.dims());
  y.Set(a.rank() - 1, n);
  out.SetShape(output, y);
}

absl::StatusOr<Expr> SizeAttribute(const Operands& in, absl::string_view name) {
  const std::optional<int64_t> value = in.Int(name);
  if (!value.has_value()) return absl::InvalidArgumentError(absl::StrCat("no attribute ", name));
  return in.Const(*value);
}

// The weight holds [K, N] of the attributes, or [N, K] of them where `transposed`.
absl::Status InferWithSizes(const Operands& in, bool transposed, Results& out) {
  const absl::StatusOr<Expr> k = SizeAttribute(in, "K");
  if (!k.ok()) return k.status();
  const absl::StatusOr<Expr> n = SizeAttribute(in, "N");
  if (!n.ok()) return n.status();
  out.SetType(0, in.type(0));
  SetPackedProduct(in.shape(0), transposed ? *k : *n, transposed ? *n : *k, out);
  return absl::OkStatus();
}

// A list for N columns of `each`: [N*each] or [N, each]. Nothing is compared with an empty weight.
void RequireColumns(const Operands& in, int operand, Expr n, Expr each, absl::string_view what,
                    Results& out) {
  const ShapeView list = in.shape(operand), weight = in.shape(1);
  if (!list.has_rank() || list.rank() < 1 || list.rank() > 2) return;
  const auto require = [&](Expr size, Expr expected) {
    out.RequireUnlessZero(weight.dims(), Eq(size, expected),
                          {what, ": ", size, " and ", expected, " are equal"});
  };
  require(list[0], list.rank() == 1 ? n * each : n);
  if (list.rank() == 2) require(list[1], each);
}

absl::Status InferMatMulNBits(const Operands& in, Results& out) {
  return InferWithSizes(in, /*transposed=*/true, out);
}

// A [a..., K], B [N, blocks, bytes of a block], scales [N*blocks], zero_points
// [N*bytes of a column's], g_idx [K], bias [N] -> [a..., N]
// Source: onnxruntime contrib_ops/cpu/quantization/matmul_nbits_helper.h.
absl::Status InferMatMulNBitsOfBlocks(const Operands& in, Results& out) {
  const absl::Status status = InferMatMulNBits(in, out);
  const int64_t k = in.Int("K", 0), block = in.Int("block_size", 0), bits = in.Int("bits", 4);
  if (!status.ok() || block <= 0) return status;
  const Expr n = in.Const(in.Int("N", 0));
  const int64_t blocks = (k + block - 1) / block;
  if (const ShapeView b = in.shape(1); b.has_rank() && b.rank() == 3) {
    const Expr sizes[] = {n, in.Const(blocks), in.Const(block * bits / 8)};
    // One without elements is taken for one that was packed anew at load, and not compared.
    for (int axis = 0; axis < 3; ++axis) {
      out.RequireUnlessZero(b.dims(), Eq(b[axis], sizes[axis]),
                            {"axis ", axis, " of B, columns, blocks and bytes: ", b[axis], " and ",
                             sizes[axis], " are equal"});
    }
  }
  RequireColumns(in, 2, n, in.Const(blocks), "scales of N columns", out);
  const bool packed = in.type(3) == ElementType::kUint8;
  RequireColumns(in, 3, n, in.Const(packed ? (blocks * bits + 7) / 8 : blocks),
                 "zero_points of N columns", out);
  RequireLength(in, 5, n, "bias and N", out);
  return status;
}

// B holds two weights a byte, absmax a scale for each block; more than that is let be.
// Source: onnxruntime contrib_ops/cpu/quantization/matmul_bnb4.cc.
absl::Status InferMatMulBnb4(const Operands& in, Results& out) {
  const Expr weights = in.Const(in.Int("K", 0)) * in.Int("N", 0);
  const ShapeView packed = in.shape(1);
  if (packed.has_rank() && packed.rank() == 1) {
    out.Require(Ge(packed[0], CeilDiv(weights, 2)),
                {"B of ", packed[0], " bytes holds ", weights, " weights"});
  }
  const int64_t block = in.Int("block_size", 0);
  const ShapeView scales = in.shape(2);
  if (block > 0 && scales.has_rank() && scales.rank() == 1) {
    out.Require(Ge(scales[0], CeilDiv(weights, block)),
                {"absmax of ", scales[0], " for ", weights, " weights in blocks of ", block});
  }
  return InferWithSizes(in, in.Int("transB", 1) != 0, out);
}

// A [a..., K], B packed, B_shape = [K, N]. A block of 32 weights has 16 bytes, a float's scale and,
// but for type 0, a byte's zero point.
// Source: onnxruntime contrib_ops/cpu/matmul_fpq4.cc; the block's bytes by running.
absl::Status InferMatMulFpQ4(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const std::optional<std::vector<Expr>> b = in.Ints(2);
  if (!b.has_value() || b->size() != 2) return absl::OkStatus();
  const Expr k = (*b)[0], n = (*b)[1];
  SetPackedProduct(in.shape(0), k, n, out);
  RequireLength(in, 1, n * CeilDiv(k, 32) * (in.Int("blk_quant_type", 1) == 0 ? 20 : 21),
                "bytes of B", out);
  return absl::OkStatus();
}

// A, skip, norm_scale, gate and up weights -> Y [a..., N], and A + skip
absl::Status InferMatMulNBitsMlp(const Operands& in, Results& out) {
  SetLike(in, 0, out, 1);
  return InferMatMulNBits(in, out);
}

// A, skip, norm_scale, q, k and v weights -> Q [a..., Nq], K and V [a..., Nkv], and A + skip
absl::Status InferMatMulNBitsQkv(const Operands& in, Results& out) {
  const absl::StatusOr<Expr> k = SizeAttribute(in, "K");
  if (!k.ok()) return k.status();
  const absl::StatusOr<Expr> nq = SizeAttribute(in, "Nq");
  if (!nq.ok()) return nq.status();
  const absl::StatusOr<Expr> nkv = SizeAttribute(in, "Nkv");
  if (!nkv.ok()) return nkv.status();
  for (int output = 0; output < 3; ++output) {
    out.SetType(output, in.type(0));
    SetPackedProduct(in.shape(0), *k, output == 0 ? *nq : *nkv, out, output);
  }
  SetLike(in, 0, out, 3);
  return absl::OkStatus();
}

// A [a..., K], B [N, …] -> [a..., N]; K is B's second axis, or twice that: two weights a byte
absl::Status InferBlockQuantized(const Operands& in, int64_t per_element, Results& out) {
  out.SetType(0, in.type(0));
  if (absl::Status s = CheckRank(in, 1, 2); !s.ok()) return s;
  const ShapeView b = in.shape(1);
  if (b.has_rank()) SetPackedProduct(in.shape(0), b[1] * per_element, b[0], out);
  return absl::OkStatus();
}

absl::Status InferFp4Weight(const Operands& in, Results& out) {
  return InferBlockQuantized(in, 2, out);
}

absl::Status InferFp8Weight(const Operands& in, Results& out) {
  return InferBlockQuantized(in, 1, out);
}

constexpr Rule kMatMulPackedRules[] = {
    {kMicrosoft, "MatMulBlockQuantizedFp4Weight", 1, InferFp4Weight},
    {kMicrosoft, "MatMulBlockQuantizedFp8Weight", 1, InferFp8Weight},
    {kMicrosoft, "MatMulBnb4", 1, InferMatMulBnb4},
    {kMicrosoft, "MatMulFpQ4", 1, InferMatMulFpQ4},
    {kMicrosoft, "MatMulNBits", 1, InferMatMulNBitsOfBlocks},
    {kMicrosoft, "MatMulNBitsMlp", 1, InferMatMulNBitsMlp},
    {kMicrosoft, "MatMulNBitsQLoRA", 1, InferMatMulNBits},
    {kMicrosoft, "MatMulNBitsQkv", 1, InferMatMulNBitsQkv},
    {kMicrosoft, "MatMulPacked", 1, InferMatMulNBits},
};

}  // namespace

absl::Span<const Rule> MatMulPackedRules() { return kMatMulPackedRules; }

}  // namespace symshape::rules
