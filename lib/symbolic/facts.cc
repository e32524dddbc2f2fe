// Assume: a fact is applied, what follows from it is posted, and all stored facts are looked at
// again until nothing changes. Equalities: equate.cc.
#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxSteps = 4000;  // of one Assume

int64_t InverseModulo(int64_t a, int64_t m) {  // REQUIRES: gcd(a, m) == 1
  int128 r0 = m, r1 = ModInt(a, m), t0 = 0, t1 = 1;
  while (r1 != 0) {
    const int128 q = r0 / r1;
    std::swap(r0, r1);
    r1 -= q * r0;
    std::swap(t0, t1);
    t1 -= q * t0;
  }
  const int128 inverse = t0 % m;
  return static_cast<int64_t>(inverse < 0 ? inverse + m : inverse);
}

}  // namespace

SymbolState& Solver::MutableState(uint32_t symbol) {
  StateOf(symbol);
  return state.symbols[symbol];
}

absl::StatusOr<bool> Solver::Assume(const Fact& fact, Cause cause) {
  const Fact today{fact.kind, Resolve(fact.a), Resolve(fact.b)};
  const bool outer = !busy;
  busy = true;
  const Tri known = Decide(today);
  const auto leave = [&] {
    if (outer) busy = false;
  };
  if (known == Tri::kYes && (fact.kind != Fact::Kind::kEq || today.a == today.b)) {
    leave();
    return false;
  }
  const auto fail = [&] {
    conflict = {fact, cause, CausesNear(today)};
    leave();
    return absl::FailedPreconditionError("contradicts what is known");
  };
  if (known == Tri::kNo) return fail();
  State saved = state;
  state.log.push_back({fact, cause});
  pending.clear();
  pending.push_back(today);
  if (!Settle()) {
    state = std::move(saved);
    pending.clear();
    Touch();
    return fail();
  }
  leave();
  return known != Tri::kYes;
}

bool Solver::Settle() {
  uint32_t checked = 0;
  for (int step = 0; step < kMaxSteps; ++step) {
    if (pending.empty()) {
      if (checked == epoch) return true;
      checked = epoch;
      if (!Recheck()) return false;
      continue;
    }
    Fact f = pending.front();
    pending.erase(pending.begin());
    f.a = Resolve(f.a);
    f.b = Resolve(f.b);
    const Tri known = Decide(f);
    if (known == Tri::kNo) return false;
    if (known == Tri::kYes && (f.kind != Fact::Kind::kEq || f.a == f.b)) continue;
    if (!Apply(f)) return false;
  }
  pending.clear();  // out of steps: what was not drawn is lost, what stands is true
  return true;
}

bool Solver::Apply(const Fact& f) {
  switch (f.kind) {
    case Fact::Kind::kEq:
      return ApplyEq(Sub(f.a, f.b));
    case Fact::Kind::kNe:
      return ApplyNe(Sub(f.a, f.b));
    case Fact::Kind::kGe:
      return ApplyGe(Sub(f.a, f.b));
    case Fact::Kind::kDivides:
      return ApplyDivides(f.a, f.b);
    case Fact::Kind::kBroadcast:
      return ApplyBroadcast(f.a, f.b);
  }
  return true;
}

bool Solver::Narrow(uint32_t symbol, Interval with) {
  SymbolState& s = MutableState(symbol);
  Interval now{std::max(s.domain.lo, with.lo), std::min(s.domain.hi, with.hi)};
  const Congruence c = s.congruence;
  if (c.modulus > 1) {
    if (now.lo != Interval::kMinusInf) {
      const int64_t up = ModInt(c.remainder - ModInt(now.lo, c.modulus), c.modulus);
      if (!AddOk(now.lo, up, &now.lo)) return false;
    }
    if (now.hi != Interval::kPlusInf) {
      const int64_t down = ModInt(ModInt(now.hi, c.modulus) - c.remainder, c.modulus);
      if (!SubOk(now.hi, down, &now.hi)) return false;
    }
  }
  if (now.lo > now.hi) return false;
  if (now == s.domain) return true;
  s.domain = now;
  Touch();
  if (now.lo == now.hi) {
    const AtomId atom = store.symbols()[symbol].atom;
    if (!state.substitution.contains(atom)) state.substitution[atom] = Constant(now.lo);
  }
  return true;
}

bool Solver::NarrowCongruence(uint32_t symbol, int64_t modulus, int64_t remainder) {
  SymbolState& s = MutableState(symbol);
  const Congruence c = s.congruence;
  // x = r1 (mod m1), x = r2 (mod m2): solvable where gcd | r1 - r2.
  const int64_t g = static_cast<int64_t>(GcdU(c.modulus, modulus));
  if (ModInt(c.remainder, g) != ModInt(remainder, g)) return false;
  const int128 lcm = int128{c.modulus} / g * modulus;
  Congruence now{modulus, remainder};
  if (lcm <= (int64_t{1} << 31)) {
    const int64_t step = modulus / g;
    const int64_t k =
        step == 1 ? 0
                  : static_cast<int64_t>(int128{ModInt((remainder - c.remainder) / g, step)} *
                                         InverseModulo(c.modulus / g, step) % step);
    now = {static_cast<int64_t>(lcm), static_cast<int64_t>(c.remainder + int128{c.modulus} * k)};
    now.remainder = ModInt(now.remainder, now.modulus);
  } else if (c.modulus >= modulus) {
    return true;
  }
  if (now.modulus == c.modulus && now.remainder == c.remainder) return true;
  s.congruence = now;
  state.has_congruences = true;
  Touch();
  return Narrow(symbol, kAnyInteger);
}

bool Solver::ApplyGe(Dim d) {
  d = Resolve(d);
  Poly p = Copy(store.View(d));
  if (p.terms.empty()) return p.constant >= 0;
  uint64_t g = 0;
  for (const Term& t : p.terms) g = GcdU(g, AbsU(t.coeff));
  if (g > 1 && g < (uint64_t{1} << 62)) {
    for (Term& t : p.terms) t.coeff /= static_cast<int64_t>(g);
    p.constant = FloorDivInt(p.constant, static_cast<int64_t>(g));
    d = store.InternPoly(p);
  }
  if (ProveGe0(Neg(d))) {
    Post(Fact::Kind::kEq, d, Dim::Inline(0));
    return true;
  }

  if (p.terms.size() == 1 && store.mono(p.terms[0].mono).degree > 1 && p.terms[0].coeff > 0 &&
      p.constant < 0) {
    // A product of sizes is at least 1 only where each of them is.
    bool sizes = true;
    for (AtomId a : store.atoms_of(p.terms[0].mono)) sizes = sizes && AtomBounds(a).lo >= 0;
    if (sizes) {
      for (AtomId a : store.atoms_of(p.terms[0].mono)) {
        Post(Fact::Kind::kGe, store.atom(a).dim, Dim::Inline(1));
      }
    }
  }

  const Term* compound = nullptr;
  int compounds = 0;
  for (const Term& t : p.terms) {
    if (store.mono(t.mono).depth == 0) continue;
    ++compounds;
    compound = &t;
  }
  if (compounds == 1 && store.mono(compound->mono).degree == 1 &&
      (compound->coeff == 1 || compound->coeff == -1)) {
    const Term picked = *compound;
    const AtomId id = store.mono(picked.mono).atoms[0];
    const Atom a = store.atom(id);
    const Dim rest = AddScaled(d, a.dim, -picked.coeff);
    if (a.kind == AtomKind::kFloorDiv && Bounds(a.args[1]).lo >= 1) {
      // x//d >= n <=> x >= d*n;  x//d <= n <=> x <= d*n + d - 1
      const Dim scaled = Mul(a.args[1], rest);
      const Dim cleared = picked.coeff > 0
                              ? Add(scaled, a.args[0])
                              : Sub(Add(scaled, Sub(a.args[1], Dim::Inline(1))), a.args[0]);
      Post(Fact::Kind::kGe, cleared, Dim::Inline(0));
      return true;
    }
    if (a.kind == AtomKind::kMax && picked.coeff < 0) {
      for (Dim e : store.args(id)) Post(Fact::Kind::kGe, rest, e);
      return true;
    }
    if (a.kind == AtomKind::kMax) {
      Dim only;
      int possible = 0;
      for (Dim e : store.args(id)) {
        if (DecideGe(Add(rest, e), Dim::Inline(0)) == Tri::kNo) continue;
        only = e;
        ++possible;
      }
      if (possible == 0) return false;
      if (possible == 1) {
        Post(Fact::Kind::kGe, Add(rest, only), Dim::Inline(0));
        return true;
      }
    }
  }

  if (p.terms.size() == 1 && store.mono(p.terms[0].mono).degree == 1) {
    const Atom& a = store.atom(store.mono(p.terms[0].mono).atoms[0]);
    if (a.kind == AtomKind::kSymbol) return PropagateBounds(d);
  }
  if (std::find(state.inequalities.begin(), state.inequalities.end(), d) ==
      state.inequalities.end()) {
    state.inequalities.push_back(d);
    Touch();
  }
  return PropagateBounds(d);
}

// From sum c_i*m_i + k >= 0: each c_i*m_i >= -(k + the most that the others can be).
bool Solver::PropagateBounds(Dim d) {
  const PolyView p = store.View(d);
  for (size_t i = 0; i < p.terms.size(); ++i) {
    const Term t = p.terms[i];
    Poly others = Copy(p);
    others.terms.erase(others.terms.begin() + i);
    const int64_t most = PolyBounds(ViewOf(others)).hi;
    if (most == Interval::kPlusInf || most == Interval::kMinusInf) continue;
    // t.coeff * mono >= -most
    Interval product;
    if (t.coeff > 0) {
      product.lo = static_cast<int64_t>(CeilDivWide(-int128{most}, t.coeff));
    } else {
      const int128 hi = FloorDivWide(int128{most}, -int128{t.coeff});
      if (!FitsInt64(hi)) continue;
      product.hi = static_cast<int64_t>(hi);
    }
    const auto atoms = store.atoms_of(t.mono);
    if (atoms.size() == 1) {
      const Atom a = store.atom(atoms[0]);
      if (a.kind == AtomKind::kSymbol) {
        if (!Narrow(a.symbol, product)) return false;
      }
      continue;
    }
    for (size_t k = 0; k < atoms.size(); ++k) {
      const Atom a = store.atom(atoms[k]);
      if (a.kind != AtomKind::kSymbol) continue;
      int128 least = 1, largest = 1;
      bool positive = true, bounded = true;
      for (size_t j = 0; j < atoms.size(); ++j) {
        if (j == k) continue;
        const Interval b = AtomBounds(atoms[j]);
        positive = positive && b.lo >= 1 && atoms[j] != atoms[k];
        bounded = bounded && b.hi != Interval::kPlusInf;
        if (positive && least < INT64_MAX) least *= b.lo;
        if (bounded && largest < INT64_MAX) largest *= b.hi;
      }
      if (!positive || !FitsInt64(least)) continue;
      if (t.coeff < 0 && product.hi >= 0) {
        if (!Narrow(a.symbol, {Interval::kMinusInf, static_cast<int64_t>(product.hi / least)})) {
          return false;
        }
      }
      if (t.coeff > 0 && product.lo > 0 && bounded && FitsInt64(largest)) {
        if (!Narrow(a.symbol,
                    {static_cast<int64_t>(CeilDivWide(product.lo, largest)), Interval::kPlusInf})) {
          return false;
        }
      }
    }
  }
  return true;
}

bool Solver::ApplyNe(Dim d) {
  d = Resolve(d);
  const PolyView p = store.View(d);
  if (p.terms.empty()) return p.constant != 0;
  if (ProveGe0(d)) {
    Post(Fact::Kind::kGe, d, Dim::Inline(1));
    return true;
  }
  if (ProveGe0(Neg(d))) {
    Post(Fact::Kind::kGe, Dim::Inline(-1), d);
    return true;
  }
  if (p.constant == 0 && p.terms.size() == 1) {  // no factor is 0
    for (AtomId a : store.atoms_of(p.terms[0].mono)) {
      if (store.mono(p.terms[0].mono).degree > 1) {
        Post(Fact::Kind::kNe, store.atom(a).dim, Dim::Inline(0));
      }
    }
  }
  if (std::find(state.disequalities.begin(), state.disequalities.end(), d) ==
      state.disequalities.end()) {
    state.disequalities.push_back(d);
    Touch();
  }
  return true;
}

bool Solver::AddExact(Dim numerator, Dim divisor, int64_t residue) {
  for (const ExactFact& f : state.exact) {
    if (f.numerator != numerator || f.divisor != divisor) continue;
    return f.residue == residue;
  }
  state.exact.push_back({numerator, divisor, residue});
  Touch();
  return true;
}

bool Solver::ApplyDivides(Dim a, Dim b) {
  a = Resolve(a);
  b = Resolve(b);
  Poly den = Copy(store.View(a)), num = Copy(store.View(b));
  if (den.terms.empty()) {
    if (den.constant == 0) return false;
    if (den.constant == INT64_MIN) return true;
    int64_t d = den.constant < 0 ? -den.constant : den.constant;
    Poly e;
    uint64_t g = d;
    for (const Term& t : num.terms) {
      const int64_t r = ModInt(t.coeff, d);
      g = GcdU(g, r);
      if (r != 0) e.terms.push_back({t.mono, r});
    }
    int64_t k = ModInt(num.constant, d);
    const int64_t s = static_cast<int64_t>(g);
    if (k % s != 0) return false;
    for (Term& t : e.terms) t.coeff /= s;
    k /= s;
    d /= s;
    if (d == 1) return true;
    if (e.terms.size() == 1 && store.mono(e.terms[0].mono).degree == 1) {
      const Atom& atom = store.atom(store.mono(e.terms[0].mono).atoms[0]);
      if (atom.kind == AtomKind::kSymbol) {
        const int128 r = int128{ModInt(-k, d)} * InverseModulo(e.terms[0].coeff, d) % d;
        return NarrowCongruence(atom.symbol, d, static_cast<int64_t>(r));
      }
    }
    return AddExact(store.InternPoly(e), Constant(d), ModInt(-k, d));
  }
  // Symbolic divisor: the same cancelling as in ratio.cc, but only steps that keep exactness.
  for (int step = 0; step < 8; ++step) {
    const MonoId x = CommonMono(ViewOf(num)), y = CommonMono(ViewOf(den));
    if (x != Store::kNoMono && y != Store::kNoMono) {
      absl::InlinedVector<AtomId, 8> shared;
      const auto p = store.atoms_of(x), q = store.atoms_of(y);
      std::set_intersection(p.begin(), p.end(), q.begin(), q.end(), std::back_inserter(shared));
      if (!shared.empty()) {
        const MonoId m = store.InternMono(shared);
        if (!DivideByMono(num, m) || !DivideByMono(den, m)) return true;
        continue;
      }
    }
    uint64_t g = GcdU(AbsU(num.constant), AbsU(den.constant));
    for (const Term& t : num.terms) g = GcdU(g, AbsU(t.coeff));
    for (const Term& t : den.terms) g = GcdU(g, AbsU(t.coeff));
    if (g > 1 && g < (uint64_t{1} << 62)) {
      for (Poly* p : {&num, &den}) {
        for (Term& t : p->terms) t.coeff /= static_cast<int64_t>(g);
        p->constant /= static_cast<int64_t>(g);
      }
      continue;
    }
    if (den.terms.empty()) {
      Post(Fact::Kind::kDivides, Constant(den.constant), store.InternPoly(num));
      return true;
    }
    Poly q, r;
    if (!LongDivide(ViewOf(num), ViewOf(den), q, r)) return true;
    if (q.terms.empty() && q.constant == 0) break;
    num = std::move(r);
  }
  if (num.terms.empty() && num.constant == 0) return true;
  const auto negate = [](Poly& p) {
    for (Term& t : p.terms) t.coeff = -t.coeff;
    p.constant = -p.constant;
  };
  if (store.Leading(den.terms).coeff < 0) negate(den);
  if (!num.terms.empty() && store.Leading(num.terms).coeff < 0) negate(num);
  const Dim n = store.InternPoly(num), d = store.InternPoly(den);
  if (IsNonNegative(Sub(n, Dim::Inline(1)))) Post(Fact::Kind::kGe, n, d);  // a divisor is no larger
  return AddExact(n, d, 0);
}

// e where d = max(0, e); none otherwise.
Dim Solver::PositivePartOf(Dim d) {
  const Poly p = Copy(store.View(d));
  for (const Term& t : p.terms) {
    if (t.coeff != 1 || store.mono(t.mono).degree != 1) continue;
    const AtomId id = store.mono(t.mono).atoms[0];
    if (store.atom(id).kind != AtomKind::kMax || store.args(id).size() != 2) continue;
    const Dim rest = Sub(d, store.atom(id).dim);
    const Dim first = Add(rest, store.args(id)[0]);
    const Dim second = Add(rest, store.args(id)[1]);
    if (first == Dim::Inline(0)) return second;
    if (second == Dim::Inline(0)) return first;
  }
  return Dim();
}

bool Solver::ApplyBroadcast(Dim a, Dim b) {
  const Dim one = Dim::Inline(1);
  const bool a_counts = ProveNe0(Sub(a, one)), b_counts = ProveNe0(Sub(b, one));
  if (a_counts && b_counts) {
    Post(Fact::Kind::kEq, a, b);
    return true;
  }
  if ((a_counts || b_counts) && ProveNe0(Sub(a, b))) {
    Post(Fact::Kind::kEq, a_counts ? b : a, one);
    return true;
  }
  // S against the slice min(64, S) of a table: x = y + max(0, e). Where e >= 1 and y = x - e >= 2,
  // the sizes differ and none is 1; so where they fit, they are equal.
  for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    const Dim e = PositivePartOf(Sub(x, y));
    if (e.is_none() || !ProveGe0(Sub(Sub(x, e), Dim::Inline(2)))) continue;
    Post(Fact::Kind::kEq, x, y);
    return true;
  }
  for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    if (!store.IsConstant(x)) continue;
    const int64_t c = store.View(x).constant;  // y is c or 1
    Post(Fact::Kind::kGe, y, Constant(std::min<int64_t>(c, 1)));
    Post(Fact::Kind::kGe, Constant(std::max<int64_t>(c, 1)), y);
  }
  for (const auto& [x, y] : state.broadcasts) {
    if ((x == a && y == b) || (x == b && y == a)) return true;
  }
  state.broadcasts.emplace_back(a, b);
  return hypothetical || (store.MaskOf(a) & store.MaskOf(b)) == 0 || ApplyCases(a, b);
}

// What all of a == b, a == 1 and b == 1 imply: the sizes of a broadcast of seq with min(64, seq)
// fit each other only where seq <= 64.
bool Solver::ApplyCases(Dim a, Dim b) {
  const Dim one = Dim::Inline(1);
  const Fact cases[] = {
      {Fact::Kind::kEq, a, b}, {Fact::Kind::kEq, a, one}, {Fact::Kind::kEq, b, one}};
  std::vector<uint32_t> symbols;
  for (Dim s : SymbolsOf(Add(a, b))) symbols.push_back(store.atom(*store.OnlyAtom(s)).symbol);
  std::vector<Interval> join(symbols.size());
  bool possible = false, equal = true;
  const State saved = state;
  const std::vector<Fact> waiting = std::exchange(pending, {});
  hypothetical = true;
  for (const Fact& c : cases) {
    pending = {c};
    if (Settle()) {
      for (size_t i = 0; i < symbols.size(); ++i) {
        const Interval now = Bounds(Resolve(store.atom(store.symbols()[symbols[i]].atom).dim));
        join[i] =
            possible ? Interval{std::min(join[i].lo, now.lo), std::max(join[i].hi, now.hi)} : now;
      }
      equal = equal && DecideEq(Resolve(a), Resolve(b)) == Tri::kYes;
      possible = true;
    }
    state = saved;
    Touch();
  }
  hypothetical = false;
  pending = waiting;
  if (!possible) return false;
  for (size_t i = 0; i < symbols.size(); ++i) {
    const Dim s = store.atom(store.symbols()[symbols[i]].atom).dim;
    if (join[i].lo != Interval::kMinusInf) Post(Fact::Kind::kGe, s, Constant(join[i].lo));
    if (join[i].hi != Interval::kPlusInf) Post(Fact::Kind::kGe, Constant(join[i].hi), s);
  }
  if (equal) Post(Fact::Kind::kEq, a, b);
  return true;
}

// Everything stored, once more under the facts of now. What changed is posted again.
bool Solver::Recheck() {
  // A substituted compound atom whose parts changed is another atom now.
  std::vector<AtomId> keys;
  for (const auto& [atom, value] : state.substitution) {
    if (store.atom(atom).kind != AtomKind::kSymbol) keys.push_back(atom);
  }
  std::sort(keys.begin(), keys.end());
  for (AtomId key : keys) {
    bool same = true;
    for (Dim arg : store.args(key)) same = same && Resolve(arg) == arg;
    if (same) continue;
    const Dim value = state.substitution[key];
    state.substitution.erase(key);
    Touch();
    Post(Fact::Kind::kEq, store.atom(key).dim, value);
  }
  std::vector<Dim> kept;
  for (Dim d : std::vector<Dim>(state.inequalities)) {
    const Dim today = Resolve(d);
    if (today == d) {
      if (Bounds(d).lo >= 0) continue;  // follows from bounds by now
      if (Bounds(d).hi < 0) return false;
      kept.push_back(d);
    } else {
      Post(Fact::Kind::kGe, today, Dim::Inline(0));
    }
  }
  state.inequalities = kept;
  for (Dim d : kept) {
    if (!PropagateBounds(d)) return false;
  }
  kept.clear();
  for (Dim d : std::vector<Dim>(state.disequalities)) {
    const Dim today = Resolve(d);
    const Interval b = Bounds(today);
    if (b.lo > 0 || b.hi < 0) continue;
    if (today == d && b.lo != 0 && b.hi != 0) {
      kept.push_back(d);
    } else {
      Post(Fact::Kind::kNe, today, Dim::Inline(0));
    }
  }
  state.disequalities = kept;
  kept.clear();
  for (Dim d : std::vector<Dim>(state.equations)) {
    const Dim today = Resolve(d);
    if (today == d) {
      kept.push_back(d);
    } else {
      Post(Fact::Kind::kEq, today, Dim::Inline(0));
    }
  }
  state.equations = kept;
  std::vector<ExactFact> exact;
  for (const ExactFact& f : std::vector<ExactFact>(state.exact)) {
    const Dim n = Resolve(f.numerator), d = Resolve(f.divisor);
    if (n == f.numerator && d == f.divisor) {
      exact.push_back(f);
    } else {
      Post(Fact::Kind::kDivides, d, Sub(n, Constant(f.residue)));
    }
  }
  const bool fewer = exact.size() != state.exact.size();
  state.exact = exact;
  if (fewer) Touch();
  std::vector<std::pair<MonoId, Dim>> rules;
  for (const auto& [from, to] : std::vector<std::pair<MonoId, Dim>>(state.mono_rules)) {
    bool same = Resolve(to) == to;
    for (AtomId a : store.atoms_of(from)) same = same && IsItsOwnForm(a);
    // A factor of both sides that is known not to be 0 by now leaves.
    Poly both = Copy(store.View(to));
    if (!AccumulateTerm(both, from, -1)) return true;
    if (const MonoId common = CommonMono(ViewOf(both)); same && common != Store::kNoMono) {
      for (AtomId a : store.atoms_of(common)) same = same && !ProveNe0(store.atom(a).dim);
    }
    if (same) {
      rules.emplace_back(from, to);
      continue;
    }
    const Term t{from, 1};
    Post(Fact::Kind::kEq, store.InternPoly(0, absl::MakeConstSpan(&t, 1)), to);
  }
  if (rules.size() != state.mono_rules.size()) {
    state.mono_rules = rules;
    Touch();
  }
  for (const auto& [a, b] : std::vector<std::pair<Dim, Dim>>(std::exchange(state.broadcasts, {}))) {
    const Dim x = Resolve(a), y = Resolve(b);
    const Tri known = DecideBroadcast(x, y);
    if (known == Tri::kNo) return false;
    if (known == Tri::kYes) continue;
    const bool inside = hypothetical;
    hypothetical = inside || (x == a && y == b);  // its cases were looked at before
    const bool fits = ApplyBroadcast(x, y);
    hypothetical = inside;
    if (!fits) return false;
  }
  return true;
}

void Solver::Push() { scopes.push_back(state); }

void Solver::Pop() {
  state = std::move(scopes.back());
  scopes.pop_back();
  Touch();
}

// The causes of all facts that are linked to this one through symbols.
std::vector<Cause> Solver::CausesNear(const Fact& fact) {
  uint64_t mask = store.MaskOf(fact.a) | store.MaskOf(fact.b);
  std::vector<bool> used(state.log.size());
  std::vector<Cause> out;
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < state.log.size(); ++i) {
      const Fact& f = state.log[i].fact;
      const uint64_t m = store.MaskOf(f.a) | store.MaskOf(f.b);
      if (used[i] || (m & mask) == 0) continue;
      used[i] = true;
      mask |= m;
      grew = true;
    }
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) out.push_back(state.log[i].cause);
  }
  return out;
}

}  // namespace symshape::symbolic
