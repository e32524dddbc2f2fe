// Arithmetic of single elements (rules::Element), as the runtime's number types have it.
//
// Integers and bools: mathematical integers. A constant result outside its type, and a symbolic one
// that a narrow or unsigned type may wrap, is not known; Cast says how it wraps. Symbolic results
// are taken to fit 32 bits: shape arithmetic that overflows there has no size at which it means
// anything.
//
// Floats: rationals. Two constants are computed as the runtime does and rounded to the type. With a
// symbol, `exact` says that Floor, Ceil, Round and truncation of the runtime's float are those of
// the rational, at all sizes up to 2^18 (kLargeSize). Two forms are exact:
//   dyadic    n/2^k where n stays below 2^24: the float *is* the rational, as float32 holds all
//             integers up to 2^24. n*p/2^k stays dyadic for a small odd p.
//   quotient  a/b, rounded once: rounding is monotonic and keeps integers, so it never passes one;
//             it could reach the integer m above only if m - a/b >= 1/b were below half a unit in
//             the last place of m, m*2^-24, that is if a + b > 2^24. So floor(float(a)/float(b)) =
//             a//b. It stays so when a dyadic is added or it is divided by an integer; not when it
//             is multiplied: (1/49)*49 is not 1 in float32.
// float16 and bfloat16 hold fewer integers (2^11, 2^8), double more (2^53).
#ifndef SYMSHAPE_RULES_ELEMENT_MATH_H_
#define SYMSHAPE_RULES_ELEMENT_MATH_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "rules/results.h"
#include "rules/tables.h"

namespace symshape::rules {

// Types whose elements are followed: integers of any width, bool, float, double, float16, bfloat16.
bool HasElementMath(ElementType type);

class ElementMath {
 public:
  // Elements of `type`. Where a float's Floor is not decided, it becomes a fresh symbol of `out`.
  ElementMath(Results& out, ElementType type);

  // Which element is computed next: its fresh symbols are its own.
  void At(int64_t element) { at_ = element; }

  ElementType type() const { return type_; }
  bool is_float() const;

  // An integer result stays inside the type, as far as the head of this file takes that to be so.
  bool Fits(Expr value) const;
  bool WrapsEasily() const;  // narrow and unsigned types

  // A constant as the type holds it; unknown where it does not fit num/den.
  Element Constant(double value) const;
  Element Integer(int64_t value) const;
  // The constant that an exact element is; nullopt for anything else.
  std::optional<double> ConstantOf(const Element& a) const;

  // Every operand may be unknown; then the result is, unless the other operand decides it.
  Element Add(const Element& a, const Element& b);
  Element Sub(const Element& a, const Element& b);
  Element Mul(const Element& a, const Element& b);
  Element Div(const Element& a, const Element& b);       // integers: towards zero
  Element FloorMod(const Element& a, const Element& b);  // the divisor's sign
  Element TruncMod(const Element& a, const Element& b);  // C's fmod: the dividend's sign
  Element Pow(const Element& a, const Element& b);
  Element Min(const Element& a, const Element& b);
  Element Max(const Element& a, const Element& b);

  Element Neg(const Element& a);
  Element Abs(const Element& a);
  Element Sign(const Element& a);
  Element Floor(const Element& a);
  Element Ceil(const Element& a);
  Element Round(const Element& a);     // half to even
  Element Truncate(const Element& a);  // towards zero
  Element Sqrt(const Element& a);
  Element Reciprocal(const Element& a);
  Element Relu(const Element& a);

  // int(a * factor) of an integer a and a float constant. Beside the dyadic products: float32(7/10)
  // and its like, of which all products up to kLargeSize lie where those of 7/10 do.
  Element TruncatedProduct(const Element& a, const Element& factor);

  // 0 or 1, or unknown; an order that nothing decides is a test (Element::test).
  Element Equal(const Element& a, const Element& b);
  Element Less(const Element& a, const Element& b);
  Element LessOrEqual(const Element& a, const Element& b);
  Element Greater(const Element& a, const Element& b) { return Less(b, a); }
  Element GreaterOrEqual(const Element& a, const Element& b) { return LessOrEqual(b, a); }

  // Of bools, that is 0 and 1.
  Element And(const Element& a, const Element& b);
  Element Or(const Element& a, const Element& b);
  Element Xor(const Element& a, const Element& b);
  Element Not(const Element& a);

  // Of integers; unsigned where they are shifted.
  Element BitwiseAnd(const Element& a, const Element& b);
  Element BitwiseOr(const Element& a, const Element& b);
  Element BitwiseXor(const Element& a, const Element& b);
  Element BitwiseNot(const Element& a);
  Element ShiftLeft(const Element& a, const Element& b);   // a * 2^b
  Element ShiftRight(const Element& a, const Element& b);  // a // 2^b

  // An element of type `from` as Cast gives it in this type. Integers wrap around; what a float
  // outside the range gives is not known. A test is min(1, max(0, test)).
  Element CastFrom(const Element& a, ElementType from);

 private:
  enum class Form : uint8_t { kDyadic, kQuotient, kRounded };
  Form FormOf(const Element& a) const;
  // The type holds every integer up to |value|, and a few bits more where `spare_bits` says so.
  bool Holds(Expr value, int spare_bits = 0) const;

  Expr num(const Element& a) const { return Expr(context_, a.num); }
  Expr den(const Element& a) const { return Expr(context_, a.den); }
  Expr test(const Element& a) const { return Expr(context_, a.test); }
  Element FitInteger(Expr value) const;
  Element LowBits(Expr value) const;  // of what need not fit
  Element Masked(const Element& a, int64_t mask) const;
  std::optional<int64_t> IntegerOf(const Element& a) const;  // where it is a constant
  Element Rational(Expr num, Expr den, bool exact,
                   uint8_t roundings = Element::kAnyRoundings) const;
  // whole(n, d): the integer that n/d becomes.
  using Whole = absl::FunctionRef<Expr(Expr n, Expr d)>;
  uint8_t RoundingsOf(const Element& a, const Element& b) const;
  Element ToInteger(const Element& a, Whole whole);
  // The greatest that an expression of sizes is found to be, at sizes up to kLargeSize.
  std::optional<int64_t> LargestOf(Expr value) const;
  // Both over one positive denominator; nullopt where a sign is not known.
  struct Common {
    Expr a, b, den;
  };
  std::optional<Common> CommonDenominator(const Element& a, const Element& b) const;
  std::optional<Common> Comparable(const Element& a, const Element& b) const;
  Element Truth(const symbolic::Fact& fact) const;
  Element AtLeastOne(Expr test) const;

  Results& out_;
  Context& context_;
  ElementType type_;
  int64_t at_ = 0;
};

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_ELEMENT_MATH_H_
