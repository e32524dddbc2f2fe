// Quotients whose divisor is not a constant. A divisor of 0 makes no claim, so factors may cancel.
#include <algorithm>
#include <utility>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

uint64_t Content(const Poly& p) {  // gcd of the coefficients, the constant left out
  uint64_t g = 0;
  for (const Term& t : p.terms) g = GcdU(g, AbsU(t.coeff));
  return g;
}

bool Negate(Poly& p) {
  for (Term& t : p.terms) {
    if (!SubOk(0, t.coeff, &t.coeff)) return false;
  }
  return SubOk(0, p.constant, &p.constant);
}

bool IsSame(const PolyView& p, const Poly& q) {
  return p.constant == q.constant && p.terms == absl::MakeConstSpan(q.terms);
}

bool IsZero(const Poly& p) { return p.terms.empty() && p.constant == 0; }

void DivideBy(int64_t g, Poly& p) {  // rounds the constant down. REQUIRES: g divides the terms
  for (Term& t : p.terms) t.coeff /= g;
  p.constant = FloorDivInt(p.constant, g);
}

constexpr int kMaxSteps = 16;  // of one quotient's cancelling
constexpr int kMaxRounds = 4;  // in which numerator or divisor get another form
constexpr uint64_t kMaxContent = uint64_t{1} << 62;

// num//den on its way to its one form: the result is out + num//den all the time.
class RatioReduction {
 public:
  RatioReduction(Solver& solver, Poly&& num, Poly&& den)
      : s_(solver), num_(std::move(num)), den_(std::move(den)) {}

  // Nothing on overflow, where it takes too long, and for a divisor that is 0.
  std::optional<Dim> Run() {
    Outcome outcome = kChanged;
    for (int round = 0; outcome == kChanged; ++round) outcome = Reduce(round == kMaxRounds);
    return outcome == kDone ? result_ : std::nullopt;
  }

 private:
  enum Outcome { kNothing, kChanged, kFailed, kDone };

  Outcome Reduce(bool last);
  Outcome Cancel();
  Outcome DivideByConstant();
  Outcome CancelMonomial();
  Outcome CancelContent();
  Outcome PullMultiples();
  bool IsBehind(const PolyView& p, const Poly& q) const;
  Outcome CancelSum();
  Outcome SplitAtZero();
  Outcome FormDivisor(bool last);
  Outcome PullExactProducts();
  Outcome DivideByContent();
  Outcome MergeNested();
  Outcome Orient();
  Outcome MakeQuotient(bool last);

  Outcome Finish(PolyView quotient) {
    if (!s_.Accumulate(out_, quotient, 1)) return kFailed;
    result_ = s_.Finish(out_);
    return result_ ? kDone : kFailed;
  }
  Outcome FinishWith(Poly num, Poly den) {
    const std::optional<Dim> q = s_.FloorDivSymbolic(std::move(num), std::move(den));
    return q ? Finish(s_.store.View(*q)) : kFailed;
  }
  bool NegateBoth() { return Negate(num_) && Negate(den_); }

  Solver& s_;
  Poly num_, den_;
  Poly out_;                  // what has left the quotient
  Dim divisor_;               // den_, once it has its form
  bool is_positive_ = false;  // 0 is no claim, so not negative means >= 1
  std::optional<Dim> result_;
};

// Changed: numerator or divisor have another form than the one that was reduced. In the `last`
// round it stays as it is.
RatioReduction::Outcome RatioReduction::Reduce(bool last) {
  Outcome outcome = kChanged;
  for (int step = 0; outcome == kChanged && step < kMaxSteps; ++step) outcome = Cancel();
  if (outcome == kChanged) outcome = kNothing;
  if (outcome == kNothing) outcome = SplitAtZero();
  if (outcome == kNothing) outcome = FormDivisor(last);
  if (outcome == kNothing) outcome = PullExactProducts();
  if (outcome == kNothing && is_positive_) outcome = DivideByContent();
  if (outcome == kNothing && is_positive_) outcome = MergeNested();
  if (outcome == kNothing && is_positive_) outcome = Orient();
  return outcome == kNothing ? MakeQuotient(last) : outcome;
}

// What is true of all sizes, and makes numerator or divisor smaller.
RatioReduction::Outcome RatioReduction::Cancel() {
  if (IsZero(num_)) return Finish(PolyView{});  // 0//d = 0
  if (!s_.Spend(8 + static_cast<int64_t>(num_.terms.size() + den_.terms.size()))) return kFailed;
  if (den_.terms.empty()) return DivideByConstant();
  if (s_.store.Leading(den_.terms).coeff < 0 && !NegateBoth()) return kFailed;
  Outcome outcome = CancelMonomial();
  if (outcome == kNothing) outcome = CancelContent();
  if (outcome == kNothing) outcome = PullMultiples();
  return outcome == kNothing ? CancelSum() : outcome;
}

RatioReduction::Outcome RatioReduction::DivideByConstant() {
  if (den_.constant == 0 || den_.constant == INT64_MIN) return kFailed;
  if (den_.constant < 0 && !NegateBoth()) return kFailed;
  const std::optional<Dim> q = s_.FloorDivConst(std::move(num_), den_.constant, 0);
  return q ? Finish(s_.store.View(*q)) : kFailed;
}

// (p*s)//(q*s) = p//q for s != 0                                         row 10
RatioReduction::Outcome RatioReduction::CancelMonomial() {
  const MonoId a = s_.CommonMono(Solver::ViewOf(num_)), b = s_.CommonMono(Solver::ViewOf(den_));
  if (a == Store::kNoMono || b == Store::kNoMono) return kNothing;
  absl::InlinedVector<AtomId, 8> shared;
  const auto x = s_.store.atoms_of(a), y = s_.store.atoms_of(b);
  std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(shared));
  if (shared.empty()) return kNothing;
  s_.Because(Rewrite::kCancelFactor);
  const MonoId m = s_.store.InternMono(shared);
  return s_.DivideByMono(num_, m) && s_.DivideByMono(den_, m) ? kChanged : kFailed;
}

RatioReduction::Outcome RatioReduction::CancelContent() {
  const uint64_t below = GcdU(Content(den_), AbsU(den_.constant));
  const uint64_t g = GcdU(below, GcdU(Content(num_), AbsU(num_.constant)));
  if (g <= 1 || g >= kMaxContent) return kNothing;
  DivideBy(static_cast<int64_t>(g), num_);
  DivideBy(static_cast<int64_t>(g), den_);
  return kChanged;
}

// (q*d + r)//d = q + r//d                                                row 6
// Only where r, in its form, comes behind the numerator: another form of it might be divided again,
// and again.
RatioReduction::Outcome RatioReduction::PullMultiples() {
  Poly q, r;
  if (!s_.LongDivide(Solver::ViewOf(num_), Solver::ViewOf(den_), q, r)) return kFailed;
  if (IsZero(q)) return kNothing;
  const std::optional<Dim> formed = s_.Finish(r);
  if (!formed || !IsBehind(s_.store.View(*formed), num_)) return kNothing;
  s_.Because(Rewrite::kPullMultiple);
  if (!s_.Accumulate(out_, Solver::ViewOf(q), 1)) return kFailed;
  num_ = Solver::Copy(s_.store.View(*formed));
  return kChanged;
}

// Whether p's first term that q has not comes after q's, or is smaller than it.
bool RatioReduction::IsBehind(const PolyView& p, const Poly& q) const {
  const auto x = s_.store.Sorted(p.terms), y = s_.store.Sorted(q.terms);
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (const int c = s_.store.CompareMonos(x[i].mono, y[i].mono); c != 0) return c > 0;
    if (x[i].coeff != y[i].coeff) {
      const uint64_t a = AbsU(x[i].coeff), b = AbsU(y[i].coeff);
      return a != b ? a < b : x[i].coeff > 0;
    }
  }
  return x.size() != y.size() ? x.size() < y.size() : AbsU(p.constant) < AbsU(q.constant);
}

// (p*s)//(q*s) = p//q where s is a sum
RatioReduction::Outcome RatioReduction::CancelSum() {
  if (num_.terms.size() < 2 || den_.terms.size() + (den_.constant != 0) < 2) return kNothing;
  const std::optional<Poly> factor = s_.CommonFactor({num_, den_});
  if (!factor) return kNothing;
  Poly n, d, rest_n, rest_d;
  const PolyView by = Solver::ViewOf(*factor);
  if (!s_.LongDivide(Solver::ViewOf(num_), by, n, rest_n) || !IsZero(rest_n)) return kNothing;
  if (!s_.LongDivide(Solver::ViewOf(den_), by, d, rest_d) || !IsZero(rest_d)) return kNothing;
  if (d.terms == den_.terms && d.constant == den_.constant) return kNothing;
  num_ = std::move(n);
  den_ = std::move(d);
  return kChanged;
}

RatioReduction::Outcome RatioReduction::SplitAtZero() {
  const std::optional<Dim> split = s_.SplitRatioAtZero(num_, den_);
  return split ? Finish(s_.store.View(*split)) : kNothing;
}

// What Solver::Finish makes of the divisor may begin with another term: then both are negated.
RatioReduction::Outcome RatioReduction::FormDivisor(bool last) {
  const Poly reduced = den_;
  const std::optional<Dim> divisor = s_.Finish(den_);
  if (!divisor) return kFailed;
  const PolyView v = s_.store.View(*divisor);
  if (!v.terms.empty() && s_.store.Leading(v.terms).coeff < 0) {
    den_ = Solver::Copy(v);
    if (!NegateBoth()) return kFailed;
    const std::optional<Dim> opposite = s_.Finish(den_);
    if (opposite && s_.store.Leading(s_.store.View(*opposite).terms).coeff > 0) {
      return FinishWith(std::move(num_), Solver::Copy(s_.store.View(*opposite)));
    }
    if (!NegateBoth()) return kFailed;
  }
  if (!last && !IsSame(v, reduced)) {
    den_ = Solver::Copy(v);
    return kChanged;
  }
  divisor_ = *divisor;
  is_positive_ = s_.IsNonNegative(divisor_);
  const bool is_one = is_positive_ && s_.ProveGe0(s_.Sub(Dim::Inline(1), divisor_));
  return is_one ? Finish(Solver::ViewOf(num_)) : kNothing;
}

// x*(a//b) = (x*a)//b where b | a                                        row 11
RatioReduction::Outcome RatioReduction::PullExactProducts() {
  for (const ExactFact& f : s_.state.exact) {
    if (f.divisor != divisor_ || s_.store.IsConstant(f.numerator)) continue;
    Poly q, r, product;
    const PolyView by = s_.store.View(f.numerator);
    if (!s_.LongDivide(Solver::ViewOf(num_), by, q, r) || IsZero(q)) continue;
    const Dim args[] = {f.numerator, f.divisor};
    s_.Because(Rewrite::kExactProduct);
    const PolyView quotient = s_.store.View(s_.MakeAtom(AtomKind::kFloorDiv, args));
    if (!s_.Multiply(Solver::ViewOf(q), quotient, product)) return kFailed;
    if (!s_.Accumulate(out_, Solver::ViewOf(product), 1)) return kFailed;
    num_ = std::move(r);
    if (IsZero(num_)) return Finish(PolyView{});
  }
  return kNothing;
}

// (g*x + r)//(g*d) = x//d for 0 <= r < g, d > 0                          row 7
RatioReduction::Outcome RatioReduction::DivideByContent() {
  const uint64_t g = GcdU(GcdU(Content(den_), AbsU(den_.constant)), Content(num_));
  if (g <= 1 || g >= kMaxContent) return kNothing;
  s_.Because(Rewrite::kCommonDivisor);
  DivideBy(static_cast<int64_t>(g), num_);
  DivideBy(static_cast<int64_t>(g), den_);
  return FinishWith(std::move(num_), std::move(den_));
}

// (x//a + c)//d = (x + a*c)//(a*d)                                       row 2
// Only where it is the one quotient in the numerator, as beside a constant divisor.
RatioReduction::Outcome RatioReduction::MergeNested() {
  std::optional<Term> nested;
  for (const Term& t : num_.terms) {
    const Mono& m = s_.store.mono(t.mono);
    if (!m.has_div) continue;
    if (nested || m.degree != 1 || t.coeff != 1) return kNothing;
    nested = t;
  }
  if (!nested) return kNothing;
  const Atom inner = s_.store.atom(s_.store.mono(nested->mono).atoms[0]);
  const PolyView by = s_.store.View(inner.args[1]);
  Poly others = num_, merged, product;
  others.terms.erase(std::find(others.terms.begin(), others.terms.end(), *nested));
  if (!s_.Multiply(Solver::ViewOf(others), by, merged) ||
      !s_.Accumulate(merged, s_.store.View(inner.args[0]), 1) ||
      !s_.Multiply(Solver::ViewOf(den_), by, product)) {
    return kNothing;
  }
  s_.Because(Rewrite::kNestedDiv);
  // In its one form first: 10*y*max(..) may be shorter than max(..) was.
  const std::optional<Dim> above = s_.Finish(merged), below = s_.Finish(product);
  if (!above || !below) return kFailed;
  return FinishWith(Solver::Copy(s_.store.View(*above)), Solver::Copy(s_.store.View(*below)));
}

// -x//d = -1 - (x - 1)//d for d > 0                                      row 35
RatioReduction::Outcome RatioReduction::Orient() {
  if (num_.terms.empty() || s_.store.Leading(num_.terms).coeff > 0) return kNothing;
  s_.Because(Rewrite::kNegatedDiv);
  Poly flipped = num_;
  if (!Negate(flipped) || !SubOk(flipped.constant, 1, &flipped.constant)) return kFailed;
  const std::optional<Dim> q = s_.FloorDivSymbolic(std::move(flipped), den_);
  if (!q || !s_.Accumulate(out_, s_.store.View(*q), -1)) return kFailed;
  return Finish(PolyView{-1, {}});
}

// 0 <= r < d: 0. -d <= r < 0: -1; in particular -1//d, as d is at least 1 where it divides.
RatioReduction::Outcome RatioReduction::MakeQuotient(bool last) {
  const Poly reduced = num_;
  const std::optional<Dim> numerator = s_.Finish(num_);
  if (!numerator) return kFailed;
  if (const PolyView v = s_.store.View(*numerator); !last && !IsSame(v, reduced)) {
    num_ = Solver::Copy(v);
    return kChanged;
  }
  if (is_positive_) {
    if (*numerator == Dim::Inline(-1)) return Finish(PolyView{-1, {}});
    const Dim gap = s_.Sub(divisor_, *numerator);
    if (s_.IsNonNegative(*numerator)) {
      if (s_.ProveGe0(s_.Sub(gap, Dim::Inline(1)))) return Finish(PolyView{});
    } else if (s_.IsNonNegative(s_.Sub(Dim::Inline(-1), *numerator)) &&
               s_.ProveGe0(s_.Add(*numerator, divisor_))) {
      return Finish(PolyView{-1, {}});
    }
  }
  const Dim args[] = {*numerator, divisor_};
  return Finish(s_.store.View(s_.MakeAtom(AtomKind::kFloorDiv, args)));
}

}  // namespace

std::optional<Dim> Solver::FloorDivSymbolic(Poly num, Poly den) {
  return RatioReduction(*this, std::move(num), std::move(den)).Run();
}

}  // namespace symshape::symbolic
