// Rewrites that look at a whole sum: exact quotients, families of quotients, monomial rules.
#include <algorithm>
#include <limits>

#include "symbolic/hypothesis.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

// Hypotheses inside each other under which forms are still shortened by further ones: each takes all of a
// dim's atoms to be looked at again.
constexpr int kMaxNestedForms = 2;
constexpr int64_t kMaxFamily = 8;  // divisors whose quotients are combined

int Count(const Poly& p) { return static_cast<int>(p.terms.size()); }

int128 Weight(const Poly& p) {
  int128 w = 0;
  for (const Term& t : p.terms) w += AbsU(t.coeff);
  return w;
}

// One occurrence coeff * q * rest of a quotient q = numerator // divisor.
struct Occurrence {
  Term term;
  MonoId rest;
  PolyView numerator;
  int64_t divisor;
};

}  // namespace

std::optional<Dim> Solver::Finish(Poly& p) {
  bool plain = state.mono_rules.empty();
  for (const Term& t : p.terms) {
    const Mono& m = store.mono(t.mono);
    plain = plain && !m.has_div && (!m.has_max || m.degree == 1);
  }
  if (!plain) {
    bool changed = true;
    for (int round = 0; changed && round < 8; ++round) {
      changed = false;
      if (!Normalise(p, &changed)) return std::nullopt;
      if (!changed) changed = ShortenBesideFactors(p);
    }
  }
  if (p.terms.size() > kMaxTerms) return std::nullopt;
  for (const Term& t : p.terms) {
    if (store.mono(t.mono).depth > kMaxDepth) return std::nullopt;
  }
  const Dim d = store.InternPoly(p);
  return plain ? d : Representative(d);
}

namespace {

// (x//d)*c with d | x + r: c*(x//d) -> (c/g)*(x//(d/g) - r//(d/g)), g = gcd(c, d)     row 12
// Without the fact: x=1, d=2, c=2 gives 0, not 1.
bool ReduceExact(Solver& s, Poly& p, bool* changed) {
  if (!s.state.has_congruences && s.state.exact.empty()) return true;
  for (size_t i = 0; i < p.terms.size(); ++i) {
    const Term t = p.terms[i];
    if (!s.store.mono(t.mono).has_div) continue;
    for (AtomId q : s.store.atoms_of(t.mono)) {
      const Atom atom = s.store.atom(q);
      if (atom.kind != AtomKind::kFloorDiv) continue;
      MonoId rest;
      if (!s.store.DivideMono(t.mono, atom.mono, &rest)) continue;
      const PolyView numerator = s.store.View(atom.args[0]);
      const PolyView divisor = s.store.View(atom.args[1]);
      Poly replacement;
      if (divisor.terms.empty()) {
        const int64_t d = divisor.constant;
        const int64_t g = static_cast<int64_t>(GcdU(AbsU(t.coeff), d));
        if (g <= 1) continue;
        const std::optional<int64_t> r = s.ResidueOf(numerator, d);
        if (!r) continue;
        if (g == d) {
          replacement = Solver::Copy(numerator);
          if (!SubOk(replacement.constant, *r, &replacement.constant)) return false;
        } else {
          if (!s.FloorDivPoly(Solver::Copy(numerator), d / g, 0, replacement)) return false;
          if (!SubOk(replacement.constant, *r / (d / g), &replacement.constant)) return false;
        }
        Poly factor, product;
        if (!s.AccumulateTerm(factor, rest, t.coeff / g)) return false;
        if (!s.Multiply(Solver::ViewOf(replacement), Solver::ViewOf(factor), product)) return false;
        s.Because(Rewrite::kExactQuotient);
        p.terms.erase(p.terms.begin() + i);
        if (!s.Accumulate(p, Solver::ViewOf(product), 1)) return false;
        *changed = true;
        return true;
      }
      bool exact = false;
      for (const ExactFact& f : s.state.exact) {
        exact = exact || (f.numerator == atom.args[0] && f.divisor == atom.args[1]);
      }
      if (!exact) continue;
      // All terms linear in q: p = cofactor*q + others; cofactor = k*divisor + r gives k*numerator.
      Poly cofactor, others = p;
      for (const Term& u : p.terms) {
        MonoId m;
        if (!s.store.DivideMono(u.mono, atom.mono, &m)) continue;
        if (!s.AccumulateTerm(cofactor, m, u.coeff)) return false;
        others.terms.erase(std::find(others.terms.begin(), others.terms.end(), u));
      }
      Poly k, r, product;
      if (!s.LongDivide(Solver::ViewOf(cofactor), divisor, k, r)) return false;
      if (k.terms.empty() && k.constant == 0) continue;
      if (!s.Multiply(Solver::ViewOf(k), numerator, product)) return false;
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
  }
  return true;
}

// x//d + (x+1)//d + … + (x+d-1)//d = x                                  row 22 (Hermite), row 34
// A sum may be written with any multiple t of that identity added; the shortest is taken.
bool ReduceFamilies(Solver& s, Poly& p, bool* changed) {
  if (s.OutOfWork()) return true;
  absl::InlinedVector<Occurrence, 4> found;
  for (const Term& t : p.terms) {
    if (!s.store.mono(t.mono).has_div) continue;
    AtomId last = Store::kNoMono;
    for (AtomId q : s.store.atoms_of(t.mono)) {
      if (q == last) continue;
      last = q;
      const Atom& atom = s.store.atom(q);
      if (atom.kind != AtomKind::kFloorDiv) continue;
      const PolyView divisor = s.store.View(atom.args[1]);
      if (!divisor.terms.empty() || divisor.constant > kMaxFamily) continue;
      MonoId rest;
      const MonoId mono = atom.mono;
      const PolyView numerator = s.store.View(atom.args[0]);
      if (!s.store.DivideMono(t.mono, mono, &rest)) continue;
      found.push_back({t, rest, numerator, divisor.constant});
    }
  }
  std::sort(found.begin(), found.end(), [&](const Occurrence& x, const Occurrence& y) {
    return s.store.CompareMonos(x.term.mono, y.term.mono) < 0;
  });
  for (size_t i = 0; i < found.size(); ++i) {
    const Occurrence& first = found[i];
    const int64_t d = first.divisor;
    absl::InlinedVector<const Occurrence*, 4> family;
    bool leads = true;
    for (size_t j = 0; j < found.size(); ++j) {
      const Occurrence& o = found[j];
      if (o.divisor != d || o.rest != first.rest) continue;
      if (o.numerator.terms != first.numerator.terms) continue;
      if (j < i) leads = false;
      family.push_back(&o);
    }
    if (!leads) continue;
    // step = numerator without constant, times rest
    Poly step;
    bool shares = false;
    for (const Term& e : first.numerator.terms) {
      const MonoId m = s.store.MulMono(e.mono, first.rest);
      if (!s.AccumulateTerm(step, m, e.coeff)) return false;
      for (const Term& t : p.terms) shares = shares || t.mono == m;
    }
    if (family.size() == 1 && !shares) continue;
    std::array<int64_t, kMaxFamily> count{};
    Poly others = p;
    for (const Occurrence* o : family) {
      if (o->numerator.constant < 0 || o->numerator.constant >= d) return true;
      int64_t& c = count[o->numerator.constant];
      if (!AddOk(c, o->term.coeff, &c)) return false;
      const auto it = std::find(others.terms.begin(), others.terms.end(), o->term);
      if (it != others.terms.end()) others.terms.erase(it);
    }
    absl::InlinedVector<int64_t, 12> candidates = {0};
    for (int64_t k = 0; k < d; ++k) candidates.push_back(count[k]);
    for (const Term& e : step.terms) {
      for (const Term& t : others.terms) {
        if (t.mono == e.mono && t.coeff % e.coeff == 0 && t.coeff != INT64_MIN) {
          candidates.push_back(-(t.coeff / e.coeff));
        }
      }
    }
    const auto variant = [&](int64_t t, Poly& out) {
      out = others;
      if (!s.Accumulate(out, Solver::ViewOf(step), t)) return false;
      for (int64_t k = 0; k < d; ++k) {
        int64_t c;
        if (!SubOk(count[k], t, &c)) return false;
        if (c == 0) continue;
        Poly numerator;
        numerator.terms.assign(first.numerator.terms.begin(), first.numerator.terms.end());
        numerator.constant = k;
        Poly q, product, factor;
        if (!s.FloorDivPoly(std::move(numerator), d, 0, q)) return false;
        if (!s.AccumulateTerm(factor, first.rest, c)) return false;
        if (!s.Multiply(Solver::ViewOf(q), Solver::ViewOf(factor), product)) return false;
        if (!s.Accumulate(out, Solver::ViewOf(product), 1)) return false;
      }
      return true;
    };
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    // How many terms a variant has, before it is built: not, where that is more than now.
    const auto predicted = [&](int64_t t) {
      Poly rest = others;
      if (!s.Accumulate(rest, Solver::ViewOf(step), t)) return std::numeric_limits<int>::max();
      int terms = Count(rest);
      for (int64_t k = 0; k < d; ++k) terms += count[k] != t;
      return terms;
    };
    const int now = Count(p);
    // Judged on the result alone, so that every member of the class chooses the same one.
    std::optional<Poly> best;
    const auto better = [&s](const Poly& x, const Poly& y) {
      if (Count(x) != Count(y)) return Count(x) < Count(y);
      if (Weight(x) != Weight(y)) return Weight(x) < Weight(y);
      return s.Shorter(Solver::ViewOf(x), Solver::ViewOf(y));
    };
    for (int64_t t : candidates) {
      Poly out;
      if (!s.Spend(8 + Count(p))) return true;  // not all were seen: none is the best
      if (predicted(t) > now || !variant(t, out)) continue;
      if (!best || better(out, *best)) best = std::move(out);
    }
    if (best && (best->terms != p.terms || best->constant != p.constant)) {
      s.Because(Rewrite::kHermite);
      p = std::move(*best);
      *changed = true;
      return true;
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
bool ReduceMaxima(Solver& s, Poly& p, bool* changed) {
  for (const Term& t : p.terms) {
    const Mono m = s.store.mono(t.mono);
    if (!m.has_max || m.degree < 2) continue;
    const auto atoms = s.store.atoms_of(t.mono);
    for (AtomId maximum : atoms) {
      if (s.store.atom(maximum).kind != AtomKind::kMax) continue;
      for (AtomId factor : atoms) {
        if (factor == maximum) continue;
        if ((s.store.atom(factor).mask & s.store.atom(maximum).mask) == 0) continue;
        if (s.AtomBounds(factor).lo != 0) continue;
        if (!s.Spend(8)) return true;
        const Dim smaller = s.MaxWhereNonZero(maximum, factor);
        if (smaller == s.store.atom(maximum).dim) continue;
        s.Because(Rewrite::kMaxBeside);
        MonoId rest;
        if (!s.store.DivideMono(t.mono, s.store.atom(maximum).mono, &rest)) continue;
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

Dim Solver::MaxWhereNonZero(AtomId maximum, AtomId factor) {
  const auto key = std::make_pair(maximum, factor);
  if (const auto it = where_nonzero.find(key);
      it != where_nonzero.end() && it->second.epoch == epoch) {
    return it->second.result;
  }
  const Dim self = store.atom(maximum).dim;
  where_nonzero[key] = {epoch, self};
  std::vector<Dim> kept(store.args(maximum).begin(), store.args(maximum).end());
  if (hypotheses < kMaxNestedForms) {
    const Operation operation(*this);
    Hypothesis positive(*this);
    positive.Bound(factor, {1, Interval::kPlusInf});
    DropDominated(kept);
  }
  const Dim result = kept.size() == store.args(maximum).size() ? self : Max(kept);
  where_nonzero[key] = {epoch, result};
  return result;
}

bool Solver::Normalise(Poly& p, bool* changed) {
  // One quotient alone has nothing to be combined with.
  if (p.terms.size() == 1 && store.mono(p.terms[0].mono).degree == 1 && state.exact.empty() &&
      !state.has_congruences && state.mono_rules.empty()) {
    return true;
  }
  if (!ReduceExact(*this, p, changed)) return false;
  if (*changed) return true;
  if (!ReduceFamilies(*this, p, changed)) return false;
  if (*changed) return true;
  if (!ReduceAtZero(p, changed)) return false;
  if (*changed) return true;
  if (!ReduceMaxima(*this, p, changed)) return false;
  if (*changed) return true;
  return ReduceMonomials(*this, p, changed);
}

}  // namespace symshape::symbolic
