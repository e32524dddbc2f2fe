// ai.onnx.preview.training: one step of an optimiser, and gradients.
#include "rules/families.h"

namespace symshape::rules {
namespace {

// R, T, then `kGroups` groups of n tensors each: X_i, their gradients, then states. The outputs are
// the new X_i and the new states, each of the shape of the old: the gradients' group alone has
// none. Source: ONNX Adagrad-1 (X, G, H), Momentum-1 (X, G, V), Adam-1 (X, G, V, H).
template <int kGroups>
absl::Status InferOptimizer(const Operands& in, Results& out) {
  constexpr int kFirst = 2;
  const int n = (in.size() - kFirst) / kGroups;
  if (n <= 0 || in.size() != kFirst + n * kGroups) {
    return absl::InvalidArgumentError("the inputs are R, T and as many tensors of each kind");
  }
  for (int i = 0; i < in.outputs(); ++i) {
    const int from = kFirst + (i < n ? i : i + n);
    out.Set(i, in.type(from), in.shape(from));
  }
  return absl::OkStatus();
}

// The gradient by each of the inputs that `xs` names has that input's shape; the first inputs are
// they. Source: ONNX Gradient-1.
absl::Status InferGradient(const Operands& in, Results& out) {
  for (int i = 0; i < in.outputs() && i < in.size(); ++i) out.Set(i, in.type(i), in.shape(i));
  return absl::OkStatus();
}

constexpr Rule kOnnxTrainingRules[] = {
    {kOnnxTraining, "Adagrad", 1, InferOptimizer<3>},
    {kOnnxTraining, "Adam", 1, InferOptimizer<4>},
    {kOnnxTraining, "Gradient", 1, InferGradient},
    {kOnnxTraining, "Momentum", 1, InferOptimizer<3>},
};

}  // namespace

absl::Span<const Rule> TrainingRules() { return kOnnxTrainingRules; }

}  // namespace symshape::rules
