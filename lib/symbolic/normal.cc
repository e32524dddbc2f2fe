// Rewrites that look at a whole sum: exact quotients, factors beside maxima, monomial rules.
// Families of quotients: families.cc.
#include <algorithm>

#include "symbolic/hypothesis.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

// Hypotheses inside each other under which forms are still shortened by further ones: each takes
// all of a dim's atoms to be looked at again.
constexpr int kMaxNestedForms = 2;

// Rewrites of one sum, each of which changes it at one place; work ends sooner.
constexpr int kMaxRounds = 64;

}  // namespace

// One atom and a constant: there is nothing that it could be combined with.
bool Solver::StandsAlone(absl::Span<const Term> terms) const {
  return terms.size() == 1 && store.mono(terms[0].mono).degree == 1 && state.exact.empty() &&
         !state.has_congruences() && state.mono_rules.empty();
}

bool Solver::HasItsForm(absl::Span<const Term> terms) const {
  if (StandsAlone(terms)) return true;
  return state.mono_rules.empty() && std::all_of(terms.begin(), terms.end(), [this](Term t) {
           const Mono& m = store.mono(t.mono);
           return !m.has_div && (m.depth == 0 || m.degree == 1);
         });
}

namespace {

bool HasProducts(const Store& store, const Poly& p) {
  return std::any_of(p.terms.begin(), p.terms.end(),
                     [&](Term t) { return store.mono(t.mono).degree > 1; });
}

}  // namespace

std::optional<Dim> Solver::Finish(Poly& p) {
  if (HasItsForm(p.terms)) return Keep(ViewOf(p));
  for (int round = 0; round < kMaxRounds; ++round) {
    bool changed = false;
    if (!Normalise(p, &changed)) return std::nullopt;
    if (changed || ShortenBesideFactors(p)) continue;
    const std::optional<Dim> kept = Keep(ViewOf(p));
    if (!kept || !HasProducts(store, p)) return kept;
    // Quotients that are one function may have left what cancels against a product.
    const PolyView now = store.View(*kept);
    if (now.constant == p.constant && now.terms == absl::MakeConstSpan(p.terms)) return kept;
    p = Copy(now);
  }
  return Keep(ViewOf(p));
}

std::optional<Dim> Solver::Keep(const PolyView& p) {
  if (p.terms.size() > kMaxTerms) return std::nullopt;
  for (const Term& t : p.terms) {
    if (store.mono(t.mono).depth > kMaxDepth) return std::nullopt;
  }
  return Representative(store.InternPoly(p.constant, p.terms));
}

namespace {

// (x//d)*c with d | x + r: c*(x//d) -> (c/g)*(x//(d/g) - r//(d/g)), g = gcd(c, d)     row 12
// Without the fact: x=1, d=2, c=2 gives 0, not 1.
bool ReduceByResidue(Solver& s, Poly& p, size_t i, const Atom& atom, MonoId rest, bool* changed) {
  const Term t = p.terms[i];
  const PolyView numerator = s.store.View(atom.args[0]);
  const int64_t d = s.store.View(atom.args[1]).constant;
  const int64_t g = static_cast<int64_t>(GcdU(AbsU(t.coeff), d));
  if (g <= 1) return true;
  const std::optional<int64_t> r = s.ResidueOf(numerator, d);
  if (!r) return true;
  Poly replacement = Solver::Copy(numerator);
  if (g != d && !s.FloorDivPoly(Solver::Copy(numerator), d / g, 0, replacement)) return false;
  if (!SubOk(replacement.constant, *r / (d / g), &replacement.constant)) return false;
  Poly factor, product;
  if (!s.AccumulateTerm(factor, rest, t.coeff / g)) return false;
  if (!s.Multiply(Solver::ViewOf(replacement), Solver::ViewOf(factor), product)) return false;
  s.Because(Rewrite::kExactQuotient);
  p.terms.erase(p.terms.begin() + i);
  if (!s.Accumulate(p, Solver::ViewOf(product), 1)) return false;
  *changed = true;
  return true;
}

// A quotient q with a symbolic divisor that is known to divide. p = cofactor*q + others, and
// cofactor = k*divisor + r gives k*numerator.
bool ReduceByFact(Solver& s, Poly& p, const Atom& atom, bool* changed) {
  const bool exact = std::any_of(
      s.state.exact.begin(), s.state.exact.end(),
      [&](const ExactFact& f) { return f.numerator == atom.args[0] && f.divisor == atom.args[1]; });
  if (!exact) return true;
  Poly cofactor, others = p;
  for (const Term& u : p.terms) {
    MonoId m;
    if (!s.store.DivideMono(u.mono, atom.mono, &m)) continue;
    if (!s.AccumulateTerm(cofactor, m, u.coeff)) return false;
    others.terms.erase(std::find(others.terms.begin(), others.terms.end(), u));
  }
  Poly k, r, product;
  if (!s.LongDivide(Solver::ViewOf(cofactor), s.store.View(atom.args[1]), k, r)) return false;
  if (k.terms.empty() && k.constant == 0) return true;
  if (!s.Multiply(Solver::ViewOf(k), s.store.View(atom.args[0]), product)) return false;
  if (!s.Accumulate(others, Solver::ViewOf(product), 1)) return false;
  const Term self{atom.mono, 1};
  if (!s.Multiply(Solver::ViewOf(r), PolyView{0, absl::MakeConstSpan(&self, 1)}, product)) {
    return false;
  }
  if (!s.Accumulate(others, Solver::ViewOf(product), 1)) return false;
  p = std::move(others);
  *changed = true;
  return true;
}

bool ReduceExact(Solver& s, Poly& p, bool* changed) {
  if (!s.state.has_congruences() && s.state.exact.empty()) return true;
  for (size_t i = 0; i < p.terms.size(); ++i) {
    const MonoId mono = p.terms[i].mono;
    if (!s.store.mono(mono).has_div) continue;
    for (AtomId q : s.store.atoms_of(mono)) {
      const Atom atom = s.store.atom(q);
      MonoId rest;
      if (atom.kind != AtomKind::kFloorDiv) continue;
      if (!s.store.DivideMono(mono, atom.mono, &rest)) continue;
      const bool fits = s.store.IsConstant(atom.args[1])
                            ? ReduceByResidue(s, p, i, atom, rest, changed)
                            : ReduceByFact(s, p, atom, changed);
      if (!fits || *changed) return fits;
    }
  }
  return true;
}

bool ReduceMonomials(Solver& s, Poly& p, bool* changed) {
  for (const auto& [from, to] : s.state.mono_rules) {
    for (const Term& t : p.terms) {
      MonoId rest;
      if (!s.store.DivideMono(t.mono, from, &rest)) continue;
      Poly factor, product;
      if (!s.AccumulateTerm(factor, rest, t.coeff)) return false;
      if (!s.Multiply(s.store.View(to), Solver::ViewOf(factor), product)) return false;
      p.terms.erase(std::find(p.terms.begin(), p.terms.end(), t));
      if (!s.Accumulate(p, Solver::ViewOf(product), 1)) return false;
      *changed = true;
      return true;
    }
  }
  return true;
}

// q*Max{..} with q >= 0: the maximum counts only where q >= 1, so B*max(-1, -4*B) = -B.    row 38
// The same for a broadcast with such a maximum among its elements.
bool ReduceMaxima(Solver& s, Poly& p, bool* changed) {
  for (const Term& t : p.terms) {
    const Mono m = s.store.mono(t.mono);
    if (m.depth == 0 || m.degree < 2) continue;
    const auto atoms = s.store.atoms_of(t.mono);
    for (AtomId reduced : atoms) {
      const AtomKind kind = s.store.atom(reduced).kind;
      if (kind != AtomKind::kMax && kind != AtomKind::kBroadcast) continue;
      for (AtomId factor : atoms) {
        if (factor == reduced) continue;
        if ((s.store.atom(factor).mask & s.store.atom(reduced).mask) == 0) continue;
        if (s.AtomBounds(factor).lo != 0) continue;
        if (!s.Spend(8)) return true;
        const Dim smaller = s.SmallerWhereNonZero(reduced, factor);
        if (smaller == s.store.atom(reduced).dim) continue;
        s.Because(Rewrite::kMaxBeside);
        MonoId rest;
        if (!s.store.DivideMono(t.mono, s.store.atom(reduced).mono, &rest)) continue;
        Poly cofactor, product;
        const Term taken = t;
        if (!s.AccumulateTerm(cofactor, rest, taken.coeff)) return false;
        if (!s.Multiply(s.store.View(smaller), Solver::ViewOf(cofactor), product)) return false;
        p.terms.erase(std::find(p.terms.begin(), p.terms.end(), taken));
        if (!s.Accumulate(p, Solver::ViewOf(product), 1)) return false;
        *changed = true;
        return true;
      }
    }
  }
  return true;
}

}  // namespace

Dim Solver::SmallerWhereNonZero(AtomId atom, AtomId factor) {
  const auto key = std::make_pair(atom, factor);
  if (const auto it = where_nonzero.find(key);
      it != where_nonzero.end() && it->second.epoch == epoch) {
    return it->second.result;
  }
  Dim result = store.atom(atom).dim;
  where_nonzero[key] = {epoch, result};
  if (hypotheses < kMaxNestedForms) {
    result = store.atom(atom).kind == AtomKind::kMax ? MaxWhereNonZero(atom, factor)
                                                     : BroadcastWhereNonZero(atom, factor);
  }
  where_nonzero[key] = {epoch, result};
  return result;
}

Dim Solver::MaxWhereNonZero(AtomId maximum, AtomId factor) {
  Elements kept(store.args(maximum).begin(), store.args(maximum).end());
  {
    const Operation operation(*this);
    Hypothesis positive(*this);
    positive.Bound(factor, {1, Interval::kPlusInf});
    DropDominated(kept);
  }
  return kept.size() == store.args(maximum).size() ? store.atom(maximum).dim : Max(kept);
}

// Where the factor is 0 the elements need not fit each other any more; the product is 0 there.
Dim Solver::BroadcastWhereNonZero(AtomId broadcast, AtomId factor) {
  Elements elements(store.args(broadcast).begin(), store.args(broadcast).end());
  bool same = true;
  for (Dim& e : elements) {
    const std::optional<AtomId> maximum = MaximumIn(e);
    if (!maximum || (store.atom(factor).mask & store.atom(*maximum).mask) == 0) continue;
    const Dim smaller = SmallerWhereNonZero(*maximum, factor);
    if (smaller == store.atom(*maximum).dim) continue;
    const std::optional<Dim> today = WithValue(e, *maximum, smaller);
    if (!today) continue;
    e = *today;
    same = false;
  }
  if (same) return store.atom(broadcast).dim;
  return BroadcastOf(elements, IsFitting(broadcast));
}

bool Solver::Normalise(Poly& p, bool* changed) {
  if (StandsAlone(p.terms)) return true;
  if (!ReduceExact(*this, p, changed)) return false;
  if (*changed) return true;
  if (!ReduceFamilies(p, changed)) return false;
  if (*changed) return true;
  if (!ReduceAtZero(p, changed)) return false;
  if (*changed) return true;
  if (!ReduceMaxima(*this, p, changed)) return false;
  if (*changed) return true;
  return ReduceMonomials(*this, p, changed);
}

}  // namespace symshape::symbolic
