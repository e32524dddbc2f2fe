// onnxruntime's normalisations that are fused with a sum, a bias or an embedding.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/normalization.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// skip is input, or is repeated along its batch: [S, H] or [1, S, H] for [B, S, H].
void RequireSkip(const ShapeView& x, const ShapeView& skip, Results& out) {
  if (!skip.has_rank()) return;
  if (skip.rank() == 3 && x.rank() == 3 && skip[0].dim() != x[0].dim()) {
    out.RequireUnless({Eq(x[0], 0), Eq(x[1], 0)}, Ge(skip[0], 1),
                      {"skip of batch ", skip[0], " for ", x[0]});
  }
  for (int i = 1; i <= 2 && i <= skip.rank() && i <= x.rank(); ++i) {
    RequireSameSize(x[x.rank() - i], skip[skip.rank() - i], "input and skip", out);
  }
}

// input, skip, gamma … -> output like input, mean and inv_std_var [a..., 1], input + skip + bias
// Source: onnxruntime contrib_ops/cpu/skip_layer_norm_helper.h.
absl::Status InferSkipLayerNormalization(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  out.SetType(1, ElementType::kFloat);
  out.SetType(2, ElementType::kFloat);
  SetLike(in, 0, out, 3);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() != 2 && x.rank() != 3) {
    return absl::InvalidArgumentError(absl::StrCat("input has rank 2 or 3, not ", x.rank()));
  }
  out.Require(Ge(x[x.rank() - 1], 1), {"hidden size ", x[x.rank() - 1], " is at least 1"});
  RequireSkip(x, in.shape(1), out);
  for (int i = 2; i < in.size(); ++i) {
    RequireVector(in, i, x[x.rank() - 1], "hidden size and parameter", out);
  }
  const ShapeBuilder reduced = ReducedFrom(x, x.rank() - 1, in);
  out.SetShape(1, reduced);
  out.SetShape(2, reduced);
  return absl::OkStatus();
}

// X, gamma, beta [, skip, bias] -> Y and X + skip + bias, like X
absl::Status InferSkipGroupNorm(const Operands& in, Results& out) {
  SetLike(in, 0, out, 0);
  SetLike(in, 0, out, 1);
  return absl::OkStatus();
}

// input_ids [B, S], word_embedding [V, H] -> [B, S, H], mask_index [B], sum of the embeddings
// Source: onnxruntime contrib_ops/cpu/bert/embed_layer_norm.cc.
void SetEmbedding(const Operands& in, ElementType type, Results& out) {
  out.SetType(0, type);
  out.SetType(1, ElementType::kInt32);
  out.SetType(2, type);
  const ShapeView ids = in.shape(0);
  const ShapeView table = in.shape(2);
  if (!ids.has_rank() || ids.rank() != 2) return;
  out.SetShape(1, ShapeBuilder({ids[0]}));
  const Expr hidden = table.has_rank() && table.rank() == 2 ? table[1] : out.Fresh("hidden");
  const ShapeBuilder y({ids[0], ids[1], hidden});
  out.SetShape(0, y);
  out.SetShape(2, y);
}

// input_ids, segment_ids, word_embedding, position_embedding, segment_embedding, gamma, beta, mask
absl::Status InferEmbedLayerNormalization(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  SetEmbedding(in, SharedType(in, {2, 3, 5}), out);
  const ShapeView ids = in.shape(0);
  const ShapeView position = in.shape(3);
  const ShapeView given = in.shape(8);
  if (ids.has_rank() && given.has_rank() && given.rank() == 2) {
    RequireSameSize(ids[1], given[1], "length of input_ids and position_ids", out);
    out.RequireUnless({Eq(given[0], 1)}, Eq(given[0], ids[0]),
                      {"position_ids for ", given[0], " rows of ", ids[0]});
  }
  // Without position_ids the row of each position is read.
  if (ids.has_rank() && position.has_rank() && position.rank() == 2 && !in.has(8)) {
    out.RequireUnlessZero({ids[0].dim()}, Le(ids[1], position[0]),
                          {"sequence of ", ids[1], " in a table of ", position[0], " positions"});
  }
  return absl::OkStatus();
}

absl::Status InferQEmbedLayerNormalization(const Operands& in, Results& out) {
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  SetEmbedding(in, ElementType::kFloat, out);
  return absl::OkStatus();
}

// X [..., H*C], scale [C], gate like X -> like X
absl::Status InferGatedRmsNorm(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (x.has_rank()) RequireSameAxes(x, in.shape(2), x.rank(), "X and gate", out);
  const ShapeView scale = in.shape(1);
  if (!x.has_rank() || x.rank() == 0 || !scale.has_rank() || scale.rank() != 1)
    return absl::OkStatus();
  const Expr width = x[x.rank() - 1];
  out.Require(Ge(scale[0], 1), {"scale of ", scale[0], ": at least 1"});
  out.Require(Eq(Mod(width, scale[0]), 0), {"scale of ", scale[0], " divides ", width});
  return absl::OkStatus();
}

// X [B, S, heads, stride], of whose last axis `input_width` are taken -> Y [B, S, heads*width], and
// before the rotation [B, S, heads, width]
// Source: onnxruntime contrib_defs.cc, RMSNormRotary.
absl::Status InferRmsNormRotary(const Operands& in, Results& out) {
  out.SetType(0, in.Int("output_fp16", 0) != 0 ? ElementType::kFloat16 : ElementType::kBfloat16);
  out.SetType(1, ElementType::kFloat);
  if (absl::Status s = CheckRank(in, 0, 4); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const int64_t input_width = in.Int("input_width", 0);
  const Expr width = input_width > 0 ? in.Const(input_width) : x[3];
  const bool flat = in.Int("flatten_batch", 0) != 0;
  const Expr batch = flat ? in.Const(1) : x[0];
  out.SetShape(0, ShapeBuilder({batch, flat ? x[0] * x[1] : x[1], x[2] * width}));
  out.SetShape(1, ShapeBuilder({x[0], x[1], x[2], width}));
  return absl::OkStatus();
}

// GroupNorm, QOrderedLayerNormalization: like X
absl::Status InferLikeInput(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

constexpr Rule kContribNormalizationRules[] = {
    {kMicrosoft, "EmbedLayerNormalization", 1, InferEmbedLayerNormalization},
    {kMicrosoft, "GatedRMSNorm", 1, InferGatedRmsNorm},
    {kMicrosoft, "GroupNorm", 1, InferLikeInput},
    {kMicrosoft, "QEmbedLayerNormalization", 1, InferQEmbedLayerNormalization},
    {kMicrosoft, "QOrderedLayerNormalization", 1, InferLikeInput},
    {kMicrosoft, "RMSNormRotary", 1, InferRmsNormRotary},
    {kMicrosoft, "SkipGroupNorm", 1, InferSkipGroupNorm},
    {kMicrosoft, "SkipLayerNormalization", 1, InferSkipLayerNormalization},
    {kMicrosoft, "SkipSimplifiedLayerNormalization", 1, InferSkipLayerNormalization},
};

}  // namespace

absl::Span<const Rule> ContribNormalizationRules() { return kContribNormalizationRules; }

}  // namespace symshape::rules
