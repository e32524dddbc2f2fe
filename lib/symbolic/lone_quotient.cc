// A quotient with a symbolic divisor, alone against the rest of a sum. With d >= 1 nothing is lost:
//   n//d >= e  where  n - e*d >= 0
//   n//d <= e  where  e*d + d - 1 - n >= 0
// and where d is 0 the quotient is undefined, so that no answer is wrong there.
#include "symbolic/hypothesis.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {

// The term of p that is such a quotient, +1 or -1 times, whose atom is in no other term.
const Term* Solver::LoneQuotient(const PolyView& p) {
  const Term* found = nullptr;
  for (const Term& t : p.terms) {
    const Mono& m = store.mono(t.mono);
    if (m.degree != 1 || (t.coeff != 1 && t.coeff != -1)) continue;
    const Atom& a = store.atom(m.atoms[0]);
    if (a.kind != AtomKind::kFloorDiv || store.IsConstant(a.args[1])) continue;
    if (found == nullptr || store.CompareMonos(t.mono, found->mono) < 0) found = &t;
  }
  if (found == nullptr) return nullptr;
  const MonoId quotient = found->mono;
  for (const Term& t : p.terms) {
    MonoId rest;
    if (t.mono != quotient && store.DivideMono(t.mono, quotient, &rest)) return nullptr;
  }
  return found;
}

bool Solver::ProveLoneQuotient(Dim d, int budget, int splits) {
  const PolyView p = store.View(d);
  const Term* term = LoneQuotient(p);
  if (term == nullptr || splits <= 0 || hypotheses >= Hypothesis::kMaxNested || !Spend(8)) {
    return false;
  }
  const Term quotient = *term;
  const Atom atom = store.atom(store.mono(quotient.mono).atoms[0]);
  const Dim numerator = atom.args[0], divisor = atom.args[1], one = Dim::Inline(1);
  if (Bounds(divisor).lo < 0) return false;
  const Operation operation(*this);
  Hypothesis defined(*this);
  if (!defined.Suppose(Sub(divisor, one))) return true;
  Poly others = Copy(p);
  if (!AccumulateTerm(others, quotient.mono, -quotient.coeff)) return false;
  const Dim scaled = Mul(store.InternPoly(others), divisor);
  return quotient.coeff > 0
             ? ProveGe0(Add(scaled, numerator), budget / 2, splits - 1)
             : ProveGe0(Sub(Add(scaled, Sub(divisor, one)), numerator), budget / 2, splits - 1);
}

}  // namespace symshape::symbolic
