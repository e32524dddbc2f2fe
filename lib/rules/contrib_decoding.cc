// onnxruntime's operators on token ids between two calls of a decoder: n-gram hashes, and what a
// speculative step commits. Whole searches: contrib_search.cc.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// src_tokens [S], cur_tokens [C], prev_suffix_match_idx, pred_tokens [P] -> the current tokens and
// those of the predicted ones that are right: [C] without pred_tokens, else C + 1 … C + P; an index
// Source: onnxruntime contrib_ops/cpu/bifurcation_detector.h.
absl::Status InferBifurcation(const Operands& in, Results& out) {
  for (int output = 0; output < 2; ++output) out.SetType(output, ElementType::kInt64);
  out.SetShape(1, ShapeBuilder());
  if (absl::Status s = CheckRank(in, 1, 1); !s.ok()) return s;
  if (in.has(3)) {
    out.SetShape(0, ShapeBuilder({out.Fresh("tokens")}));
  } else {
    out.SetShape(0, in.shape(1));
  }
  return absl::OkStatus();
}

// How many hashes there are of a token: heads for each n-gram of 2 to max_ngram_size ids.
struct NGrams {
  int64_t history = 0;  // ids before the first that are looked at
  int64_t hashes = 0;
};

absl::StatusOr<NGrams> ReadNGrams(const Operands& in) {
  const int64_t longest = in.Int("max_ngram_size", 0);
  const int64_t heads = in.Int("n_head_per_ngram", 0);
  if (longest < 2) return absl::InvalidArgumentError("max_ngram_size is at least 2");
  if (heads < 1) return absl::InvalidArgumentError("n_head_per_ngram is at least 1");
  return NGrams{longest - 1, (longest - 1) * heads};
}

// multipliers (1), moduli (2) [hashes], the ids before, [B, history], and then offsets [hashes].
absl::Status RequireHashes(const Operands& in, const NGrams& n, int past, Expr batch,
                           Results& out) {
  for (int i : {1, 2}) {
    if (absl::Status s = CheckRank(in, i, 1); !s.ok()) return s;
  }
  RequireLength(in, 2, in.Const(n.hashes), "hashes and vocab_sizes", out);
  RequireLength(in, past + 1, in.Const(n.hashes), "hashes and head_offsets", out);
  if (absl::Status s = CheckRank(in, past, 2); in.has(past) && !s.ok()) return s;
  const ShapeView ids = in.shape(past);
  if (!ids.has_rank()) return absl::OkStatus();
  RequireSameSize(ids[0], batch, "batch and ids before", out);
  RequireSameSize(ids[1], in.Const(n.history), "ids before the first", out);
  return absl::OkStatus();
}

// input_ids [B, S], …, past_ids (3) [B, history] -> hash_ids [B, S, hashes], present_ids
// [B, history]
// Source: onnxruntime contrib_ops/cpu/bert/ngram_hash_mapping.cc.
absl::Status InferNGramHash(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {0}, out, 1);
  const absl::StatusOr<NGrams> ngrams = ReadNGrams(in);
  if (!ngrams.ok()) return ngrams.status();
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  const ShapeView ids = in.shape(0);
  if (!ids.has_rank()) return absl::OkStatus();
  out.SetShape(0, ShapeBuilder({ids[0], ids[1], in.Const(ngrams->hashes)}));
  out.SetShape(1, ShapeBuilder({ids[0], in.Const(ngrams->history)}));
  return RequireHashes(in, *ngrams, 3, ids[0], out);
}

// input_ids [tokens], …, lengths (3) [B + 1], past_ids (4) [B, history], offsets (5) [hashes],
// segment_ids (7) [tokens], past_segment_ids (8) [B, history] -> hash_ids [tokens, hashes],
// present_ids and present_segment_ids [B, history], state_update [B, capacity, history]
// Source: onnxruntime contrib_ops/cpu/bert/varlen_ngram_hash_mapping.cc.
absl::Status InferVarlenNGramHash(const Operands& in, Results& out) {
  for (int output : {0, 1, 3}) SetTypeLike(in, {0}, out, output);
  out.SetType(2, ElementType::kInt32);
  const absl::StatusOr<NGrams> ngrams = ReadNGrams(in);
  if (!ngrams.ok()) return ngrams.status();
  if (!in.has(7) && (in.has(8) || in.wanted(2))) {
    return absl::InvalidArgumentError("segments before or after go with segment_ids");
  }
  if (absl::Status s = CheckRank(in, 0, 1); !s.ok()) return s;
  const ShapeView ids = in.shape(0);
  const ShapeView lengths = in.shape(3);
  if (ids.has_rank()) out.SetShape(0, ShapeBuilder({ids[0], in.Const(ngrams->hashes)}));
  if (!lengths.has_rank() || lengths.rank() != 1) return absl::OkStatus();
  out.Require(Ge(lengths[0], 2), {"lengths of ", lengths[0], ": at least 2"});
  const Expr batch = lengths[0] - 1;
  const ShapeBuilder history({batch, in.Const(ngrams->history)});
  out.SetShape(1, history);
  out.SetShape(2, history);
  const Expr capacity = in.Const(in.Int("state_update_capacity", 0));
  out.SetShape(3, ShapeBuilder({batch, capacity, in.Const(ngrams->history)}));
  if (ids.has_rank()) {
    RequireAllTokens(in, 3, ids[0], out);
    out.Require(Ge(ids[0], batch), {ids[0], " tokens are at least one for each of ", batch});
    RequireLength(in, 7, ids[0], "tokens and segment_ids", out);
  }
  if (const ShapeView segments = in.shape(8); segments.has_rank() && segments.rank() == 2) {
    RequireSameSize(segments[0], batch, "batch and segments before", out);
    RequireSameSize(segments[1], in.Const(ngrams->history), "segments before the first", out);
  }
  return RequireHashes(in, *ngrams, 4, batch, out);
}

// next_tokens [B, rows] or [rows], …, ctl (3), ctx_commit (4) -> head_c [B], like both
absl::Status InferPrefixCommit(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  SetLike(in, 3, out, 1);
  SetLike(in, 4, out, 2);
  const ShapeView tokens = in.shape(0);
  if (!tokens.has_rank()) return absl::OkStatus();
  if (tokens.rank() != 1 && tokens.rank() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("next_tokens has rank 1 or 2, not ", tokens.rank()));
  }
  out.SetShape(0, ShapeBuilder({tokens.rank() == 2 ? tokens[0] : in.Const(1)}));
  return absl::OkStatus();
}

constexpr Rule kContribDecodingRules[] = {
    {kMicrosoft, "BifurcationDetector", 1, InferBifurcation},
    {kMicrosoft, "NGramHashMapping", 1, InferNGramHash},
    {kMicrosoft, "SpeculativePrefixCommit", 1, InferPrefixCommit},
    {kMicrosoft, "VarlenNGramHashMapping", 1, InferVarlenNGramHash},
};

}  // namespace

absl::Span<const Rule> ContribDecodingRules() { return kContribDecodingRules; }

}  // namespace symshape::rules
