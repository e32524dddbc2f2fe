// Equalities: p == 0 becomes a substitution wherever one atom can be written by the others.
// Eliminated first: fresh symbols, newest first; names of value_info; names of outputs; names of
// inputs, latest first. An input's name is never written by an engine's.
#include <algorithm>
#include <tuple>

#include "absl/algorithm/container.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {

bool Solver::Contains(Dim d, AtomId atom) const {
  if (d.is_inline() || (store.MaskOf(d) & store.atom(atom).mask) == 0) return false;
  for (const Term& t : store.View(d).terms) {
    for (AtomId a : store.atoms_of(t.mono)) {
      if (a == atom) return true;
      for (Dim arg : store.args(a)) {
        if (Contains(arg, atom)) return true;
      }
    }
  }
  return false;
}

bool Solver::SubstituteAtom(AtomId id, Dim value) {
  const Atom a = store.atom(id);
  if (a.kind == AtomKind::kSymbol) {
    const SymbolState s = StateOf(a.symbol);
    if (s.domain.lo != Interval::kMinusInf) {
      Post(Fact::Kind::kGe, value, Constant(s.domain.lo));
    }
    if (s.domain.hi != Interval::kPlusInf) {
      Post(Fact::Kind::kGe, Constant(s.domain.hi), value);
    }
    if (s.congruence.modulus > 1) {
      Post(Fact::Kind::kDivides, Constant(s.congruence.modulus),
           Sub(value, Constant(s.congruence.remainder)));
    }
  } else if (a.kind == AtomKind::kFloorDiv) {
    // 0 <= x - d*value <= d - 1
    if (Bounds(a.args[1]).lo >= 1) {
      const Dim rest = Sub(a.args[0], Mul(a.args[1], value));
      Post(Fact::Kind::kGe, rest, Dim::Inline(0));
      Post(Fact::Kind::kGe, Sub(a.args[1], Dim::Inline(1)), rest);
    }
  } else if (a.kind == AtomKind::kMax) {
    // Every element is at most the value, and one of them is the value.
    Dim only;
    int possible = 0;
    for (Dim e : store.args(id)) {
      Post(Fact::Kind::kGe, value, e);
      if (ProveNe0(Sub(value, e))) continue;
      only = e;
      ++possible;
    }
    if (possible == 0) return false;
    if (possible == 1) Post(Fact::Kind::kEq, value, only);
  }
  SetSubstitution(id, value);
  Touch();
  return true;
}

namespace {

// Of an equation p == 0: the terms that can be written by the others.
class Eliminable {
 public:
  Eliminable(Solver& solver, const Poly& p) : s_(solver), p_(p) {}

  // A symbol with coefficient +1 or -1, else with any, in the order of elimination: fresh symbols
  // before names, later ones before earlier ones.
  const Term* Symbol() const {
    const Term* best = nullptr;
    std::tuple<bool, Rank> best_rank;
    for (const Term& t : p_.terms) {
      if (!IsAlone(t) || t.coeff == INT64_MIN) continue;
      const Atom& a = s_.store.atom(AtomOf(t));
      if (a.kind != AtomKind::kSymbol) continue;
      const Rank rank = RankOf(a.symbol);
      if (HighestKindBeside(t) > rank.first) continue;
      const std::tuple<bool, Rank> key(t.coeff == 1 || t.coeff == -1, rank);
      if (best != nullptr && key <= best_rank) continue;
      best = &t;
      best_rank = key;
    }
    return best;
  }

  // The newest compound atom with coefficient +1 or -1.
  const Term* Compound() const {
    const Term* best = nullptr;
    for (const Term& t : p_.terms) {
      if ((t.coeff != 1 && t.coeff != -1) || !IsAlone(t)) continue;
      if (s_.store.atom(AtomOf(t)).kind == AtomKind::kSymbol) continue;
      if (best == nullptr || AtomOf(t) > AtomOf(*best)) best = &t;
    }
    return best;
  }

 private:
  using Rank = std::pair<int, uint32_t>;  // eliminated first: the highest

  Rank RankOf(uint32_t symbol) const {
    return Rank(static_cast<int>(s_.store.symbols()[symbol].kind), symbol);
  }
  AtomId AtomOf(const Term& t) const { return s_.store.mono(t.mono).atoms[0]; }
  Dim DimOf(const Term& t) const { return s_.store.InternPoly(0, absl::MakeConstSpan(&t, 1)); }

  // A single atom that no other term mentions.
  bool IsAlone(const Term& t) const {
    if (s_.store.mono(t.mono).degree != 1) return false;
    return std::none_of(p_.terms.begin(), p_.terms.end(), [&](const Term& u) {
      return u.mono != t.mono && s_.Contains(DimOf(u), AtomOf(t));
    });
  }
  int HighestKindBeside(const Term& t) const {
    int highest = 0;
    for (const Term& u : p_.terms) {
      if (u.mono == t.mono) continue;
      for (Dim symbol : s_.SymbolsOf(DimOf(u))) {
        const uint32_t index = s_.store.atom(*s_.store.OnlyAtom(symbol)).symbol;
        highest = std::max(highest, RankOf(index).first);
      }
    }
    return highest;
  }

  Solver& s_;
  const Poly& p_;
};

}  // namespace

// Factors that are known not to be 0 leave (row 10): true where some did, and what is left is
// posted. False on overflow too: then the equation stays as it is.
bool Solver::CancelNonZeroFactors(Poly p) {
  const MonoId common = CommonMono(ViewOf(p));
  if (common == Store::kNoMono) return false;
  absl::InlinedVector<AtomId, 8> nonzero;
  for (AtomId a : store.atoms_of(common)) {
    if (ProveNe0(store.atom(a).dim)) nonzero.push_back(a);
  }
  if (nonzero.empty() || !DivideByMono(p, store.InternMono(nonzero))) return false;
  Post(Fact::Kind::kEq, store.InternPoly(p), Dim::Inline(0));
  return true;
}

// t + rest == 0, of which t is a symbol or, with a coefficient of 1 or -1, any atom.
bool Solver::SolveFor(Dim equation, const Term& t, Dim rest) {
  const AtomId id = store.mono(t.mono).atoms[0];
  if (t.coeff == 1) return SubstituteAtom(id, Neg(rest));
  if (t.coeff == -1) return SubstituteAtom(id, rest);
  const Dim c = Constant(t.coeff);
  if (!ApplyDivides(c, rest)) return false;
  if (Resolve(equation) != equation) {  // that fact alone changed the equation
    Post(Fact::Kind::kEq, equation, Dim::Inline(0));
    return true;
  }
  return SubstituteAtom(id, FloorDiv(Neg(rest), c));
}

// Whether `product` stands inside a quotient or maximum of d, so that a rule for it would rewrite
// itself until it says nothing: x*x == 3*(x*x//3) + y.
bool Solver::IsNested(MonoId product, Dim d) {
  return absl::c_any_of(store.View(d).terms, [&](const Term& t) {
    return absl::c_any_of(store.atoms_of(t.mono), [&](AtomId a) {
      return absl::c_any_of(store.args(a), [&](Dim arg) {
        MonoId rest;
        const auto has_it = [&](const Term& u) { return store.DivideMono(u.mono, product, &rest); };
        return absl::c_any_of(store.View(arg).terms, has_it) || IsNested(product, arg);
      });
    });
  });
}

// d == 0 where nothing can be substituted: a rule for the leading product, which is larger than all
// that replaces it, so that it ends, or the equation itself; and what it says about bounds.
bool Solver::KeepEquation(Dim d, const Poly& p) {
  // A sum as long as a product of sums is no use: it is not met again, and costs every proof.
  if (p.terms.size() > kMaxKnownTerms) return PropagateBounds(d) && PropagateBounds(Neg(d));
  const Term lead = store.Leading(p.terms);
  if ((lead.coeff == 1 || lead.coeff == -1) && store.mono(lead.mono).degree > 1 &&
      store.mono(lead.mono).depth == 0 && state.mono_rules.size() < 64 && !IsNested(lead.mono, d)) {
    const Dim rest = WithoutTerm(p, lead);
    state.mono_rules.emplace_back(lead.mono, lead.coeff == 1 ? Neg(rest) : rest);
    Touch();
  } else if (std::find(state.equations.begin(), state.equations.end(), d) ==
             state.equations.end()) {
    state.equations.push_back(d);
  }
  for (Dim side : {d, Neg(d)}) {
    if (!PropagateBounds(side)) return false;
    if (std::find(state.inequalities.begin(), state.inequalities.end(), side) ==
        state.inequalities.end()) {
      state.inequalities.push_back(side);
      Touch();
    }
  }
  return true;
}

Dim Solver::WithoutTerm(Poly p, const Term& t) {
  p.terms.erase(std::find(p.terms.begin(), p.terms.end(), t));
  return store.InternPoly(p);
}

// What an equation says that n leaves when divided by d: n is at least that. False where nothing
// leaves it.
bool Solver::PostRemainder(const Poly& p) {
  for (const Term& t : p.terms) {
    const Mono& m = store.mono(t.mono);
    if (!m.has_div || m.degree != 1 || !IsQuotientByConstant(m.atoms[0])) continue;
    const Atom quotient = store.atom(m.atoms[0]);
    const Dim n = quotient.args[0];
    const int64_t d = store.View(quotient.args[1]).constant;
    const auto leaves = [&](int64_t remainder) {
      if (remainder < 0 || remainder >= d) return false;
      if (remainder > 0 && IsNonNegative(n)) Post(Fact::Kind::kGe, n, Constant(remainder));
      return true;
    };
    // c*(n - d*(n//d)) + k == 0
    const int64_t c = t.coeff == INT64_MIN ? 0 : -(t.coeff / d);
    Poly k = p;
    if (c != 0 && t.coeff % d == 0 && AccumulateTerm(k, t.mono, -t.coeff) &&
        Accumulate(k, store.View(n), -c) && k.terms.empty() && k.constant != INT64_MIN) {
      return k.constant % c == 0 && leaves(-k.constant / c);
    }
    // (n + 1)//d - n//d is 1 where n % d == d - 1, else 0
    if (t.coeff != -1 || p.terms.size() != 2 || p.constant != -1) continue;
    const Term& u = p.terms[&t == &p.terms[0] ? 1 : 0];
    const Mono& v = store.mono(u.mono);
    if (u.coeff != 1 || v.degree != 1 || !v.has_div || !IsQuotientByConstant(v.atoms[0])) continue;
    const Atom next = store.atom(v.atoms[0]);
    if (next.args[1] == quotient.args[1] && Sub(next.args[0], n) == Dim::Inline(1)) {
      return leaves(d - 1);
    }
  }
  return true;
}

bool Solver::ApplyEq(Dim d) {
  d = Resolve(d);
  Poly p = Copy(store.View(d));
  if (p.terms.empty()) return p.constant == 0;
  uint64_t g = 0;
  for (const Term& t : p.terms) g = GcdU(g, AbsU(t.coeff));
  if (g > 1 && g < (uint64_t{1} << 62)) {
    const int64_t s = static_cast<int64_t>(g);
    if (p.constant % s != 0) return false;
    for (Term& t : p.terms) t.coeff /= s;
    p.constant /= s;
    d = store.InternPoly(p);
  }
  if (CancelNonZeroFactors(p)) return true;
  if (!PostRemainder(p)) return false;
  const Eliminable eliminable(*this, p);
  const Term* best = eliminable.Symbol();
  if (best == nullptr) best = eliminable.Compound();
  if (best == nullptr) return KeepEquation(d, p);
  const Term t = *best;
  return SolveFor(d, t, WithoutTerm(p, t));
}

}  // namespace symshape::symbolic
