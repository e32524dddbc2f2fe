// Attention with a recurrent state instead of a cache: LinearAttention, GatedDeltaNet; and
// CausalConvWithState, which stands before them.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/axes.h"
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

// A key has as many heads as fit, which divide those of the state.
void RequireKeyHeads(Expr key, Expr key_size, int64_t state_heads, Results& out) {
  std::vector<Fact> fewer;
  for (int64_t heads = 1; heads < state_heads; ++heads) {
    if (state_heads % heads == 0) fewer.push_back(Eq(key, key_size * heads));
  }
  out.RequireUnless(fewer, Eq(key, key_size * state_heads),
                    {"key of ", key, ": as many heads of ", key_size, " as divide ", state_heads});
}

// decay (4) [B, T, Hkv] or [B, T, Hkv*Dk], beta (5) [B, T, Hkv] or [B, T, 1].
void RequireGates(const Operands& in, int64_t state_heads, Expr key_size, Results& out) {
  const ShapeView decay = in.shape(4), beta = in.shape(5);
  RequireSameAxes(in.shape(0), decay, 2, "query and decay", out);
  RequireSameAxes(in.shape(0), beta, 2, "query and beta", out);
  if (decay.has_rank() && decay.rank() == 3) {
    const Fact for_each_key[] = {Eq(decay[2], key_size * state_heads)};
    out.RequireUnless(for_each_key, Eq(decay[2], state_heads),
                      {"decay of ", decay[2], " for ", state_heads, " heads"});
  }
  if (beta.has_rank() && beta.rank() == 3) {
    RequireOneOrSame(beta[2], in.Const(state_heads), "heads in beta", out);
  }
}

// ONNX's own runs as its function, which reshapes the gates to [B, T, Hkv, 1 or Dk] and
// [B, T, 1 or Hkv, 1], whatever they were, and nothing to what has a size of 0. Source: ONNX
// LinearAttention-27, the body.
void RequireReshapedGates(const Operands& in, const ShapeView& query, int64_t state_heads,
                          Expr key_size, Results& out) {
  out.Require(Ge(query[0], 1), {"batch ", query[0], " is at least 1"});
  out.Require(Ge(query[1], 1), {"length ", query[1], " is at least 1"});
  const absl::string_view rule = in.String("update_rule", "gated_delta");
  const bool is_both = rule == "gated_delta";
  const Expr tokens = query[0] * query[1], heads = tokens * state_heads;
  const ShapeView decay = in.shape(4), beta = in.shape(5);
  if ((is_both || rule == "gated") && decay.has_rank()) {
    const Fact for_each_key[] = {Eq(decay.Product(), heads * key_size)};
    out.RequireUnless(for_each_key, Eq(decay.Product(), heads),
                      {"decay of ", decay.Product(), " for ", heads, " heads"});
  }
  if ((is_both || rule == "delta") && beta.has_rank()) {
    const Fact for_all[] = {Eq(beta.Product(), tokens)};
    out.RequireUnless(for_all, Eq(beta.Product(), heads),
                      {"beta of ", beta.Product(), " for ", heads, " heads"});
  }
}

// The body of ONNX's own adds to past_state, whose sizes are those of the state or stand where that
// has 1; what a larger batch of it gives stands side by side. -> the output's last axis, `width` so
// far.
Expr ExpandByPast(int axis, Expr past, Expr now, Expr width, Results& out) {
  RequireOneOrSame(now, past, "past_state", out);
  if (axis == 0) return width * FloorDiv(past, now);
  return now.constant().value_or(1) == 1 ? out.Fresh(StemAt("linear_attention", 2)) : width;
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
    } else {
      RequireKeyHeads(key[2], key_size, *state_heads, out);
    }
  }
  if (in.domain().empty()) RequireReshapedGates(in, query, *state_heads, key_size, out);
  if (in.domain().empty() &&
      *query_heads != *state_heads) {  // its Reshape to more heads copies a 0
    for (const ShapeView& heads : {query, value}) {
      out.Require(Ge(heads[2], 1), {"heads of ", heads[2], " elements: at least 1"});
    }
  }
  ShapeBuilder state({query[0], in.Const(*state_heads), key_size, value_size});
  Expr width = value_size * *query_heads;
  if (const ShapeView past = in.shape(3); past.has_rank() && past.rank() == 4) {
    for (int k = 0; k < 4; ++k) {
      const Expr now = in.Wrap(state.dims()[k]);
      if (!in.domain().empty()) {
        RequireSameSize(past[k], now, "past_state", out);
      } else if (past[k].dim() != now.dim()) {
        width = ExpandByPast(k, past[k], now, width, out);
        state.Set(k, past[k]);
      }
    }
  }
  if (in.domain() == kMicrosoft) {
    if (*query_heads % *state_heads != 0 && *state_heads % *query_heads != 0) {
      return absl::InvalidArgumentError(absl::StrCat("q_num_heads ", *query_heads,
                                                     " and kv_num_heads ", *state_heads,
                                                     ": one divides the other"));
    }
    RequireGates(in, *state_heads, key_size, out);
    for (const ShapeView& heads : {query, value}) {
      out.Require(Ge(heads[2], 1), {"heads of ", heads[2], " elements: at least 1"});
    }
  }
  if (in.domain() == kMicrosoft && *state_heads > *query_heads) width = value_size * *state_heads;
  out.SetShape(0, ShapeBuilder({query[0], query[1], width}));
  SetState(in, state, out);
  return absl::OkStatus();
}

// com.microsoft GatedDeltaNet-1, token-major, n... being [tokens], or [batch, length]:
//   query [n..., Hq, Dk], key [n..., Hq, Dk], value [n..., Hv, Dv], cu_seqlens [B + 1], decay,
//   beta, initial_state [B, Hv, Dv, Dk]
//   -> output [n..., Hv, Dv], final_state [B, Hv, Dv, Dk],
//      state_update [B, capacity*(decay + Hq*Dk + Hv*Dv)], where decay is Hv, or Hv*Dk with one
//      decay per key element
// Query alone may hold all three, side by side: [n..., 2*Hq*Dk + Hv*Dv]; then the state tells the
// heads. Source: onnxruntime core/graph/contrib_ops/bert_defs.cc;
// contrib_ops/cpu/bert/gated_delta_net.cc.
class GatedDeltaNet {
 public:
  GatedDeltaNet(const Operands& in, Results& out)
      : in_(in),
        out_(out),
        query_(in.shape(0)),
        key_(in.shape(1)),
        value_(in.shape(2)),
        lengths_(in.shape(3)),
        state_(in.shape(6)) {}

  absl::Status Infer() {
    SetTypeLike(in_, {0}, out_, 0);
    out_.SetType(1, ElementType::kFloat);
    out_.SetType(2, ElementType::kFloat);
    if (in_.has(1) != in_.has(2)) {
      return absl::InvalidArgumentError("key and value go together");
    }
    if (!in_.has(1) && !in_.has(6)) {
      return absl::InvalidArgumentError("without key and value, initial_state tells the heads");
    }
    if (absl::Status s = CheckRanks(); !s.ok()) return s;
    if (state_.has_rank()) out_.SetShape(1, state_);
    if (!query_.has_rank()) return absl::OkStatus();
    for (int i = 0; i < query_.rank() - (in_.has(1) ? 2 : 1); ++i) {
      out_.Require(Ge(query_[i], 1), {"there are tokens: ", query_[i]});
    }
    if (in_.has(1)) {
      InferSeparate();
    } else if (state_.has_rank()) {
      InferPacked();
    }
    if (out_.wanted(2)) SetStateUpdate();
    return absl::OkStatus();
  }

 private:
  absl::Status CheckRanks() const {
    if (absl::Status s = CheckRank(in_, 6, 4); !s.ok()) return s;
    if (absl::Status s = CheckRank(in_, 3, 1); !s.ok()) return s;
    const int least = in_.has(1) ? 3 : 2;
    for (int i : {0, 1, 2}) {
      const ShapeView x = in_.shape(i);
      if (!in_.has(i) || !x.has_rank() || x.rank() == least || x.rank() == least + 1) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i, " has rank ", least, " or ", least + 1, ", not ", x.rank()));
    }
    if (in_.has(3) && query_.has_rank() && query_.rank() == least + 1) {
      return absl::InvalidArgumentError("cu_seqlens goes with one axis of tokens");
    }
    return absl::OkStatus();
  }

  void InferSeparate() {
    const int tokens = query_.rank() - 2;
    if (key_.has_rank() && key_.rank() == query_.rank()) {
      for (int k = 0; k < query_.rank(); ++k) {
        RequireSameSize(query_[k], key_[k], absl::StrCat("axis ", k, " of query and key"), out_);
      }
    }
    if (!value_.has_rank() || value_.rank() != query_.rank()) return;
    for (int k = 0; k < tokens; ++k) {
      RequireSameSize(query_[k], value_[k], absl::StrCat("axis ", k, " of query and value"), out_);
    }
    const Expr heads = value_[tokens], value_size = value_[tokens + 1];
    out_.Require(Ge(query_[tokens], 1), {"heads of query, ", query_[tokens], ": at least 1"});
    out_.Require(Divides(query_[tokens], heads),
                 {"heads of query, ", query_[tokens], ", divide those of value, ", heads});
    out_.SetShape(0, value_);
    RequireGates(tokens, heads, query_[tokens + 1]);
    const std::optional<Expr> batch = Batch(tokens);
    if (!batch) return;
    const ShapeBuilder state({*batch, heads, value_size, query_[tokens + 1]});
    for (int k = 0; state_.has_rank() && k < 4; ++k) {
      RequireSameSize(state_[k], in_.Wrap(state.dims()[k]),
                      absl::StrCat("axis ", k, " of initial_state"), out_);
    }
    out_.SetShape(1, state);
  }

  // decay [n..., Hv] or [n..., Hv, Dk], beta [n..., Hv]
  void RequireGates(int tokens, Expr heads, Expr key_size) {
    for (int i : {4, 5}) {
      const ShapeView gate = in_.shape(i);
      if (!gate.has_rank() || gate.rank() <= tokens || gate.rank() > tokens + 2) continue;
      RequireSameAxes(query_, gate, tokens, "tokens of query and of a gate", out_);
      RequireSameSize(gate[tokens], heads, "heads of value and of a gate", out_);
      if (gate.rank() == tokens + 2)
        RequireSameSize(gate[tokens + 1], key_size, "key size and decay", out_);
    }
  }

  // The first axis of the state.
  std::optional<Expr> Batch(int token_axes) {
    if (token_axes == 2) return query_[0];
    if (in_.has(3)) {
      RequireAllTokens(in_, 3, query_[0], out_);
      return lengths_.has_rank() ? std::optional<Expr>(lengths_[0] - 1) : std::nullopt;
    }
    if (!state_.has_rank()) return std::nullopt;
    out_.Require(Divides(state_[0], query_[0]),
                 {"batch of initial_state, ", state_[0], ", divides ", query_[0], " tokens"});
    return state_[0];
  }

  // 2*Hq*Dk + Hv*Dv elements, with Hv a multiple of Hq, which nothing else tells.
  void InferPacked() {
    const int tokens = query_.rank() - 1;
    const Expr heads = state_[1], value_size = state_[2], key_size = state_[3];
    const Expr keys = query_[tokens] - heads * value_size;
    for (Expr size : {heads, value_size, key_size}) {
      out_.Require(Ge(size, 1), {"heads and sizes in initial_state, ", size, ": at least 1"});
    }
    out_.Require(Ge(keys, 1), {query_[tokens], " elements of query are more than those of values, ",
                               heads * value_size});
    out_.Require(Divides(2 * key_size, keys),
                 {query_[tokens], " elements of query are two of keys of ", key_size,
                  ", and values of ", heads * value_size});
    out_.Require(Divides(keys, heads * 2 * key_size),
                 {"heads of query in ", keys, " elements divide those of value, ", heads});
    RequireGates(tokens, heads, key_size);
    if (const std::optional<Expr> batch = Batch(tokens)) {
      RequireSameSize(state_[0], *batch, "batch of query and initial_state", out_);
    }
    ShapeBuilder y(query_.dims().first(tokens));
    y.Add(heads);
    y.Add(value_size);
    out_.SetShape(0, y);
  }

  // The factors of the first `state_update_capacity` transitions of each request, side by side.
  void SetStateUpdate() {
    const ShapeView decay = in_.shape(4);
    if (!state_.has_rank() || !in_.has(1) || !key_.has_rank() || !decay.has_rank()) {
      out_.SetRank(2, 2, "state_update");
      return;
    }
    const Expr deltas = state_[1] * state_[2];
    const Expr decays = decay.rank() == key_.rank() ? state_[1] * state_[3] : state_[1];
    const Expr keys = key_.Product(key_.rank() - 2, key_.rank());
    const int64_t capacity = in_.Int("state_update_capacity", 0);
    out_.SetShape(2, ShapeBuilder({state_[0], (decays + keys + deltas) * capacity}));
  }

  const Operands& in_;
  Results& out_;
  const ShapeView query_, key_, value_, lengths_, state_;
};

absl::Status InferGatedDeltaNet(const Operands& in, Results& out) {
  return GatedDeltaNet(in, out).Infer();
}

// input [B, C, n...], weight [C, 1, k...], past_state -> output like input, present_state
// [B, C, (k_last - 1)*dilation].
// onnxruntime's own: channels_last puts the sequence before the channels (input [B, T, c...]), and
// the extended attributes pick `input_channels` of a wider input, give the state another length or
// layout, and keep the first `state_update_capacity` rows: state_update [B, capacity, C]. Source:
// ONNX CausalConvWithState-27; onnxruntime contrib_ops/cpu/bert/causal_conv_with_state.cc.
absl::Status InferCausalConvWithState(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {3, 0}, out, 1);
  SetTypeLike(in, {0}, out, 2);
  if (absl::Status s = CheckRankAtLeast(in, 0, 3); !s.ok()) return s;
  if (absl::Status s = CheckRankAtLeast(in, 1, 3); !s.ok()) return s;
  const ShapeView x = in.shape(0), weight = in.shape(1);
  if (!x.has_rank()) return absl::OkStatus();
  const int last_axis = x.rank() - 1;
  const bool last = in.Int("channels_last", 0) != 0;
  Expr channels = last ? x.Product(2, x.rank()) : x[1];
  ShapeBuilder y(x.dims());
  if (const int64_t picked = in.Int("input_channels", 0); picked > 0) {
    const int64_t end = in.Int("input_channel_offset", 0) + picked;
    out.Require(Ge(channels, end), {"channels up to ", end, " of ", channels});
    channels = in.Const(picked);
    y.Set(last_axis, channels);
  }
  out.SetShape(0, y);
  if (const int64_t rows = in.Int("state_update_capacity", 0); rows > 0) {
    out.SetShape(2, ShapeBuilder({x[0], in.Const(rows), channels}));
  }
  if (!weight.has_rank()) return absl::OkStatus();
  RequireSameSize(channels, weight[0], "channels of input and weight", out);
  RequireSameSize(weight[1], in.Const(1), "channels of a depthwise weight", out);
  RequireLength(in, 2, channels, "channels of input and bias", out);
  const int64_t given = in.Int("state_length", 0);
  const Expr length =
      given > 0 ? in.Const(given) : (weight[weight.rank() - 1] - 1) * in.Int("dilation", 1);
  ShapeBuilder state(y.dims());
  state.Set(last ? 1 : last_axis, length);
  if (const int64_t layout = in.Int("state_channels_last", -1); layout >= 0) {
    state = layout > 0 ? ShapeBuilder({x[0], length, channels})
                       : ShapeBuilder({x[0], channels, length});
  }
  if (const ShapeView past = in.shape(3); past.has_rank() && past.rank() == state.rank()) {
    for (int k = 0; k < past.rank(); ++k) {
      RequireSameSize(past[k], in.Wrap(state.dims()[k]), absl::StrCat("axis ", k, " of past_state"),
                      out);
    }
  }
  SetState(in, std::move(state), out);
  const Expr kernel = weight[weight.rank() - 1];
  if (given <= 0) out.Require(Ge(kernel, 1), {"kernel of ", kernel, ": at least 1"});
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
