// onnxruntime's attentions that read selected keys only, and the indexers that select them.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// How many entries an indexer selects for a token: token_budget + compress_ratio - 1 (policy qsa),
// or index_topk (csa).
absl::StatusOr<Expr> Capacity(const Operands& in) {
  const absl::string_view policy = in.String("policy_mode");
  if (policy == "csa") return in.Const(in.Int("index_topk", 0));
  if (policy == "qsa") {
    return in.Const(in.Int("token_budget", 0) + in.Int("compress_ratio", 0) - 1);
  }
  return absl::InvalidArgumentError(absl::StrCat("policy_mode is qsa or csa, not ", policy));
}

// query [B, S, N*D], key, …, past_key (7) [B, P, D], past_sequence_length (12) ->
// selected_indices [B, S, capacity], present_key, present_proj_buffer [2, B, ?, 2*D]
// Source: onnxruntime contrib_defs.cc, SparseAttentionIndexer.
absl::Status InferIndexer(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  SetTypeLike(in, {7, 0}, out, 1);
  SetTypeLike(in, {0}, out, 2);
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const absl::StatusOr<Expr> capacity = Capacity(in);
  if (!capacity.ok()) return capacity.status();
  const ShapeView query = in.shape(0);
  const ShapeView past = in.shape(7);
  if (query.has_rank()) out.SetShape(0, ShapeBuilder({query[0], query[1], *capacity}));
  if (!past.has_rank() || past.rank() != 3) return absl::OkStatus();
  if (in.has(12)) {
    out.SetShape(1, past);
  } else if (in.String("policy_mode") == "qsa" && query.has_rank()) {
    out.SetShape(1, ShapeBuilder({past[0], past[1] + query[1], past[2]}));
  } else {
    out.SetShape(1, ShapeBuilder({past[0], out.Fresh("compressed_keys"), past[2]}));
  }
  out.SetShape(2, ShapeBuilder({in.Const(2), past[0], out.Fresh("buffered"), past[2] * 2}));
  return absl::OkStatus();
}

// query [tokens, N*D] …, past_key_state (12), past_kv_buffer (13), past_gate_buffer (14),
// past_state_lengths (15) -> selected_indices [tokens, capacity], selected_counts [tokens], the
// states, state_update [B, update capacity, D], indexshare_status [tokens], state_status [B]
absl::Status InferPackedIndexer(const Operands& in, Results& out) {
  for (int output : {0, 1, 7, 8}) out.SetType(output, ElementType::kInt32);
  for (int i = 0; i < 4; ++i) SetLike(in, 12 + i, out, 2 + i);
  SetTypeLike(in, {0}, out, 6);
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  const absl::StatusOr<Expr> capacity = Capacity(in);
  if (!capacity.ok()) return capacity.status();
  const ShapeView query = in.shape(0);
  const ShapeView state = in.shape(12);
  if (query.has_rank()) {
    const int64_t fixed = in.Int("max_output_entries", 0);
    out.SetShape(0, ShapeBuilder({query[0], fixed > 0 ? in.Const(fixed) : *capacity}));
    out.SetShape(1, ShapeBuilder({query[0]}));
    out.SetShape(7, ShapeBuilder({query[0]}));
  }
  if (state.has_rank() && state.rank() == 3) {
    const Expr updates = in.Const(in.Int("state_update_capacity", 0));
    out.SetShape(6, ShapeBuilder({state[0], updates, state[2]}));
    out.SetShape(8, ShapeBuilder({state[0]}));
  }
  return absl::OkStatus();
}

// base_indices, base_counts, base_row_indices (2) [N] -> [N, max_output_entries], [N], [N]
absl::Status InferIndexerMerge(const Operands& in, Results& out) {
  for (int output = 0; output < 3; ++output) out.SetType(output, ElementType::kInt32);
  const std::optional<int64_t> entries = in.Int("max_output_entries");
  if (!entries.has_value()) return absl::InvalidArgumentError("no attribute max_output_entries");
  if (absl::Status s = CheckRank(in, 2, 1); !s.ok()) return s;
  const ShapeView rows = in.shape(2);
  if (!rows.has_rank()) return absl::OkStatus();
  out.SetShape(0, ShapeBuilder({rows[0], in.Const(*entries)}));
  out.SetShape(1, rows);
  out.SetShape(2, rows);
  return absl::OkStatus();
}

// query [B, S, Hq*D], or with key and value inside -> its width Hq*D
absl::StatusOr<Expr> QueryWidth(const Operands& in, Expr width) {
  const int64_t heads = in.Int("num_heads", 0);
  const int64_t kv_heads = in.Int("kv_num_heads", 0);
  if (heads < 1 || kv_heads < 1) {
    return absl::InvalidArgumentError("num_heads and kv_num_heads are at least 1");
  }
  if (in.has(1)) return width;
  return FloorDiv(width, heads + 2 * kv_heads) * heads;
}

// query, key, value, past_key (3), past_value (4) [B, Hkv, P, D], …, total_sequence_length (10) ->
// [B, S, Hq*D], the caches [B, Hkv, max(P, total), D], a status
// Source: onnxruntime contrib_defs.cc, DynamicSparseAttention.
absl::Status InferDynamicSparse(const Operands& in, Results& out) {
  const bool bfloat16 = in.Int("output_bf16", 0) != 0;
  out.SetType(0, bfloat16 ? ElementType::kBfloat16 : in.type(0));
  SetTypeLike(in, {3, 0}, out, 1);
  SetTypeLike(in, {4, 0}, out, 2);
  out.Set(3, ElementType::kInt32, ShapeBuilder({out.Fresh("status")}));
  if (absl::Status s = CheckRank(in, 0, 3); !s.ok()) return s;
  const ShapeView query = in.shape(0);
  if (!query.has_rank()) return absl::OkStatus();
  const absl::StatusOr<Expr> width = QueryWidth(in, query[2]);
  if (!width.ok()) return width.status();
  out.SetShape(0, ShapeBuilder({query[0], query[1], *width}));
  const Expr heads = in.Const(in.Int("kv_num_heads", 0));
  const Expr size = FloorDiv(*width, in.Int("num_heads", 1));
  for (int i = 0; i < 2; ++i) {
    const ShapeView past = in.shape(3 + i);
    const Expr length = out.Fresh("present_sequence");
    const bool known = past.has_rank() && past.rank() == 4;
    out.SetShape(1 + i, ShapeBuilder({query[0], heads, length, known ? past[3] : size}));
  }
  return absl::OkStatus();
}

constexpr Rule kContribSparseAttentionRules[] = {
    {kMicrosoft, "DynamicSparseAttention", 1, InferDynamicSparse},
    {kMicrosoft, "PackedSparseAttentionIndexer", 1, InferPackedIndexer},
    {kMicrosoft, "PackedSparseAttentionIndexerMerge", 1, InferIndexerMerge},
    {kMicrosoft, "SparseAttentionIndexer", 1, InferIndexer},
};

}  // namespace

absl::Span<const Rule> ContribSparseAttentionRules() { return kContribSparseAttentionRules; }

}  // namespace symshape::rules
