// Normalisations: the output has the operand's shape; what is normalised, and the means and
// variances that come along, differ. Fused with a sum or an embedding: contrib_normalization.cc.
#include "rules/normalization.h"

#include "absl/strings/str_cat.h"
#include "rules/broadcast.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/window.h"

namespace symshape::rules {

void RequireVector(const Operands& in, int operand, Expr size, absl::string_view what,
                   Results& out) {
  const ShapeView v = in.shape(operand);
  if (v.has_rank() && v.rank() == 1) RequireSameSize(size, v[0], what, out);
}

ShapeBuilder ReducedFrom(const ShapeView& x, int axis, const Operands& in) {
  ShapeBuilder reduced(x.dims());
  for (int i = axis; i < x.rank(); ++i) reduced.Set(i, in.Const(1));
  return reduced;
}

namespace {

Layout LayoutOf(const Operands& in) {
  return in.domain() == kNhwc ? Layout::kChannelsLast : Layout::kChannelsFirst;
}

// X [N, C, d...], scale, B, mean, var [C] -> Y, and [C] for each further output: the running mean
// and variance (from 14), or mean, var, saved_mean, saved_var (until 13). A vector X has one
// channel.
// Source: ONNX BatchNormalization-1, 6, 7, 9, 14, 15 (spatial = 0, until 8: parameters of
// [C, d...]).
absl::Status InferBatchNormalization(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  for (int output = 1; output < in.outputs(); ++output) {
    SetLike(in, output % 2 == 1 ? 3 : 4, out, output);
  }
  const ShapeView x = in.shape(0);
  if (!x.has_rank() || x.rank() == 0 || in.Int("spatial", 1) == 0) return absl::OkStatus();
  const Expr channels = x.rank() == 1 ? in.Const(1) : x[ChannelAxis(LayoutOf(in), x.rank())];
  for (int i = 1; i < 5; ++i) RequireVector(in, i, channels, "channels and parameter", out);
  for (int output = 1; output < in.outputs(); ++output) {
    out.SetShape(output, ShapeBuilder({channels}));
  }
  return absl::OkStatus();
}

// X [N, C, d...], scale, B [C] -> like X
// Source: ONNX InstanceNormalization-22; onnxruntime core/providers/cpu/nn/instance_norm_helper.h.
absl::Status InferInstanceNormalization(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() < 3) {
    return absl::InvalidArgumentError(absl::StrCat("input has rank at least 3, not ", x.rank()));
  }
  const Expr channels = x[ChannelAxis(LayoutOf(in), x.rank())];
  RequireVector(in, 1, channels, "channels and scale", out);
  RequireVector(in, 2, channels, "channels and B", out);
  return absl::OkStatus();
}

// X [N, C, d...], scale, bias -> like X; the groups divide C. scale and bias are per group in
// GroupNormalization-18, per channel from 21. onnxruntime runs the specification's function, which
// reshapes to [0, groups, -1] and back: a size of 0 leaves nothing for -1, but no d is needed.
absl::Status InferGroupNormalization(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (absl::Status s = CheckRankAtLeast(in, 0, 2); !s.ok()) return s;
  if (!x.has_rank()) return absl::OkStatus();
  const std::optional<int64_t> groups = in.Int("num_groups");
  if (!groups.has_value() || *groups < 1) {
    return absl::InvalidArgumentError("num_groups is at least 1");
  }
  out.Require(Divides(*groups, x[1]), {"num_groups ", *groups, " divides ", x[1], " channels"});
  const Expr parameters = in.version() < 21 ? in.Const(*groups) : x[1];
  for (int i = 1; i <= 2; ++i) {  // the body broadcasts them
    const ShapeView parameter = in.shape(i);
    if (!parameter.has_rank() || parameter.rank() != 1) continue;
    RequireOneOrSame(parameter[0], parameters, "scale or bias", out);
  }
  // The body of the function reshapes to [0, num_groups, -1], which nothing empty survives.
  for (int i = 0; i < x.rank(); ++i) {
    out.Require(Ge(x[i], 1), {"size ", x[i], " of a normalised axis is at least 1"});
  }
  return absl::OkStatus();
}

// X, scale [, bias] -> Y like X, and statistics [a..., 1...] of type `stash_type`. What is
// normalised is not empty; scale and bias are broadcast to X.
// Source: ONNX LayerNormalization-17; onnxruntime core/providers/cpu/nn/layer_norm_helper.h.
absl::Status InferLayerNormalization(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const auto statistics = static_cast<ElementType>(in.Int("stash_type", 1));
  out.SetType(1, statistics);
  out.SetType(2, statistics);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", -1), x.rank());
  if (!axis.ok()) return axis.status();
  for (int i = *axis; i < x.rank(); ++i) {
    if (x[i].constant().value_or(0) < 1) {
      out.Require(Ge(x[i], 1), {"normalised size ", x[i], " is at least 1"});
    }
  }
  for (int i = 1; i <= 2; ++i) {
    const ShapeView parameter = in.shape(i);
    if (parameter.has_rank()) RequireBroadcastTo(parameter.dims(), x.dims(), out);
  }
  const ShapeBuilder reduced = ReducedFrom(x, *axis, in);
  out.SetShape(1, reduced);
  out.SetShape(2, reduced);
  return absl::OkStatus();
}

// LRN, MeanVarianceNormalization, and the like.
absl::Status InferLikeInput(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

absl::Status InferLpNormalization(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  return NormalizeAxis(in.Int("axis", -1), x.rank()).status();
}

constexpr Rule kNormalizationRules[] = {
    {kOnnx, "BatchNormalization", 1, InferBatchNormalization},
    {kOnnx, "GroupNormalization", 18, InferGroupNormalization},
    {kOnnx, "InstanceNormalization", 1, InferInstanceNormalization},
    {kOnnx, "LRN", 1, InferLikeInput},
    // Specified from 17 on; onnxruntime's optimiser writes it at every opset.
    {kOnnx, "LayerNormalization", 1, InferLayerNormalization},
    {kOnnx, "LpNormalization", 1, InferLpNormalization},
    {kOnnx, "MeanVarianceNormalization", 1, InferLikeInput},
    {kOnnx, "RMSNormalization", 23, InferLayerNormalization},
    // onnxruntime's own, in this domain.
    {kOnnx, "SimplifiedLayerNormalization", 1, InferLayerNormalization},
    {kNhwc, "BatchNormalization", 1, InferBatchNormalization},
    {kNhwc, "InstanceNormalization", 1, InferInstanceNormalization},
    {kNhwc, "LRN", 1, InferLikeInput},
};

}  // namespace

absl::Span<const Rule> NormalizationRules() { return kNormalizationRules; }

}  // namespace symshape::rules
