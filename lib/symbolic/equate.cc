// Equalities: p == 0 becomes a substitution wherever one atom can be written by the others.
// Eliminated first: fresh symbols, newest first; names of value_info; names of outputs; names of
// inputs, latest first. An input's name is never written by an engine's.
#include <algorithm>
#include <tuple>

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
  state.substitution[id] = value;
  Touch();
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
  // Factors that are known not to be 0 leave (row 10).
  const MonoId common = CommonMono(ViewOf(p));
  if (common != Store::kNoMono) {
    absl::InlinedVector<AtomId, 8> nonzero;
    for (AtomId a : store.atoms_of(common)) {
      if (ProveNe0(store.atom(a).dim)) nonzero.push_back(a);
    }
    if (!nonzero.empty()) {
      if (!DivideByMono(p, store.InternMono(nonzero))) return false;
      Post(Fact::Kind::kEq, store.InternPoly(p), Dim::Inline(0));
      return true;
    }
  }

  using Rank = std::pair<int, uint32_t>;  // eliminated first: the highest
  const auto rank_of = [&](uint32_t symbol) {
    return Rank(static_cast<int>(store.symbols()[symbol].kind), symbol);
  };
  int highest_kind_elsewhere;
  const auto eligible = [&](const Term& t) {
    const Mono& m = store.mono(t.mono);
    if (m.degree != 1) return false;
    const AtomId id = m.atoms[0];
    highest_kind_elsewhere = 0;
    for (const Term& u : p.terms) {
      if (u.mono == t.mono) continue;
      const Dim other = store.InternPoly(0, absl::MakeConstSpan(&u, 1));
      if (Contains(other, id)) return false;
      for (Dim s : SymbolsOf(other)) {
        const uint32_t index = store.atom(*store.OnlyAtom(s)).symbol;
        highest_kind_elsewhere = std::max(highest_kind_elsewhere, rank_of(index).first);
      }
    }
    return true;
  };
  // 1. a symbol with coefficient +1 or -1, or with one that is known to divide the rest.
  const Term* best = nullptr;
  std::tuple<bool, Rank> best_rank;
  for (const Term& t : p.terms) {
    if (!eligible(t)) continue;
    const Atom& a = store.atom(store.mono(t.mono).atoms[0]);
    if (a.kind != AtomKind::kSymbol || t.coeff == INT64_MIN) continue;
    const Rank rank = rank_of(a.symbol);
    if (highest_kind_elsewhere > rank.first) continue;
    const std::tuple<bool, Rank> key(t.coeff == 1 || t.coeff == -1, rank);
    if (best == nullptr || key > best_rank) {
      best = &t;
      best_rank = key;
    }
  }
  if (best != nullptr) {
    const Term t = *best;
    Poly rest = p;
    rest.terms.erase(std::find(rest.terms.begin(), rest.terms.end(), t));
    const Dim r = store.InternPoly(rest);
    const AtomId id = store.mono(t.mono).atoms[0];
    if (t.coeff == 1) return SubstituteAtom(id, Neg(r));
    if (t.coeff == -1) return SubstituteAtom(id, r);
    const Dim c = Constant(t.coeff);
    if (!ApplyDivides(c, r)) return false;
    if (Resolve(d) != d) {  // that fact alone changed the equation
      Post(Fact::Kind::kEq, d, Dim::Inline(0));
      return true;
    }
    return SubstituteAtom(id, FloorDiv(Neg(r), c));
  }
  // 2. a compound atom, the newest.
  for (const Term& t : p.terms) {
    if (t.coeff != 1 && t.coeff != -1) continue;
    if (!eligible(t)) continue;
    const AtomId id = store.mono(t.mono).atoms[0];
    if (store.atom(id).kind == AtomKind::kSymbol) continue;
    if (best == nullptr || id > store.mono(best->mono).atoms[0]) best = &t;
  }
  if (best != nullptr) {
    const Term t = *best;
    Poly rest = p;
    rest.terms.erase(std::find(rest.terms.begin(), rest.terms.end(), t));
    const Dim r = store.InternPoly(rest);
    return SubstituteAtom(store.mono(t.mono).atoms[0], t.coeff == 1 ? Neg(r) : r);
  }
  // A sum as long as a product of sums is no use: it is not met again, and costs every proof.
  if (p.terms.size() > kMaxKnownTerms) return PropagateBounds(d) && PropagateBounds(Neg(d));
  // 3. the leading product, which is larger than all that replaces it: the rule terminates.
  const Term lead = store.Leading(p.terms);
  if ((lead.coeff == 1 || lead.coeff == -1) && store.mono(lead.mono).degree > 1 &&
      store.mono(lead.mono).depth == 0 && state.mono_rules.size() < 64) {
    Poly rest = p;
    rest.terms.erase(std::find(rest.terms.begin(), rest.terms.end(), lead));
    const Dim r = store.InternPoly(rest);
    state.mono_rules.emplace_back(lead.mono, lead.coeff == 1 ? Neg(r) : r);
    Touch();
  } else if (std::find(state.equations.begin(), state.equations.end(), d) ==
             state.equations.end()) {
    state.equations.push_back(d);
  }
  // 4. whatever it says about bounds.
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

}  // namespace symshape::symbolic
