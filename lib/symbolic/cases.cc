// Questions that are open until cases are told apart: which element of a maximum is the largest.
// What is left of a case may be a few points, which are looked at one by one: max(batch, 1 - seq)
// fits batch, as where 1 - seq is larger, both are 0, or it is 1.
#include <algorithm>
#include <utility>

#include "symbolic/evaluator.h"
#include "symbolic/hypothesis.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxSplits = 4;            // inside each other
constexpr int64_t kMaxPoints = 256;      // of a case that is looked at point by point
constexpr int64_t kMaxCasesWork = 4000;  // steps of one question

Fact Opposite(const Fact& f, Solver& s) {
  switch (f.kind) {
    case Fact::Kind::kEq:
      return {Fact::Kind::kNe, f.a, f.b};
    case Fact::Kind::kNe:
      return {Fact::Kind::kEq, f.a, f.b};
    default:
      return {Fact::Kind::kGe, s.Sub(f.b, Dim::Inline(1)), f.a};
  }
}

}  // namespace

// d with `value` in the place of `atom`, where that is a factor of d's terms.
std::optional<Dim> Solver::WithValue(Dim d, AtomId atom, Dim value) {
  if ((store.MaskOf(d) & store.atom(atom).mask) == 0) return d;
  Poly sum;
  sum.constant = store.View(d).constant;
  for (const Term& t : store.View(d).terms) {
    Poly product;
    if (!AccumulateTerm(product, Store::kNoMono, t.coeff)) return std::nullopt;
    for (AtomId a : store.atoms_of(t.mono)) {
      Poly next;
      const Dim factor = a == atom ? value : store.atom(a).dim;
      if (!Multiply(ViewOf(product), store.View(factor), next)) return std::nullopt;
      product = std::move(next);
    }
    if (!Accumulate(sum, ViewOf(product), 1)) return std::nullopt;
  }
  return Finish(sum);
}

std::optional<AtomId> Solver::MaximumIn(Dim d) const {
  for (const Term& t : store.View(d).terms) {
    if (!store.mono(t.mono).has_max) continue;
    for (AtomId a : store.ordered(t.mono)) {
      if (store.atom(a).kind == AtomKind::kMax) return a;
    }
  }
  return std::nullopt;
}

// Whether the fact holds at each point that bounds and inequalities leave, of which there are few.
bool Solver::HoldsAtAllPoints(const Fact& fact) {
  struct Axis {
    int64_t first, step, count;
  };
  // The usual case first: a symbol without bounds.
  for (Dim side : {fact.a, fact.b}) {
    for (const Term& t : store.View(side).terms) {
      const Mono& m = store.mono(t.mono);
      if (m.degree == 1 && store.atom(m.atoms[0]).kind == AtomKind::kSymbol &&
          AtomBounds(m.atoms[0]).hi == Interval::kPlusInf) {
        return false;
      }
    }
  }
  std::vector<Axis> box;
  std::vector<std::string> names;
  int64_t points = 1;
  for (Dim s : SymbolsOf(Add(fact.a, fact.b))) {
    const uint32_t symbol = store.atom(*store.OnlyAtom(s)).symbol;
    const Interval b = Bounds(s);
    const Congruence c = StateOf(symbol).congruence;
    int64_t width;
    if (b.lo == Interval::kMinusInf || b.hi == Interval::kPlusInf) return false;
    if (!SubOk(b.hi, b.lo, &width) || c.modulus < 1) return false;
    if (width >= kMaxPoints * c.modulus) return false;
    const int64_t up = ModInt(c.remainder - ModInt(b.lo, c.modulus), c.modulus);
    if (up > width) return true;  // there is none
    const int64_t count = (width - up) / c.modulus + 1;
    names.push_back(store.symbols()[symbol].name);
    box.push_back({b.lo + up, c.modulus, count});
    if ((points *= box.back().count) > kMaxPoints) return false;
  }
  if (!Spend(points * 8)) return false;
  Evaluator evaluator(*this, std::move(names));
  const Evaluator::Handle a = evaluator.Read(fact.a), b = evaluator.Read(fact.b);
  std::vector<Evaluator::Handle> at_least_zero;
  for (Dim d : state.inequalities) at_least_zero.push_back(evaluator.Read(d));
  std::vector<int64_t> sizes(box.size());
  for (int64_t i = 0; i < points; ++i) {
    int64_t rest = i;
    for (size_t k = 0; k < box.size(); ++k) {
      sizes[k] = box[k].first + rest % box[k].count * box[k].step;
      rest /= box[k].count;
    }
    evaluator.MoveTo(sizes);
    const std::optional<int64_t> x = evaluator.At(a), y = evaluator.At(b);
    if (x && y && Holds(fact.kind, *x, *y)) continue;
    const bool possible =
        std::all_of(at_least_zero.begin(), at_least_zero.end(), [&](Evaluator::Handle h) {
          const std::optional<int64_t> value = evaluator.At(h);
          return !value || *value >= 0;
        });
    if (possible) return false;
  }
  return true;
}

// a != b where a == b would leave a few points only, and it is at none of them: 3*x + 4*y != 2.
bool Solver::DifferAtAllPoints(Dim a, Dim b) {
  const Dim d = Sub(a, b);
  bool up = false, down = false;  // without bounds, to both of which nothing is bounded
  for (const Term& t : store.View(d).terms) {
    const Interval range = MonoBounds(t.mono);
    up |= t.coeff > 0 ? range.hi == Interval::kPlusInf : range.lo == Interval::kMinusInf;
    down |= t.coeff < 0 ? range.hi == Interval::kPlusInf : range.lo == Interval::kMinusInf;
  }
  if ((up && down) || hypotheses >= Hypothesis::kMaxNested || !Spend(16)) return false;
  Hypothesis equal(*this);
  if (!equal.Suppose(d) || !equal.Suppose(Neg(d))) return true;
  return HoldsAtAllPoints({Fact::Kind::kNe, d, Dim::Inline(0)});
}

// Supposes what makes element i of the maximum the largest; false where it cannot be. Of several
// that are, the one with the least constant counts: max(0, 1 - e) is 0 where e >= 1, else e is 0.
bool Solver::SupposeLargest(Hypothesis& h, AtomId maximum, size_t i) {
  const absl::Span<const Dim> elements = store.args(maximum);
  const auto order = [&](size_t k) { return std::pair(store.View(elements[k]).constant, k); };
  for (size_t j = 0; j < elements.size(); ++j) {
    if (j == i) continue;
    const Dim lead = Sub(elements[i], elements[j]);
    if (!h.Suppose(order(j) < order(i) ? Sub(lead, Dim::Inline(1)) : lead)) return false;
  }
  return true;
}

bool Solver::HoldsInCases(const Fact& fact, int splits) {
  if (!Spend(32) || FailsAtWitness(fact)) return false;
  if (ProveDirectly(fact) || HoldsAtAllPoints(fact)) return true;
  if (fact.kind == Fact::Kind::kNe && DifferAtAllPoints(fact.a, fact.b)) return true;
  if (splits == 0 || hypotheses >= Hypothesis::kMaxNested) return false;
  std::optional<AtomId> maximum = MaximumIn(fact.a);
  if (!maximum) maximum = MaximumIn(fact.b);
  if (!maximum) return false;
  for (size_t i = 0; i < store.args(*maximum).size(); ++i) {
    Hypothesis h(*this);
    if (!SupposeLargest(h, *maximum, i)) continue;
    const Dim element = store.args(*maximum)[i];
    const std::optional<Dim> a = WithValue(fact.a, *maximum, element);
    const std::optional<Dim> b = WithValue(fact.b, *maximum, element);
    if (!a || !b || !HoldsInCases({fact.kind, *a, *b}, splits - 1)) return false;
  }
  return true;
}

// REQUIRES: inside an Operation, with a and b as they are today.
Tri Solver::DecideInCases(const Fact& fact) {
  const bool equality = fact.kind == Fact::Kind::kEq || fact.kind == Fact::Kind::kNe;
  const bool open = equality || MaximumIn(fact.a) || MaximumIn(fact.b);
  if (!open || hypotheses > 0 || OutOfWork()) return Tri::kUnknown;
  const int64_t share = std::min(work_left, kMaxCasesWork), rest = work_left - share;
  work_left = share;
  Tri answer = Tri::kUnknown;
  if (HoldsInCases(fact, kMaxSplits)) {
    answer = Tri::kYes;
  } else if (fact.kind != Fact::Kind::kBroadcast && fact.kind != Fact::Kind::kDivides &&
             HoldsInCases(Opposite(fact, *this), kMaxSplits)) {
    answer = Tri::kNo;
  }
  work_left = std::max<int64_t>(work_left, 0) + rest;
  return answer;
}

}  // namespace symshape::symbolic
