// onnxruntime's activations and other operators that keep the shape of an operand (com.microsoft).
#include "absl/strings/str_cat.h"
#include "rules/broadcast.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

absl::Status InferLikeInput(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

// X [..., H], bias [H] -> like X
// Source: onnxruntime contrib_ops/cpu/bert/bias_gelu_helper.h.
absl::Status InferBiasGelu(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  const ShapeView bias = in.shape(1);
  if (!x.has_rank() || !in.has(1)) return absl::OkStatus();
  if (absl::Status s = CheckRankAtLeast(in, 0, 1); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, 1, 1); !s.ok()) return s;
  if (bias.has_rank()) RequireSameSize(x[x.rank() - 1], bias[0], "last axis and bias", out);
  return absl::OkStatus();
}

// X [N, S, C], bias [C], skip [N, S, C] -> like X
absl::Status InferBiasAdd(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  const ShapeView bias = in.shape(1);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, 1, 1); !s.ok()) return s;
  if (x.has_rank() && bias.has_rank()) RequireSameSize(x[2], bias[0], "channels and bias", out);
  return absl::OkStatus();
}

// X, Y [..., C], gate [..., 1], or [..., K] with gate_weight [K, 1] -> like X
absl::Status InferGatedAdd(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  const ShapeView gate = in.shape(2);
  if (!x.has_rank() || x.rank() == 0) return absl::OkStatus();
  out.Require(Ge(x[x.rank() - 1], 1), {"the last axis of X, ", x[x.rank() - 1], ", is not empty"});
  RequireSameAxes(x, in.shape(1), x.rank(), "X and Y", out);
  RequireSameAxes(x, gate, x.rank() - 1, "X and gate", out);
  if (gate.has_rank() && gate.rank() == x.rank() && !in.has(3)) {
    RequireSameSize(gate[x.rank() - 1], in.Const(1), "the gate's last axis", out);
  }
  return absl::OkStatus();
}

// X [..., M, M] -> like X. Sizes that the runtime does not know when it loads it does not compare:
// it reads beyond the matrices then.
// Source: onnxruntime contrib_ops/cpu/inverse.cc.
absl::Status InferInverse(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  if (absl::Status s = CheckRankAtLeast(in, 0, 2); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  RequireSameSize(x[x.rank() - 2], x[x.rank() - 1], "rows and columns of a square", out);
  return absl::OkStatus();
}

// X [..., 2*H] -> [..., H]
absl::Status InferHalf(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank() || x.rank() == 0) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  y.Set(x.rank() - 1, FloorDiv(x[x.rank() - 1], 2));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// gate, up of the same shape; or both side by side in `gate`
absl::Status InferSwiGlu(const Operands& in, Results& out) {
  return in.has(1) ? InferLikeInput(in, out) : InferHalf(in, out);
}

// data, bias, residual, ratio -> output and a mask like data
absl::Status InferBiasDropout(const Operands& in, Results& out) {
  SetLike(in, 0, out, 0);
  SetLike(in, 0, out, 1);
  out.SetType(1, ElementType::kBool);
  return absl::OkStatus();
}

// The mask has one bit for each element, in words of 32.
absl::Status InferBitmaskDropout(const Operands& in, Results& out) {
  SetLike(in, 0, out, 0);
  out.SetType(1, ElementType::kUint32);
  const ShapeView x = in.shape(0);
  if (x.has_rank()) out.SetShape(1, ShapeBuilder({CeilDiv(x.Product(), 32)}));
  return absl::OkStatus();
}

absl::Status InferBroadcast(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  const ShapeView a = in.shape(0);
  const ShapeView b = in.shape(1);
  if (a.has_rank() && b.has_rank()) out.SetShape(0, BroadcastShapes(a.dims(), b.dims(), out));
  return absl::OkStatus();
}

// X [..., H], bias [H] -> like X. The CPU's kernel is for float; of half floats onnxruntime runs
// the body of the function, which adds a bias of any shape.
// Source: onnxruntime core/graph/contrib_ops/contrib_defs.cc, FastGelu.
absl::Status InferFastGelu(const Operands& in, Results& out) {
  const ElementType type = in.type(0);
  const bool is_half = type == ElementType::kFloat16 || type == ElementType::kBfloat16;
  return is_half && in.has(1) ? InferBroadcast(in, out) : InferBiasGelu(in, out);
}

absl::Status InferIsAllFinite(const Operands&, Results& out) {
  out.Set(0, ElementType::kBool, ShapeBuilder());
  return absl::OkStatus();
}

absl::Status InferMurmurHash3(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  out.SetType(0, in.Int("positive", 1) != 0 ? ElementType::kUint32 : ElementType::kInt32);
  return absl::OkStatus();
}

// input_ids [B, S], scores [B, vocabulary] -> like scores
absl::Status InferNGramRepeatBlock(const Operands& in, Results& out) {
  SetLike(in, 1, out);
  const ShapeView ids = in.shape(0);
  const ShapeView scores = in.shape(1);
  if (ids.has_rank() && ids.rank() == 2 && scores.has_rank() && scores.rank() == 2) {
    RequireSameSize(ids[0], scores[0], "batch of ids and scores", out);
  }
  return absl::OkStatus();
}

constexpr Rule kContribElementwiseRules[] = {
    {kMicrosoft, "BiasAdd", 1, InferBiasAdd},
    {kMicrosoft, "BiasDropout", 1, InferBiasDropout},
    {kMicrosoft, "BiasGelu", 1, InferBiasGelu},
    {kMicrosoft, "BiasSplitGelu", 1, InferHalf},
    {kMicrosoft, "BitmaskBiasDropout", 1, InferBitmaskDropout},
    {kMicrosoft, "BitmaskDropout", 1, InferBitmaskDropout},
    {kMicrosoft, "ComplexMul", 1, InferBroadcast},
    {kMicrosoft, "ComplexMulConj", 1, InferBroadcast},
    {kMicrosoft, "FastGelu", 1, InferFastGelu},
    {kMicrosoft, "GatedAdd", 1, InferGatedAdd},
    {kMicrosoft, "Gelu", 1, InferLikeInput},
    {kMicrosoft, "Inverse", 1, InferInverse},
    {kMicrosoft, "IsAllFinite", 1, InferIsAllFinite},
    {kMicrosoft, "MurmurHash3", 1, InferMurmurHash3},
    {kMicrosoft, "NGramRepeatBlock", 1, InferNGramRepeatBlock},
    {kMicrosoft, "QuickGelu", 1, InferLikeInput},
    {kMicrosoft, "SampleOp", 1, InferLikeInput},
    {kMicrosoft, "ScaledSiLU", 1, InferLikeInput},
    {kMicrosoft, "SwiGLU", 1, InferSwiGlu},
};

}  // namespace

absl::Span<const Rule> ContribElementwiseRules() { return kContribElementwiseRules; }

}  // namespace symshape::rules
