// Intervals and congruences of atoms, monomials and sums under today's facts.
#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

// Bounds in 128 bits while a sum is computed. Lower bounds may only be rounded down, upper ones up.
constexpr int128 kInf = int128{1} << 110;
constexpr int128 kBig = int128{1} << 100;

int128 RoundLo(int128 v) { return v > kBig ? kBig : (v < -kBig ? -kInf : v); }
int128 RoundHi(int128 v) { return v < -kBig ? -kBig : (v > kBig ? kInf : v); }

struct Range {
  int128 lo, hi;
};

Range Wide(Interval i) {
  return {i.lo == Interval::kMinusInf ? -kInf : int128{i.lo},
          i.hi == Interval::kPlusInf ? kInf : int128{i.hi}};
}

Interval Narrowed(Range r) {
  Interval out;
  if (r.lo > Interval::kMinusInf) {
    out.lo = r.lo >= Interval::kPlusInf ? Interval::kPlusInf - 1 : static_cast<int64_t>(r.lo);
  }
  if (r.hi < Interval::kPlusInf) {
    out.hi = r.hi <= Interval::kMinusInf ? Interval::kMinusInf + 1 : static_cast<int64_t>(r.hi);
  }
  return out;
}

// REQUIRES: |a|, |b| <= kInf and at most one factor beyond 2^64 unless infinite.
int128 Times(int128 a, int128 b) {
  if (a == 0 || b == 0) return 0;
  const bool negative = (a < 0) != (b < 0);
  const bool infinite = a >= kInf || a <= -kInf || b >= kInf || b <= -kInf;
  if (infinite) return negative ? -kInf : kInf;
  int128 product;
  if (__builtin_mul_overflow(a, b, &product)) return negative ? -kInf : kInf;
  return product;
}

Range Times(Range x, Range y) {
  const int128 c[] = {Times(x.lo, y.lo), Times(x.lo, y.hi), Times(x.hi, y.lo), Times(x.hi, y.hi)};
  int128 lo = c[0], hi = c[0];
  for (int128 v : c) {
    lo = std::min(lo, v);
    hi = std::max(hi, v);
  }
  return {RoundLo(lo), RoundHi(hi)};
}

// c*b; its ends times a coefficient fit 128 bits.
Range Scaled(int64_t c, Interval b) {
  const bool up = c > 0;
  const int64_t lo = up ? b.lo : b.hi, hi = up ? b.hi : b.lo;
  const auto infinite = [](int64_t end) {
    return end == Interval::kMinusInf || end == Interval::kPlusInf;
  };
  return {infinite(lo) ? -kInf : RoundLo(int128{c} * lo),
          infinite(hi) ? kInf : RoundHi(int128{c} * hi)};
}

int64_t GcdS(int64_t a, int64_t b) { return static_cast<int64_t>(GcdU(AbsU(a), AbsU(b))); }

constexpr int64_t kMaxModulus = int64_t{1} << 31;

Congruence Normal(int128 modulus, int128 remainder) {
  if (modulus == 0) {
    if (!FitsInt64(remainder)) return {};
    return {0, static_cast<int64_t>(remainder)};
  }
  if (modulus < 0) modulus = -modulus;
  if (modulus > kMaxModulus) {
    // A divisor of the modulus is still true; keep the part that is a power of two.
    while (modulus > kMaxModulus && modulus % 2 == 0) modulus /= 2;
    if (modulus > kMaxModulus) return {};
  }
  int128 r = remainder % modulus;
  if (r < 0) r += modulus;
  return {static_cast<int64_t>(modulus), static_cast<int64_t>(r)};
}

}  // namespace

SymbolState Solver::StateOf(uint32_t symbol) const {
  const SymbolState* const known = state.symbols.Find(symbol);
  return known != nullptr ? *known : SymbolState{store.symbols()[symbol].declared, {}};
}

// Bounds of op(a, b) from those of a and b, for the operations that have no other form.
Interval Solver::OpaqueBounds(const SymbolInfo& info) {
  if (info.nesting > kMaxOpaqueNesting) return {};
  const char op = info.op;
  const Range x = Wide(Bounds(info.a)), y = Wide(Bounds(info.b));
  const auto sum = [](int128 a, int128 b, int128 infinity) {
    return a == infinity || b == infinity ? infinity : a + b;
  };
  switch (op) {
    case '+':
      return Narrowed({sum(x.lo, y.lo, -kInf), sum(x.hi, y.hi, kInf)});
    case '-':
      return Narrowed({sum(x.lo, -y.hi, -kInf), sum(x.hi, -y.lo, kInf)});
    case '*':
      return Narrowed(Times(x, y));
    case 'M':
      return Narrowed({std::max(x.lo, y.lo), std::max(x.hi, y.hi)});
    case 'B':
      return Narrowed({std::min(x.lo, y.lo), std::max(x.hi, y.hi)});
    case '/':
    case 't':  // |a/b| <= |a| wherever it is defined, and a size over a size is one
      if (x.lo >= 0 && y.lo >= 0) return Narrowed({0, x.hi});
      return {};
    case '%':
      if (y.lo >= 0) return Narrowed({0, y.hi >= kInf ? kInf : std::max<int128>(y.hi - 1, 0)});
      return {};
    default:
      return {};
  }
}

Interval Solver::AtomBounds(AtomId id) {
  if (const Atom& symbol = store.atom(id);
      symbol.kind == AtomKind::kSymbol && store.symbols()[symbol.symbol].op == 0) {
    const SymbolState* const known = state.symbols.Find(symbol.symbol);
    return known != nullptr ? known->domain : store.symbols()[symbol.symbol].declared;
  }
  if (id < atom_bounds.size() && atom_bounds[id].epoch == epoch) return atom_bounds[id].interval;
  const Atom a = store.atom(id);  // a copy: others may be made meanwhile
  Range r{-kInf, kInf};
  switch (a.kind) {
    case AtomKind::kSymbol: {
      const Range domain = Wide(StateOf(a.symbol).domain);
      const Range defined = Wide(OpaqueBounds(store.symbols()[a.symbol]));
      r = {std::max(domain.lo, defined.lo), std::min(domain.hi, defined.hi)};
      break;
    }
    case AtomKind::kFloorDiv: {
      Range n = Wide(Bounds(a.args[0]));
      // b*((H//4 - H//8)//8) is a size only for one who sees that H//4 is never below H//8.
      if (n.lo < 0) n = Wide(TightBounds(a.args[0]));
      Range d = Wide(Bounds(a.args[1]));
      if (d.lo < 0) d = Wide(TightBounds(a.args[1]));  // min(x, y) is such a sum
      if (d.lo >= 0) {
        d.lo = std::max<int128>(d.lo, 1);  // a divisor of 0 is no claim
        d.hi = std::max(d.hi, d.lo);
        // n//d is monotone in n, and in d towards 0 (or -1) from either side.
        const int128 lo_d = n.lo >= 0 ? d.hi : d.lo;
        const int128 hi_d = n.hi >= 0 ? d.lo : d.hi;
        r.lo = n.lo <= -kInf  ? -kInf
               : lo_d >= kInf ? (n.lo >= 0 ? 0 : -1)
                              : FloorDivWide(n.lo, lo_d);
        r.hi = n.hi >= kInf ? kInf : hi_d >= kInf ? (n.hi >= 0 ? 0 : -1) : FloorDivWide(n.hi, hi_d);
      }
      break;
    }
    case AtomKind::kMax: {
      r = {-kInf, -kInf};
      for (Dim e : store.args(id)) {
        const Range x = Wide(Bounds(e));
        r.lo = std::max(r.lo, x.lo);
        r.hi = std::max(r.hi, x.hi);
      }
      break;
    }
    case AtomKind::kBroadcast: {
      // The value is one of the elements; with all of them at least 1 it is the largest.
      bool positive = true;
      Range all{kInf, -kInf}, top{-kInf, -kInf};
      for (Dim e : store.args(id)) {
        const Range x = Wide(Bounds(e));
        positive = positive && x.lo >= 1;
        all = {std::min(all.lo, x.lo), std::max(all.hi, x.hi)};
        top = {std::max(top.lo, x.lo), std::max(top.hi, x.hi)};
      }
      r = positive ? top : all;
      break;
    }
  }
  const Interval result = Narrowed(r);
  if (id >= atom_bounds.size())
    atom_bounds.resize(store.atom_count() + store.atom_count() / 2 + 256);
  atom_bounds[id] = {epoch, result};
  return result;
}

// Where no factor is below 0, and the ends fit: as nearly always.
static std::optional<Interval> ProductOfSizes(Solver& solver, absl::Span<const AtomId> atoms) {
  Interval product{1, 1};
  for (AtomId a : atoms) {
    const Interval b = solver.AtomBounds(a);
    if (b.lo < 0 || __builtin_mul_overflow(product.lo, b.lo, &product.lo)) return std::nullopt;
    if (product.hi == 0 || b.hi == 0) {
      product.hi = 0;
    } else if (product.hi == Interval::kPlusInf || b.hi == Interval::kPlusInf) {
      product.hi = Interval::kPlusInf;
    } else if (__builtin_mul_overflow(product.hi, b.hi, &product.hi)) {
      return std::nullopt;
    }
  }
  return product;
}

Interval Solver::MonoBounds(MonoId m) {
  const auto atoms = store.atoms_of(m);
  if (atoms.size() == 1) return AtomBounds(atoms[0]);
  if (const std::optional<Interval> product = ProductOfSizes(*this, atoms)) return *product;
  Range r{1, 1};
  for (size_t i = 0; i < atoms.size();) {
    size_t j = i;
    const Range x = Wide(AtomBounds(atoms[i]));
    Range power{1, 1};
    for (; j < atoms.size() && atoms[j] == atoms[i]; ++j) power = Times(power, x);
    if ((j - i) % 2 == 0) power.lo = std::max<int128>(power.lo, 0);  // a square
    r = Times(r, power);
    i = j;
  }
  return Narrowed(r);
}

// Where both ends are far from those of int64, as nearly always.
static std::optional<Interval> Shifted(Interval b, int64_t by) {
  constexpr int64_t kFar = int64_t{1} << 61;
  const auto shift = [by](int64_t& end) {
    if (end == Interval::kMinusInf || end == Interval::kPlusInf) return true;
    if (end > kFar || end < -kFar) return false;
    end += by;
    return true;
  };
  if (by > kFar || by < -kFar || !shift(b.lo) || !shift(b.hi)) return std::nullopt;
  return b;
}

Interval Solver::PolyBounds(const PolyView& p) {
  if (p.terms.size() == 1 && p.terms[0].coeff == 1) {
    const Interval alone = MonoBounds(p.terms[0].mono);
    if (const std::optional<Interval> shifted = Shifted(alone, p.constant)) return *shifted;
  }
  Range sum{p.constant, p.constant};
  for (const Term& t : p.terms) {
    const Range r = Scaled(t.coeff, MonoBounds(t.mono));
    sum.lo = sum.lo <= -kInf || r.lo <= -kInf ? -kInf : sum.lo + r.lo;
    sum.hi = sum.hi >= kInf || r.hi >= kInf ? kInf : sum.hi + r.hi;
    sum = {RoundLo(sum.lo), RoundHi(sum.hi)};
  }
  return Narrowed(sum);
}

absl::InlinedVector<int64_t, 8> Solver::MostWithoutEach(const PolyView& p) {
  absl::InlinedVector<int128, 8> most;
  int128 bounded = p.constant;
  int unbounded = 0;
  for (const Term& t : p.terms) {
    most.push_back(Scaled(t.coeff, MonoBounds(t.mono)).hi);
    if (most.back() >= kInf) {
      ++unbounded;
    } else {
      bounded += most.back();
    }
  }
  absl::InlinedVector<int64_t, 8> without;
  for (int128 own : most) {
    const int128 rest = own >= kInf ? bounded : bounded - own;
    const bool known = unbounded == (own >= kInf ? 1 : 0);
    without.push_back(known ? Narrowed({-kInf, rest}).hi : Interval::kPlusInf);
  }
  return without;
}

Interval Solver::Bounds(Dim d) {
  if (d.is_inline()) return {d.inline_value(), d.inline_value()};
  return PolyBounds(store.View(d));
}

Congruence Solver::MonoCongruence(MonoId m) {
  Congruence out{0, 1};
  for (AtomId id : store.atoms_of(m)) {
    const Atom a = store.atom(id);
    Congruence c;
    if (a.kind == AtomKind::kSymbol) {
      c = StateOf(a.symbol).congruence;
    } else if (a.kind == AtomKind::kFloorDiv && store.IsConstant(a.args[1])) {
      // e = r (mod m), d | m: e//d = r//d (mod m/d)
      const int64_t d = store.View(a.args[1]).constant;
      const Congruence e = PolyCongruence(store.View(a.args[0]));
      if (e.modulus != 0 && d > 0 && e.modulus % d == 0) {
        c = Normal(e.modulus / d, FloorDivInt(e.remainder, d));
      }
    } else if (a.kind == AtomKind::kMax || a.kind == AtomKind::kBroadcast) {
      bool first = true;
      for (Dim e : store.args(id)) {
        const Congruence x = PolyCongruence(store.View(e));
        if (first) {
          c = x;
          first = false;
        } else {
          const int128 difference = int128{x.remainder} - c.remainder;
          const int64_t m2 = GcdS(x.modulus, c.modulus);
          const int128 g = difference == 0 || !FitsInt64(difference)
                               ? int128{m2}
                               : int128{GcdS(m2, static_cast<int64_t>(difference))};
          c = FitsInt64(difference) ? Normal(g, c.remainder) : Congruence{};
        }
      }
    }
    // (m1 k + r1)(m2 l + r2) = r1 r2 modulo gcd(m1 m2, m1 r2, m2 r1)
    const int128 x = int128{out.modulus} * c.modulus, y = int128{out.modulus} * c.remainder,
                 z = int128{c.modulus} * out.remainder, r = int128{out.remainder} * c.remainder;
    if (!FitsInt64(x) || !FitsInt64(y) || !FitsInt64(z)) return {};
    out = Normal(
        GcdS(GcdS(static_cast<int64_t>(x), static_cast<int64_t>(y)), static_cast<int64_t>(z)), r);
  }
  return out;
}

Congruence Solver::PolyCongruence(const PolyView& p) {
  Congruence out{0, p.constant};
  for (const Term& t : p.terms) {
    const Congruence c = MonoCongruence(t.mono);
    const int128 m = int128{c.modulus} * t.coeff, r = int128{c.remainder} * t.coeff;
    if (!FitsInt64(m)) return {};
    if (c.modulus == 0 && !FitsInt64(r)) return {};
    const Congruence scaled = c.modulus == 1 ? Normal(int128{AbsU(t.coeff)}, 0) : Normal(m, r);
    if (scaled.modulus == 0 && out.modulus == 0) {
      out = Normal(0, int128{out.remainder} + scaled.remainder);
    } else {
      out = Normal(GcdS(out.modulus, scaled.modulus), int128{out.remainder} + scaled.remainder);
    }
    if (out.modulus == 1) return out;
  }
  return out;
}

std::optional<int64_t> Solver::ResidueOf(const PolyView& p, int64_t d) {
  const Congruence c = PolyCongruence(p);
  if (c.modulus % d == 0) return ModInt(c.remainder, d);  // includes modulus 0: the value itself
  // A stored fact about a sum: e = r (mod m), d | m, and p = t*e + k.
  for (const ExactFact& f : state.exact) {
    if (!store.IsConstant(f.divisor)) continue;
    const int64_t m = store.View(f.divisor).constant;
    if (m % d != 0) continue;
    const PolyView e = store.View(f.numerator);
    if (e.terms.empty() || p.terms.empty()) continue;
    int64_t multiples[] = {1, -1, 1};
    for (const Term& t : p.terms) {
      if (t.mono == e.terms[0].mono && e.terms[0].coeff != -1) {
        multiples[2] = t.coeff / e.terms[0].coeff;
      }
    }
    for (int64_t t : multiples) {
      Poly difference = Copy(p);
      if (t == INT64_MIN || !Accumulate(difference, e, -t)) continue;
      const bool same = std::all_of(difference.terms.begin(), difference.terms.end(),
                                    [d](const Term& x) { return x.coeff % d == 0; });
      if (!same) continue;
      const int128 r = (int128{t} * f.residue + p.constant) % d;
      return static_cast<int64_t>(r < 0 ? r + d : r);
    }
  }
  return std::nullopt;
}

}  // namespace symshape::symbolic
