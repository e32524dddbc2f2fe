// Quotients by a constant, and the operations defined through quotients. Symbolic divisors:
// ratio.cc.
#include <algorithm>

#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxSteps = 64;     // of one quotient's reduction
constexpr int kMaxBranching = 2;  // maxima pulled out of one numerator

}  // namespace

// Of num//d: the terms that a common divisor g of d and of all others makes too small to matter.
// Without the bounds: (2*x + y)//4 at x=0, y=4 is 1, not x//2.
bool Solver::DropSmallTerms(Poly& num, int64_t& d) {
  for (const Term& t : num.terms) {
    const int64_t g = static_cast<int64_t>(GcdU(AbsU(t.coeff), static_cast<uint64_t>(d)));
    if (g <= 1) continue;
    for (bool quotients_small : {false, true}) {  // y - 11*(y//11) is small as a whole
      Poly large, small;
      small.constant = num.constant;
      for (const Term& u : num.terms) {
        const bool is_small = u.coeff % g != 0 || (quotients_small && store.mono(u.mono).has_div);
        (is_small ? small : large).terms.push_back(u);
      }
      if (large.terms.empty() || !Spend(8)) continue;
      const Interval range = TightPolyBounds(small, 1);
      if (range.lo == Interval::kMinusInf || range.hi == Interval::kPlusInf) continue;
      const int64_t k = FloorDivInt(range.lo, g);
      if (k != FloorDivInt(range.hi, g)) continue;
      for (Term& u : large.terms) u.coeff /= g;
      large.constant = k;
      Because(Rewrite::kCommonDivisor);
      num = std::move(large);
      d /= g;
      return true;
    }
  }
  return false;
}

namespace {

// num//d on its way to its one form: the result is out + sign*(num//d) all the time.
class QuotientReduction {
 public:
  QuotientReduction(Solver& solver, Poly&& num, int64_t d, int depth, Poly& out)
      : s_(solver), num_(std::move(num)), d_(d), depth_(depth), out_(out) {}

  // False on overflow, or where it takes too long.
  bool Run() {
    for (int step = 0; step <= kMaxSteps; ++step) {
      switch (Step()) {
        case kChanged:
          continue;
        case kFailed:
          return false;
        case kDone:
          return true;
        case kNothing:
          return MakeQuotient();
      }
    }
    return PullMultiples() != kFailed && (num_.terms.empty() || MakeQuotient());
  }
  // Where nothing left the quotient: all of the result, which has its form already.
  const std::optional<Dim>& whole() const { return whole_; }

 private:
  enum Outcome { kNothing, kChanged, kFailed, kDone };
  static Outcome Done(bool fits) { return fits ? kDone : kFailed; }

  Outcome Step();
  Outcome PullMultiples();
  Outcome NormaliseNumerator();
  Outcome PullKnownResidues();
  Outcome PullTermOfKnownResidue();
  Outcome DivideByContent();
  Outcome RoundConstant();
  Outcome MergeNested();
  Outcome MergeNestedRatio();
  Outcome SplitMaximum();
  Outcome DivideMaximum(Term maximum);
  size_t LengthWith(AtomId maximum, int64_t coeff) const;
  Outcome Orient();
  bool MakeQuotient();

  bool Finish(PolyView quotient) { return s_.Accumulate(out_, quotient, sign_); }
  // What leaves a constant that may exceed d.
  bool PullConstant(int64_t constant) {
    return AddOk(out_.constant, sign_ * FloorDivInt(constant, d_), &out_.constant);
  }
  bool KnowsResidues() const { return s_.state.has_congruences() || !s_.state.exact.empty(); }
  Poly Without(const Term& t) const {
    Poly others = num_;
    others.terms.erase(std::find(others.terms.begin(), others.terms.end(), t));
    return others;
  }

  Solver& s_;
  Poly num_;
  int64_t d_;
  const int depth_;
  Poly& out_;  // what has left the quotient
  int64_t sign_ = 1;
  bool compound_ = false;  // the numerator has quotients or maxima, or products are known
  std::optional<Dim> whole_;
};

QuotientReduction::Outcome QuotientReduction::Step() {
  Outcome outcome = PullMultiples();
  if (outcome == kNothing && compound_) outcome = NormaliseNumerator();
  if (outcome == kNothing && KnowsResidues()) outcome = PullKnownResidues();
  if (outcome == kNothing) outcome = DivideByContent();
  // (g*x + r)//(g*d) = (x + k)//d where k*g <= r < (k + 1)*g, r being any terms.
  if (outcome == kNothing && compound_ && s_.DropSmallTerms(num_, d_)) return kChanged;
  if (outcome == kNothing && s_.state.has_congruences()) outcome = RoundConstant();
  if (outcome == kNothing && compound_) {
    if (const std::optional<Dim> split = s_.SplitQuotientAtZero(num_, d_)) {
      return Done(Finish(s_.store.View(*split)));
    }
    // Before quotients merge: the one beside a maximum may leave one of its branches.
    if (depth_ < kMaxBranching) outcome = SplitMaximum();
  }
  if (outcome == kNothing && compound_) outcome = MergeNested();
  if (outcome == kNothing && compound_) outcome = MergeNestedRatio();
  return outcome == kNothing ? Orient() : outcome;
}

// (d*q + r)//d = q + r//d                                                row 6
// Residues in (-d/2, d/2] keep 2*x//2 and x//2 apart from their signs.
QuotientReduction::Outcome QuotientReduction::PullMultiples() {
  size_t kept = 0;
  for (const Term t : num_.terms) {
    int64_t r = t.coeff;
    if (r > d_ / 2 || r < -((d_ - 1) / 2)) {  // a division takes as long as all of the rest
      r = ModInt(t.coeff, d_);
      if (r > d_ - r) r -= d_;
      int64_t multiple;
      if (!SubOk(t.coeff, r, &multiple)) return kFailed;
      s_.Because(Rewrite::kPullMultiple);
      if (!s_.AccumulateTerm(out_, t.mono, sign_ * (multiple / d_))) return kFailed;
    }
    if (r != 0) num_.terms[kept++] = {t.mono, r};
  }
  num_.terms.resize(kept);
  if (num_.constant < 0 || num_.constant >= d_) {
    if (!PullConstant(num_.constant)) return kFailed;
    num_.constant = ModInt(num_.constant, d_);
  }
  if (num_.terms.empty()) return Done(Finish(PolyView{}));  // 0 <= constant < d
  if (!s_.Spend(4 + static_cast<int64_t>(num_.terms.size()))) return kFailed;
  compound_ = !s_.state.mono_rules.empty();
  for (const Term& t : num_.terms) {
    const Mono& m = s_.store.mono(t.mono);
    compound_ = compound_ || m.has_div || m.has_max;
  }
  return kNothing;
}

QuotientReduction::Outcome QuotientReduction::NormaliseNumerator() {
  bool changed = false;
  if (!s_.Normalise(num_, &changed)) return kFailed;
  return changed ? kChanged : kNothing;
}

// Terms that are known modulo d leave: (e + r)//d = e//d + (r + e % d)//d.
QuotientReduction::Outcome QuotientReduction::PullKnownResidues() {
  if (num_.terms.size() == 1 && num_.constant == 0) return kNothing;
  if (num_.terms.size() > 1) {
    const std::optional<int64_t> whole = s_.ResidueOf(PolyView{0, num_.terms}, d_);
    if (whole) {
      int64_t moved;
      if (!AddOk(num_.constant, *whole, &moved) || !PullConstant(moved)) return kFailed;
      num_.constant = 0;
    }
  }
  return PullTermOfKnownResidue();
}

QuotientReduction::Outcome QuotientReduction::PullTermOfKnownResidue() {
  for (size_t i = 0; i < num_.terms.size(); ++i) {
    const Term t = num_.terms[i];
    const std::optional<int64_t> r = s_.ResidueOf(PolyView{0, absl::MakeConstSpan(&t, 1)}, d_);
    if (!r || (num_.terms.size() == 1 && num_.constant == 0)) continue;
    Poly single, q;
    single.terms.push_back(t);
    if (!s_.FloorDivPoly(std::move(single), d_, depth_, q) || !Finish(Solver::ViewOf(q))) {
      return kFailed;
    }
    num_.terms.erase(num_.terms.begin() + i);
    return AddOk(num_.constant, *r, &num_.constant) ? kChanged : kFailed;
  }
  return kNothing;
}

// (g*x + r)//(g*d) = x//d for 0 <= r < g                                 row 7
QuotientReduction::Outcome QuotientReduction::DivideByContent() {
  uint64_t g = static_cast<uint64_t>(d_);
  for (const Term& t : num_.terms) g = AbsU(t.coeff) == 1 || g == 1 ? 1 : GcdU(g, AbsU(t.coeff));
  if (g == 1) return kNothing;
  s_.Because(Rewrite::kCommonDivisor);
  for (Term& t : num_.terms) t.coeff /= static_cast<int64_t>(g);
  num_.constant /= static_cast<int64_t>(g);
  d_ /= static_cast<int64_t>(g);
  return kChanged;
}

// The same where facts, not coefficients, say that the terms are multiples: 16 | H gives
// (H + 5)//32 = H//32.
QuotientReduction::Outcome QuotientReduction::RoundConstant() {
  if (num_.constant == 0) return kNothing;
  const Congruence c = s_.PolyCongruence(PolyView{0, num_.terms});
  const int64_t m = c.modulus == 0 ? d_ : static_cast<int64_t>(GcdU(c.modulus, d_));
  if (m == 1) return kNothing;
  const int64_t r = ModInt(c.remainder, m);
  int64_t k;
  if (!AddOk(num_.constant, r, &k)) return kFailed;
  k = std::max<int64_t>(0, FloorDivInt(k, m) * m - r);
  if (k == num_.constant) return kNothing;
  num_.constant = k;
  return kChanged;
}

// (x//a + c)//d = (x + a*c)//(a*d)                                       row 2
// Only where it is the one quotient in the numerator, so that every merge lowers the nesting.
QuotientReduction::Outcome QuotientReduction::MergeNested() {
  const Term* nested = nullptr;
  for (const Term& t : num_.terms) {
    const Mono& m = s_.store.mono(t.mono);
    if (!m.has_div) continue;
    if (nested != nullptr) return kNothing;
    nested = &t;
  }
  if (nested == nullptr || s_.store.mono(nested->mono).degree != 1) return kNothing;
  if (nested->coeff != 1 && nested->coeff != -1) return kNothing;
  const Atom a = s_.store.atom(s_.store.mono(nested->mono).atoms[0]);
  if (!s_.store.IsConstant(a.args[1])) return kNothing;
  // A quotient known modulo d stays: merged, what is known of it would be lost.
  if (KnowsResidues() && s_.ResidueOf(Solver::ViewOf(num_), d_)) return kNothing;
  const int64_t inner = s_.store.View(a.args[1]).constant;
  int64_t product;
  Poly merged;
  bool fits = MulOk(inner, d_, &product) && MulOk(num_.constant, inner, &merged.constant);
  for (const Term& t : num_.terms) {
    if (&t == nested) continue;
    int64_t c = 0;
    fits = fits && MulOk(t.coeff, inner, &c);
    merged.terms.push_back({t.mono, c});
  }
  fits = fits && s_.Accumulate(merged, s_.store.View(a.args[0]), nested->coeff);
  // -(x//a) = (-x + a - 1)//a                                            row 35
  if (nested->coeff < 0) fits = fits && AddOk(merged.constant, inner - 1, &merged.constant);
  if (!fits) return kNothing;
  s_.Because(Rewrite::kNestedDiv);
  num_ = std::move(merged);
  d_ = product;
  return kChanged;
}

// (x//y + c)//d = (x + c*y)//(d*y): undefined on both sides where y is 0
QuotientReduction::Outcome QuotientReduction::MergeNestedRatio() {
  const Term alone = num_.terms[0];
  if (num_.terms.size() != 1 || alone.coeff != 1) return kNothing;
  if (s_.store.mono(alone.mono).degree != 1) return kNothing;
  const Atom a = s_.store.atom(s_.store.mono(alone.mono).atoms[0]);
  if (a.kind != AtomKind::kFloorDiv) return kNothing;
  Poly above, below;
  if (!s_.Accumulate(above, s_.store.View(a.args[0]), 1) ||
      !s_.Accumulate(above, s_.store.View(a.args[1]), num_.constant) ||
      !s_.Accumulate(below, s_.store.View(a.args[1]), d_)) {
    return kNothing;
  }
  const std::optional<Dim> merged = s_.FloorDivSymbolic(std::move(above), std::move(below));
  if (!merged) return kNothing;
  s_.Because(Rewrite::kNestedDiv);
  return Done(Finish(s_.store.View(*merged)));
}

// How long the branches of the quotient are with that multiple of the maximum in it.
size_t QuotientReduction::LengthWith(AtomId maximum, int64_t coeff) const {
  size_t terms = 0;
  for (Dim e : s_.store.args(maximum)) {
    Poly branch = num_;
    if (!s_.Accumulate(branch, s_.store.View(e), coeff)) return 1000;
    for (const Term& t : branch.terms) terms += t.coeff % d_ != 0 ? 2 : 1;
  }
  return terms;
}

// Not beside another one: the branches would choose for each on its own, where m and m//10 in
// (m - 10*(m//10))//3 hold the same maximum.
QuotientReduction::Outcome QuotientReduction::SplitMaximum() {
  const Term* maximum = nullptr;
  for (const Term& t : num_.terms) {
    if (!s_.store.mono(t.mono).has_max) continue;
    if (maximum != nullptr) return kNothing;
    maximum = &t;
  }
  const bool alone = maximum != nullptr && s_.store.mono(maximum->mono).degree == 1;
  return alone ? DivideMaximum(*maximum) : kNothing;
}

// max(a, b)//d = max(a//d, b//d); with a minus sign the minimum          row 32
QuotientReduction::Outcome QuotientReduction::DivideMaximum(Term maximum) {
  const AtomId atom = s_.store.mono(maximum.mono).atoms[0];
  num_ = Without(maximum);
  // Its coefficient counts modulo d only: the sign that leaves the shorter branches.
  const int64_t other_sign = maximum.coeff > 0 ? maximum.coeff - d_ : maximum.coeff + d_;
  if (LengthWith(atom, other_sign) < LengthWith(atom, maximum.coeff)) {
    if (!s_.AccumulateTerm(out_, maximum.mono, maximum.coeff > 0 ? sign_ : -sign_)) return kFailed;
    maximum.coeff = other_sign;
  }
  std::vector<Dim> branches;
  for (Dim e : s_.store.args(atom)) {
    Poly branch = num_;
    std::optional<Dim> q;
    if (s_.Accumulate(branch, s_.store.View(e), maximum.coeff)) {
      q = s_.FloorDivConst(std::move(branch), d_, depth_ + 1);
    }
    if (!q) return s_.AccumulateTerm(num_, maximum.mono, maximum.coeff) ? kNothing : kFailed;
    branches.push_back(*q);
  }
  s_.Because(Rewrite::kDivOfMax);
  const Dim merged = maximum.coeff > 0 ? s_.Max(branches) : s_.Min(branches);
  return Done(Finish(s_.store.View(merged)));
}

// -x//d = -((x + d - 1)//d): the first coefficient that is no tie is positive      row 35
QuotientReduction::Outcome QuotientReduction::Orient() {
  const Term* first = nullptr;
  for (const Term& t : num_.terms) {
    if (t.coeff > 0 && t.coeff == d_ - t.coeff) continue;
    if (first == nullptr || s_.store.CompareMonos(t.mono, first->mono) < 0) first = &t;
  }
  if (first == nullptr || first->coeff > 0) return kNothing;
  s_.Because(Rewrite::kNegatedDiv);
  for (Term& t : num_.terms) t.coeff = -t.coeff;
  if (!SubOk(d_ - 1, num_.constant, &num_.constant)) return kFailed;
  sign_ = -sign_;
  return kChanged;
}

bool QuotientReduction::MakeQuotient() {
  const std::optional<Dim> numerator = s_.Finish(num_);
  if (!numerator) return false;
  const Interval range = s_.TightBounds(*numerator);
  if (range.lo != Interval::kMinusInf && range.hi != Interval::kPlusInf &&
      FloorDivInt(range.lo, d_) == FloorDivInt(range.hi, d_)) {
    return Finish(PolyView{FloorDivInt(range.lo, d_), {}});
  }
  const Dim args[] = {*numerator, s_.Constant(d_)};
  const Dim quotient = s_.Representative(s_.MakeAtom(AtomKind::kFloorDiv, args));
  const PolyView view = s_.store.View(quotient);
  if (sign_ == 1 && out_.terms.empty() && out_.constant == 0 && s_.StandsAlone(view.terms) &&
      s_.store.mono(view.terms[0].mono).depth <= kMaxDepth) {
    whole_ = quotient;
    return true;
  }
  return Finish(view);
}

}  // namespace

std::optional<Dim> Solver::FloorDivConst(Poly&& num, int64_t d, int depth) {
  Poly out;
  QuotientReduction reduction(*this, std::move(num), d, depth, out);
  if (!reduction.Run()) return std::nullopt;
  return reduction.whole() ? reduction.whole() : Finish(out);
}

bool Solver::FloorDivPoly(Poly&& num, int64_t d, int depth, Poly& out) {
  out = Poly();
  QuotientReduction reduction(*this, std::move(num), d, depth, out);
  if (!reduction.Run()) return false;
  if (reduction.whole()) out = Copy(store.View(*reduction.whole()));
  return true;
}

Dim Solver::FloorDiv(Dim a, Dim b) {
  a = Resolve(a);
  b = Resolve(b);
  const OperationCache::Key key('/', a, b);
  if (const auto known = operations.Find(key, epoch)) return *known;
  const Operation operation(*this);
  std::optional<Dim> result;
  if (store.IsConstant(b)) {
    const int64_t d = store.View(b).constant;
    Poly num = Copy(store.View(a));
    if (d > 0) {
      result = FloorDivConst(std::move(num), d, 0);
    } else if (d < 0 && d != INT64_MIN) {
      Poly negated;
      if (Accumulate(negated, ViewOf(num), -1)) result = FloorDivConst(std::move(negated), -d, 0);
    }
  } else {
    result = FloorDivSymbolic(Copy(store.View(a)), Copy(store.View(b)));
  }
  if (result) Today(*result);
  if (!result) result = Opaque('/', a, b);
  operations.Enter(key, epoch, *result);
  return *result;
}

// ceil(a/b) = -(-a//b) for any sign of b; (a + b - 1)//b needs b > 0.    row 4
Dim Solver::CeilDiv(Dim a, Dim b) {
  b = Resolve(b);
  if (store.IsConstant(b) && store.View(b).constant > 0) {
    Because(Rewrite::kCeil);
    const Dim top = Add(a, Constant(store.View(b).constant - 1));
    return FloorDiv(top, b);
  }
  return Neg(FloorDiv(Neg(a), b));
}

Dim Solver::Mod(Dim a, Dim b) {
  a = Resolve(a);
  b = Resolve(b);
  if (b == Dim::Inline(0)) return Opaque('%', a, b);
  return Sub(a, Mul(b, FloorDiv(a, b)));
}

// C++'s a / b. With b > 0 and a of any sign: max(a//b, min(ceil(a/b), 0)), which stays short where
// pools follow each other, as all of it is monotone.
Dim Solver::TruncDiv(Dim a, Dim b) {
  a = Resolve(a);
  b = Resolve(b);
  if (!IsNonNegative(b)) {
    const Dim negated = Neg(b);
    if (!IsNonNegative(negated)) return Opaque('t', a, b);
    return Neg(TruncDiv(a, negated));
  }
  if (b == Dim::Inline(0)) return Opaque('t', a, b);
  if (IsNonNegative(a)) return FloorDiv(a, b);
  if (IsNonNegative(Neg(a))) return CeilDiv(a, b);
  // From 1 - b on the ceiling is not negative.
  if (store.IsConstant(b) && Bounds(a).lo > -store.View(b).constant) {
    return Max(FloorDiv(a, b), Dim::Inline(0));
  }
  return Max(FloorDiv(a, b), Min(CeilDiv(a, b), Dim::Inline(0)));
}

}  // namespace symshape::symbolic
