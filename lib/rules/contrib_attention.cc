// onnxruntime's attentions with separate queries, keys and values: MultiHeadAttention,
// GroupQueryAttention and their kin. With the projection inside: contrib_attention_projected.cc.
#include "absl/strings/str_cat.h"
#include "rules/attention_operands.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

int64_t HeadsOf(const Operands& in) { return in.Int("num_heads", 0); }

// How MultiHeadAttention's keys and values come.
struct KeyValue {
  std::optional<Expr> sequence;  // T, the length of the keys that are given
  std::optional<Expr> hidden;    // of a value: heads * head_size
  std::optional<Expr> key_head_size;
  std::optional<Expr> value_head_size;
};

// query [B, S, H]: key [B, T, H], [B, T, N, 2, D] (value inside) or [B, N, T, D];
//                  value [B, T, Hv] or [B, N, T, Dv].
// query [B, S, N, 3, D]: both inside.
KeyValue ReadKeyValue(const ShapeView& query, const ShapeView& key, const ShapeView& value,
                      int64_t heads) {
  KeyValue kv;
  if (query.rank() == 5) return {query[1], query[2] * query[4], query[4], query[4]};
  if (key.has_rank() && key.rank() == 5) return {key[1], key[2] * key[4], key[4], key[4]};
  if (key.has_rank() && key.rank() == 4) {
    kv.sequence = key[2];
    kv.key_head_size = key[3];
  } else if (key.has_rank() && key.rank() == 3) {
    kv.sequence = key[1];
    if (heads > 0) kv.key_head_size = FloorDiv(key[2], heads);
  }
  if (value.has_rank() && value.rank() == 4) {
    kv.hidden = value[1] * value[3];
    kv.value_head_size = value[3];
  } else if (value.has_rank() && value.rank() == 3) {
    kv.hidden = value[2];
    if (heads > 0) kv.value_head_size = FloorDiv(value[2], heads);
  }
  return kv;
}

// Present keys or values. With a shared buffer they are the past's; else P + T long.
void SetPresent(const Operands& in, int past_index, bool shared, Expr batch, int64_t heads,
                std::optional<Expr> sequence, std::optional<Expr> head_size, int output,
                Results& out) {
  if (!out.wanted(output)) return;
  const ShapeView past = in.shape(past_index);
  const bool past_known = past.has_rank() && past.rank() == 4;
  if (in.has(past_index) && shared) {
    if (past_known) out.SetShape(output, past);
    return;
  }
  const std::string stem = StemAt("total_sequence", output);
  Expr total = sequence.has_value() ? *sequence : out.Fresh(stem);
  if (in.has(past_index)) total = past_known ? past[2] + total : out.Fresh(stem);
  const Expr size = head_size.has_value() ? *head_size
                    : past_known          ? past[3]
                                          : out.Fresh(StemAt("head_size", output));
  out.SetShape(output, ShapeBuilder({batch, in.Const(heads), total, size}));
}

// What keys and values have to be: of the query's batch and width, both as long, and of whole
// heads. One of rank 4 comes as the cache has it, and then both are the same. Packed ones (rank 5)
// run on GPUs only: nothing is said of them.
void RequireKeyValue(const ShapeView& query, const ShapeView& key, const ShapeView& value,
                     int64_t heads, Results& out) {
  const auto rank_is = [](const ShapeView& s, int rank) {
    return s.has_rank() && s.rank() == rank;
  };
  if (query.rank() != 3) return;
  RequireSameAxes(query, key, 1, "query and key, batch", out);
  RequireSameAxes(query, value, 1, "query and value, batch", out);
  if (rank_is(key, 3)) {
    RequireSameSize(query[2], key[2], "query and key, width", out);
    out.Require(Divides(heads, query[2]), {"num_heads ", heads, " divides ", query[2]});
  }
  if (rank_is(value, 3))
    out.Require(Divides(heads, value[2]), {"num_heads ", heads, " divides ", value[2]});
  if (rank_is(key, 3) && rank_is(value, 3))
    RequireSameSize(key[1], value[1], "key and value, length", out);
  if (rank_is(key, 4)) {
    RequireSameSize(key[1], Expr(key[1].context(), heads), "key, num_heads", out);
    RequireSameSize(query[2], key[3] * heads, "query and key, width", out);
    if (rank_is(value, 4)) RequireSameAxes(key, value, 4, "key and value", out);
  }
}

// Pasts [B, N, P, D] fit the query [B, S, N*D], both by its D, and are as long.
void RequirePasts(const Operands& in, int past_index, const ShapeView& query, int64_t heads,
                  Results& out) {
  const ShapeView pasts[] = {in.shape(past_index), in.shape(past_index + 1)};
  for (const ShapeView& past : pasts) {
    if (!past.has_rank() || past.rank() != 4 || query.rank() != 3) continue;
    RequireSameSize(past[0], query[0], "past and query, batch", out);
    RequireSameSize(past[1], in.Const(heads), "past, num_heads", out);
    RequireSameSize(past[3], FloorDiv(query[2], heads), "past and query, head size", out);
  }
  if (pasts[0].has_rank() && pasts[1].has_rank() && pasts[0].rank() == 4 && pasts[1].rank() == 4) {
    RequireSameSize(pasts[0][2], pasts[1][2], "past_key and past_value, length", out);
  }
}

// Where MultiHeadAttention and its kin have their operands, behind query, key and value.
struct MultiHeadOperands {
  int bias;
  int mask;
  int attention_bias;
  int past;  // past_value follows it
};

void RequireBias(const Operands& in, int index, const ShapeView& query, const KeyValue& kv,
                 Results& out) {
  const ShapeView bias = in.shape(index);
  if (!bias.has_rank() || bias.rank() != 1 || query.rank() != 3 || !kv.hidden.has_value()) return;
  RequireSameSize(bias[0], 2 * query[2] + *kv.hidden, "bias and the widths of query, key and value",
                  out);
}

// query, key, value, bias, mask, attention_bias, past_key, past_value, past_sequence_length
// -> [B, S, Hv], present_key, present_value, Q*K [B, N, S, total]
// Source: onnxruntime contrib_ops/cpu/bert/multihead_attention_helper.h.
absl::Status SetMultiHead(const Operands& in, const MultiHeadOperands& at, bool shared,
                          Results& out) {
  for (int output = 0; output < 4; ++output) SetTypeLike(in, {0}, out, output);
  const ShapeView query = in.shape(0);
  if (!query.has_rank()) return absl::OkStatus();
  if (query.rank() != 3 && query.rank() != 5) {
    return absl::InvalidArgumentError(absl::StrCat("query has rank 3 or 5, not ", query.rank()));
  }
  const int64_t heads = HeadsOf(in);
  if (heads < 1) return absl::InvalidArgumentError("num_heads is at least 1");
  const KeyValue kv = ReadKeyValue(query, in.shape(1), in.shape(2), heads);
  // The kernel divides by the width of a head, and dies where that is 0.
  if (query.rank() == 3)
    out.Require(Ge(query[2], 1), {"width ", query[2], " of query: at least 1"});
  if (kv.hidden.has_value())
    out.Require(Ge(*kv.hidden, 1), {"width ", *kv.hidden, " of value: at least 1"});
  RequireKeyValue(query, in.shape(1), in.shape(2), heads, out);
  if (in.has(1)) {  // else the query's width is that of all three
    RequirePasts(in, at.past, query, heads, out);
    RequireBias(in, at.bias, query, kv, out);
  }
  const bool like_query = query.rank() == 3 && !in.has(2) && !in.has(1);
  const Expr hidden = kv.hidden.has_value() ? *kv.hidden
                      : like_query          ? FloorDiv(query[2], 3)  // Q, K and V side by side
                                            : out.Fresh("hidden");
  out.SetShape(0, ShapeBuilder({query[0], query[1], hidden}));
  SetPresent(in, at.past, shared, query[0], heads, kv.sequence, kv.key_head_size, 1, out);
  SetPresent(in, at.past + 1, shared, query[0], heads, kv.sequence, kv.value_head_size, 2, out);
  const ShapeView past = in.shape(at.past);
  if (shared || !kv.sequence.has_value()) return absl::OkStatus();
  if (in.has(at.past) && !(past.has_rank() && past.rank() == 4)) return absl::OkStatus();
  const Expr total = in.has(at.past) ? past[2] + *kv.sequence : *kv.sequence;
  const AttentionSizes sizes{query[0], in.Const(heads), query[1], total};
  RequirePaddingMask(in, at.mask, sizes, out);
  RequireAttentionBias(in, at.attention_bias, sizes, out);
  out.SetShape(3, ShapeBuilder({query[0], in.Const(heads), query[1], total}));
  return absl::OkStatus();
}

absl::Status InferMultiHeadAttention(const Operands& in, Results& out) {
  return SetMultiHead(in, {.bias = 3, .mask = 4, .attention_bias = 5, .past = 6}, in.has(8), out);
}

// query, key, value, mask_index, attention_bias, past_key, past_value, past_sequence_length,
// beam_width, cache_indirection, bias
absl::Status InferDecoderMaskedMultiHeadAttention(const Operands& in, Results& out) {
  if (const ShapeView query = in.shape(0); query.has_rank() && query.rank() == 3) {
    RequireSameSize(query[1], in.Const(1), "sequence", out);
    if (const ShapeView value = in.shape(2); value.has_rank() && value.rank() == 3) {
      RequireSameSize(query[2], value[2], "query and value, width", out);
    }
  }
  return SetMultiHead(in, {.bias = 10, .mask = 3, .attention_bias = 4, .past = 5},
                      in.Int("past_present_share_buffer", 0) != 0, out);
}

// query [B, S, Hq*D], or [B, S, (Hq + 2*Hkv)*D] where key and value are inside
struct GroupQuery {
  Expr head_size;
  Expr hidden;  // Hq*D
};

absl::StatusOr<GroupQuery> ReadGroupQuery(const Operands& in, Expr width, Results& out) {
  const int64_t heads = HeadsOf(in);
  const int64_t kv_heads = in.Int("kv_num_heads", 0);
  if (heads < 1 || kv_heads < 1) {
    return absl::InvalidArgumentError("num_heads and kv_num_heads are at least 1");
  }
  const int64_t parts = in.has(1) ? heads : heads + 2 * kv_heads;
  out.Require(Divides(parts, width), {parts, " heads divide ", width});
  const Expr head_size = FloorDiv(width, parts);
  return GroupQuery{head_size, head_size * heads};
}

// What a cache of past keys or values [B, Hkv, P, D] has to be. Quantized ones hold D packed.
void RequireCache(const Operands& in, int index, Expr batch, Expr head_size, Results& out) {
  const ShapeView past = in.shape(index);
  if (!past.has_rank() || past.rank() != 4) return;
  RequireSameSize(past[0], batch, "past and query, batch", out);
  RequireSameSize(past[1], in.Const(in.Int("kv_num_heads", 0)), "past, kv_num_heads", out);
  if (in.Int("kv_cache_bit_width", 0) != 0) return;
  RequireSameSize(past[3], head_size, "past and query, head size", out);
}

// Keys and values [B, T, Hkv*D] beside the query; the pasts [B, Hkv, P, D] and the caches of angles
// are as long as each other.
void RequireGroup(const Operands& in, Expr batch, Expr head_size, Results& out) {
  const ShapeView key = in.shape(1), value = in.shape(2);
  if (key.has_rank() && key.rank() == 3) {
    RequireSameSize(key[0], batch, "key and query, batch", out);
    RequireSameSize(key[2], head_size * in.Int("kv_num_heads", 0),
                    "key, kv_num_heads heads of the query's size", out);
    if (value.has_rank() && value.rank() == 3) RequireSameAxes(key, value, 3, "key and value", out);
  }
  const ShapeView keys = in.shape(3), values = in.shape(4);
  if (keys.has_rank() && values.has_rank() && keys.rank() == 4 && values.rank() == 4) {
    RequireSameSize(keys[2], values[2], "past_key and past_value, length", out);
  }
}

// The lengths that fit together: S queries and as many new keys after P past ones make total, or
// the past is a buffer with room for total. A key of length 0 (the cache is another node's) is let
// be.
void RequireLengths(const Operands& in, Expr batch, Expr sequence, Expr total, Results& out) {
  out.Require(Ge(total, 1), {"total_sequence_length ", total, " is at least 1"});
  out.Require(Ge(sequence, 1), {"sequence ", sequence, " is at least 1"});
  const ShapeView key = in.shape(1);
  const bool as_many =
      !in.has(1) || (key.has_rank() && key.rank() == 3 && key[1].dim() == sequence.dim());
  if (!as_many) return;
  out.Require(Ge(total, sequence),
              {"total_sequence_length ", total, " has room for sequence ", sequence});
  if (!in.has(3)) {
    RequireSameSize(total, sequence, "total_sequence_length and sequence, without a past", out);
    return;
  }
  const ShapeView past = in.shape(3);
  if (!past.has_rank() || past.rank() != 4) return;
  const Fact fits_buffer = Le(total, past[2]);
  out.RequireUnless({fits_buffer}, Eq(total, past[2] + sequence),
                    {"total_sequence_length ", total, " is past ", past[2], " + sequence ",
                     sequence, ", or at most past"});
  const Fact alternatives[] = {Le(sequence, 1), Eq(sequence, total)};
  out.RequireUnless(alternatives, Eq(batch, 1),
                    {"batch ", batch, " is 1 where more than one query follows a past"});
}

// query, key, value, past_key (3), past_value (4), seqlens_k, total_sequence_length (6), cos_cache
// (7) -> [B, S, Hq*D], present [B, Hkv, max(P, total), D]
// Source: onnxruntime contrib_ops/cpu/bert/group_query_attention_helper.h.
absl::Status InferGroupQueryAttention(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {3, 0}, out, 1);
  SetTypeLike(in, {4, 0}, out, 2);
  SetTypeLike(in, {0}, out, 3);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const ShapeView query = in.shape(0);
  if (!query.has_rank()) return absl::OkStatus();
  const absl::StatusOr<GroupQuery> group = ReadGroupQuery(in, query[2], out);
  if (!group.ok()) return group.status();
  out.SetShape(0, ShapeBuilder({query[0], query[1], group->hidden}));
  const int64_t divisor = in.Int("do_rotary", 0) != 0 ? 16 : 8;
  out.Require(Divides(divisor, group->head_size),
              {divisor, " divides the head size ", group->head_size});
  RequireGroup(in, query[0], group->head_size, out);
  RequireLength(in, 5, query[0], "seqlens_k and batch", out);
  if (const ShapeView key = in.shape(1);
      key.has_rank() && key.rank() == 3 && key[1].dim() != query[1].dim()) {
    const Fact shared[] = {Eq(key[1], 0)};  // the keys are in the past of another node
    out.RequireUnless(in.has(3) ? absl::MakeConstSpan(shared) : absl::Span<const Fact>(),
                      Eq(key[1], query[1]),
                      {"key of ", key[1], " and query of ", query[1], ", length: equal"});
  }
  RequireSameAxes(in.shape(7), in.shape(8), 2, "cos_cache and sin_cache", out);
  if (const ShapeView cosines = in.shape(7);
      in.Int("do_rotary", 0) != 0 && cosines.has_rank() && cosines.rank() == 2) {
    out.Require(Le(cosines[1] * 2, group->head_size),
                {"cos_cache of ", cosines[1], ": at most half of a head of ", group->head_size});
    out.Require(Divides(8, cosines[1]), {"8 divides cos_cache's ", cosines[1]});
  }
  const std::optional<Expr> total = in.Scalar(6);
  if (total.has_value()) {
    RequireLengths(in, query[0], query[1], *total, out);
    const ShapeView cosines = in.shape(7);
    if (in.Int("do_rotary", 0) != 0 && cosines.has_rank() && cosines.rank() == 2) {
      out.Require(Ge(cosines[0], *total),
                  {"cos_cache of ", cosines[0], " has room for total_sequence_length ", *total});
    }
  }
  for (int i = 0; i < 2; ++i) {
    if (in.has(3 + i)) RequireCache(in, 3 + i, query[0], group->head_size, out);
    const ShapeView past = in.shape(3 + i);
    const bool past_known = past.has_rank() && past.rank() == 4;
    std::optional<Expr> length = total;
    if (in.has(3 + i)) {
      length = std::nullopt;
      if (past_known && total.has_value()) length = Max(past[2], *total);
    }
    out.SetShape(1 + i, ShapeBuilder({query[0], in.Const(in.Int("kv_num_heads", 0)),
                                      length.has_value() ? *length
                                                         : out.Fresh(StemAt("present_sequence", i)),
                                      past_known ? past[3] : group->head_size}));
  }
  if (total.has_value()) {
    out.SetShape(3, ShapeBuilder({query[0], in.Const(HeadsOf(in)), query[1], *total}));
  }
  return absl::OkStatus();
}

// query [a..., Hq*D] of `rank` axes, or with key and value inside, two caches (3 and 4) that are
// written in place -> [a..., Hq*D], the caches
absl::Status SetWithCaches(const Operands& in, int rank, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetLike(in, 3, out, 1);
  SetLike(in, 4, out, 2);
  if (absl::Status s = CheckRank(in, 0, rank); !s.ok()) return s;
  const ShapeView query = in.shape(0);
  if (!query.has_rank()) return absl::OkStatus();
  const absl::StatusOr<GroupQuery> group = ReadGroupQuery(in, query[rank - 1], out);
  if (!group.ok()) return group.status();
  const int64_t v_head_size = in.Int("v_head_size", 0);
  ShapeBuilder y(query.dims());
  y.Set(rank - 1, v_head_size > 0 ? in.Const(v_head_size * HeadsOf(in)) : group->hidden);
  out.SetShape(0, y);
  return absl::OkStatus();
}

// query [tokens, Hq*D], key, value, key_cache, value_cache …
absl::Status InferPagedAttention(const Operands& in, Results& out) {
  return SetWithCaches(in, 2, out);
}

// query [B, S, Hq*D], key, value [B, S, Hkv*D], past_key, past_value [B, Hkv, P, D] with room for
// the total length (7) …
// Source: onnxruntime contrib_ops/cpu/sparse/sparse_attention_helper.h.
absl::Status InferSparseAttention(const Operands& in, Results& out) {
  const absl::Status status = SetWithCaches(in, 3, out);
  const ShapeView query = in.shape(0), past = in.shape(3);
  if (!status.ok() || !query.has_rank() || !in.has(1)) return status;
  const Expr head_size = FloorDiv(query[2], HeadsOf(in));
  RequireGroup(in, query[0], head_size, out);
  RequireSameAxes(query, in.shape(1), 2, "query and key", out);
  for (int i : {3, 4}) RequireCache(in, i, query[0], head_size, out);
  const std::optional<Expr> total = in.Scalar(7);
  if (total && past.has_rank() && past.rank() == 4) {
    out.Require(Ge(past[2], *total),
                {"past of ", past[2], " has room for a total length of ", *total});
  }
  return status;
}

// query [tokens, H] or [tokens, N, 3, D], key, value [tokens, Hv] -> [tokens, Hv]
absl::Status InferPackedMultiHeadAttention(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView query = in.shape(0);
  if (!query.has_rank()) return absl::OkStatus();
  if (query.rank() == 4) {
    out.SetShape(0, ShapeBuilder({query[0], query[1] * query[3]}));
  } else if (query.rank() == 2) {
    const ShapeView value = in.shape(2);
    const bool known = value.has_rank() && value.rank() == 2;
    out.SetShape(0, ShapeBuilder({query[0], known ? value[1] : out.Fresh("hidden")}));
  }
  return absl::OkStatus();
}

// emb, q, q_rot, k, k_rot -> like q, like k
absl::Status InferGemmaRotaryEmbedding(const Operands& in, Results& out) {
  SetLike(in, 1, out, 0);
  SetLike(in, 3, out, 1);
  return absl::OkStatus();
}

constexpr Rule kContribAttentionRules[] = {
    {kMicrosoft, "DecoderMaskedMultiHeadAttention", 1, InferDecoderMaskedMultiHeadAttention},
    {kMicrosoft, "GemmaRotaryEmbedding", 1, InferGemmaRotaryEmbedding},
    {kMicrosoft, "GroupQueryAttention", 1, InferGroupQueryAttention},
    {kMicrosoft, "MultiHeadAttention", 1, InferMultiHeadAttention},
    {kMicrosoft, "PackedMultiHeadAttention", 1, InferPackedMultiHeadAttention},
    {kMicrosoft, "PagedAttention", 1, InferPagedAttention},
    {kMicrosoft, "SparseAttention", 1, InferSparseAttention},
    {kMicrosoft, "SparsePagedAttention", 1, InferPagedAttention},
};

}  // namespace

absl::Span<const Rule> ContribAttentionRules() { return kContribAttentionRules; }

}  // namespace symshape::rules
