// Divisibility: a | b becomes a residue of one symbol, or an exact quotient.
#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {

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
  Post(Fact::Kind::kNe, a, Dim::Inline(0));  // by 0 nothing is divided
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

}  // namespace symshape::symbolic
