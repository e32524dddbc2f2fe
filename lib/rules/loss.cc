// Losses of classification: scores [N, C, d...] against targets [N, d...] of class numbers.
#include "rules/families.h"

namespace symshape::rules {
namespace {

// The loss: one per target where reduction=none, else a scalar. The runtime builds it from the
// targets, of which NegativeLogLikelihoodLoss takes fewer than there are scores (its body's
// GatherElements).
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

// Source: ONNX NegativeLogLikelihoodLoss-12, -13, -22.
absl::Status InferNegativeLogLikelihoodLoss(const Operands& in, Results& out) {
  SetLoss(in, out);
  return absl::OkStatus();
}

// The second output is the logarithms of the probabilities, of the scores' shape.
// Source: ONNX SoftmaxCrossEntropyLoss-12, -13.
absl::Status InferSoftmaxCrossEntropyLoss(const Operands& in, Results& out) {
  SetLoss(in, out);
  const ShapeView scores = in.shape(0), targets = in.shape(1);
  out.Set(1, in.type(0), scores);
  if (!scores.has_rank() || !targets.has_rank() || targets.rank() != scores.rank() - 1) {
    return absl::OkStatus();
  }
  for (int i = 0; i < targets.rank(); ++i) {
    const Expr expected = scores[i == 0 ? 0 : i + 1];
    if (expected.dim() == targets[i].dim()) continue;
    out.Require(Eq(expected, targets[i]),
                {"targets of ", targets[i], " at axis ", i, " for scores of ", expected});
  }
  return absl::OkStatus();
}

constexpr Rule kLossRules[] = {
    {kOnnx, "NegativeLogLikelihoodLoss", 12, InferNegativeLogLikelihoodLoss},
    {kOnnx, "SoftmaxCrossEntropyLoss", 12, InferSoftmaxCrossEntropyLoss},
};

}  // namespace

absl::Span<const Rule> LossRules() { return kLossRules; }

}  // namespace symshape::rules
