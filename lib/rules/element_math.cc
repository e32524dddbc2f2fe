// Integers, casts and comparison of elements. The rationals of floats: element_float.cc.
#include "rules/element_math.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace symshape::rules {
namespace {

struct IntegerType {
  int64_t lo;
  int64_t hi;
  bool wraps_easily;  // narrow or unsigned: a symbolic result must be proved to fit
};

// uint64 is cut at int64's maximum: what lies above is not known.
IntegerType RangeOfType(ElementType type) {
  switch (type) {
    case ElementType::kBool:
      return {0, 1, true};
    case ElementType::kUint2:
      return {0, 3, true};
    case ElementType::kInt2:
      return {-2, 1, true};
    case ElementType::kUint4:
      return {0, 15, true};
    case ElementType::kInt4:
      return {-8, 7, true};
    case ElementType::kUint8:
      return {0, 255, true};
    case ElementType::kInt8:
      return {-128, 127, true};
    case ElementType::kUint16:
      return {0, 65535, true};
    case ElementType::kInt16:
      return {-32768, 32767, true};
    case ElementType::kUint32:
      return {0, 4294967295, true};
    case ElementType::kInt32:
      return {-2147483648LL, 2147483647, false};
    case ElementType::kUint64:
      return {0, INT64_MAX, true};
    default:
      return {INT64_MIN, INT64_MAX, false};
  }
}

// `value` as the low bits of `type` hold it; nullopt where that exceeds int64.
std::optional<int64_t> Wrap(int64_t value, ElementType type) {
  const IntegerType range = RangeOfType(type);
  if (value >= range.lo && value <= range.hi) return value;
  if (type == ElementType::kUint64 || type == ElementType::kInt64) return std::nullopt;
  const int64_t count = range.hi - range.lo + 1;
  const int64_t offset = ((value - range.lo) % count + count) % count;
  return range.lo + offset;
}

// Integers of every width and bool: what has no fraction.
bool IsWhole(ElementType type) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kUint2:
    case ElementType::kInt2:
    case ElementType::kUint4:
    case ElementType::kInt4:
      return true;
    default:
      return graph::IsInteger(type);
  }
}

}  // namespace

bool HasElementMath(ElementType type) { return IsWhole(type) || graph::IsFloat(type); }

ElementMath::ElementMath(Results& out, ElementType type)
    : out_(out), context_(out.tables().context()), type_(type) {}

bool ElementMath::is_float() const { return graph::IsFloat(type_); }

bool ElementMath::WrapsEasily() const { return RangeOfType(type_).wraps_easily; }

bool ElementMath::Fits(Expr value) const {
  const IntegerType range = RangeOfType(type_);
  if (const std::optional<int64_t> c = value.constant()) return *c >= range.lo && *c <= range.hi;
  if (!range.wraps_easily) return true;
  const Interval bounds = value.bounds();
  const bool wide = type_ == ElementType::kUint32 || type_ == ElementType::kUint64;
  return bounds.lo >= range.lo && (wide || bounds.hi <= range.hi);
}

Element ElementMath::FitInteger(Expr value) const {
  return Fits(value) ? Element(value.dim()) : Element();
}

Element ElementMath::LowBits(Expr value) const {
  const IntegerType range = RangeOfType(type_);
  if (type_ == ElementType::kUint64) return Element();
  return Element((range.lo + Mod(value - range.lo, range.hi - range.lo + 1)).dim());
}

Element ElementMath::Integer(int64_t value) const { return Element(context_.Constant(value)); }

Element ElementMath::FloorMod(const Element& a, const Element& b) {
  if (!a.known() || !b.known() || is_float()) return Element();
  if (num(b).is(0)) return Element();
  return FitInteger(Mod(num(a), num(b)));
}

Element ElementMath::TruncMod(const Element& a, const Element& b) {
  if (!a.is_integer() || !b.is_integer()) {
    const std::optional<double> x = ConstantOf(a), y = ConstantOf(b);
    return x && y ? Constant(std::fmod(*x, *y)) : Element();
  }
  if (num(b).is(0)) return Element();
  const Expr rest = num(a) - num(b) * TruncDiv(num(a), num(b));
  return is_float() ? Element(rest.dim()) : FitInteger(rest);
}

Element ElementMath::Sign(const Element& a) {
  if (!a.known() || !a.exact || den(a).bounds().lo <= 0) return Element();
  const Expr zero(context_, int64_t{0});
  if (context_.Decide(Gt(num(a), zero)) == Tri::kYes) return Integer(1);
  if (context_.Decide(Eq(num(a), zero)) == Tri::kYes) return Integer(0);
  if (context_.Decide(Lt(num(a), zero)) == Tri::kYes) return Integer(-1);
  // 0 or 1 where it is not negative; an integer's sign is then min(a, 1).
  if (a.is_integer() && num(a).bounds().lo >= 0) {
    return Element(symbolic::Min(num(a), 1).dim());
  }
  return Element();
}

Element ElementMath::Truth(const Fact& fact) const {
  switch (context_.Decide(fact)) {
    case Tri::kYes:
      return Integer(1);
    case Tri::kNo:
      return Integer(0);
    case Tri::kUnknown:
      return Element();
  }
  return Element();
}

Element ElementMath::AtLeastOne(Expr test) const {
  const Element decided = Truth(Ge(test, 1));
  return decided.known() ? decided : Element::AtLeastOne(test.dim());
}

// Two quotients are not compared: their roundings may meet, or differ where the rationals are
// equal.
std::optional<ElementMath::Common> ElementMath::Comparable(const Element& a,
                                                           const Element& b) const {
  if (!a.known() || !b.known()) return std::nullopt;
  if (!is_float()) return Common{num(a), num(b), Expr(context_, int64_t{1})};
  const Form fa = FormOf(a), fb = FormOf(b);
  if (fa == Form::kRounded || fb == Form::kRounded) return std::nullopt;
  if (fa == Form::kQuotient && fb == Form::kQuotient) return std::nullopt;
  return CommonDenominator(a, b);
}

Element ElementMath::Equal(const Element& a, const Element& b) {
  const std::optional<Common> c = Comparable(a, b);
  if (!c) return Element();
  const Element decided = Truth(Eq(c->a, c->b));
  return decided.known() ? decided : AtLeastOne(1 - symbolic::Max(c->a - c->b, c->b - c->a));
}

Element ElementMath::Less(const Element& a, const Element& b) {
  const std::optional<Common> c = Comparable(a, b);
  return c ? AtLeastOne(c->b - c->a) : Element();
}

Element ElementMath::LessOrEqual(const Element& a, const Element& b) {
  const std::optional<Common> c = Comparable(a, b);
  return c ? AtLeastOne(c->b - c->a + 1) : Element();
}

std::optional<int64_t> ElementMath::IntegerOf(const Element& a) const {
  return a.is_integer() ? num(a).constant() : std::nullopt;
}

Element ElementMath::And(const Element& a, const Element& b) {
  if (IntegerOf(a) == 0 || IntegerOf(b) == 0) return Integer(0);
  if (IntegerOf(a) == 1) return b;
  if (IntegerOf(b) == 1) return a;
  if (a.is_test() && b.is_test()) return AtLeastOne(symbolic::Min(test(a), test(b)));
  if (!a.known() || !b.known()) return Element();
  return Element(symbolic::Min(num(a), num(b)).dim());
}

Element ElementMath::Or(const Element& a, const Element& b) {
  if (IntegerOf(a) == 1 || IntegerOf(b) == 1) return Integer(1);
  if (IntegerOf(a) == 0) return b;
  if (IntegerOf(b) == 0) return a;
  if (a.is_test() && b.is_test()) return AtLeastOne(symbolic::Max(test(a), test(b)));
  if (!a.known() || !b.known()) return Element();
  return Element(symbolic::Max(num(a), num(b)).dim());
}

Element ElementMath::Xor(const Element& a, const Element& b) {
  if (IntegerOf(a) == 0) return b;
  if (IntegerOf(b) == 0) return a;
  if (IntegerOf(a) == 1) return Not(b);
  if (IntegerOf(b) == 1) return Not(a);
  return Element();  // of two open orders it is long and no size
}

Element ElementMath::Not(const Element& a) {
  if (a.is_test()) return AtLeastOne(1 - test(a));
  return a.known() ? Element((1 - num(a)).dim()) : Element();
}

// With 2^k - 1 it is the rest of a division by 2^k, with -2^k what that leaves, in two's
// complement.
Element ElementMath::Masked(const Element& a, int64_t mask) const {
  if (mask == -1) return a;
  if (mask == 0) return Integer(0);
  if (!a.is_integer() || mask == INT64_MAX || mask == INT64_MIN) return Element();
  const auto is_power = [](int64_t n) {
    return n > 0 && std::has_single_bit(static_cast<uint64_t>(n));
  };
  if (is_power(mask + 1)) return FitInteger(Mod(num(a), mask + 1));
  if (is_power(-mask)) return FitInteger(num(a) - Mod(num(a), -mask));
  return Element();
}

Element ElementMath::BitwiseAnd(const Element& a, const Element& b) {
  const std::optional<int64_t> x = IntegerOf(a), y = IntegerOf(b);
  if (x && y) return Integer(*x & *y);
  return x ? Masked(b, *x) : y ? Masked(a, *y) : Element();
}

Element ElementMath::BitwiseOr(const Element& a, const Element& b) {
  const std::optional<int64_t> x = IntegerOf(a), y = IntegerOf(b);
  if (x && y) return Integer(*x | *y);
  return x == 0 ? b : y == 0 ? a : Element();
}

Element ElementMath::BitwiseXor(const Element& a, const Element& b) {
  const std::optional<int64_t> x = IntegerOf(a), y = IntegerOf(b);
  if (x && y) return Integer(*x ^ *y);
  return x == 0 ? b : y == 0 ? a : Element();
}

// Two's complement: -1 - a, or the type's greatest value less a where it has no sign.
Element ElementMath::BitwiseNot(const Element& a) {
  const IntegerType range = RangeOfType(type_);
  if (!a.is_integer() || type_ == ElementType::kUint64) return Element();
  return FitInteger(range.lo + range.hi - num(a));
}

Element ElementMath::ShiftLeft(const Element& a, const Element& b) {
  const std::optional<int64_t> places = IntegerOf(b);
  if (!a.is_integer() || !places || *places < 0 || *places > 62) return Element();
  return FitInteger(num(a) * (int64_t{1} << *places));
}

Element ElementMath::ShiftRight(const Element& a, const Element& b) {
  const std::optional<int64_t> places = IntegerOf(b);
  if (!a.is_integer() || !places || *places < 0 || *places > 62) return Element();
  return FitInteger(FloorDiv(num(a), int64_t{1} << *places));
}

// Source: ONNX Cast-13 and later; onnxruntime core/providers/cpu/tensor/cast_op.cc (C++
// conversions).
Element ElementMath::CastFrom(const Element& a, ElementType from) {
  if (a.is_test() && HasElementMath(type_)) {
    if (type_ == ElementType::kBool) return a;
    return Element(symbolic::Min(symbolic::Max(test(a), 0), 1).dim());
  }
  if (!a.known() || !HasElementMath(from) || !HasElementMath(type_)) return Element();
  const bool from_float = graph::IsFloat(from);
  if (type_ == ElementType::kBool) {
    return a.exact ? AtLeastOne(symbolic::Max(num(a), -1 * num(a))) : Element();
  }
  if (!is_float() && !from_float) {
    const std::optional<int64_t> c = num(a).constant();
    if (!c) return Fits(num(a)) ? Element(a.num) : LowBits(num(a));
    const std::optional<int64_t> wrapped = Wrap(*c, type_);
    return wrapped ? Integer(*wrapped) : Element();
  }
  if (!is_float()) {  // a float outside the range is undefined in C++
    const Element whole = ElementMath(out_, from).Truncate(a);
    return whole.known() ? FitInteger(num(whole)) : Element();
  }
  if (const std::optional<double> c = ElementMath(out_, from).ConstantOf(a)) return Constant(*c);
  if (!from_float) return Element(a.num, Dim::Inline(1), Holds(num(a)));
  Element result = a;
  if (from == type_) return result;
  result.exact = FormOf(a) == Form::kDyadic && Holds(num(a));
  result.roundings = result.exact ? 0 : Element::kAnyRoundings;
  return result;
}

}  // namespace symshape::rules
