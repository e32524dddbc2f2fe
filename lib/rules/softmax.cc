// Softmax, LogSoftmax, Hardmax and fused forms: the shape of the operand, one axis of which has to
// exist.
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// Source: ONNX Softmax-1, 11, 13 (axis 1 by default until 12, then -1); the runtime refuses
// scalars.
absl::Status InferSoftmax(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  return NormalizeAxis(in.Int("axis", in.version() >= 13 ? -1 : 1), x.rank()).status();
}

// X, scales and zero points; `opset` says whose axis counts.
absl::Status InferQLinearSoftmax(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  return NormalizeAxis(in.Int("axis", -1), x.rank()).status();
}

// data, and a bias broadcast to it -> like data
absl::Status InferBiasSoftmax(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  return absl::OkStatus();
}

constexpr Rule kSoftmaxRules[] = {
    {kOnnx, "Hardmax", 1, InferSoftmax},
    {kOnnx, "LogSoftmax", 1, InferSoftmax},
    {kOnnx, "Softmax", 1, InferSoftmax},
    {kMicrosoft, "BiasSoftmax", 1, InferBiasSoftmax},
    {kMicrosoft, "QLinearSoftmax", 1, InferQLinearSoftmax},
};

}  // namespace

absl::Span<const Rule> SoftmaxRules() { return kSoftmaxRules; }

}  // namespace symshape::rules
