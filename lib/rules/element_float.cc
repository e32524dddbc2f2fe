// Elements of both kinds under + - * / and rounding; mostly the rationals that stand for floats.
// What `exact` promises and why each form keeps it: element_math.h.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "rules/axes.h"
#include "rules/element_math.h"

namespace symshape::rules {
namespace {

// The sizes up to which an inexact float is ruled out. Axes of real models stay below.
constexpr int64_t kLargeSize = int64_t{1} << 18;
// Denominators above 2^40 do not occur in what shapes are computed from, and leave int64 soon.
constexpr int kMaxFractionBits = 40;

int MantissaBits(ElementType type) {
  switch (type) {
    case ElementType::kDouble:
      return 53;
    case ElementType::kFloat16:
      return 11;
    case ElementType::kBfloat16:
      return 8;
    default:
      return 24;
  }
}

// To nearest, ties to even. From double this is innocuous after one operation on floats (53 >=
// 2*24+2).
double RoundToType(double value, ElementType type) {
  if (type == ElementType::kDouble) return value;
  if (type == ElementType::kFloat) return static_cast<float>(value);
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  const int bits = MantissaBits(type);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, bits)), exponent - bits);
}

// a/b in lowest terms, a small b, that rounds to `value`; nullopt where there is none.
std::optional<std::pair<int64_t, int64_t>> FractionOf(float value) {
  constexpr int64_t kMaxDenominator = 64;
  for (int64_t b = 1; b <= kMaxDenominator; ++b) {
    const double a = std::nearbyint(static_cast<double>(value) * static_cast<double>(b));
    if (static_cast<float>(a / static_cast<double>(b)) == value) {
      return std::pair(static_cast<int64_t>(a), b);
    }
  }
  return std::nullopt;
}

// Whether int(float32(n) * factor) is a*n//b for n up to `most`, with factor = float32(a/b). The
// product is rounded twice, so it is off by less than n*a/b * 2^-23. Where b does not divide n*a,
// a*n/b is at least 1/b away from an integer, which is more if n*a <= 2^22; else it is one, and
// tried.
bool TruncatesLike(float factor, int64_t a, int64_t b, int64_t most) {
  if (a <= 0 || most > (int64_t{1} << 22) / a) return false;
  for (int64_t n = b; n <= most; n += b) {
    if (static_cast<float>(n) * factor < static_cast<float>(n / b * a)) return false;
  }
  return true;
}

bool IsPowerOfTwo(int64_t value) { return value > 0 && (value & (value - 1)) == 0; }

}  // namespace

Element ElementMath::Constant(double value) const {
  value = RoundToType(value, type_);
  if (!std::isfinite(value)) return Element();
  int bits = 0;
  while (value != std::floor(value) && bits <= kMaxFractionBits) {
    value *= 2;
    ++bits;
  }
  if (bits > kMaxFractionBits || std::abs(value) > 9.0e18) return Element();
  return Element(context_.Constant(static_cast<int64_t>(value)),
                 context_.Constant(int64_t{1} << bits), true);
}

std::optional<double> ElementMath::ConstantOf(const Element& a) const {
  if (!a.known() || !a.exact) return std::nullopt;
  const std::optional<int64_t> n = num(a).constant(), d = den(a).constant();
  if (!n || !d || *d == 0) return std::nullopt;
  return static_cast<double>(*n) / static_cast<double>(*d);
}

ElementMath::Form ElementMath::FormOf(const Element& a) const {
  if (!a.exact) return Form::kRounded;
  const std::optional<int64_t> d = den(a).constant();
  return d && IsPowerOfTwo(*d) ? Form::kDyadic : Form::kQuotient;
}

// Tried where all symbols are large, and where each one alone is: a difference of two sizes is as
// large as either.
std::optional<int64_t> ElementMath::LargestOf(Expr value) const {
  const std::vector<Dim> symbols = context_.SymbolsOf(value.dim());
  std::vector<Dim> large(symbols);
  if (symbols.size() != 1) large.push_back(Dim::None());
  int64_t largest = 0;
  for (Dim one : large) {
    symbolic::Bindings sizes;
    for (Dim s : symbols) {
      const Interval domain = context_.Bounds(s);
      const int64_t size = one.is_none() || s == one ? kLargeSize : 1;
      sizes[std::string(context_.SymbolName(s).value_or(""))] =
          std::clamp(size, domain.lo, domain.hi);
    }
    const std::optional<int64_t> v = context_.Evaluate(value.dim(), sizes);
    if (!v || *v == INT64_MIN) return std::nullopt;
    largest = std::max(largest, std::abs(*v));
  }
  return largest;
}

bool ElementMath::Holds(Expr value, int spare_bits) const {
  const int64_t limit = int64_t{1} << (MantissaBits(type_) - spare_bits);
  const Interval bounds = value.bounds();
  if (bounds.lo >= -limit && bounds.hi <= limit) return true;
  const std::optional<int64_t> largest = LargestOf(value);
  return largest && *largest <= limit;
}

// In lowest terms as far as it is easily seen, with a constant denominator positive.
Element ElementMath::Rational(Expr n, Expr d, bool exact, uint8_t roundings) const {
  const std::optional<int64_t> divisor = d.constant();
  if (!divisor) return Element(n.dim(), d.dim(), exact, roundings);
  if (*divisor == 0) return Element();
  if (*divisor < 0) {
    n = -n;
    d = -d;
  }
  if (d.is(1)) return Element(n.dim(), d.dim(), exact, roundings);
  if (context_.Decide(Divides(d, n)) == Tri::kYes) {
    return Element(FloorDiv(n, d).dim(), Dim::Inline(1), exact, roundings);
  }
  int64_t rest = *d.constant();
  while (rest % 2 == 0 && context_.Decide(Divides(2, n)) == Tri::kYes) {
    n = FloorDiv(n, 2);
    rest /= 2;
  }
  return Element(n.dim(), context_.Constant(rest), exact, roundings);
}

Element ElementMath::Add(const Element& a, const Element& b) {
  if (!a.known() || !b.known()) return Element();
  if (!is_float()) return FitInteger(num(a) + num(b));
  const std::optional<double> x = ConstantOf(a), y = ConstantOf(b);
  if (x && y) return Constant(*x + *y);
  const bool same_den = a.den == b.den;
  const Expr left = same_den ? num(a) : num(a) * den(b);
  const Expr right = same_den ? num(b) : num(b) * den(a);
  const Expr d = same_den ? den(a) : den(a) * den(b);
  const Form fa = FormOf(a), fb = FormOf(b);
  bool exact = fa != Form::kRounded && fb != Form::kRounded;
  if (exact && fa == Form::kDyadic && fb == Form::kDyadic) {
    exact = Holds(left + right);
  } else if (exact) {
    exact =
        (fa == Form::kDyadic || fb == Form::kDyadic) && Holds(left + d, 1) && Holds(right + d, 1);
  }
  return Rational(left + right, d, exact);
}

// Of a product or quotient of both. An exact quotient may have had a number taken away, and then is
// off by a larger part of itself than a rounding makes.
uint8_t ElementMath::RoundingsOf(const Element& a, const Element& b) const {
  int roundings = 1;
  for (const Element* x : {&a, &b}) {
    const Form form = FormOf(*x);
    roundings += form == Form::kDyadic    ? 1
                 : form == Form::kRounded ? x->roundings
                                          : Element::kAnyRoundings;
  }
  return static_cast<uint8_t>(std::min<int>(roundings, Element::kAnyRoundings));
}

Element ElementMath::Neg(const Element& a) {
  if (!a.known()) return Element();
  if (!is_float()) return FitInteger(-num(a));
  return Element((-num(a)).dim(), a.den, a.exact, a.roundings);
}

Element ElementMath::Sub(const Element& a, const Element& b) {
  if (!a.known() || !b.known()) return Element();
  if (!is_float()) return FitInteger(num(a) - num(b));
  return Add(a, Neg(b));
}

Element ElementMath::Mul(const Element& a, const Element& b) {
  // 0 * x is 0 for integers; a float x may be infinite or NaN.
  if (!is_float() && ((a.known() && num(a).is(0)) || (b.known() && num(b).is(0))))
    return Integer(0);
  if (!a.known() || !b.known()) return Element();
  if (!is_float()) return FitInteger(num(a) * num(b));
  const std::optional<double> x = ConstantOf(a), y = ConstantOf(b);
  if (x && y) return Constant(*x * *y);
  const Expr n = num(a) * num(b), d = den(a) * den(b);
  const Form fa = FormOf(a), fb = FormOf(b);
  if (fa == Form::kDyadic && fb == Form::kDyadic) {
    return Rational(n, d, Holds(n), RoundingsOf(a, b));
  }
  // A quotient times 2^k only moves its exponent.
  const std::optional<double> factor = fa == Form::kQuotient ? y : x;
  int exponent = 0;
  const bool shift = factor && std::abs(std::frexp(*factor, &exponent)) == 0.5;
  const bool exact = shift && fa != Form::kRounded && fb != Form::kRounded;
  return Rational(n, d, exact, RoundingsOf(a, b));
}

Element ElementMath::TruncatedProduct(const Element& a, const Element& factor) {
  const Element product = Mul(a, factor);
  const std::optional<double> value = ConstantOf(factor);
  if (!product.known() || product.exact || !a.is_integer() || !value) return Truncate(product);
  if (type_ != ElementType::kFloat || num(a).bounds().lo < 0) return Truncate(product);
  const auto fraction = FractionOf(static_cast<float>(*value));
  const std::optional<int64_t> most = LargestOf(num(a));
  if (!fraction || !most ||
      !TruncatesLike(static_cast<float>(*value), fraction->first, fraction->second, *most)) {
    return Truncate(product);
  }
  return Element(FloorDiv(num(a) * fraction->first, fraction->second).dim());
}

Element ElementMath::Div(const Element& a, const Element& b) {
  if (!a.known() || !b.known() || num(b).is(0)) return Element();
  if (!is_float()) return FitInteger(TruncDiv(num(a), num(b)));
  const std::optional<double> x = ConstantOf(a), y = ConstantOf(b);
  if (x && y) return Constant(*x / *y);
  if (y && *y == 1.0) return a;
  const Expr n = num(a) * den(b), d = den(a) * num(b);
  const bool exact = FormOf(a) != Form::kRounded && FormOf(b) == Form::kDyadic && Holds(n, 1) &&
                     Holds(d, 1) && Holds(n + d, 1);
  return Rational(n, d, exact, RoundingsOf(a, b));
}

Element ElementMath::Reciprocal(const Element& a) { return Div(Integer(1), a); }

Element ElementMath::Pow(const Element& a, const Element& b) {
  const std::optional<double> x = ConstantOf(a), y = ConstantOf(b);
  if (!y) return Element();
  if (*y == 0.5 && is_float()) return Sqrt(a);
  constexpr double kMaxFactors = 62;  // 2^62; 3^62 overflows and is then not known
  if (*y != std::floor(*y) || *y < 0 || *y > kMaxFactors) return Element();
  if (!x && *y > 4) return Element();  // no shape needs it; keeps polynomials small
  Element power = Integer(1);
  for (int i = 0; i < *y; ++i) power = Mul(power, a);
  // pow() of the runtime's library may round otherwise than our products where they are not exact.
  if (is_float() && x && (!power.known() || !Holds(num(power)))) return Element();
  return power;
}

Element ElementMath::Sqrt(const Element& a) {
  const std::optional<double> x = ConstantOf(a);
  return x && *x >= 0 ? Constant(std::sqrt(*x)) : Element();  // IEEE 754 rounds it correctly
}

std::optional<ElementMath::Common> ElementMath::CommonDenominator(const Element& a,
                                                                  const Element& b) const {
  if (den(a).bounds().lo <= 0 || den(b).bounds().lo <= 0) return std::nullopt;
  if (a.den == b.den) return Common{num(a), num(b), den(a)};
  return Common{num(a) * den(b), num(b) * den(a), den(a) * den(b)};
}

// Rounding is monotonic, so the lesser of two rounded values is the rounded lesser one.
Element ElementMath::Min(const Element& a, const Element& b) {
  if (!a.known() || !b.known()) return Element();
  if (!is_float()) return FitInteger(symbolic::Min(num(a), num(b)));
  const std::optional<Common> c = CommonDenominator(a, b);
  if (!c) return Element();
  return Rational(symbolic::Min(c->a, c->b), c->den, a.exact && b.exact, RoundingsOf(a, b));
}

Element ElementMath::Max(const Element& a, const Element& b) {
  if (!a.known() || !b.known()) return Element();
  if (!is_float()) return FitInteger(symbolic::Max(num(a), num(b)));
  const std::optional<Common> c = CommonDenominator(a, b);
  if (!c) return Element();
  return Rational(symbolic::Max(c->a, c->b), c->den, a.exact && b.exact, RoundingsOf(a, b));
}

Element ElementMath::Relu(const Element& a) { return Max(a, Integer(0)); }

Element ElementMath::Abs(const Element& a) {
  if (!a.known()) return Element();
  return num(a).bounds().lo >= 0 && den(a).bounds().lo > 0 ? a : Max(a, Neg(a));
}

// The integer that `a` becomes: that of the rational, or within 1 of it where the float is not
// known to lie on the rational's side of an integer. Without sums, sixteen roundings leave it below
// the rational and a 2^19th of it.
Element ElementMath::ToInteger(const Element& a, Whole whole) {
  constexpr int kRoundings = 16;
  const Expr n = num(a), d = den(a);
  const Expr if_exact = whole(n, d);
  if (a.exact) return Element(if_exact.dim());
  if (d.bounds().lo <= 0) return Element();
  Interval near = if_exact.bounds();
  if (near.lo != Interval::kMinusInf) --near.lo;
  if (near.hi != Interval::kPlusInf) ++near.hi;
  const bool rough = MantissaBits(type_) < MantissaBits(ElementType::kFloat);
  if (rough || a.roundings > kRoundings || n.bounds().lo < 0) {
    return Element(out_.Fresh(StemAt("rounded", at_), near).dim());
  }
  const int64_t scale = int64_t{1} << 19;
  const Expr limit = whole(n * (scale + 1), d * scale);
  return Element(out_.FreshUpTo(StemAt("rounded", at_), limit, near).dim());
}

Element ElementMath::Floor(const Element& a) {
  if (!a.known() || a.is_integer()) return a;
  return ToInteger(a, [](Expr n, Expr d) { return FloorDiv(n, d); });
}

Element ElementMath::Ceil(const Element& a) {
  if (!a.known() || a.is_integer()) return a;
  return ToInteger(a, [](Expr n, Expr d) { return CeilDiv(n, d); });
}

Element ElementMath::Truncate(const Element& a) {
  if (!a.known() || a.is_integer()) return a;
  return ToInteger(a, [](Expr n, Expr d) { return TruncDiv(n, d); });
}

// n/d to the nearest integer, halves to the even one:
//   d odd   (2*n + d)//(2*d)                       there are no halves
//   d even  (n + d/2 - 1 + (n//d) % 2)//d          a half goes up only from an odd n//d
Element ElementMath::Round(const Element& a) {
  if (!a.known() || a.is_integer()) return a;
  if (den(a).constant().value_or(0) <= 0) return Element();
  return ToInteger(a, [](Expr n, Expr divisor) {
    const int64_t d = *divisor.constant();
    if (d % 2 != 0) return FloorDiv(n * 2 + d, 2 * d);
    return FloorDiv(n + (d / 2 - 1) + Mod(FloorDiv(n, d), 2), d);
  });
}

}  // namespace symshape::rules
