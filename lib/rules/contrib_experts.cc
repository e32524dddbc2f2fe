// onnxruntime's mixtures of experts, and the routers in front of them.
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

// logits [a..., experts], or activations [tokens, width] and projection_weight [experts, width] (2)
// -> router_probs, selection_scores, router_weights [tokens, experts]
// Source: onnxruntime contrib_defs.cc, MoEGroupRouter.
absl::Status InferGroupRouter(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  out.SetType(1, ElementType::kFloat);
  out.SetType(2, ElementType::kFloat);
  if (in.Int("top_k", 0) < 1) return absl::InvalidArgumentError("top_k is at least 1");
  const ShapeView x = in.shape(0);
  const ShapeView weight = in.shape(2);
  if (!x.has_rank() || x.rank() == 0) return absl::OkStatus();
  if (in.has(2) && (!weight.has_rank() || weight.rank() != 2)) return absl::OkStatus();
  const ShapeBuilder y({x.Product(0, x.rank() - 1), in.has(2) ? weight[0] : x[x.rank() - 1]});
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
    {kMicrosoft, "MoE", 1, InferExperts},
    {kMicrosoft, "MoEGroupRouter", 1, InferGroupRouter},
    {kMicrosoft, "MoEPacked", 1, InferExperts},
    {kMicrosoft, "QMoE", 1, InferExperts},
    {kMicrosoft, "RouterGateUpProj", 1, InferRouterGateUp},
};

}  // namespace

absl::Span<const Rule> ContribExpertsRules() { return kContribExpertsRules; }

}  // namespace symshape::rules
