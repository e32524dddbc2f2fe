// What the normalisations (normalization.cc) and their fused forms (contrib_normalization.cc)
// share.
#ifndef SYMSHAPE_RULES_NORMALIZATION_H_
#define SYMSHAPE_RULES_NORMALIZATION_H_

#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// A parameter that is a vector has `size` elements (required where it has rank 1).
void RequireVector(const Operands& in, int operand, Expr size, absl::string_view what,
                   Results& out);

// [a..., b...] -> [a..., 1...], from `axis` on.
ShapeBuilder ReducedFrom(const ShapeView& x, int axis, const Operands& in);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_NORMALIZATION_H_
