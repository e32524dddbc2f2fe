// Attention with a recurrent state instead of a cache: LinearAttention, GatedDeltaNet; and
// CausalConvWithState, which stands before them.
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// `state` with a leading axis of `state_window` where that attribute is above 0.
void SetState(const Operands& in, ShapeBuilder state, Results& out) {
  if (const int64_t window = in.Int("state_window", 0); window > 0)
    state.Insert(0, in.Const(window));
  out.SetShape(1, state);
}

// A positive attribute that has to be there.
absl::StatusOr<int64_t> Heads(const Operands& in, absl::string_view attribute) {
  const int64_t heads = in.Int(attribute, 0);
  if (heads < 1) return absl::InvalidArgumentError(absl::StrCat(attribute, " is at least 1"));
  return heads;
}

// query [B, T, Hq*Dk], key [B, T, Hkv*Dk], value [B, T, Hkv*Dv], past_state ->
// output [B, T, Hq*Dv], present_state [B, Hkv, Dk, Dv].
// onnxruntime's own also takes Hkv > Hq, which gives [B, T, Hkv*Dv], and has a window of states.
// Source: ONNX LinearAttention-27; onnxruntime contrib_ops/cpu/bert/linear_attention.cc.
absl::Status InferLinearAttention(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {3, 0}, out, 1);
  for (int i : {0, 1, 2}) {
    if (absl::Status s = CheckRank(in, i, 3); !s.ok()) return s;
  }
  const absl::StatusOr<int64_t> query_heads = Heads(in, "q_num_heads");
  if (!query_heads.ok()) return query_heads.status();
  const absl::StatusOr<int64_t> state_heads = Heads(in, "kv_num_heads");
  if (!state_heads.ok()) return state_heads.status();
  const ShapeView query = in.shape(0), value = in.shape(2);
  if (!query.has_rank() || !value.has_rank()) {
    out.SetRank(0, 3, "linear_attention");
    return absl::OkStatus();
  }
  RequireSameSize(query[0], value[0], "batch of query and value", out);
  RequireSameSize(query[1], value[1], "length of query and value", out);
  out.Require(Divides(*query_heads, query[2]),
              {"q_num_heads ", *query_heads, " divides ", query[2]});
  out.Require(Divides(*state_heads, value[2]),
              {"kv_num_heads ", *state_heads, " divides ", value[2]});
  const Expr key_size = FloorDiv(query[2], *query_heads);
  const Expr value_size = FloorDiv(value[2], *state_heads);
  if (const ShapeView key = in.shape(1); key.has_rank()) {
    RequireSameSize(query[0], key[0], "batch of query and key", out);
    RequireSameSize(query[1], key[1], "length of query and key", out);
    // onnxruntime's own has as many heads of key as fit.
    if (in.domain().empty()) {
      RequireSameSize(key[2], key_size * *state_heads,
                      "size of key and kv_num_heads heads of query", out);
    }
  }
  const bool inverse = in.domain() == kMicrosoft && *state_heads > *query_heads;
  out.SetShape(
      0, ShapeBuilder({query[0], query[1], value_size * (inverse ? *state_heads : *query_heads)}));
  SetState(in, {query[0], in.Const(*state_heads), key_size, value_size}, out);
  return absl::OkStatus();
}

// The factors of the first `state_update_capacity` transitions of each request, side by side.
void SetStateUpdate(const Operands& in, Results& out) {
  const ShapeView key = in.shape(1), decay = in.shape(4), state = in.shape(6);
  if (!state.has_rank() || !key.has_rank() || !decay.has_rank()) {
    out.SetRank(2, 2, "state_update");
    return;
  }
  const Expr deltas = state[1] * state[2];
  const Expr decays = decay.rank() == key.rank() ? state[1] * state[3] : state[1];
  const Expr keys = key.Product(key.rank() - 2, key.rank());
  out.SetShape(
      2, ShapeBuilder({state[0], (decays + keys + deltas) * in.Int("state_update_capacity", 0)}));
}

// Token-major: query [n..., Hq, Dk], key [n..., Hq, Dk], value [n..., Hv, Dv], …, initial_state
// [B, Hv, Dv, Dk] -> output [n..., Hv, Dv], final_state [B, Hv, Dv, Dk], state_update
// [B, capacity*(decay + Hq*Dk + Hv*Dv)], where decay is Hv, or Hv*Dk with one decay per key
// element. Query alone may hold all three, packed: then the state tells the heads. Source:
// onnxruntime core/graph/contrib_ops/bert_defs.cc, com.microsoft GatedDeltaNet-1.
absl::Status InferGatedDeltaNet(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  out.SetType(1, ElementType::kFloat);
  out.SetType(2, ElementType::kFloat);
  if (absl::Status s = CheckRank(in, 6, 4); !s.ok()) return s;
  const ShapeView query = in.shape(0), value = in.shape(2), state = in.shape(6);
  if (state.has_rank()) out.SetShape(1, state);
  if (query.has_rank()) {
    for (int i = 0; i + (in.has(2) ? 2 : 1) < query.rank(); ++i) {
      out.Require(Ge(query[i], 1), {"there are tokens: ", query[i]});
    }
  }
  if (query.has_rank() && value.has_rank()) {
    out.SetShape(0, value);
  } else if (query.has_rank() && !in.has(2) && state.has_rank() && query.rank() >= 2) {
    ShapeBuilder y(query.dims().first(query.rank() - 1));
    y.Add(state[1]);
    y.Add(state[2]);
    out.SetShape(0, y);
  }
  if (out.wanted(2)) SetStateUpdate(in, out);
  return absl::OkStatus();
}

// input [B, C, n...], weight [C, 1, k...], past_state -> output like input, present_state
// [B, C, (k_last - 1)*dilation].
// onnxruntime's own: channels_last puts the sequence before the channels (input [B, T, c...]), and
// the extended attributes give the state another length or layout, and pick input channels. Source:
// ONNX CausalConvWithState-27; onnxruntime contrib_ops/cpu/bert/causal_conv_with_state.cc.
absl::Status InferCausalConvWithState(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {3, 0}, out, 1);
  SetTypeLike(in, {0}, out, 2);
  if (absl::Status s = CheckRankAtLeast(in, 0, 3); !s.ok()) return s;
  if (absl::Status s = CheckRankAtLeast(in, 1, 3); !s.ok()) return s;
  const ShapeView x = in.shape(0), weight = in.shape(1);
  if (!x.has_rank()) return absl::OkStatus();
  const bool last = in.Int("channels_last", 0) != 0;
  ShapeBuilder y(x.dims());
  if (const int64_t picked = in.Int("input_channels", 0); picked > 0) {
    y.Set(x.rank() - 1, in.Const(picked));
  }
  out.SetShape(0, y);
  if (!weight.has_rank()) return absl::OkStatus();
  RequireSameSize(last ? x.Product(2, x.rank()) : x[1], weight[0], "channels of input and weight",
                  out);
  const int64_t given = in.Int("state_length", 0);
  const Expr length =
      given > 0 ? in.Const(given) : (weight[weight.rank() - 1] - 1) * in.Int("dilation", 1);
  ShapeBuilder state(y.dims());
  state.Set(last ? 1 : x.rank() - 1, length);
  SetState(in, std::move(state), out);
  return absl::OkStatus();
}

constexpr Rule kLinearAttentionRules[] = {
    {kOnnx, "CausalConvWithState", 27, InferCausalConvWithState},
    {kOnnx, "LinearAttention", 27, InferLinearAttention},
    {kMicrosoft, "CausalConvWithState", 1, InferCausalConvWithState},
    {kMicrosoft, "GatedDeltaNet", 1, InferGatedDeltaNet},
    {kMicrosoft, "LinearAttention", 1, InferLinearAttention},
};

}  // namespace

absl::Span<const Rule> LinearAttentionRules() { return kLinearAttentionRules; }

}  // namespace symshape::rules
