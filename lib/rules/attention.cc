// Attention, FlexAttention and RotaryEmbedding of ONNX itself; Attention from version 25 on:
// attention_body.cc. onnxruntime's own attentions: contrib_attention.cc.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/attention_body.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// One of Q, K, V, X: [B, heads, S, head_size], or [B, S, heads*head_size] with the heads as an
// attribute.
struct Heads {
  Expr batch;
  Expr heads;
  Expr sequence;
  Expr head_size;
};

absl::StatusOr<Heads> ReadHeads(const Operands& in, const ShapeView& s, absl::string_view attribute,
                                Results& out) {
  if (s.rank() == 4) return Heads{s[0], s[1], s[2], s[3]};
  if (s.rank() != 3) {
    return absl::InvalidArgumentError(absl::StrCat("an operand has rank 3 or 4, not ", s.rank()));
  }
  const int64_t heads = in.Int(attribute, 0);
  if (heads < 1) return absl::InvalidArgumentError(absl::StrCat("no attribute ", attribute));
  out.Require(Divides(heads, s[2]), {attribute, " ", heads, " divides ", s[2]});
  return Heads{s[0], in.Const(heads), s[1], FloorDiv(s[2], heads)};
}

// Source: onnxruntime core/providers/cpu/llm/attention_parameters.h, checkParameters.
void RequireNotEmpty(const Heads& h, absl::string_view what, Results& out) {
  for (Expr size : {h.batch, h.heads, h.sequence, h.head_size}) {
    out.Require(Ge(size, 1), {"size ", size, " of ", what, " is at least 1"});
  }
}

// past_key [B, heads, P, D] and past_value [B, heads, P, Dv] continue K and V.
void RequirePast(const Operands& in, const Heads& key, const Heads& value, Results& out) {
  for (int i : {4, 5}) {
    const ShapeView past = in.shape(i);
    if (!past.has_rank() || past.rank() != 4) continue;
    const Heads& now = i == 4 ? key : value;
    RequireSameSize(past[0], now.batch, "batch of past and present", out);
    RequireSameSize(past[1], now.heads, "heads of past and present", out);
    RequireSameSize(past[3], now.head_size, "head size of past and present", out);
  }
  const ShapeView keys = in.shape(4), values = in.shape(5);
  if (keys.has_rank() && values.has_rank() && keys.rank() == 4 && values.rank() == 4) {
    RequireSameSize(keys[2], values[2], "length of past_key and past_value", out);
  }
}

// attn_mask [S, P + T], with or without the heads and the batch before them, which may be 1.
absl::Status CheckMask(const Operands& in, const Heads& query, Expr total, Results& out) {
  const ShapeView mask = in.shape(3);
  if (!mask.has_rank()) return absl::OkStatus();
  const int rank = mask.rank();
  if (rank < 2 || rank > 4) {
    return absl::InvalidArgumentError(absl::StrCat("attn_mask has rank 2 to 4, not ", rank));
  }
  RequireSameSize(mask[rank - 1], total, "attn_mask and the length of K with its past", out);
  RequireSameSize(mask[rank - 2], query.sequence, "attn_mask and the length of Q", out);
  if (rank > 2) RequireOneOrSame(mask[rank - 3], query.heads, "heads of attn_mask", out);
  if (rank > 3) RequireOneOrSame(mask[0], query.batch, "batch of attn_mask", out);
  return absl::OkStatus();
}

// Q [B, Hq, S, D], K [B, Hkv, T, D], V [B, Hkv, T, Dv], past [B, Hkv, P, …] ->
// Y [B, Hq, S, Dv] or, where Q has rank 3, [B, S, Hq*Dv]; present [B, Hkv, P + T, …]; Q*K
// [B, Hq, S, P + T].
// FlexAttention has rank 4 and Y only; its graphs keep the shape of the scores.
// Nothing is empty, and the heads of K and V divide those of Q.
// Source: ONNX Attention-23, 24, ai.onnx.preview FlexAttention-1; onnxruntime
// core/providers/cpu/llm/attention_helper.h, attention_parameters.h.
absl::Status InferAttention(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {1, 0}, out, 1);
  SetTypeLike(in, {2, 0}, out, 2);
  SetTypeLike(in, {0}, out, 3);
  const ShapeView q = in.shape(0);
  const ShapeView k = in.shape(1);
  const ShapeView v = in.shape(2);
  if (!q.has_rank() || !k.has_rank() || !v.has_rank()) return absl::OkStatus();
  const absl::StatusOr<Heads> query = ReadHeads(in, q, "q_num_heads", out);
  if (!query.ok()) return query.status();
  const absl::StatusOr<Heads> key = ReadHeads(in, k, "kv_num_heads", out);
  if (!key.ok()) return key.status();
  const absl::StatusOr<Heads> value = ReadHeads(in, v, "kv_num_heads", out);
  if (!value.ok()) return value.status();
  RequireSameSize(query->batch, key->batch, "batch of Q and K", out);
  RequireSameSize(query->batch, value->batch, "batch of Q and V", out);
  RequireSameSize(key->sequence, value->sequence, "length of K and V", out);
  RequireSameSize(key->heads, value->heads, "heads of K and V", out);
  if (in.op() == "FlexAttention") {
    RequireOneOrSame(key->head_size, query->head_size, "head size of Q and K", out);
  } else {
    RequireSameSize(query->head_size, key->head_size, "head size of Q and K", out);
    RequireNotEmpty(*query, "Q", out);
    RequireNotEmpty(*key, "K", out);
    RequireNotEmpty(*value, "V", out);
  }
  if (!key->heads.is(1) && key->heads.dim() != query->heads.dim()) {
    out.Require(Divides(key->heads, query->heads),
                {"heads of K, ", key->heads, ", divide those of Q, ", query->heads});
  }
  Expr total = key->sequence;
  if (in.has(4)) {
    const ShapeView past = in.shape(4);
    total = past.has_rank() && past.rank() == 4 ? past[2] + total : out.Fresh("total_sequence");
    RequirePast(in, *key, *value, out);
  }
  if (absl::Status s = CheckMask(in, *query, total, out); !s.ok()) return s;
  RequireLength(in, 6, query->batch, "nonpad_kv_seqlen and the batch", out);
  if (q.rank() == 4) {
    out.SetShape(0, ShapeBuilder({query->batch, query->heads, query->sequence, value->head_size}));
  } else {
    out.SetShape(0, ShapeBuilder({query->batch, query->sequence, query->heads * value->head_size}));
  }
  out.SetShape(1, ShapeBuilder({key->batch, key->heads, total, key->head_size}));
  out.SetShape(2, ShapeBuilder({value->batch, value->heads, total, value->head_size}));
  out.SetShape(3, ShapeBuilder({query->batch, query->heads, query->sequence, total}));
  return absl::OkStatus();
}

// The width of a cache is half of what is turned: of rotary_embedding_dim, else of the whole head.
void RequireCaches(const Operands& in, std::initializer_list<Expr> sizes, Results& out) {
  for (int i : {1, 2}) {
    const ShapeView cache = in.shape(i);
    if (!cache.has_rank()) continue;
    int axis = cache.rank() - static_cast<int>(sizes.size());
    for (Expr size : sizes) RequireSameSize(cache[axis++], size, "cache and X", out);
  }
}

// X [B, heads, S, D] or [B, S, heads*D], cos_cache and sin_cache [positions, D/2] with position_ids
// [B, S], else [B, S, D/2] -> like X
// Source: ONNX RotaryEmbedding-23; onnxruntime core/providers/cpu/llm/rotary_embedding_helper.h.
absl::Status InferRotaryEmbedding(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  for (int i : {1, 2}) {
    if (absl::Status s = CheckRank(in, i, in.has(3) ? 2 : 3); !s.ok()) return s;
  }
  if (!x.has_rank()) return absl::OkStatus();
  const absl::StatusOr<Heads> heads = ReadHeads(in, x, "num_heads", out);
  if (!heads.ok()) return heads.status();
  const int64_t turned = in.Int("rotary_embedding_dim", 0);
  if (turned > 0) {
    out.Require(Ge(heads->head_size, turned),
                {"rotary_embedding_dim ", turned, " of a head of ", heads->head_size});
  }
  const Expr half = FloorDiv(turned > 0 ? in.Const(turned) : heads->head_size, 2);
  if (!in.has(3)) {
    RequireCaches(in, {heads->batch, heads->sequence, half}, out);
    return absl::OkStatus();
  }
  RequireCaches(in, {half}, out);
  RequireSameAxes(in.shape(1), in.shape(2), 2, "cos_cache and sin_cache", out);
  const ShapeView positions = in.shape(3);
  if (positions.has_rank() && positions.rank() == 2) {
    RequireSameSize(positions[0], heads->batch, "batch of X and position_ids", out);
    RequireSameSize(positions[1], heads->sequence, "length of X and position_ids", out);
  }
  for (int i : {1, 2}) {
    const ShapeView cache = in.shape(i);
    if (!cache.has_rank() || Surely(in, Le(heads->sequence, cache[0]))) continue;
    out.Require(Le(heads->sequence, cache[0]),
                {"sequence of ", heads->sequence, " in a cache of ", cache[0], " positions"});
  }
  return absl::OkStatus();
}

absl::Status CheckTurned(const ShapeView& x) {
  if (!x.has_rank() || x.rank() == 3 || x.rank() == 4) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("X has rank 3 or 4, not ", x.rank()));
}

// The caches are [positions, half of what is turned]. Of an X of rank 3 without num_heads, they
// tell the head size.
void RequireContribCaches(const Operands& in, const ShapeView& x, Results& out) {
  const ShapeView cache = in.shape(2);
  if (!cache.has_rank() || cache.rank() != 2) return;
  RequireSameAxes(cache, in.shape(3), 2, "cos_cache and sin_cache", out);
  const int64_t heads = in.Int("num_heads", 0);
  const int64_t turned = in.Int("rotary_embedding_dim", 0);
  if (x.rank() == 3 && heads < 1) {
    out.Require(Ge(cache[1], 1), {"cos_cache of ", cache[1], " tells a head size"});
    out.Require(Eq(Mod(x[2], 2 * cache[1]), 0),
                {"heads twice as wide as cos_cache, ", cache[1], ", divide ", x[2]});
    return;
  }
  if (x.rank() == 3) out.Require(Divides(heads, x[2]), {"num_heads ", heads, " divides ", x[2]});
  const Expr head_size = x.rank() == 4 ? x[3] : FloorDiv(x[2], heads);
  const Expr half = FloorDiv(head_size, 2);
  if (turned < 1) {
    RequireSameSize(cache[1], half, "cos_cache and X", out);
    return;
  }
  out.Require(Ge(head_size, turned),
              {"rotary_embedding_dim ", turned, " of a head of ", head_size});
  const Fact whole[] = {Eq(cache[1], half)};
  if (!cache[1].is(turned / 2)) {
    out.RequireUnless(
        whole, Eq(cache[1], turned / 2),
        {"cos_cache of ", cache[1], ": half of rotary_embedding_dim ", turned, " or of the head"});
  }
}

// Of an MRotaryEmbedding the sections are half of what is turned, which is even unless X is empty.
// Source: onnxruntime contrib_ops/cpu/bert/mrotary_embedding_helper.h, CheckInputs.
void RequireSections(const Operands& in, const ShapeView& x, Results& out) {
  const int64_t heads = in.Int("num_heads", 0), given = in.Int("rotary_embedding_dim", 0);
  if (x.rank() == 3 && heads < 1) return;
  const Expr turned = given > 0 ? in.Const(given) : x.rank() == 4 ? x[3] : FloorDiv(x[2], heads);
  out.RequireUnlessZero(x.dims(), Divides(2, turned),
                        {"what is turned of a head, ", turned, ", is even"});
  const auto sections = in.IntList("mrope_section");
  if (!sections) return;
  int64_t sum = 0;
  for (int64_t section : *sections) sum += section;
  RequireSameSize(FloorDiv(turned, 2), in.Const(sum), "half of what is turned and mrope_section",
                  out);
}

// position_ids are [1] or [B, S]; MRotaryEmbedding's [3, B, S].
void RequirePositions(const Operands& in, Expr batch, Expr sequence, Results& out) {
  const ShapeView positions = in.shape(1);
  if (!positions.has_rank()) return;
  if (positions.rank() == 1) RequireSameSize(positions[0], in.Const(1), "position_ids", out);
  if (positions.rank() == 3) RequireSameSize(positions[0], in.Const(3), "position_ids", out);
  if (positions.rank() < 2) return;
  RequireSameSize(positions[positions.rank() - 2], batch, "batch of X and position_ids", out);
  RequireSameSize(positions[positions.rank() - 1], sequence, "length of X and position_ids", out);
}

// X [B, heads, S, D] or [B, S, heads*D], position_ids, cos_cache, sin_cache [positions, D/2] ->
// like X. The heads are told by an attribute, where they are told at all.
// Source: onnxruntime contrib_ops/cpu/bert/rotary_embedding_helper.h.
absl::Status InferContribRotaryEmbedding(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (absl::Status s = CheckTurned(x); !s.ok()) return s;
  if (!x.has_rank()) return absl::OkStatus();
  RequireContribCaches(in, x, out);
  if (in.op() == "MRotaryEmbedding") RequireSections(in, x, out);
  const Expr sequence = x[x.rank() - 2];
  RequirePositions(in, x[0], sequence, out);
  const ShapeView cache = in.shape(2);
  if (!cache.has_rank() || cache.rank() != 2 || in.Int("is_packed_batching", 0) != 0)
    return absl::OkStatus();
  if (!Surely(in, Le(sequence, cache[0]))) {
    out.Require(Le(sequence, cache[0]),
                {"sequence of ", sequence, " in a cache of ", cache[0], " positions"});
  }
  return absl::OkStatus();
}

constexpr Rule kAttentionRules[] = {
    {kOnnx, "Attention", 23, InferAttention},
    {kOnnx, "Attention", 25, InferAttentionBody},
    {kOnnx, "RotaryEmbedding", 23, InferRotaryEmbedding},
    {kMicrosoft, "MRotaryEmbedding", 1, InferContribRotaryEmbedding},
    {kMicrosoft, "RotaryEmbedding", 1, InferContribRotaryEmbedding},
    {kOnnxPreview, "FlexAttention", 1, InferAttention},
};

}  // namespace

absl::Span<const Rule> AttentionRules() { return kAttentionRules; }

}  // namespace symshape::rules
