// Random tensors: of a given shape, of another tensor's shape, or drawn from distributions.
#include "rules/families.h"

namespace symshape::rules {
namespace {

// `dtype` where given; the operand's type otherwise.
ElementType TypeFromAttribute(const Operands& in, ElementType otherwise) {
  const std::optional<int64_t> type = in.Int("dtype");
  return type ? static_cast<ElementType>(*type) : otherwise;
}

// Y [shape...]. Source: ONNX RandomNormal-1, RandomUniform-1.
absl::Status InferRandom(const Operands& in, Results& out) {
  out.SetType(0, TypeFromAttribute(in, ElementType::kFloat));
  if (const auto sizes = in.IntList("shape")) {
    ShapeBuilder y;
    for (int64_t size : *sizes) y.Add(in.Const(size));
    out.SetShape(0, y);
  }
  return absl::OkStatus();
}

// X [d...] -> Y [d...]. Source: ONNX RandomNormalLike-1, RandomUniformLike-1, Bernoulli-15.
absl::Status InferRandomLike(const Operands& in, Results& out) {
  out.Set(0, TypeFromAttribute(in, in.type(0)), in.shape(0));
  return absl::OkStatus();
}

// logits [B, C] -> Y [B, sample_size] of class numbers below C. Source: ONNX Multinomial-7.
absl::Status InferMultinomial(const Operands& in, Results& out) {
  const ElementType type = TypeFromAttribute(in, ElementType::kInt32);
  out.SetType(0, type);
  const ShapeView logits = in.shape(0);
  const Expr count = in.Const(in.Int("sample_size", 1));
  if (!logits.has_rank()) {
    out.SetShape(0, {out.Fresh("multinomial"), count});
    return absl::OkStatus();
  }
  if (logits.rank() != 2) return absl::InvalidArgumentError("the operand has rank 2");
  out.Require(Ge(logits[0], 1), {"a batch of ", logits[0], " is not empty"});
  out.Require(Ge(logits[1], 1), {"a choice of ", logits[1], " classes"});
  out.SetShape(0, {logits[0], count});
  out.SetRange(0, Dim::Inline(0), (logits[1] - 1).dim());
  return absl::OkStatus();
}

constexpr Rule kRandomRules[] = {
    {kOnnx, "Bernoulli", 15, InferRandomLike}, {kOnnx, "Multinomial", 7, InferMultinomial},
    {kOnnx, "RandomNormal", 1, InferRandom},   {kOnnx, "RandomNormalLike", 1, InferRandomLike},
    {kOnnx, "RandomUniform", 1, InferRandom},  {kOnnx, "RandomUniformLike", 1, InferRandomLike},
};

}  // namespace

absl::Span<const Rule> RandomRules() { return kRandomRules; }

}  // namespace symshape::rules
