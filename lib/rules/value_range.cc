#include "rules/value_range.h"

#include <algorithm>

#include "rules/element_math.h"

namespace symshape::rules {
namespace {

// The most symbolic elements whose Min and Max are built.
constexpr size_t kMaxJoined = 8;

constexpr ValueRange kAllTrue{Dim::Inline(1), Dim::Inline(1), true};
constexpr ValueRange kAllFalse{Dim::Inline(0), Dim::Inline(0), true};

ValueRange RangeOfElements(Context& context, const std::vector<Element>& elements) {
  ValueRange range;
  int64_t lo = INT64_MAX, hi = INT64_MIN;
  range.attained = true;
  std::vector<Dim> symbolic;
  for (const Element& e : elements) {
    if (!e.is_integer()) return {};
    if (const std::optional<int64_t> c = context.ConstantOf(e.num)) {
      lo = std::min(lo, *c);
      hi = std::max(hi, *c);
    } else if (std::find(symbolic.begin(), symbolic.end(), e.num) == symbolic.end()) {
      symbolic.push_back(e.num);
      if (symbolic.size() > kMaxJoined) return {};
    }
  }
  if (lo <= hi) {
    range.lo = context.Constant(lo);
    range.hi = context.Constant(hi);
  }
  for (Dim d : symbolic) {
    range.lo = range.lo.is_none() ? d : context.Min(range.lo, d);
    range.hi = range.hi.is_none() ? d : context.Max(range.hi, d);
  }
  return range;
}

// What any element of so small a type is.
ValueRange RangeOfType(ElementType type) {
  switch (type) {
    case ElementType::kBool:
      return {Dim::Inline(0), Dim::Inline(1)};
    case ElementType::kUint8:
      return {Dim::Inline(0), Dim::Inline(255)};
    case ElementType::kInt8:
      return {Dim::Inline(-128), Dim::Inline(127)};
    default:
      return {};
  }
}

// f of two bounds: none where one is, or the other one where that is a bound by itself.
template <typename Function>
Dim OfBoth(Dim a, Dim b, Function f) {
  return a.is_none() || b.is_none() ? Dim() : f(a, b);
}
template <typename Function>
Dim OfEither(Dim a, Dim b, Function f) {
  return a.is_none() ? b : b.is_none() ? a : f(a, b);
}

}  // namespace

ValueRange RangeOf(const Operands& in, int i) { return RangeOf(in.tables(), in.info(i)); }

ValueRange RangeOf(Tables& tables, Info info) {
  const Knowledge& knowledge = tables.knowledge(info.knowledge);
  if (knowledge.has_elements) {
    const ValueRange range = RangeOfElements(tables.context(), knowledge.elements);
    if (range.known()) return range;
  }
  if (!knowledge.lo.is_none() || !knowledge.hi.is_none()) {
    return {knowledge.lo, knowledge.hi, knowledge.attained};
  }
  const Type& type = tables.type(info.type);
  return type.kind == Type::Kind::kTensor ? RangeOfType(type.element) : ValueRange{};
}

void SetRange(Results& out, int output, ElementType type, const ValueRange& range) {
  if (!range.known() || !(graph::IsInteger(type) || type == ElementType::kBool)) return;
  const ValueRange any = RangeOfType(type);
  if (range.lo == any.lo && range.hi == any.hi) return;
  // Elements are checked against their type alike: what does not fit is unknown.
  const ElementMath math(out, type);
  const auto fits = [&](Dim d) {
    return d.is_none() || math.Fits(Expr(out.tables().context(), d));
  };
  const bool open = range.lo.is_none() || range.hi.is_none();
  if (!fits(range.lo) || !fits(range.hi) || (open && math.WrapsEasily())) return;
  out.SetRange(output, range.lo, range.hi,
               range.attained ? Results::Bounds::kAttained : Results::Bounds::kOuter);
}

bool RangeMath::NotNegative(Dim d) const {
  return !d.is_none() && context_.Decide(Ge(Wrap(d), 0)) == Tri::kYes;
}

ValueRange RangeMath::Add(const ValueRange& a, const ValueRange& b) const {
  ValueRange sum;
  if (!a.lo.is_none() && !b.lo.is_none()) sum.lo = context_.Add(a.lo, b.lo);
  if (!a.hi.is_none() && !b.hi.is_none()) sum.hi = context_.Add(a.hi, b.hi);
  sum.attained = Monotonic(a, b);
  return sum;
}

ValueRange RangeMath::Neg(const ValueRange& a) const {
  return {a.hi.is_none() ? a.hi : context_.Neg(a.hi), a.lo.is_none() ? a.lo : context_.Neg(a.lo),
          a.attained};
}

ValueRange RangeMath::Sub(const ValueRange& a, const ValueRange& b) const { return Add(a, Neg(b)); }

ValueRange RangeMath::Mul(const ValueRange& a, const ValueRange& b) const {
  if (b.single() && NotNegative(b.lo)) {
    ValueRange product = Times(a, Wrap(b.lo));
    product.attained = a.attained;
    return product;
  }
  if (a.single() && NotNegative(a.lo)) return Mul(b, a);
  if (!NotNegative(a.lo) || !NotNegative(b.lo)) return {};
  ValueRange product;
  product.lo = context_.Mul(a.lo, b.lo);
  if (!a.hi.is_none() && !b.hi.is_none()) product.hi = context_.Mul(a.hi, b.hi);
  return product;
}

ValueRange RangeMath::Times(const ValueRange& a, Expr count) const {
  return {a.lo.is_none() ? a.lo : context_.Mul(a.lo, count.dim()),
          a.hi.is_none() ? a.hi : context_.Mul(a.hi, count.dim())};
}

ValueRange RangeMath::Div(const ValueRange& a, const ValueRange& b) const {
  const std::optional<int64_t> divisor = b.single() ? context_.ConstantOf(b.lo) : std::nullopt;
  if (!divisor || *divisor <= 0) return {};
  const auto quotient = [&](Dim d) { return d.is_none() ? d : context_.TruncDiv(d, b.lo); };
  return {quotient(a.lo), quotient(a.hi), a.attained};
}

// 0 <= a % b < b for b > 0, and a % b <= a for a >= 0.
ValueRange RangeMath::FloorMod(const ValueRange& a, const ValueRange& b) const {
  if (b.lo.is_none() || context_.Decide(Ge(Wrap(b.lo), 1)) != Tri::kYes) return {};
  ValueRange rest;
  rest.lo = Dim::Inline(0);
  if (!b.hi.is_none()) rest.hi = (Wrap(b.hi) - 1).dim();
  if (NotNegative(a.lo) && !a.hi.is_none()) {
    rest.hi = rest.hi.is_none() ? a.hi : context_.Min(a.hi, rest.hi);
  }
  return rest;
}

ValueRange RangeMath::Min(const ValueRange& a, const ValueRange& b) const {
  const auto min = [this](Dim x, Dim y) { return context_.Min(x, y); };
  return {OfBoth(a.lo, b.lo, min), OfEither(a.hi, b.hi, min), Monotonic(a, b)};
}

ValueRange RangeMath::Max(const ValueRange& a, const ValueRange& b) const {
  const auto max = [this](Dim x, Dim y) { return context_.Max(x, y); };
  return {OfEither(a.lo, b.lo, max), OfBoth(a.hi, b.hi, max), Monotonic(a, b)};
}

ValueRange RangeMath::Join(const ValueRange& a, const ValueRange& b) const {
  const auto min = [this](Dim x, Dim y) { return context_.Min(x, y); };
  const auto max = [this](Dim x, Dim y) { return context_.Max(x, y); };
  return {OfBoth(a.lo, b.lo, min), OfBoth(a.hi, b.hi, max)};
}

bool RangeMath::Monotonic(const ValueRange& a, const ValueRange& b) {
  const auto attained = [](const ValueRange& r) {
    return r.attained && !r.lo.is_none() && !r.hi.is_none();
  };
  return attained(a) && attained(b) && (a.single() || b.single());
}

bool RangeMath::AlwaysLess(Dim a, Dim b) const {
  return !a.is_none() && !b.is_none() && context_.Decide(Lt(Wrap(a), Wrap(b))) == Tri::kYes;
}

bool RangeMath::AlwaysLessOrEqual(Dim a, Dim b) const {
  return !a.is_none() && !b.is_none() && context_.Decide(Le(Wrap(a), Wrap(b))) == Tri::kYes;
}

ValueRange RangeMath::Less(const ValueRange& a, const ValueRange& b) const {
  if (AlwaysLess(a.hi, b.lo)) return kAllTrue;
  if (AlwaysLessOrEqual(b.hi, a.lo)) return kAllFalse;
  return {};
}

ValueRange RangeMath::LessOrEqual(const ValueRange& a, const ValueRange& b) const {
  if (AlwaysLessOrEqual(a.hi, b.lo)) return kAllTrue;
  if (AlwaysLess(b.hi, a.lo)) return kAllFalse;
  return {};
}

ValueRange RangeMath::Equal(const ValueRange& a, const ValueRange& b) const {
  if (AlwaysLess(a.hi, b.lo) || AlwaysLess(b.hi, a.lo)) return kAllFalse;
  return {};
}

ValueRange RangeMath::Not(const ValueRange& a) const { return Sub(kAllTrue, a); }

ValueRange RangeMath::Relu(const ValueRange& a) const { return Max(a, kAllFalse); }

ValueRange RangeMath::Abs(const ValueRange& a) const {
  if (NotNegative(a.lo)) return a;
  ValueRange size;
  size.lo = Dim::Inline(0);
  if (!a.lo.is_none() && !a.hi.is_none()) size.hi = context_.Max(context_.Neg(a.lo), a.hi);
  return size;
}

}  // namespace symshape::rules
