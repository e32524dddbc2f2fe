// onnxruntime's state-space layers, and what stands beside a linear attention: gates, states that
// are handed on and replayed. Linear attention itself: linear_attention.cc.
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// input [tokens, C], weight [C, 1, k], lengths [B + 1], bias [C], initial_state (4) [B, C, k - 1],
// capture_count (5) [B] ->
// like input, like initial_state, state_update [B, capacity, C]
// Source: onnxruntime contrib_ops/cuda/bert/varlen_causal_conv_with_state.cc.
absl::Status InferVarlenCausalConv(const Operands& in, Results& out) {
  SetLike(in, 0, out, 0);
  SetLike(in, 4, out, 1);
  SetTypeLike(in, {0}, out, 2);
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const ShapeView state = in.shape(4);
  if (!x.has_rank() || !state.has_rank() || state.rank() != 3) return absl::OkStatus();
  RequireSameSize(x[1], state[1], "channels of input and state", out);
  RequireLength(in, 3, x[1], "channels of input and bias", out);
  RequireAllTokens(in, 2, x[0], out);
  out.Require(Ge(x[1], 1), {"channels ", x[1], ": at least 1"});
  out.Require(Ge(x[0], state[0]), {x[0], " tokens are at least one for each of ", state[0]});
  RequireLength(in, 5, state[0], "batch and capture_count", out);
  if (const ShapeView lengths = in.shape(2); lengths.has_rank() && lengths.rank() == 1) {
    RequireSameSize(lengths[0] - 1, state[0], "batch of lengths and state", out);
  }
  if (const ShapeView weight = in.shape(1); weight.has_rank() && weight.rank() == 3) {
    RequireSameSize(weight[0], x[1], "channels of input and weight", out);
    RequireSameSize(weight[1], in.Const(1), "channels of a depthwise weight", out);
    RequireSameSize(weight[2] - 1, state[2], "kernel less 1 and state", out);
  }
  out.SetShape(2, ShapeBuilder({state[0], in.Const(in.Int("state_update_capacity", 0)), x[1]}));
  return absl::OkStatus();
}

// a [..., H], dt_bias [H], decay_scale [H], b [..., H] -> decay, beta [..., H]
absl::Status InferLinearAttentionGate(const Operands& in, Results& out) {
  SetLike(in, 0, out, 0);
  SetLike(in, 0, out, 1);
  const ShapeView a = in.shape(0);
  if (!a.has_rank() || a.rank() == 0) return absl::OkStatus();
  out.Require(Ge(a[a.rank() - 1], 1), {"there are heads: ", a[a.rank() - 1]});
  for (int i = 1; i < 3; ++i) {
    const ShapeView bias = in.shape(i);
    if (bias.has_rank() && bias.rank() == 1)
      RequireSameSize(a[a.rank() - 1], bias[0], "heads", out);
  }
  RequireSameAxes(a, in.shape(3), a.rank(), "a and b", out);
  return absl::OkStatus();
}

// projection [R, …], conv_state (1), ssm_state (2) -> Y [R, heads*head_dim], like both states,
// xbc [R, channels], readout like Y
// Source: onnxruntime contrib_defs.cc, Mamba2Verify.
absl::Status InferMamba2Verify(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetLike(in, 1, out, 1);
  SetLike(in, 2, out, 2);
  SetTypeLike(in, {0}, out, 3);
  out.SetType(4, ElementType::kFloat);
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const int64_t heads = in.Int("heads", 0);
  if (!x.has_rank() || heads < 1) return absl::OkStatus();
  const int64_t inner = heads * in.Int("head_dim", 64);
  const int64_t channels = inner + 2 * in.Int("n_groups", 0) * in.Int("d_state", 128);
  out.SetShape(0, ShapeBuilder({x[0], in.Const(inner)}));
  out.SetShape(3, ShapeBuilder({x[0], in.Const(channels)}));
  out.SetShape(4, ShapeBuilder({x[0], in.Const(inner)}));
  return absl::OkStatus();
}

// source, capture, destination (2), metadata -> like destination
absl::Status InferStateReplay(const Operands& in, Results& out) {
  SetLike(in, 2, out);
  return absl::OkStatus();
}

constexpr Rule kContribRecurrenceRules[] = {
    {kMicrosoft, "ConvStateReplay", 1, InferStateReplay},
    {kMicrosoft, "GatedDeltaNetStateReplay", 1, InferStateReplay},
    {kMicrosoft, "LinearAttentionGate", 1, InferLinearAttentionGate},
    {kMicrosoft, "Mamba2Verify", 1, InferMamba2Verify},
    {kMicrosoft, "VarlenCausalConvWithState", 1, InferVarlenCausalConv},
};

}  // namespace

absl::Span<const Rule> ContribRecurrenceRules() { return kContribRecurrenceRules; }

}  // namespace symshape::rules
