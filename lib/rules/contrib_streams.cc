// onnxruntime's hyper-connections: C residual streams of width H side by side, grouped as [a..., C,
// H] or flattened as [a..., C*H] (where num_branches is C).
#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

struct Streams {
  int lead;  // axes before the streams
  Expr branches;
  Expr hidden;
};

// nullopt where the rank is not known.
// Source: onnxruntime contrib_ops/cpu/hyper_connection_helper.h, ResolveStreamShape.
absl::StatusOr<std::optional<Streams>> ReadStreams(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return std::optional<Streams>();
  const int64_t branches = in.Int("num_branches", 0);
  if (x.rank() < (branches > 0 ? 1 : 2)) {
    return absl::InvalidArgumentError(absl::StrCat("streams of rank ", x.rank()));
  }
  const Expr last = x[x.rank() - 1];
  if (branches > 0) {
    out.Require(Divides(branches, last), {branches, " branches divide ", last});
    out.Require(Ge(last, 1), {"width ", last, " of a stream: at least 1"});
    return std::optional<Streams>({x.rank() - 1, in.Const(branches), FloorDiv(last, branches)});
  }
  const Expr grouped = x[x.rank() - 2];
  out.Require(Ge(grouped, 1), {"branches ", grouped, ": at least 1"});
  out.Require(Ge(last, 1), {"width ", last, " of a stream: at least 1"});
  return std::optional<Streams>({x.rank() - 2, grouped, last});
}

// [a..., last]
ShapeBuilder LeadAnd(const Operands& in, const Streams& streams, Expr last) {
  ShapeBuilder y(in.shape(0).dims().subspan(0, streams.lead));
  y.Add(last);
  return y;
}

// A gate [a..., C], [a..., C, 1] or [a..., C, H]; [a..., C*H] too where `flat`.
// Source: onnxruntime contrib_ops/cpu/hyper_connection_helper.h, ResolveGateShape.
void RequireGate(const Operands& in, int operand, const Streams& s, bool flat, Results& out) {
  const ShapeView gate = in.shape(operand);
  if (!gate.has_rank()) return;
  RequireSameAxes(in.shape(0), gate, s.lead, "streams and gate", out);
  if (gate.rank() == s.lead + 1) {
    const Fact whole[] = {Eq(gate[s.lead], s.branches * s.hidden)};
    out.RequireUnless(flat ? absl::MakeConstSpan(whole) : absl::Span<const Fact>(),
                      Eq(gate[s.lead], s.branches),
                      {"gate of ", gate[s.lead], " for ", s.branches, " branches"});
  } else if (gate.rank() == s.lead + 2) {
    RequireSameSize(gate[s.lead], s.branches, "branches and gate", out);
    RequireOneOrSame(gate[s.lead + 1], s.hidden, "width of a gate", out);
  }
}

// X, scale [H], [C*H] or [C, H] -> like X
absl::Status InferBranchwiseRmsNorm(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const absl::StatusOr<std::optional<Streams>> streams = ReadStreams(in, out);
  const ShapeView scale = in.shape(1);
  if (!streams.ok() || !streams->has_value() || !scale.has_rank()) return streams.status();
  const auto& [lead, branches, hidden] = **streams;
  if (scale.rank() == 1) {
    const Fact each[] = {Eq(scale[0], branches * hidden)};
    out.RequireUnless(each, Eq(scale[0], hidden),
                      {"scale of ", scale[0], " for a width of ", hidden});
  } else if (scale.rank() == 2) {
    RequireSameSize(scale[0], branches, "branches and scale", out);
    RequireSameSize(scale[1], hidden, "width and scale", out);
  }
  return absl::OkStatus();
}

// streams, pre_mix -> [a..., H]
absl::Status InferPreMix(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const absl::StatusOr<std::optional<Streams>> streams = ReadStreams(in, out);
  if (!streams.ok()) return streams.status();
  if (!streams->has_value()) return absl::OkStatus();
  RequireGate(in, 1, **streams, in.Int("num_branches", 0) > 0, out);
  out.SetShape(0, LeadAnd(in, **streams, (*streams)->hidden));
  return absl::OkStatus();
}

// streams, block_output [a..., H], post_mix, stream_mix -> like streams
absl::Status InferPostMix(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const absl::StatusOr<std::optional<Streams>> streams = ReadStreams(in, out);
  if (!streams.ok()) return streams.status();
  const ShapeView block = in.shape(1);
  if (!streams->has_value() || !block.has_rank()) return absl::OkStatus();
  const int lead = (*streams)->lead;
  if (block.rank() != lead + 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("block_output has rank ", lead + 1, ", not ", block.rank()));
  }
  RequireSameAxes(in.shape(0), block, lead, "streams and block_output", out);
  RequireSameSize(block[lead], (*streams)->hidden, "width of block_output and of a stream", out);
  RequireGate(in, 2, **streams, /*flat=*/false, out);
  if (const ShapeView mix = in.shape(3); mix.has_rank() && mix.rank() == lead + 2) {
    RequireSameAxes(in.shape(0), mix, lead, "streams and stream_mix", out);
    for (int i : {lead, lead + 1})
      RequireSameSize(mix[i], (*streams)->branches, "branches and stream_mix", out);
  }
  return absl::OkStatus();
}

// streams [a..., C*H] … -> pre_output [a..., H], post_gate [a..., C], streams_out like streams
absl::Status InferLowRankMix(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {0}, out, 1);
  SetLike(in, 0, out, 2);
  if (in.Int("num_branches", 0) < 1) {
    return absl::InvalidArgumentError("num_branches is at least 1");
  }
  const absl::StatusOr<std::optional<Streams>> streams = ReadStreams(in, out);
  if (!streams.ok()) return streams.status();
  if (!streams->has_value()) return absl::OkStatus();
  out.SetShape(0, LeadAnd(in, **streams, (*streams)->hidden));
  out.SetShape(1, LeadAnd(in, **streams, (*streams)->branches));
  return absl::OkStatus();
}

// key, query [B, S, C, H], value [B, S, H] -> gated value, and the same normalised, [B, S, C, H]
absl::Status InferEngramGate(const Operands& in, Results& out) {
  SetLike(in, 0, out, 0);
  SetLike(in, 0, out, 1);
  for (int i = 0; i < 3; ++i) {
    if (absl::Status s = CheckRank(in, i, i == 2 ? 3 : 4); !s.ok()) return s;
  }
  const ShapeView key = in.shape(0);
  const ShapeView value = in.shape(2);
  RequireSameAxes(key, in.shape(1), 4, "key and query", out);
  RequireSameAxes(key, value, 2, "key and value", out);
  if (key.has_rank() && value.has_rank()) {
    RequireSameSize(key[3], value[2], "hidden size of key and value", out);
  }
  for (int i : {3, 4, 5}) {
    const ShapeView scale = in.shape(i);
    if (!key.has_rank() || !scale.has_rank() || scale.rank() != 2) continue;
    RequireSameSize(scale[0], key[2], "branches of key and scale", out);
    RequireSameSize(scale[1], key[3], "hidden size of key and scale", out);
  }
  return absl::OkStatus();
}

constexpr Rule kContribStreamsRules[] = {
    {kMicrosoft, "BranchwiseRMSNorm", 1, InferBranchwiseRmsNorm},
    {kMicrosoft, "EngramGate", 1, InferEngramGate},
    {kMicrosoft, "HyperConnectionLowRankMix", 1, InferLowRankMix},
    {kMicrosoft, "HyperConnectionPostMix", 1, InferPostMix},
    {kMicrosoft, "HyperConnectionPreMix", 1, InferPreMix},
};

}  // namespace

absl::Span<const Rule> ContribStreamsRules() { return kContribStreamsRules; }

}  // namespace symshape::rules
