// Inequalities: p >= 0 narrows the interval and the residue of each symbol of p; what no interval
// can say is stored and combined by the prover (envelope.cc). p != 0 likewise.
#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxPosted = 16;  // inequalities in place of one

// The largest r with r^power <= n. REQUIRES: n >= 0, power >= 1.
int64_t Root(int64_t n, int power) {
  if (power == 1) return n;
  const auto fits = [&](int64_t r) {
    int128 product = 1;
    for (int i = 0; i < power && product <= n; ++i) product *= r;
    return product <= n;
  };
  int64_t low = 0, high = std::min(n, int64_t{1} << 32);
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    if (fits(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace

SymbolState& Solver::MutableState(uint32_t symbol) {
  return state.symbols.At(symbol, store.symbols()[symbol].declared);
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
    if (!state.substitution.contains(atom)) SetSubstitution(atom, Constant(now.lo));
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
  state.congruences = ++last_congruences;
  Touch();
  return Narrow(symbol, kAnyInteger);
}

// p >= 0 where p is a product less a number: no factor is 0 then, and evenly many are below it, so
// that the signs of all but one tell the last one's. As trips >= 1 and W >= 2 of
// W*min(1, trips) >= 2, where neither is below 0.
void Solver::PostFactors(Poly p) {
  if (p.constant >= 0 || p.terms.empty()) return;
  if (p.terms.size() == 1 && store.mono(p.terms[0].mono).degree <= 1) return;
  p.constant = 0;
  const MonoId common = CommonMono(ViewOf(p));
  if (common == Store::kNoMono || !DivideByMono(p, common)) return;
  struct Factor {
    Dim dim;
    bool is_negative;
  };
  absl::InlinedVector<Factor, 4> factors;
  size_t open = 0, opens = 0;
  bool is_negative = false;
  const auto add = [&](Dim d) {
    const Interval b = Bounds(d);
    const bool never_positive = b.lo < 0 && b.hi <= 0;
    if (b.lo < 0 && b.hi > 0) {
      open = factors.size();
      ++opens;
    }
    is_negative = is_negative != never_positive;
    factors.push_back({d, never_positive});
  };
  for (AtomId a : store.atoms_of(common)) add(store.atom(a).dim);
  if (p.terms.empty()) {
    is_negative = is_negative != (p.constant < 0);
  } else {
    add(store.InternPoly(p));
  }
  if (opens > 1 || (opens == 0 && is_negative)) return;
  if (opens == 1) factors[open].is_negative = is_negative;
  for (const Factor& f : factors) {
    if (f.is_negative) {
      Post(Fact::Kind::kGe, Dim::Inline(-1), f.dim);
    } else {
      Post(Fact::Kind::kGe, f.dim, Dim::Inline(1));
    }
  }
}

// d = +-atom + rest >= 0 with one compound atom, cleared of it; no value where that does not work,
// or where the inequality is to be kept besides.
std::optional<bool> Solver::ApplyGeToAtom(Dim d, const Poly& p) {
  const Term* compound = nullptr;
  for (const Term& t : p.terms) {
    if (store.mono(t.mono).depth == 0) continue;
    if (compound != nullptr) return std::nullopt;
    compound = &t;
  }
  if (compound == nullptr || store.mono(compound->mono).degree != 1) return std::nullopt;
  if (compound->coeff != 1 && compound->coeff != -1) return std::nullopt;
  const bool positive = compound->coeff > 0;
  const AtomId id = store.mono(compound->mono).atoms[0];
  const Atom a = store.atom(id);
  const Dim rest = AddScaled(d, a.dim, positive ? -1 : 1);
  if (a.kind == AtomKind::kFloorDiv && Bounds(a.args[1]).lo >= 1) {
    // x//d >= n <=> x >= d*n;  x//d <= n <=> x <= d*n + d - 1
    const Dim scaled = Mul(a.args[1], rest);
    const Dim cleared = positive ? Add(scaled, a.args[0])
                                 : Sub(Add(scaled, Sub(a.args[1], Dim::Inline(1))), a.args[0]);
    Post(Fact::Kind::kGe, cleared, Dim::Inline(0));
    return true;
  }
  if (a.kind != AtomKind::kMax || !positive) return std::nullopt;
  Dim only;
  int possible = 0;
  for (Dim e : store.args(id)) {
    if (DecideGe(Add(rest, e), Dim::Inline(0)) == Tri::kNo) continue;
    only = e;
    ++possible;
  }
  if (possible == 0) return false;
  if (possible > 1) return std::nullopt;
  Post(Fact::Kind::kGe, Add(rest, only), Dim::Inline(0));
  return true;
}

// Of d >= 0, where d falls as a maximum grows: that d is at least 0 for each of its elements says
// the same, and each is plainer. False where there is none, or there are too many.
bool Solver::PostForElements(Dim d) {
  const PolyView p = store.View(d);
  const Term* maximum = nullptr;
  size_t count = 1;
  for (const Term& t : p.terms) {
    const Mono& m = store.mono(t.mono);
    if (!m.has_max) continue;
    if (m.degree != 1) return false;
    const Atom& a = store.atom(m.atoms[0]);
    if (a.kind != AtomKind::kMax || t.coeff > 0) continue;
    if (t.coeff < -INT64_MAX) return false;
    maximum = &t;
    count *= a.arg_count;
  }
  if (maximum == nullptr || count > kMaxPosted) return false;
  const Term falling = *maximum;
  const AtomId id = store.mono(falling.mono).atoms[0];
  const Dim rest = AddScaled(d, store.atom(id).dim, -falling.coeff);
  for (Dim e : store.args(id)) {
    Post(Fact::Kind::kGe, AddScaled(rest, e, falling.coeff), Dim::Inline(0));
  }
  return true;
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
  PostFactors(p);
  if (PostForElements(d)) return true;
  if (const std::optional<bool> cleared = ApplyGeToAtom(d, p)) return *cleared;
  if (p.terms.size() == 1 && store.mono(p.terms[0].mono).degree == 1) {
    const Atom& a = store.atom(store.mono(p.terms[0].mono).atoms[0]);
    if (a.kind == AtomKind::kSymbol) return PropagateBounds(d);
  }
  if (p.terms.size() <= kMaxKnownTerms &&
      std::find(state.inequalities.begin(), state.inequalities.end(), d) ==
          state.inequalities.end()) {
    state.inequalities.push_back(d);
    Touch();
  }
  return PropagateBounds(d);
}

// What `product` says of x, where it is x^power times the other atoms.
Interval Solver::RangeOfFactor(absl::Span<const AtomId> atoms, AtomId x, int power,
                               Interval product) {
  Interval range;
  bool sizes = AtomBounds(x).lo >= 0, positive = true;
  int128 least = 1, most = 1;  // of the others
  for (AtomId a : atoms) {
    if (a == x) continue;
    const Interval b = AtomBounds(a);
    sizes = sizes && b.lo >= 0;
    positive = positive && b.lo >= 1;
    if (positive && least < INT64_MAX) least *= b.lo;
    if (positive && most < INT64_MAX) most *= b.hi;  // no bound is the largest number
  }
  if (sizes && product.lo > 0) range.lo = 1;
  if (!positive || !FitsInt64(least)) return range;
  if (product.hi >= 0 && product.hi != Interval::kPlusInf) {
    range.hi = Root(static_cast<int64_t>(product.hi / least), power);
    if (power % 2 == 0) range.lo = std::max(range.lo, -range.hi);
  }
  if (product.lo > 0 && most < INT64_MAX && (power % 2 != 0 || sizes)) {
    range.lo = Root(static_cast<int64_t>(CeilDivWide(product.lo, most)) - 1, power) + 1;
  }
  return range;
}

// From sum c_i*m_i + k >= 0: each c_i*m_i >= -(k + the most that the others can be). Calls `bound`
// with what follows for single atoms; false where that is.
bool Solver::BoundAtoms(Dim d, absl::FunctionRef<bool(AtomId, Interval)> bound) {
  const PolyView p = store.View(d);
  const auto most_without = MostWithoutEach(p);
  for (size_t i = 0; i < p.terms.size(); ++i) {
    const Term t = p.terms[i];
    const int64_t most = most_without[i];
    if (most == Interval::kPlusInf) continue;
    const int128 end = t.coeff > 0 ? CeilDivWide(-int128{most}, t.coeff)
                                   : FloorDivWide(int128{most}, -int128{t.coeff});
    if (!FitsInt64(end)) continue;
    Interval product;
    (t.coeff > 0 ? product.lo : product.hi) = static_cast<int64_t>(end);
    const absl::Span<const AtomId> atoms = store.atoms_of(t.mono);
    for (size_t k = 0, next = 0; k < atoms.size(); k = next) {
      while (next < atoms.size() && atoms[next] == atoms[k]) ++next;
      const Interval range =
          atoms.size() == 1 ? product
                            : RangeOfFactor(atoms, atoms[k], static_cast<int>(next - k), product);
      if (range != kAnyInteger && !bound(atoms[k], range)) return false;
    }
  }
  return true;
}

bool Solver::PropagateBounds(Dim d) {
  return BoundAtoms(d, [this](AtomId a, Interval range) {
    const Atom& atom = store.atom(a);
    if (atom.kind == AtomKind::kSymbol) return Narrow(atom.symbol, range);
    PostParts(a, range);
    return true;
  });
}

// What bounds of a compound atom say of its parts, where that is new:
//   max(x, y) <= 7: x <= 7 and y <= 7        x//3 <= 7: x <= 23        x//3 >= 2: x >= 6
void Solver::PostParts(AtomId id, Interval range) {
  const Atom a = store.atom(id);
  if (a.kind == AtomKind::kMax && range.hi != Interval::kPlusInf) {
    for (Dim e : store.args(id)) {
      if (Bounds(e).hi > range.hi) Post(Fact::Kind::kGe, Constant(range.hi), e);
    }
  }
  if (!IsQuotientByConstant(id)) return;
  const Dim numerator = a.args[0];
  const Interval known = Bounds(numerator);
  const int64_t d = store.View(a.args[1]).constant;
  int64_t least, most;
  if (d < 1) return;
  if (range.lo != Interval::kMinusInf && MulOk(d, range.lo, &least) && known.lo < least) {
    Post(Fact::Kind::kGe, numerator, Constant(least));
  }
  if (range.hi != Interval::kPlusInf && MulOk(d, range.hi, &most) && AddOk(most, d - 1, &most) &&
      known.hi > most) {
    Post(Fact::Kind::kGe, Constant(most), numerator);
  }
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

}  // namespace symshape::symbolic
