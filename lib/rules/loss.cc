// Losses of classification: scores [N, C, d...] against targets [N, d...] of class numbers.
#include "rules/families.h"

namespace symshape::rules {
namespace {

// The loss: one per target where reduction=none, else a scalar. Both operators are functions whose
// bodies gather the targets' scores by GatherElements, so that fewer targets than scores run.
void SetLoss(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  if (in.String("reduction", "mean") != "none") {
    out.SetShape(0, ShapeBuilder());
  } else if (in.shape(1).has_rank()) {
    out.SetShape(0, in.shape(1));
  } else if (in.shape(0).has_rank() && in.shape(0).rank() >= 2) {
    ShapeBuilder loss;
    for (int i = 0; i < in.shape(0).rank() - 1; ++i) loss.Add(out.Fresh("targets"));
    out.SetShape(0, loss);
  }
}

// GatherElements reads the scores [N, C, d...] of targets [N, d...]: not more than there are, and
// where there are targets at all, of at least one class.
void RequireScores(const ShapeView& scores, const ShapeView& targets, Results& out) {
  if (!scores.has_rank() || !targets.has_rank() || scores.rank() != targets.rank() + 1) return;
  for (int i = 0; i < targets.rank(); ++i) {
    const Expr size = scores[i == 0 ? 0 : i + 1];
    if (targets[i].dim() == size.dim()) continue;
    out.Require(Le(targets[i], size), {"targets of ", targets[i], " in scores of ", size});
  }
  if (targets.rank() == 0) return;
  out.RequireUnlessZero(targets.dims(), Ge(scores[1], 1), {scores[1], " classes are not none"});
}

// A weight for each class that is a target; which ones are, is data.
void RequireWeights(const Operands& in, Results& out) {
  const ShapeView targets = in.shape(1), weights = in.shape(2);
  if (!targets.has_rank() || !weights.has_rank() || weights.rank() != 1) return;
  if (in.HasAttribute("ignore_index")) return;  // perhaps all of them
  out.RequireUnlessZero(targets.dims(), Ge(weights[0], 1),
                        {weights[0], " weights of classes are not none"});
}

// Source: ONNX NegativeLogLikelihoodLoss-12, -13, -22.
absl::Status InferNegativeLogLikelihoodLoss(const Operands& in, Results& out) {
  SetLoss(in, out);
  RequireScores(in.shape(0), in.shape(1), out);
  RequireWeights(in, out);
  return absl::OkStatus();
}

// The second output is the logarithms of the probabilities, of the scores' shape. The body reshapes
// them to [0, 0, -1], which no empty batch survives.
// Source: ONNX SoftmaxCrossEntropyLoss-12, -13.
absl::Status InferSoftmaxCrossEntropyLoss(const Operands& in, Results& out) {
  SetLoss(in, out);
  const ShapeView scores = in.shape(0);
  out.Set(1, in.type(0), scores);
  if (!scores.has_rank()) return absl::OkStatus();
  if (scores.rank() < 2) return absl::InvalidArgumentError("scores have rank at least 2");
  RequireScores(scores, in.shape(1), out);
  RequireWeights(in, out);
  out.Require(Ge(scores[0], 1), {"a batch of ", scores[0], " is not empty"});
  out.Require(Ge(scores[1], 1), {scores[1], " classes are not none"});
  return absl::OkStatus();
}

constexpr Rule kLossRules[] = {
    {kOnnx, "NegativeLogLikelihoodLoss", 12, InferNegativeLogLikelihoodLoss},
    {kOnnx, "SoftmaxCrossEntropyLoss", 12, InferSoftmaxCrossEntropyLoss},
};

}  // namespace

absl::Span<const Rule> LossRules() { return kLossRules; }

}  // namespace symshape::rules
