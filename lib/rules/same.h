// Conclusions that many rules share: an output of an operand's type or shape.
#ifndef SYMSHAPE_RULES_SAME_H_
#define SYMSHAPE_RULES_SAME_H_

#include <initializer_list>

#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// The element type of operands that share one by the specification: the first that is known.
inline ElementType SharedType(const Operands& in, std::initializer_list<int> operands) {
  for (int i : operands) {
    if (in.type(i) != ElementType::kUndefined) return in.type(i);
  }
  return ElementType::kUndefined;
}

inline void SetTypeLike(const Operands& in, std::initializer_list<int> operands, Results& out,
                        int output = 0) {
  out.SetType(output, SharedType(in, operands));
}

// Output `output` has the type and shape of operand `operand`.
inline void SetLike(const Operands& in, int operand, Results& out, int output = 0) {
  out.SetType(output, in.type(operand));
  out.SetShape(output, in.shape(operand));
}

// Both sizes are the same at every size at which the node runs. Nothing is said where one is
// unknown.
inline void RequireSameSize(Expr a, Expr b, absl::string_view what, Results& out) {
  if (a.dim() == b.dim()) return;
  out.Require(Eq(a, b), {what, ": ", a, " and ", b, " are equal"});
}

// `size` is 1, or what it is expanded to.
inline void RequireOneOrSame(Expr size, Expr same, absl::string_view what, Results& out) {
  if (size.is(1) || size.dim() == same.dim()) return;
  const Fact one[] = {Eq(size, 1)};
  out.RequireUnless(one, Eq(size, same), {what, ": ", size, " is ", same, " or 1"});
}

// The first `axes` axes of both have the same sizes. Nothing is said where a rank is unknown.
void RequireSameAxes(const ShapeView& a, const ShapeView& b, int axes, absl::string_view what,
                     Results& out);

// A list has this many elements. Nothing is said of what is no vector or of unknown rank.
inline void RequireLength(const Operands& in, int operand, Expr length, absl::string_view what,
                          Results& out) {
  const ShapeView shape = in.shape(operand);
  if (shape.has_rank() && shape.rank() == 1) RequireSameSize(shape[0], length, what, out);
}

// Where the last of the cumulative lengths [B + 1] is known, it is all tokens.
void RequireAllTokens(const Operands& in, int lengths, Expr tokens, Results& out);

// The operand's rank is `rank`, or unknown.
// Errors: kInvalidArgument otherwise
absl::Status CheckRank(const Operands& in, int operand, int rank);
absl::Status CheckRankAtLeast(const Operands& in, int operand, int rank);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_SAME_H_
