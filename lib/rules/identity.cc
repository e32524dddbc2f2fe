// Operators that hand on their operand as it is: Identity, on every type, and Dropout outside
// training.
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

absl::Status InferIdentity(const Operands& in, Results& out) {
  out.SetInfo(0, in.info(0));
  return absl::OkStatus();
}

// Whether elements may be dropped and the others scaled: only where `training_mode` is given (opset
// 12) and not known to be false.
bool MayDrop(const Operands& in) {
  if (!in.has(2)) return false;
  const std::optional<Expr> training = in.Scalar(2);
  return !training || !training->is(0);
}

// data [d...] -> output [d...], mask [d...]; the mask is of data's type before opset 10, then bool.
absl::Status InferDropout(const Operands& in, Results& out) {
  if (MayDrop(in)) {
    SetLike(in, 0, out);
  } else {
    out.SetInfo(0, in.info(0));
  }
  out.Set(1, in.version() >= 10 ? ElementType::kBool : in.type(0), in.shape(0));
  return absl::OkStatus();
}

constexpr Rule kIdentityRules[] = {
    {kOnnx, "Dropout", 1, InferDropout},
    {kOnnx, "Identity", 1, InferIdentity},
};

}  // namespace

absl::Span<const Rule> IdentityRules() { return kIdentityRules; }

}  // namespace symshape::rules
