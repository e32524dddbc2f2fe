// One interval over all elements of an integer tensor of any size: what tells at which sizes a
// Gather's indices, made by Range, Add and Expand, stay below a table's length.
#ifndef SYMSHAPE_RULES_VALUE_RANGE_H_
#define SYMSHAPE_RULES_VALUE_RANGE_H_

#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// lo <= every element <= hi; a none dim is no bound. Says nothing about how many elements there
// are.
struct ValueRange {
  Dim lo;
  Dim hi;
  // Where there are elements, one is lo and one is hi. Monotonic functions of one operand keep
  // that; of two operands, the extremes may never meet.
  bool attained = false;
  bool single() const { return !lo.is_none() && lo == hi; }
  bool known() const { return !lo.is_none() || !hi.is_none(); }
};

// What is known of input i: the interval of its elements, or its own, or that of a bool or
// an integer of 8 bits.
ValueRange RangeOf(const Operands& in, int i);
// The same of an info.
ValueRange RangeOf(Tables& tables, Info info);
// Sets it where something is known, the output is of an integer type or bool, and the bounds lie
// inside it: a value that wraps around keeps no bound.
void SetRange(Results& out, int output, ElementType type, const ValueRange& range);

class RangeMath {
 public:
  explicit RangeMath(Context& context) : context_(context) {}
  ValueRange Add(const ValueRange& a, const ValueRange& b) const;
  ValueRange Sub(const ValueRange& a, const ValueRange& b) const;
  ValueRange Mul(const ValueRange& a, const ValueRange& b) const;  // known signs only
  ValueRange Div(const ValueRange& a, const ValueRange& b) const;  // towards zero; constant b > 0
  ValueRange FloorMod(const ValueRange& a, const ValueRange& b) const;
  ValueRange Min(const ValueRange& a, const ValueRange& b) const;
  ValueRange Max(const ValueRange& a, const ValueRange& b) const;
  ValueRange Neg(const ValueRange& a) const;
  ValueRange Abs(const ValueRange& a) const;
  ValueRange Relu(const ValueRange& a) const;
  // Either of both: Where, Concat.
  ValueRange Join(const ValueRange& a, const ValueRange& b) const;
  // `count` >= 0 elements added up.
  ValueRange Times(const ValueRange& a, Expr count) const;
  bool NotNegative(Dim d) const;

  // Bools: [1, 1] where it holds for each pair of elements, [0, 0] where for none, else nothing.
  ValueRange Equal(const ValueRange& a, const ValueRange& b) const;
  ValueRange Less(const ValueRange& a, const ValueRange& b) const;
  ValueRange LessOrEqual(const ValueRange& a, const ValueRange& b) const;
  ValueRange Greater(const ValueRange& a, const ValueRange& b) const { return Less(b, a); }
  ValueRange GreaterOrEqual(const ValueRange& a, const ValueRange& b) const {
    return LessOrEqual(b, a);
  }
  ValueRange Not(const ValueRange& a) const;

 private:
  // A function that grows in both operands, of which one has a single value: the ends are attained.
  static bool Monotonic(const ValueRange& a, const ValueRange& b);
  bool AlwaysLess(Dim a, Dim b) const;
  bool AlwaysLessOrEqual(Dim a, Dim b) const;
  Expr Wrap(Dim d) const { return Expr(context_, d); }
  Context& context_;
};

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_VALUE_RANGE_H_
