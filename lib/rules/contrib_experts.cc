// onnxruntime's mixtures of experts, and the routers in front of them.
#include <algorithm>

#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// A routed [rows, experts] has a row for each token of x [tokens..., H].
void RequireRowPerToken(const ShapeView& x, const ShapeView& routed, Results& out) {
  if (!x.has_rank() || x.rank() == 0 || !routed.has_rank() || routed.rank() != 2) return;
  RequireSameSize(x.Product(0, x.rank() - 1), routed[0], "tokens and rows of router_probs", out);
}

// input [tokens, H] or [B, S, H], router_probs [tokens, experts] -> like input
// Source: onnxruntime contrib_ops/cpu/moe/moe_helper.h.
absl::Status InferExperts(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  RequireRowPerToken(in.shape(0), in.shape(1), out);
  return absl::OkStatus();
}

// What every expert has, its weights, scales and biases, comes first.
void RequireExperts(const Operands& in, absl::Span<const int> operands, Results& out) {
  const ShapeView routed = in.shape(1);
  if (!routed.has_rank() || routed.rank() != 2) return;
  out.Require(Ge(routed[1], in.Int("k", 1)), {"k of ", routed[1], " experts"});
  for (int i : operands) {
    const ShapeView x = in.shape(i);
    if (x.has_rank() && x.rank() > 0)
      RequireSameSize(x[0], routed[1], "experts of router_probs and of weights", out);
  }
}

// fc1 [E, I, H] and fc2 [E, H, I], or both with their last axes swapped as older files have them;
// `packed` weights of the last axis are one element. I is doubled in fc1 where swiglu is fused.
void RequireWeights(const Operands& in, int first, int second, int64_t packed, Results& out) {
  const ShapeView x = in.shape(0), fc1 = in.shape(first), fc2 = in.shape(second);
  if (!x.has_rank() || x.rank() == 0 || !fc1.has_rank() || fc1.rank() != 3 || !fc2.has_rank() ||
      fc2.rank() != 3) {
    return;
  }
  const Expr hidden = x[x.rank() - 1];
  out.Require(Ge(hidden, 1), {"hidden size ", hidden, ": at least 1"});
  const bool splits = in.String("activation_type", "relu") == "swiglu";
  const bool sized = !splits || in.Int("swiglu_fusion", 0) != 0;
  const int64_t doubled = splits ? 2 : 1;
  if (sized) {
    out.Require(Ge(fc1[1], 1), {"inner size ", fc1[1], ": at least 1"});
    out.Require(Ge(fc2[2], 1), {"inner size ", fc2[2], ": at least 1"});
  }
  // All of the new order, or all of the old one.
  const Expr wide1 = fc1[2] * packed, wide2 = fc2[2] * packed;
  std::vector<Fact> now = {Eq(wide1, hidden), Eq(fc2[1], hidden)};
  std::vector<Fact> old = {Eq(fc1[1], hidden), Eq(wide2, hidden)};
  if (sized) {
    now.push_back(Eq(fc1[1], wide2 * doubled));
    old.push_back(Eq(wide1, fc2[1] * doubled));
  }
  for (size_t i = 0; i < now.size(); ++i) {
    for (size_t k = 0; k < old.size(); ++k) {
      if (!sized && i != k) continue;  // which kernel takes it is not told
      out.RequireUnless(
          {old[k]}, now[i],
          {"hidden size ", hidden, ", inner sizes ", fc1[1], " of fc1 and ", wide2, " of fc2 fit"});
    }
  }
}

// fc1 (2), bias [E, I], fc2 (4), bias [E, H], fc3, bias -> like input
absl::Status InferMoe(const Operands& in, Results& out) {
  const absl::Status status = InferExperts(in, out);
  RequireExperts(in, {2, 3, 4, 5, 6, 7}, out);
  RequireWeights(in, 2, 4, 1, out);
  const ShapeView fc1 = in.shape(2), wide = in.shape(3);
  if (fc1.has_rank() && fc1.rank() == 3 && wide.has_rank() && wide.rank() == 2) {
    const Fact old[] = {Eq(wide[1], fc1[2])};
    out.RequireUnless(old, Eq(wide[1], fc1[1]),
                      {"fc1's bias of ", wide[1], " and inner size ", fc1[1], " are equal"});
  }
  const ShapeView x = in.shape(0), bias = in.shape(5);
  if (x.has_rank() && x.rank() > 0 && bias.has_rank() && bias.rank() == 2) {
    RequireSameSize(bias[1], x[x.rank() - 1], "fc2's bias and hidden size", out);
  }
  return status;
}

// fc1's scales (3) and bias [E, I], fc2's scales (6) and bias [E, H]; with block_size, scales
// [E, I, blocks of H] and [E, H, blocks of I]. I is a size of fc1, as in RequireWeights.
// Source: onnxruntime contrib_ops/cpu/moe/moe_helper.h, CheckInputs.
void RequireScales(const Operands& in, int64_t packed, Results& out) {
  const ShapeView x = in.shape(0), fc1 = in.shape(2), fc2 = in.shape(5);
  if (!x.has_rank() || x.rank() == 0 || !fc1.has_rank() || fc1.rank() != 3 || !fc2.has_rank() ||
      fc2.rank() != 3) {
    return;
  }
  const Expr hidden = x[x.rank() - 1];
  const auto rows = [&](int operand) {
    const ShapeView given = in.shape(operand);
    return given.has_rank() && given.rank() >= 2 ? std::optional<Expr>(given[1]) : std::nullopt;
  };
  for (int operand : {3, 4}) {
    const std::optional<Expr> inner = rows(operand);
    if (!inner) continue;
    for (const Fact& old :
         {Eq(*inner, fc1[2] * packed), Eq(fc1[1], hidden), Eq(fc2[2] * packed, hidden)}) {
      out.RequireUnless(
          {old}, Eq(*inner, fc1[1]),
          {"scales or bias of fc1, ", *inner, ", and inner size ", fc1[1], " are equal"});
    }
  }
  for (int operand : {6, 7}) {
    if (const auto wide = rows(operand))
      RequireSameSize(*wide, hidden, "scales or bias of fc2 and hidden size", out);
  }
  const int64_t block = in.Int("block_size", 0);
  if (block <= 0) return;
  if (const ShapeView scales = in.shape(3); scales.has_rank() && scales.rank() == 3) {
    RequireSameSize(scales[2], CeilDiv(hidden, block), "scales of fc1 and blocks", out);
  }
  if (const ShapeView scales = in.shape(6); scales.has_rank() && scales.rank() == 3) {
    const Fact old[] = {Eq(scales[2], CeilDiv(fc2[1], block))};
    out.RequireUnless(old, Eq(scales[2], CeilDiv(fc2[2] * packed, block)),
                      {"scales of fc2, ", scales[2], ", are those of its blocks"});
  }
}

// The same with scales behind each weight: fc1 (2), scales, bias, fc2 (5), scales, bias …
absl::Status InferQMoe(const Operands& in, Results& out) {
  const absl::Status status = InferExperts(in, out);
  RequireExperts(in, {2, 3, 4, 5, 6, 7, 8, 9, 10}, out);
  const int64_t bits = in.Int("expert_weight_bits", 4);
  const int64_t packed = bits > 0 && bits <= 8 ? 8 / bits : 1;
  RequireWeights(in, 2, 5, packed, out);
  RequireScales(in, packed, out);
  return status;
}

// logits [a..., experts], or activations [tokens, width] and projection_weight [experts, width] (2)
// -> router_probs, selection_scores, router_weights [tokens, experts]
// Source: onnxruntime contrib_defs.cc, MoEGroupRouter.
absl::Status InferGroupRouter(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  out.SetType(1, ElementType::kFloat);
  out.SetType(2, ElementType::kFloat);
  if (in.Int("top_k", 0) < 1) return absl::InvalidArgumentError("top_k is at least 1");
  if (in.wanted(1) != in.wanted(2) || (in.wanted(0) && in.wanted(1))) {
    return absl::InvalidArgumentError("router_probs alone, or selection_scores and router_weights");
  }
  const ShapeView x = in.shape(0);
  const ShapeView weight = in.shape(2);
  if (!x.has_rank() || x.rank() == 0) return absl::OkStatus();
  if (in.has(2) && (!weight.has_rank() || weight.rank() != 2)) return absl::OkStatus();
  const Expr experts = in.has(2) ? weight[0] : x[x.rank() - 1];
  RequireLength(in, 1, experts, "expert_bias and experts", out);
  out.Require(Ge(experts, in.Int("top_k", 0)), {"top_k of ", experts, " experts"});
  out.Require(Divides(std::max<int64_t>(in.Int("n_group", 1), 1), experts),
              {"n_group divides ", experts, " experts"});
  const ShapeBuilder y({x.Product(0, x.rank() - 1), experts});
  for (int output = 0; output < 3; ++output) out.SetShape(output, y);
  return absl::OkStatus();
}

// X [a..., K], W [K, router_size + 2*inter] -> [a..., router_size], [a..., inter]
// Source: onnxruntime contrib_defs.cc, RouterGateUpProj.
absl::Status InferRouterGateUp(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out, 0);
  SetTypeLike(in, {0, 1}, out, 1);
  if (absl::Status s = CheckRank(in, 1, 2); !s.ok()) return s;
  const std::optional<int64_t> size = in.Int("router_size");
  if (!size.has_value()) return absl::InvalidArgumentError("no attribute router_size");
  const ShapeView x = in.shape(0);
  const ShapeView w = in.shape(1);
  if (!x.has_rank() || x.rank() == 0) return absl::OkStatus();
  ShapeBuilder router(x.dims());
  router.Set(x.rank() - 1, in.Const(*size));
  out.SetShape(0, router);
  if (!w.has_rank()) return absl::OkStatus();
  RequireSameSize(x[x.rank() - 1], w[0], "inner dims", out);
  ShapeBuilder activated(x.dims());
  activated.Set(x.rank() - 1, FloorDiv(w[1] - *size, 2));
  out.SetShape(1, activated);
  return absl::OkStatus();
}

constexpr Rule kContribExpertsRules[] = {
    {kMicrosoft, "MoE", 1, InferMoe},
    {kMicrosoft, "MoEGroupRouter", 1, InferGroupRouter},
    {kMicrosoft, "MoEPacked", 1, InferExperts},
    {kMicrosoft, "QMoE", 1, InferQMoe},
    {kMicrosoft, "RouterGateUpProj", 1, InferRouterGateUp},
};

}  // namespace

absl::Span<const Rule> ContribExpertsRules() { return kContribExpertsRules; }

}  // namespace symshape::rules
