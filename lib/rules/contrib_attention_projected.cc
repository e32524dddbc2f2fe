// onnxruntime's attentions that multiply the input with the weights of Q, K and V themselves, and
// what prepares their operands: padding, position biases.
#include "absl/strings/str_cat.h"
#include "rules/attention_operands.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// The width of V's part of weights [Hin, Hq + Hk + Hv]: the attribute's, else a third.
std::optional<Expr> ValueWidth(const Operands& in, int weights, int bias) {
  const auto sizes = in.IntList("qkv_hidden_sizes");
  if (sizes.has_value() && sizes->size() == 3) return in.Const((*sizes)[2]);
  const ShapeView w = in.shape(weights);
  if (w.has_rank() && w.rank() == 2) return FloorDiv(w[1], 3);
  const ShapeView b = in.shape(bias);
  if (b.has_rank() && b.rank() == 1) return FloorDiv(b[0], 3);
  return std::nullopt;
}

// Where an operator has its operands; -1: not at all.
struct ProjectedOperands {
  int weights = 1;
  int bias = 2;
  int mask = 3;
  int past = 4;
  int attention_bias = 5;
};

// Weights [Hin, Hq + Hk + Hv] are of the input's width, the bias of theirs, and each of the three
// is whole heads: a third, or as the attribute says.
// Source: onnxruntime contrib_ops/cpu/bert/attention_validation.h, CheckAttentionWeights.
void RequireWeights(const Operands& in, const ProjectedOperands& at, Expr input_width,
                    Results& out) {
  const ShapeView w = in.shape(at.weights);
  if (!w.has_rank() || w.rank() != 2) return;
  RequireSameSize(input_width, w[0], "input width and weights", out);
  const ShapeView bias = in.shape(at.bias);
  if (bias.has_rank() && bias.rank() == 1) RequireSameSize(w[1], bias[0], "weights and bias", out);
  const auto sizes = in.IntList("qkv_hidden_sizes");
  if (sizes.has_value() && sizes->size() == 3) {
    const Expr sum = in.Const((*sizes)[0]) + (*sizes)[1] + (*sizes)[2];
    RequireSameSize(w[1], sum, "weights and qkv_hidden_sizes", out);
    return;
  }
  const int64_t heads = in.Int("num_heads", 0);
  if (heads < 1 || heads > (int64_t{1} << 32)) return;
  out.Require(Divides(3 * heads, w[1]),
              {"3 * num_heads ", heads, " divides ", w[1], " of the weights"});
  out.Require(Ge(w[1], 1), {"weights of ", w[1], " are not empty"});
}

// past is [2, B, N, P, D], with D as the keys have it: the values are no wider then.
void RequirePast(const ShapeView& past, Expr batch, int64_t heads, Expr hidden, Results& out) {
  RequireSameSize(past[0], Expr(batch.context(), 2), "past of keys and values", out);
  RequireSameSize(past[1], batch, "past and input, batch", out);
  RequireSameSize(past[2], Expr(batch.context(), heads), "past, num_heads", out);
  RequireSameSize(past[4], FloorDiv(hidden, heads), "past and values, head size", out);
}

// input [B, S, Hin], weights [Hin, Hq + Hk + Hv], past [2, B, N, P, D] ->
// [B, S, Hv], present [2, B, N, P + S, D] (like past where they share a buffer)
// Source: onnxruntime contrib_ops/cpu/bert/attention_base.cc.
absl::Status SetProjected(const Operands& in, const ProjectedOperands& at, ElementType type,
                          Results& out) {
  out.SetType(0, type);
  out.SetType(1, type);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  RequireWeights(in, at, x[2], out);
  const std::optional<Expr> value = ValueWidth(in, at.weights, at.bias);
  const Expr hidden = value.has_value() ? *value : out.Fresh("hidden");
  out.SetShape(0, ShapeBuilder({x[0], x[1], hidden}));
  const ShapeView past = in.shape(at.past);
  const bool past_known = past.has_rank() && past.rank() == 5;
  if (in.has(at.past) && in.Int("past_present_share_buffer", 0) != 0) {
    if (past_known) out.SetShape(1, past);
    return absl::OkStatus();
  }
  const int64_t heads = in.Int("num_heads", 0);
  if (heads < 1) return absl::InvalidArgumentError("num_heads is at least 1");
  const Expr total = !in.has(at.past) ? x[1]
                     : past_known     ? past[3] + x[1]
                                      : out.Fresh("total_sequence");
  if (past_known && value.has_value()) RequirePast(past, x[0], heads, *value, out);
  if (past_known || !in.has(at.past)) {
    const AttentionSizes sizes{x[0], in.Const(heads), x[1], total};
    RequireMaskIndex(in, at.mask, sizes, out);
    if (at.attention_bias >= 0) RequireAttentionBias(in, at.attention_bias, sizes, out);
  }
  out.SetShape(1, ShapeBuilder({in.Const(2), x[0], in.Const(heads), total,
                                past_known ? past[4] : FloorDiv(hidden, heads)}));
  return absl::OkStatus();
}

absl::Status InferAttention(const Operands& in, Results& out) {
  return SetProjected(in, {}, SharedType(in, {0, 1}), out);
}

// input, weight, bias, input_scale, weight_scale, mask_index, zero points, past (8) -> float
absl::Status InferQAttention(const Operands& in, Results& out) {
  return SetProjected(in, {.mask = 5, .past = 8, .attention_bias = -1}, SharedType(in, {3, 2, 4}),
                      out);
}

// input [tokens, Hin], weights, bias -> [tokens, Hv]
absl::Status InferPackedAttention(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const std::optional<Expr> value = ValueWidth(in, 1, 2);
  out.SetShape(0, ShapeBuilder({x[0], value.has_value() ? *value : out.Fresh("hidden")}));
  return absl::OkStatus();
}

// LongformerAttention: like the first operand
absl::Status InferLikeQuery(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

// query [S, B, H] -> like query, caches [B, heads, ?, H/heads], whose length the operands' flags
// tell
absl::Status InferDecoderAttention(const Operands& in, Results& out) {
  for (int output = 0; output < 3; ++output) SetTypeLike(in, {0}, out, output);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const int64_t heads = in.Int("num_heads", 0);
  if (heads < 1) return absl::InvalidArgumentError("num_heads is at least 1");
  const ShapeView query = in.shape(0);
  if (!query.has_rank()) return absl::OkStatus();
  out.SetShape(0, query);
  const Expr length = out.Fresh("cached");
  const ShapeBuilder cache({query[1], in.Const(heads), length, FloorDiv(query[2], heads)});
  out.SetShape(1, cache);
  out.SetShape(2, cache);
  return absl::OkStatus();
}

// input [B, S, Hin], …, V_weight (7) [Hin, Hv] -> [B, S, Hv]
absl::Status InferQOrderedAttention(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const ShapeView w = in.shape(7);
  if (!x.has_rank()) return absl::OkStatus();
  const bool known = w.has_rank() && w.rank() == 2;
  out.SetShape(0, ShapeBuilder({x[0], x[1], known ? w[1] : out.Fresh("hidden")}));
  return absl::OkStatus();
}

// input [B, S, H], sequence_token_count [B] -> [tokens, H], token_offset [B, S], [B + 1], [1]
absl::Status InferRemovePadding(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  for (int output = 1; output < 4; ++output) out.SetType(output, ElementType::kInt32);
  out.SetShape(3, ShapeBuilder({in.Const(1)}));
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  out.SetShape(0, ShapeBuilder({out.FreshUpTo("tokens", x[0] * x[1]), x[2]}));
  out.SetShape(1, ShapeBuilder({x[0], x[1]}));
  out.SetShape(2, ShapeBuilder({x[0] + 1}));
  return absl::OkStatus();
}

// input [tokens, H], token_offset [B, S] -> [B, S, H]
absl::Status InferRestorePadding(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, 1, 2); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const ShapeView offset = in.shape(1);
  if (x.has_rank() && offset.has_rank()) {
    out.SetShape(0, ShapeBuilder({offset[0], offset[1], x[1]}));
  }
  return absl::OkStatus();
}

// bias_table [buckets, N], query_length, key_length -> [1, N, query_length, key_length]
absl::Status InferRelativePositionBias(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView table = in.shape(0);
  if (!table.has_rank() || table.rank() != 2) return absl::OkStatus();
  const std::optional<Expr> query = in.Scalar(1);
  const std::optional<Expr> key = in.Scalar(2);
  out.SetShape(0, ShapeBuilder({in.Const(1), table[1],
                                query.has_value() ? *query : out.Fresh("query_length"),
                                key.has_value() ? *key : out.Fresh("key_length")}));
  return absl::OkStatus();
}

// query_layer [B, S, N*D] … -> [B, N, S, S]
absl::Status InferGatedRelativePositionBias(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView query = in.shape(0);
  const auto heads = in.Int("num_heads");
  // With token_offset (6) the tokens of query_layer are packed: [tokens, N*D].
  if (!query.has_rank() || !heads.has_value()) return absl::OkStatus();
  const ShapeView offset = in.shape(6);
  if (in.has(6)) {
    if (offset.has_rank() && offset.rank() == 2) {
      out.SetShape(0, ShapeBuilder({offset[0], in.Const(*heads), offset[1], offset[1]}));
    }
  } else if (query.rank() == 3) {
    out.SetShape(0, ShapeBuilder({query[0], in.Const(*heads), query[1], query[1]}));
  }
  return absl::OkStatus();
}

constexpr Rule kContribAttentionProjectedRules[] = {
    {kMicrosoft, "Attention", 1, InferAttention},
    {kMicrosoft, "DecoderAttention", 1, InferDecoderAttention},
    {kMicrosoft, "DecoderMaskedSelfAttention", 1, InferAttention},
    {kMicrosoft, "GatedRelativePositionBias", 1, InferGatedRelativePositionBias},
    {kMicrosoft, "LongformerAttention", 1, InferLikeQuery},
    {kMicrosoft, "PackedAttention", 1, InferPackedAttention},
    {kMicrosoft, "QAttention", 1, InferQAttention},
    {kMicrosoft, "QOrderedAttention", 1, InferQOrderedAttention},
    {kMicrosoft, "QOrderedLongformerAttention", 1, InferLikeQuery},
    {kMicrosoft, "RelativePositionBias", 1, InferRelativePositionBias},
    {kMicrosoft, "RemovePadding", 1, InferRemovePadding},
    {kMicrosoft, "RestorePadding", 1, InferRestorePadding},
};

}  // namespace

absl::Span<const Rule> ContribAttentionProjectedRules() { return kContribAttentionProjectedRules; }

}  // namespace symshape::rules
