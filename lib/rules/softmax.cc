// Softmax, LogSoftmax, Hardmax and fused forms: the shape of the operand, one axis of which has to exist.
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// Source: ONNX Softmax-1, 11, 13 (axis 1 by default until 12, then -1); the runtime refuses scalars.
absl::Status InferSoftmax(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  return NormalizeAxis(in.Int("axis", in.version() >= 13 ? -1 : 1), x.rank()).status();
}

// QLinearSoftmax: X, scales and zero points; BiasSoftmax: data, and a bias broadcast to it.
absl::Status InferLikeData(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

constexpr Rule kSoftmaxRules[] = {
    {kOnnx, "Hardmax", 1, InferSoftmax},
    {kOnnx, "LogSoftmax", 1, InferSoftmax},
    {kOnnx, "Softmax", 1, InferSoftmax},
    {kMicrosoft, "BiasSoftmax", 1, InferLikeData},
    {kMicrosoft, "QLinearSoftmax", 1, InferLikeData},
};

}  // namespace

absl::Span<const Rule> SoftmaxRules() { return kSoftmaxRules; }

}  // namespace symshape::rules
