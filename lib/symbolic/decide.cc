// Questions: yes where a fact holds at all sizes that are left, no where it holds at none.
#include "absl/algorithm/container.h"
#include "symbolic/residues.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
// p = rest + c*(n//d), linear but for that quotient: d*p >= d*rest + c*(n - (c > 0 ? d - 1 : 0)),
// and p >= 0 where this is above -d. The usual question, without the machinery of the envelope.
bool Solver::ProveBesideOneQuotient(const PolyView& p) {
  const Term* quotient = nullptr;
  for (const Term& t : p.terms) {
    const Mono& m = store.mono(t.mono);
    if (m.degree != 1 || (m.has_div && quotient != nullptr)) return false;
    if (m.has_div) quotient = &t;
  }
  if (quotient == nullptr) return false;
  const Atom& a = store.atom(store.mono(quotient->mono).atoms[0]);
  if (!store.IsConstant(a.args[1])) return false;
  const int64_t d = store.View(a.args[1]).constant, c = quotient->coeff;
  const PolyView n = store.View(a.args[0]);
  int64_t low, scaled;  // where one of these does not fit, the envelope has 128 bits
  if (!MulOk(d, p.constant, &low) || !SubOk(n.constant, c > 0 ? d - 1 : 0, &scaled) ||
      !MulOk(c, scaled, &scaled) || !AddOk(low, scaled, &low)) {
    return false;
  }
  const Term *s = p.terms.begin(), *t = n.terms.begin();
  while (s != p.terms.end() || t != n.terms.end()) {
    const bool first = t == n.terms.end() || (s != p.terms.end() && s->mono <= t->mono);
    const MonoId mono = first ? s->mono : t->mono;
    int64_t coeff = 0;
    if (first && s != quotient && !MulOk(d, s->coeff, &coeff)) return false;
    if (first) ++s;
    if (t != n.terms.end() && t->mono == mono) {
      if (!MulOk(c, t->coeff, &scaled) || !AddOk(coeff, scaled, &coeff)) return false;
      ++t;
    }
    if (coeff == 0) continue;
    const Interval b = MonoBounds(mono);
    const int64_t bound = coeff > 0 ? b.lo : b.hi;
    if (bound == Interval::kMinusInf || bound == Interval::kPlusInf) return false;
    if (!MulOk(coeff, bound, &scaled) || !AddOk(low, scaled, &low)) return false;
  }
  return low > -d;
}

// An inequality that is known, or one plus a number.
bool Solver::IsKnownGe0(const PolyView& p) const {
  return absl::c_any_of(state.inequalities, [&](Dim known) {
    const PolyView k = store.View(known);
    return k.constant <= p.constant && k.terms == p.terms;
  });
}

// What takes no search. REQUIRES: d is today's form.
bool Solver::IsPlainlyGe0(Dim d) {
  const PolyView p = store.View(d);
  if (p.terms.empty()) return p.constant >= 0;
  if (store.node(d).has_div && ProveBesideOneQuotient(p)) return true;
  return Bounds(d).lo >= 0 || IsKnownGe0(p);
}

bool Solver::ProveGe0(Dim d, int budget, int splits) {
  d = Resolve(d);
  if (IsPlainlyGe0(d)) return true;
  const PolyView p = store.View(d);
  if (p.terms.empty()) return false;
  const Operation operation(*this);
  const Ge0::Answer effort = budget < 96 ? Ge0::kNotCheaply
                             : combining ? Ge0::kNotAtAll
                                         : Ge0::kNotAlone;
  if (d.node() < ge0.size() && ge0[d.node()].epoch == epoch) {
    const Ge0::Answer known = ge0[d.node()].answer;
    if (known == Ge0::kYes) return true;
    if (known >= effort) return false;
  }
  const Node& n = store.node(d);
  if (!n.has_compound && state.inequalities.empty()) {
    bool linear = true;
    for (const Term& t : p.terms) linear = linear && store.mono(t.mono).degree == 1;
    if (linear) return false;  // the interval was exact
  }
  if (FailsAtWitness({Fact::Kind::kGe, d, Dim::Inline(0)})) return false;
  if (const std::optional<bool> told = IsAtLeastZeroOfOneSize(*this, d)) return *told;
  WidePoly scale;
  scale.constant = 1;
  int left = budget;
  const bool proved = Prove(Widen(p), scale, left, {}, splits) ||
                      ProveByFactors(d, budget, splits) || ProveLoneQuotient(d, budget, splits) ||
                      (effort == Ge0::kNotAtAll && ProveByCombination(d));
  if (proved || !OutOfWork()) {
    if (d.node() >= ge0.size()) ge0.resize(store.node_count() + store.node_count() / 2 + 64);
    ge0[d.node()] = {epoch, proved ? Ge0::kYes : effort};
  }
  return proved;
}

// Complete where p is quasi-affine and nothing but bounds and congruences of its variables is
// known.
bool Solver::ProveByResidues(const WidePoly& wide) {
  Poly p;
  bool has_div = false;
  if (!FitsInt64(wide.constant)) return false;
  p.constant = static_cast<int64_t>(wide.constant);
  for (const WideTerm& t : wide.terms) {
    if (!FitsInt64(t.coeff)) return false;
    p.terms.push_back({t.mono, static_cast<int64_t>(t.coeff)});
    has_div = has_div || (store.mono(t.mono).has_div && store.mono(t.mono).degree == 1);
  }
  if (!has_div || OutOfWork()) return false;
  const auto residues_of = [this](MonoId m) { return ResiduesOf(m); };
  QuasiAffine f(store, residues_of);
  if (!f.Add(ViewOf(p), 1)) return false;
  const bool proved = f.IsNeverNegative([this](MonoId m) { return MonoBounds(m); });
  Spend(f.steps() / 8);
  return proved;
}

bool Solver::ProveNe0(Dim d) {
  d = Resolve(d);
  const PolyView p = store.View(d);
  if (p.terms.empty()) return p.constant != 0;
  const Interval b = Bounds(d);
  if (b.lo > 0 || b.hi < 0) return true;
  const Congruence c = PolyCongruence(p);
  if (c.modulus == 0 ? c.remainder != 0 : c.remainder % c.modulus != 0) return true;
  const Dim negated = Neg(d);
  for (Dim known : state.disequalities) {
    const Dim today = KeptForm(known);
    if (today == d || today == negated) return true;
  }
  if (FailsAtWitness({Fact::Kind::kNe, d, Dim::Inline(0)})) return false;
  if (const std::optional<bool> told = IsNeverZeroOfOneSize(*this, d)) return *told;
  if (const MonoId m = CommonMono(p); m != Store::kNoMono && p.terms.size() > 1) {
    Poly rest = Copy(p);
    bool nonzero = DivideByMono(rest, m);
    for (AtomId a : store.atoms_of(m)) nonzero = nonzero && ProveNe0(store.atom(a).dim);
    if (nonzero && ProveNe0(store.InternPoly(rest))) return true;
  }
  return ProveGe0(Sub(d, Dim::Inline(1))) || ProveGe0(Sub(negated, Dim::Inline(1)));
}

Tri Solver::DecideEq(Dim a, Dim b) {
  const Dim d = Sub(a, b);
  if (store.IsConstant(d)) return store.View(d).constant == 0 ? Tri::kYes : Tri::kNo;
  if (ProveNe0(d)) return Tri::kNo;
  if (ProveGe0(d) && ProveGe0(Neg(d))) return Tri::kYes;
  return Tri::kUnknown;
}

Tri Solver::DecideGe(Dim a, Dim b) {
  const Dim d = Sub(a, b);
  if (ProveGe0(d)) return Tri::kYes;
  if (ProveGe0(Sub(Dim::Inline(-1), d))) return Tri::kNo;
  return Tri::kUnknown;
}

Tri Solver::DecideDivides(Dim a, Dim b) {
  if (a == Dim::Inline(0)) return Tri::kNo;
  if (store.IsConstant(a)) {
    const int64_t d = store.View(a).constant;
    if (d == INT64_MIN) return Tri::kUnknown;
    const std::optional<int64_t> r = ResidueOf(store.View(b), d < 0 ? -d : d);
    if (r) return *r == 0 ? Tri::kYes : Tri::kNo;
  }
  const Dim rest = Mod(b, a);
  if (rest == Dim::Inline(0)) return Tri::kYes;
  if (ProveNe0(rest)) return Tri::kNo;
  return Tri::kUnknown;
}

Tri Solver::DecideBroadcast(Dim a, Dim b) {
  const Dim one = Dim::Inline(1);
  const Fact ways[] = {
      {Fact::Kind::kEq, a, b}, {Fact::Kind::kEq, a, one}, {Fact::Kind::kEq, b, one}};
  const auto proved = [this](const Fact& way) { return ProveDirectly(way); };
  if (absl::c_any_of(ways, proved)) return Tri::kYes;
  // Where they fit at a witness there is no proof that they never do.
  if ((TryAtWitnesses({Fact::Kind::kBroadcast, a, b}).holds & LegalWitnesses()) == 0 &&
      absl::c_all_of(ways, [this](const Fact& way) { return ProveNe0(Sub(way.a, way.b)); })) {
    return Tri::kNo;
  }
  const bool known = absl::c_any_of(state.broadcasts, [&](const auto& fit) {
    const Dim x = KeptForm(fit.first), y = KeptForm(fit.second);
    return (x == a && y == b) || (x == b && y == a);
  });
  return known ? Tri::kYes : Tri::kUnknown;
}

Tri Solver::Decide(const Fact& fact) {
  const Operation operation(*this);
  const Fact today{fact.kind, Resolve(fact.a), Resolve(fact.b)};
  if (const Tri answer = DecideByInterval(today); answer != Tri::kUnknown) return answer;
  // A question inside another operation is answered with what is left of that one's work.
  if (operation_depth > 1 || hypotheses > 0 || settling || combining) return DecideByAll(today);
  const OperationCache::Key key(int64_t{'?'} << 8 | static_cast<int64_t>(today.kind), today.a,
                                today.b);
  if (const auto known = operations.Find(key, epoch)) {
    return static_cast<Tri>(known->inline_value());
  }
  const int64_t before = spent;
  const Tri answer = DecideByAll(today);
  // Remembering takes longer than an interval, which is all that a yes or a no without work took.
  if (spent == before && answer != Tri::kUnknown) return answer;
  if (!OutOfWork()) operations.Enter(key, epoch, Dim::Inline(static_cast<int32_t>(answer)));
  return answer;
}

Tri Solver::Answer(const Fact& fact) {
  if (IsStated(fact)) return Tri::kYes;
  const Tri answer = Decide(fact);
  if (answer != Tri::kUnknown) return answer;
  std::vector<std::vector<Fact>> stated;
  for (const Stated& s : state.log) stated.push_back({s.fact});
  return DecideOfOneSize(*this, stated, {fact.kind, Resolve(fact.a), Resolve(fact.b)});
}

// Whether it was assumed in so many words. Not all that was can be drawn from what is kept of it:
// of 15*z == max(17, x) that is x alone.
bool Solver::IsStated(const Fact& fact) {
  const Fact today{fact.kind, Resolve(fact.a), Resolve(fact.b)};
  return absl::c_any_of(state.log, [&](const Stated& stated) {
    if (stated.fact.kind != today.kind) return false;
    const Dim a = Resolve(stated.fact.a), b = Resolve(stated.fact.b);
    const bool ordered = today.kind == Fact::Kind::kGe || today.kind == Fact::Kind::kDivides;
    return (a == today.a && b == today.b) || (!ordered && a == today.b && b == today.a);
  });
}

// A size against a number, as most questions are, without making their difference.
Tri Solver::DecideByInterval(const Fact& fact) {
  const bool is_order = fact.kind == Fact::Kind::kGe;
  if (!is_order && fact.kind != Fact::Kind::kEq) return Tri::kUnknown;
  if (!fact.a.is_inline() && !fact.b.is_inline()) return Tri::kUnknown;
  // Of a new quotient the interval takes longer than the proof that is tried first.
  for (Dim d : {fact.a, fact.b}) {
    if (!d.is_inline() && store.node(d).has_div) return Tri::kUnknown;
  }
  const Interval a = Bounds(fact.a), b = Bounds(fact.b);  // one of them is a point
  if (a.hi < b.lo || (!is_order && a.lo > b.hi)) return Tri::kNo;
  return a.lo >= b.hi && (is_order || a.hi == b.lo) ? Tri::kYes : Tri::kUnknown;
}

Tri Solver::DecideByAll(const Fact& today) {
  if (today.kind == Fact::Kind::kGe && IsPlainlyGe0(Resolve(Sub(today.a, today.b)))) {
    return Tri::kYes;
  }
  if (IsOpenAtWitnesses(today)) return Tri::kUnknown;
  Tri answer = DecideDirectly(today);
  if (answer != Tri::kUnknown) return answer;
  if (!settling && !combining && !state.inequalities.empty()) {
    combining = true;
    answer = DecideDirectly(today);
    if (answer == Tri::kUnknown) answer = DecideInCases(today);
    combining = false;
    return answer;
  }
  return DecideInCases(today);
}

// Whether DecideDirectly would say yes, without trying to prove its opposite.
bool Solver::ProveDirectly(const Fact& fact) {
  switch (fact.kind) {
    case Fact::Kind::kEq: {
      const Dim d = Sub(fact.a, fact.b);
      return ProveGe0(d) && ProveGe0(Neg(d));
    }
    case Fact::Kind::kNe:
      return ProveNe0(Sub(fact.a, fact.b));
    case Fact::Kind::kGe:
      return ProveGe0(Sub(fact.a, fact.b));
    default:
      return DecideDirectly(fact) == Tri::kYes;
  }
}

Tri Solver::DecideDirectly(const Fact& fact) {
  const Dim a = fact.a, b = fact.b;
  switch (fact.kind) {
    case Fact::Kind::kEq:
      return DecideEq(a, b);
    case Fact::Kind::kNe: {
      const Tri t = DecideEq(a, b);
      return t == Tri::kUnknown ? t : t == Tri::kYes ? Tri::kNo : Tri::kYes;
    }
    case Fact::Kind::kGe:
      return DecideGe(a, b);
    case Fact::Kind::kDivides:
      return DecideDivides(a, b);
    case Fact::Kind::kBroadcast:
      return DecideBroadcast(a, b);
  }
  return Tri::kUnknown;
}

}  // namespace symshape::symbolic
