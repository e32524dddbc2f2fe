// Quotients whose divisor is not a constant. A divisor of 0 makes no claim, so factors may cancel.
#include <algorithm>
#include <utility>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

uint64_t Content(const Poly& p) {  // gcd of the coefficients, the constant left out
  uint64_t g = 0;
  for (const Term& t : p.terms) g = GcdU(g, AbsU(t.coeff));
  return g;
}

bool Negate(Poly& p) {
  for (Term& t : p.terms) {
    if (!SubOk(0, t.coeff, &t.coeff)) return false;
  }
  return SubOk(0, p.constant, &p.constant);
}

bool IsZero(const Poly& p) { return p.terms.empty() && p.constant == 0; }

}  // namespace

std::optional<Dim> Solver::FloorDivSymbolic(Poly num, Poly den) {
  Poly out;
  const auto finish = [&](PolyView quotient) -> std::optional<Dim> {
    if (!Accumulate(out, quotient, 1)) return std::nullopt;
    return Finish(out);
  };
  for (int step = 0; step < 16; ++step) {
    if (IsZero(num)) return finish(PolyView{});  // 0//d = 0
    if (!Spend(8 + static_cast<int64_t>(num.terms.size() + den.terms.size()))) return std::nullopt;
    if (den.terms.empty()) {
      if (den.constant == 0 || den.constant == INT64_MIN) return std::nullopt;
      if (den.constant < 0 && (!Negate(num) || !Negate(den))) return std::nullopt;
      const std::optional<Dim> q = FloorDivConst(std::move(num), den.constant, 0);
      if (!q) return std::nullopt;
      return finish(store.View(*q));
    }
    if (store.Leading(den.terms).coeff < 0 && (!Negate(num) || !Negate(den))) return std::nullopt;

    // (p*s)//(q*s) = p//q for s != 0                                     row 10
    const MonoId a = CommonMono(ViewOf(num)), b = CommonMono(ViewOf(den));
    if (a != Store::kNoMono && b != Store::kNoMono) {
      absl::InlinedVector<AtomId, 8> shared;
      const auto x = store.atoms_of(a), y = store.atoms_of(b);
      std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(shared));
      if (!shared.empty()) {
        Because(Rewrite::kCancelFactor);
        const MonoId m = store.InternMono(shared);
        if (!DivideByMono(num, m) || !DivideByMono(den, m)) return std::nullopt;
        continue;
      }
    }
    uint64_t g = GcdU(Content(den), AbsU(den.constant));
    g = GcdU(g, GcdU(Content(num), AbsU(num.constant)));
    if (g > 1 && g < (uint64_t{1} << 62)) {
      for (Poly* p : {&num, &den}) {
        for (Term& t : p->terms) t.coeff /= static_cast<int64_t>(g);
        p->constant /= static_cast<int64_t>(g);
      }
      continue;
    }

    // (q*d + r)//d = q + r//d                                            row 6
    Poly q, r;
    if (!LongDivide(ViewOf(num), ViewOf(den), q, r)) return std::nullopt;
    if (!IsZero(q)) {
      Because(Rewrite::kPullMultiple);
      if (!Accumulate(out, ViewOf(q), 1)) return std::nullopt;
      num = std::move(r);
      continue;
    }
    if (num.terms.size() > 1 && den.terms.size() + (den.constant != 0) > 1) {
      if (const std::optional<Poly> factor = CommonFactor({num, den})) {
        Poly n, d, rest1, rest2;
        if (LongDivide(ViewOf(num), ViewOf(*factor), n, rest1) &&
            LongDivide(ViewOf(den), ViewOf(*factor), d, rest2) && IsZero(rest1) && IsZero(rest2) &&
            (d.terms != den.terms || d.constant != den.constant)) {
          num = std::move(n);
          den = std::move(d);
          continue;
        }
      }
    }
    break;
  }

  if (const std::optional<Dim> split = SplitRatioAtZero(num, den)) {
    return finish(store.View(*split));
  }
  const std::optional<Dim> divisor = Finish(den);
  if (!divisor) return std::nullopt;
  // What Finish made of the divisor may begin with another term.
  if (const PolyView v = store.View(*divisor);
      !v.terms.empty() && store.Leading(v.terms).coeff < 0) {
    den = Copy(v);
    if (!Negate(num) || !Negate(den)) return std::nullopt;
    const std::optional<Dim> opposite = Finish(den);
    if (opposite && store.Leading(store.View(*opposite).terms).coeff > 0) {
      const std::optional<Dim> q = FloorDivSymbolic(std::move(num), Copy(store.View(*opposite)));
      return q ? finish(store.View(*q)) : std::nullopt;
    }
    if (!Negate(num) || !Negate(den)) return std::nullopt;
  }
  const bool positive = IsNonNegative(*divisor);  // 0 is no claim, so this means >= 1
  if (positive && ProveGe0(Sub(Dim::Inline(1), *divisor))) return finish(ViewOf(num));

  // x*(a//b) = (x*a)//b where b | a                                      row 11
  for (const ExactFact& f : state.exact) {
    if (f.divisor != *divisor || store.IsConstant(f.numerator)) continue;
    Poly q, r;
    if (!LongDivide(ViewOf(num), store.View(f.numerator), q, r) || IsZero(q)) continue;
    const Dim args[] = {f.numerator, f.divisor};
    Because(Rewrite::kExactProduct);
    const Dim quotient = MakeAtom(AtomKind::kFloorDiv, args);
    Poly product;
    if (!Multiply(ViewOf(q), store.View(quotient), product)) return std::nullopt;
    if (q.terms.empty() && q.constant == 1 && IsZero(r)) return finish(store.View(quotient));
    if (!Accumulate(out, ViewOf(product), 1)) return std::nullopt;
    num = std::move(r);
    if (IsZero(num)) return finish(PolyView{});
  }

  if (positive) {
    // (g*x + r)//(g*d) = x//d for 0 <= r < g, d > 0                      row 7
    uint64_t g = GcdU(GcdU(Content(den), AbsU(den.constant)), Content(num));
    if (g > 1 && g < (uint64_t{1} << 62)) {
      Because(Rewrite::kCommonDivisor);
      const int64_t s = static_cast<int64_t>(g);
      for (Term& t : num.terms) t.coeff /= s;
      num.constant = FloorDivInt(num.constant, s);
      for (Term& t : den.terms) t.coeff /= s;
      den.constant /= s;
      const std::optional<Dim> smaller = FloorDivSymbolic(std::move(num), std::move(den));
      return smaller ? finish(store.View(*smaller)) : std::nullopt;
    }
    // (x//a + c)//d = (x + a*c)//(a*d)                                   row 2
    // Only where it is the one quotient in the numerator, as beside a constant divisor.
    const Term* nested = nullptr;
    int candidates = 0;
    for (const Term& t : num.terms) {
      const Mono& m = store.mono(t.mono);
      if (!m.has_div) continue;
      ++candidates;
      if (m.degree == 1 && t.coeff == 1) nested = &t;
    }
    if (nested == nullptr) candidates = 0;
    if (candidates == 1) {
      const Term picked = *nested;
      const Atom inner = store.atom(store.mono(picked.mono).atoms[0]);
      Poly others = num, merged, product, divisor_product;
      others.terms.erase(std::find(others.terms.begin(), others.terms.end(), picked));
      if (Multiply(ViewOf(others), store.View(inner.args[1]), merged) &&
          Accumulate(merged, store.View(inner.args[0]), 1) &&
          Multiply(ViewOf(den), store.View(inner.args[1]), divisor_product)) {
        Because(Rewrite::kNestedDiv);
        // In its one form first: 10*y*max(..) may be shorter than max(..) was.
        const std::optional<Dim> above = Finish(merged), below = Finish(divisor_product);
        if (!above || !below) return std::nullopt;
        const std::optional<Dim> q =
            FloorDivSymbolic(Copy(store.View(*above)), Copy(store.View(*below)));
        return q ? finish(store.View(*q)) : std::nullopt;
      }
    }
    // -x//d = -1 - (x - 1)//d for d > 0                                  row 35
    if (!num.terms.empty() && store.Leading(num.terms).coeff < 0) {
      Because(Rewrite::kNegatedDiv);
      Poly flipped = num;
      if (!Negate(flipped) || !SubOk(flipped.constant, 1, &flipped.constant)) return std::nullopt;
      const std::optional<Dim> q = FloorDivSymbolic(std::move(flipped), den);
      if (!q || !Accumulate(out, store.View(*q), -1)) return std::nullopt;
      return finish(PolyView{-1, {}});
    }
  }

  const std::optional<Dim> numerator = Finish(num);
  if (!numerator) return std::nullopt;
  if (positive) {
    // 0 <= r < d: 0. -d <= r < 0: -1; in particular -1//d, as d is at least 1 where it divides.
    if (*numerator == Dim::Inline(-1)) return finish(PolyView{-1, {}});
    const Dim gap = Sub(*divisor, *numerator);
    if (IsNonNegative(*numerator)) {
      if (ProveGe0(Sub(gap, Dim::Inline(1)))) return finish(PolyView{0, {}});
    } else if (IsNonNegative(Sub(Dim::Inline(-1), *numerator)) &&
               ProveGe0(Add(*numerator, *divisor))) {
      return finish(PolyView{-1, {}});
    }
  }
  const Dim args[] = {*numerator, *divisor};
  return finish(store.View(MakeAtom(AtomKind::kFloorDiv, args)));
}

}  // namespace symshape::symbolic
