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

std::optional<Dim> Solver::FloorDivConst(Poly num, int64_t d, int depth) {
  Poly out;
  if (!FloorDivPoly(std::move(num), d, depth, out)) return std::nullopt;
  return Finish(out);
}

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

bool Solver::FloorDivPoly(Poly num, int64_t d, int depth, Poly& out) {
  out = Poly();      // what has left the quotient
  int64_t sign = 1;  // result = out + sign * (num // d)
  const auto finish = [&](PolyView quotient) { return Accumulate(out, quotient, sign); };
  for (int step = 0;; ++step) {
    // (d*q + r)//d = q + r//d                                            row 6
    // Residues in (-d/2, d/2] keep 2*x//2 and x//2 apart from their signs.
    size_t kept = 0;
    for (const Term t : num.terms) {
      int64_t r = ModInt(t.coeff, d);
      if (r > d - r) r -= d;
      if (r != t.coeff) {
        int64_t multiple;
        if (!SubOk(t.coeff, r, &multiple)) return false;
        Because(Rewrite::kPullMultiple);
        if (!AccumulateTerm(out, t.mono, sign * (multiple / d))) return false;
      }
      if (r != 0) num.terms[kept++] = {t.mono, r};
    }
    num.terms.resize(kept);
    if (!AddOk(out.constant, sign * FloorDivInt(num.constant, d), &out.constant)) return false;
    num.constant = ModInt(num.constant, d);
    if (num.terms.empty()) return finish(PolyView{});  // 0 <= constant < d
    if (!Spend(4 + static_cast<int64_t>(num.terms.size()))) return false;
    if (step > kMaxSteps) break;
    bool compound = !state.mono_rules.empty();
    for (const Term& t : num.terms) {
      const Mono& m = store.mono(t.mono);
      compound = compound || m.has_div || m.has_max;
    }
    if (compound) {
      bool changed = false;
      if (!Normalise(num, &changed)) return false;
      if (changed) continue;
    }

    // Terms that are known modulo d leave: (e + r)//d = e//d + (r + e % d)//d.
    if (state.has_congruences || !state.exact.empty()) {
      if (num.terms.size() > 1 || num.constant != 0) {
        if (num.terms.size() > 1) {
          const std::optional<int64_t> whole = ResidueOf(PolyView{0, num.terms}, d);
          if (whole) {
            int64_t moved;
            if (!AddOk(num.constant, *whole, &moved)) return false;
            if (!AddOk(out.constant, sign * FloorDivInt(moved, d), &out.constant)) {
              return false;
            }
            num.constant = 0;
          }
        }
        bool split = false;
        for (size_t i = 0; i < num.terms.size(); ++i) {
          const Term t = num.terms[i];
          const PolyView alone{0, absl::MakeConstSpan(&t, 1)};
          const std::optional<int64_t> r = ResidueOf(alone, d);
          if (!r || (num.terms.size() == 1 && num.constant == 0)) continue;
          Poly single;
          single.terms.push_back(t);
          Poly q;
          if (!FloorDivPoly(std::move(single), d, depth, q) || !Accumulate(out, ViewOf(q), sign)) {
            return false;
          }
          num.terms.erase(num.terms.begin() + i);
          if (!AddOk(num.constant, *r, &num.constant)) return false;
          split = true;
          break;
        }
        if (split) continue;
      }
    }

    // (g*x + r)//(g*d) = x//d for 0 <= r < g                             row 7
    uint64_t g = static_cast<uint64_t>(d);
    for (const Term& t : num.terms) g = AbsU(t.coeff) == 1 || g == 1 ? 1 : GcdU(g, AbsU(t.coeff));
    if (g > 1) {
      Because(Rewrite::kCommonDivisor);
      for (Term& t : num.terms) t.coeff /= static_cast<int64_t>(g);
      num.constant /= static_cast<int64_t>(g);
      d /= static_cast<int64_t>(g);
      continue;
    }
    // (g*x + r)//(g*d) = (x + k)//d where k*g <= r < (k + 1)*g, r being any terms.
    if (compound && DropSmallTerms(num, d)) continue;
    // The same where facts, not coefficients, say that the terms are multiples: 16 | H gives
    // (H + 5)//32 = H//32.
    if (state.has_congruences && num.constant != 0) {
      const Congruence c = PolyCongruence(PolyView{0, num.terms});
      const int64_t m = c.modulus == 0 ? d : static_cast<int64_t>(GcdU(c.modulus, d));
      if (m > 1) {
        const int64_t r = ModInt(c.remainder, m);
        int64_t k;
        if (!AddOk(num.constant, r, &k)) return false;
        k = std::max<int64_t>(0, FloorDivInt(k, m) * m - r);
        if (k != num.constant) {
          num.constant = k;
          continue;
        }
      }
    }

    if (compound) {
      if (const std::optional<Dim> split = SplitQuotientAtZero(num, d)) {
        return finish(store.View(*split));
      }
    }

    // (x//a + c)//d = (x + a*c)//(a*d)                                   row 2
    // Only where it is the one quotient in the numerator, so that every merge lowers the nesting.
    const Term* nested = nullptr;
    int candidates = 0;
    for (const Term& t : num.terms) {
      const Mono& m = store.mono(t.mono);
      if (!m.has_div) continue;
      ++candidates;
      if (m.degree != 1 || (t.coeff != 1 && t.coeff != -1)) continue;
      if (store.IsConstant(store.atom(m.atoms[0]).args[1])) nested = &t;
    }
    if (nested == nullptr) candidates = 0;
    // A quotient known modulo d stays: merged, what is known of it would be lost.
    if (candidates == 1 && (state.has_congruences || !state.exact.empty()) &&
        ResidueOf(ViewOf(num), d)) {
      candidates = 0;
    }
    if (candidates == 1) {
      const Atom a = store.atom(store.mono(nested->mono).atoms[0]);
      const int64_t inner = store.View(a.args[1]).constant;
      int64_t product;
      Poly merged;
      const Term picked = *nested;
      bool fits = MulOk(inner, d, &product) && MulOk(num.constant, inner, &merged.constant);
      for (const Term& t : num.terms) {
        int64_t c = 0;
        fits = fits && (t == picked || MulOk(t.coeff, inner, &c));
        if (c != 0) merged.terms.push_back({t.mono, c});
      }
      fits = fits && Accumulate(merged, store.View(a.args[0]), picked.coeff);
      // -(x//a) = (-x + a - 1)//a                                        row 35
      if (picked.coeff < 0) fits = fits && AddOk(merged.constant, inner - 1, &merged.constant);
      if (fits) {
        Because(Rewrite::kNestedDiv);
        num = std::move(merged);
        d = product;
        continue;
      }
    }

    // (x//y + c)//d = (x + c*y)//(d*y): undefined on both sides where y is 0
    if (num.terms.size() == 1 && num.terms[0].coeff == 1 && candidates == 0 &&
        store.mono(num.terms[0].mono).degree == 1) {
      const Atom a = store.atom(store.mono(num.terms[0].mono).atoms[0]);
      Poly above, below;
      if (a.kind == AtomKind::kFloorDiv && Accumulate(above, store.View(a.args[0]), 1) &&
          Accumulate(above, store.View(a.args[1]), num.constant) &&
          Accumulate(below, store.View(a.args[1]), d)) {
        if (const auto merged = FloorDivSymbolic(std::move(above), std::move(below))) {
          Because(Rewrite::kNestedDiv);
          return finish(store.View(*merged));
        }
      }
    }

    // max(a, b)//d = max(a//d, b//d); with a minus sign the minimum      row 32
    if (compound && depth < kMaxBranching) {
      const Term* maximum = nullptr;
      for (const Term& t : num.terms) {
        const Mono& m = store.mono(t.mono);
        if (m.degree != 1 || store.atom(m.atoms[0]).kind != AtomKind::kMax) continue;
        if (maximum == nullptr || store.CompareMonos(t.mono, maximum->mono) < 0) maximum = &t;
      }
      if (maximum != nullptr) {
        const AtomId atom = store.mono(maximum->mono).atoms[0];
        Poly others = num;
        others.terms.erase(std::find(others.terms.begin(), others.terms.end(), *maximum));
        // Its coefficient counts modulo d only: the sign that leaves the shorter branches.
        const auto length = [&](int64_t c) {
          size_t terms = 0;
          for (Dim e : store.args(atom)) {
            Poly branch = others;
            if (!Accumulate(branch, store.View(e), c)) return size_t{1000};
            for (const Term& t : branch.terms) terms += t.coeff % d != 0 ? 2 : 1;
          }
          return terms;
        };
        Term picked = *maximum;
        const int64_t other_sign = picked.coeff > 0 ? picked.coeff - d : picked.coeff + d;
        if (length(other_sign) < length(picked.coeff)) {
          if (!AccumulateTerm(out, picked.mono, picked.coeff > 0 ? sign : -sign)) return false;
          picked.coeff = other_sign;
        }
        std::vector<Dim> branches;
        bool fits = true;
        for (Dim e : store.args(atom)) {
          Poly branch = others;
          fits = fits && Accumulate(branch, store.View(e), picked.coeff);
          if (!fits) break;
          const std::optional<Dim> q = FloorDivConst(std::move(branch), d, depth + 1);
          fits = q.has_value();
          if (fits) branches.push_back(*q);
        }
        if (fits) {
          Because(Rewrite::kDivOfMax);
          const Dim merged = picked.coeff > 0 ? Max(branches) : Min(branches);
          return finish(store.View(merged));
        }
      }
    }

    // -x//d = -((x + d - 1)//d): the first coefficient that is no tie is positive      row 35
    const Term* first = nullptr;
    for (const Term& t : num.terms) {
      if (t.coeff > 0 && t.coeff == d - t.coeff) continue;
      if (first == nullptr || store.CompareMonos(t.mono, first->mono) < 0) first = &t;
    }
    if (first != nullptr && first->coeff < 0) {
      Because(Rewrite::kNegatedDiv);
      for (Term& t : num.terms) t.coeff = -t.coeff;
      if (!SubOk(d - 1, num.constant, &num.constant)) return false;
      sign = -sign;
      continue;
    }
    break;
  }

  const std::optional<Dim> numerator = Finish(num);
  if (!numerator) return false;
  const Interval range = TightBounds(*numerator);
  if (range.lo != Interval::kMinusInf && range.hi != Interval::kPlusInf &&
      FloorDivInt(range.lo, d) == FloorDivInt(range.hi, d)) {
    return finish(PolyView{FloorDivInt(range.lo, d), {}});
  }
  const Dim args[] = {*numerator, Constant(d)};
  return finish(store.View(Representative(MakeAtom(AtomKind::kFloorDiv, args))));
}

Dim Solver::FloorDiv(Dim a, Dim b) {
  a = Resolve(a);
  b = Resolve(b);
  constexpr int64_t kOp = '/';
  CacheEntry& slot = Slot(kOp, a, b);
  if (Hit(slot, kOp, a, b)) return slot.result;
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
  Remember(kOp, a, b, *result);
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
    const Dim both[] = {FloorDiv(a, b), Dim::Inline(0)};
    return Max(both);
  }
  const Dim high[] = {CeilDiv(a, b), Dim::Inline(0)};
  const Dim both[] = {FloorDiv(a, b), Min(high)};
  return Max(both);
}

}  // namespace symshape::symbolic
