#include "symbolic/quotient.h"

#include <algorithm>

namespace symshape::symbolic {

Quotient Quotients::Of(Dim d) {
  Quotient v;
  v.num = d;
  return v;
}

Quotient Quotients::Reduced(Quotient v) {
  if (v.is_integer() || !s_.store.IsConstant(v.den)) return v;
  const PolyView num = s_.store.View(v.num);
  const int64_t den = s_.store.View(v.den).constant;
  uint64_t g = GcdU(AbsU(den), AbsU(num.constant));
  for (const Term& t : num.terms) g = GcdU(g, AbsU(t.coeff));
  if (g > 1 && den > 0) {
    v.num = s_.FloorDiv(v.num, s_.Constant(static_cast<int64_t>(g)));
    v.den = s_.Constant(den / static_cast<int64_t>(g));
  }
  return v;
}

Quotient Quotients::Plus(const Quotient& a, const Quotient& b, int64_t sign) {
  Quotient out;
  out.exact = a.exact && b.exact;
  if (a.den == b.den) {
    out.num = s_.AddScaled(a.num, b.num, sign);
    out.den = a.den;
  } else {
    out.num = s_.AddScaled(s_.Mul(a.num, b.den), s_.Mul(b.num, a.den), sign);
    out.den = s_.Mul(a.den, b.den);
  }
  return Reduced(out);
}

Quotient Quotients::Times(const Quotient& a, const Quotient& b) {
  Quotient out;
  out.num = s_.Mul(a.num, b.num);
  out.den = s_.Mul(a.den, b.den);
  out.exact = a.exact && b.exact;
  return Reduced(out);
}

Quotient Quotients::Over(const Quotient& a, const Quotient& b) {
  Quotient out;
  out.num = s_.Mul(a.num, b.den);
  out.den = s_.Mul(a.den, b.num);
  out.exact = a.exact && b.exact;
  if (s_.store.IsConstant(out.den) && s_.store.View(out.den).constant < 0) {
    out.num = s_.Neg(out.num);
    out.den = s_.Neg(out.den);
  }
  return Reduced(out);
}

Quotient Quotients::Negated(const Quotient& v) {
  Quotient out = Of(s_.Neg(v.num));
  out.den = v.den;
  out.exact = v.exact;
  out.largest_of = v.largest_of;
  out.negated = !v.negated;
  return out;
}

Quotient Quotients::Floor(const Quotient& v) {
  Quotient out = Of(v.is_integer() ? v.num : s_.FloorDiv(v.num, v.den));
  out.exact = v.exact;
  return out;
}

Quotient Quotients::Ceil(const Quotient& v) {
  Quotient out = Of(v.is_integer() ? v.num : s_.CeilDiv(v.num, v.den));
  out.exact = v.exact;
  return out;
}

Quotient Quotients::Trunc(const Quotient& v) {
  Quotient out = Of(v.is_integer() ? v.num : s_.TruncDiv(v.num, v.den));
  out.exact = v.exact;
  return out;
}

Quotient Quotients::Remainder(const Quotient& a, const Quotient& b) {
  Quotient out = Plus(a, Times(b, Floor(Over(a, b))), -1);
  if (a.is_integer() && b.is_integer()) {
    out.mod_a = a.num;
    out.mod_b = b.num;
  }
  return out;
}

std::optional<Quotient> Quotients::Extreme(absl::Span<const Quotient> values, bool largest) {
  Quotient out;
  int64_t den = 1;
  Elements operands;
  for (const Quotient& v : values) {
    if (!s_.store.IsConstant(v.den)) return std::nullopt;
    const int64_t d = s_.store.View(v.den).constant;
    if (d <= 0 || !MulOk(den, d / static_cast<int64_t>(GcdU(den, d)), &den)) return std::nullopt;
    out.exact = out.exact && v.exact;
    if (v.is_integer()) operands.push_back(v.num);
  }
  Elements scaled;
  for (const Quotient& v : values) {
    scaled.push_back(s_.Mul(v.num, s_.Constant(den / s_.store.View(v.den).constant)));
  }
  const bool integers = operands.size() == values.size();
  if (largest && integers) {
    if (const std::optional<Dim> broadcast = BroadcastOfPositive(operands)) return Of(*broadcast);
  }
  out.num = largest ? s_.Max(scaled) : s_.Min(scaled);
  out.den = s_.Constant(den);
  out = Reduced(out);
  if (integers) (largest ? out.largest_of : out.smallest_of) = operands;
  return out;
}

// Nothing else prints the 1 that is no larger than the others.
std::optional<Dim> Quotients::BroadcastOfPositive(Elements operands) {
  const auto one = std::find(operands.begin(), operands.end(), Dim::Inline(1));
  if (one == operands.end()) return std::nullopt;
  operands.erase(one);
  for (Dim d : operands) {
    if (s_.LowerBoundConst(d) < 1) return std::nullopt;
  }
  return s_.FittingBroadcast(std::move(operands));
}

std::optional<Quotient> Quotients::BroadcastOf(const Quotient& x, const Quotient& y) {
  if (x.largest_of.empty() || y.smallest_of.empty()) return std::nullopt;
  Elements a = x.largest_of, b = y.smallest_of;
  const auto one = std::find(b.begin(), b.end(), Dim::Inline(1));
  if (one == b.end()) return std::nullopt;
  b.erase(one);
  const auto less = [](Dim p, Dim q) { return p.bits() < q.bits(); };
  std::sort(a.begin(), a.end(), less);
  std::sort(b.begin(), b.end(), less);
  if (a != b) return std::nullopt;
  std::optional<Dim> size = s_.FittingBroadcast(a);
  if (!size) {
    for (Dim d : a) {
      if (!s_.IsNonNegative(d)) return std::nullopt;
    }
    size = s_.TotalBroadcast(a);
  }
  return Of(x.negated ? s_.Neg(*size) : *size);
}

}  // namespace symshape::symbolic
