// Maxima. A Max atom holds {0, e2, …}: one element is subtracted from all, common factors leave,
// and no element is dominated by another. min(S) = -max(-S), rediscovered when printing.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

constexpr int kDominanceBudget = 16;  // steps per pair of elements
constexpr int kMaxRounds = 6;         // of flattening maxima that shifting leaves inside

}  // namespace

// Where e = rest + c*Max{x_i} with c > 0: the elements rest + c*x_i instead of e.
bool Solver::FlattenMax(Dim e, Elements& out, int depth) {
  if (out.size() > kMaxElements || !Spend(4)) return false;
  if (!e.is_inline() && depth < 4) {
    const PolyView view = store.View(e);
    for (const Term& t : view.terms) {
      const Mono& m = store.mono(t.mono);
      if (t.coeff <= 0 || m.degree != 1) continue;
      const AtomId atom = m.atoms[0];
      if (store.atom(atom).kind != AtomKind::kMax) continue;
      const Dim alone = store.atom(atom).dim;
      const Dim rest = AddScaled(e, Mul(alone, Constant(t.coeff)), -1);
      for (Dim x : store.args(atom)) {
        const Dim branch = Add(rest, Mul(x, Constant(t.coeff)));
        if (!FlattenMax(branch, out, depth + 1)) return false;
      }
      return true;
    }
  }
  out.push_back(e);
  return true;
}

std::vector<Dim> Solver::ElementsOf(Dim d) {
  const Operation operation(*this);
  d = Resolve(d);
  Elements elements;
  if (!FlattenMax(d, elements, 0)) return {d};
  return {elements.begin(), elements.end()};
}

// Dims nest no deeper than kMaxDepth.
void Solver::AddComparedIn(Dim d, std::vector<std::vector<Dim>>& compared) const {
  absl::InlinedVector<Term, 6> sorted;
  for (const Term& t : store.InOrder(d, sorted)) {
    for (AtomId atom : store.ordered(t.mono)) {
      const absl::Span<const Dim> args = store.args(atom);
      for (Dim arg : args) AddComparedIn(arg, compared);
      const AtomKind kind = store.atom(atom).kind;
      if (kind != AtomKind::kMax && kind != AtomKind::kBroadcast) continue;
      std::vector<Dim> dims(args.begin(), args.end());
      if (kind == AtomKind::kBroadcast) dims.push_back(Dim::Inline(1));
      if (!absl::c_linear_search(compared, dims)) compared.push_back(std::move(dims));
    }
  }
}

// Of 1 - 32*x beside y, with x and y >= 0, only the value at x = y = 0 counts: it is 1 - x.  row 37
// Without y: 1 - 32*x at x = 1 is -31.
void Solver::ClipElements(Elements& pair) {
  for (size_t i = 0; i < 2; ++i) {
    const Dim other = pair[1 - i];
    Poly gap = Copy(store.View(Sub(pair[i], other)));
    if (gap.constant < 1 || gap.terms.empty()) continue;
    bool falls = true, clipped = false;
    for (Term& t : gap.terms) {
      falls = falls && t.coeff < 0 && MonoBounds(t.mono).lo >= 0;
      clipped = clipped || t.coeff < -gap.constant;
      t.coeff = std::max(t.coeff, -gap.constant);
    }
    if (!falls || !clipped) continue;
    Because(Rewrite::kClippedMax);
    pair[i] = Add(other, store.InternPoly(gap));
  }
}

void Solver::DropDominated(Elements& elements) {
  for (size_t i = 0; i < elements.size() && elements.size() > 1;) {
    bool dominated = false;
    for (size_t j = 0; j < elements.size() && !dominated; ++j) {
      dominated = j != i && ProveGe0(Sub(elements[j], elements[i]), kDominanceBudget, 1);
    }
    if (dominated) {
      elements.erase(elements.begin() + i);
    } else {
      ++i;
    }
  }
}

Dim Solver::Max(absl::Span<const Dim> elements) {
  const Operation operation(*this);
  Elements resolved_elements;
  for (Dim d : elements) resolved_elements.push_back(Resolve(d));
  const std::optional<Dim> result = MaxOf(resolved_elements);
  if (result) return *result;
  Dim folded = resolved_elements[0];
  for (size_t i = 1; i < resolved_elements.size(); ++i) {
    Dim a = folded, b = resolved_elements[i];
    if (b.bits() < a.bits()) std::swap(a, b);
    folded = Opaque('M', a, b);
  }
  return folded;
}

Dim Solver::Min(absl::Span<const Dim> elements) {
  Elements negated;
  for (Dim d : elements) negated.push_back(Neg(d));
  return Neg(Max(negated));
}

Dim Solver::Extreme(char op, Dim a, Dim b) {
  a = Resolve(a);
  b = Resolve(b);
  if (a == b) return a;
  const Interval x = Bounds(a), y = Bounds(b);
  if (y.hi != Interval::kPlusInf && x.lo >= y.hi) return op == 'M' ? a : b;
  if (x.hi != Interval::kPlusInf && y.lo >= x.hi) return op == 'M' ? b : a;
  if (b.bits() < a.bits()) std::swap(a, b);
  const OperationCache::Key key(op, a, b);
  if (const auto known = operations.Find(key, epoch)) return *known;
  const Operation operation(*this);
  const Dim both[] = {a, b};
  const Dim result = op == 'M' ? Max(both) : Min(both);
  operations.Enter(key, epoch, result);
  return result;
}

namespace {

// What a set of elements costs; less is better.
std::array<size_t, 3> CostOf(const Store& store, absl::Span<const Dim> set) {
  size_t maxima = 0, terms = 0, negative = 0;
  for (Dim e : set) {
    const absl::Span<const Term> of_e = store.View(e).terms;
    terms += of_e.size();
    // Sets whose leading coefficients are positive: max(-e, 0) = max(e, 0) - e   row 31
    if (!of_e.empty() && store.Leading(of_e).coeff < 0) ++negative;
    for (const Term& t : of_e) {  // maxima left inside, as minima
      if (store.mono(t.mono).has_max) maxima += t.coeff > 0 ? 4 : 1;
    }
  }
  return {maxima, terms, negative};
}

bool IsBetter(const Store& store, absl::Span<const Dim> set, absl::Span<const Dim> other) {
  const auto x = CostOf(store, set), y = CostOf(store, other);
  if (x != y) return x < y;
  for (size_t i = 0; i < set.size(); ++i) {
    if (const int c = store.CompareDims(set[i], other[i]); c != 0) return c < 0;
  }
  return false;
}

// The elements without the one among them, `base`, that leaves the least behind.
struct Shifted {
  Elements elements;
  Dim base;
};
Shifted WithoutBase(Solver& s, absl::Span<const Dim> elements) {
  Shifted best;
  for (Dim base : elements) {
    Elements set;
    for (Dim e : elements) set.push_back(s.Sub(e, base));
    std::sort(set.begin(), set.end(), [&](Dim a, Dim b) { return s.store.CompareDims(a, b) < 0; });
    if (best.elements.empty() || IsBetter(s.store, set, best.elements)) {
      best = {std::move(set), base};
    }
  }
  return best;
}

// What may leave all elements: their content, 1 where it is too large, and atoms that are never
// negative.
struct Factor {
  int64_t content = 1;
  MonoId mono = Store::kNoMono;

  bool is_one() const { return content == 1 && mono == Store::kNoMono; }
};
Factor FactorOf(Solver& s, absl::Span<const Dim> elements) {
  uint64_t content = 0;
  std::optional<absl::InlinedVector<AtomId, 8>> common;
  for (Dim e : elements) {
    if (e == Dim::Inline(0)) continue;
    const PolyView v = s.store.View(e);
    content = GcdU(content, AbsU(v.constant));
    for (const Term& t : v.terms) content = GcdU(content, AbsU(t.coeff));
    const MonoId m = s.CommonMono(v);
    const auto atoms = m == Store::kNoMono ? absl::Span<const AtomId>() : s.store.atoms_of(m);
    absl::InlinedVector<AtomId, 8> shared(atoms.begin(), atoms.end());
    if (common) {
      shared.clear();
      std::set_intersection(common->begin(), common->end(), atoms.begin(), atoms.end(),
                            std::back_inserter(shared));
    }
    common = std::move(shared);
  }
  Factor factor;
  if (content > 1 && content < (uint64_t{1} << 62)) factor.content = static_cast<int64_t>(content);
  if (!common) return factor;
  const auto may_be_negative = [&](AtomId a) { return s.AtomBounds(a).lo < 0; };
  common->erase(std::remove_if(common->begin(), common->end(), may_be_negative), common->end());
  if (!common->empty()) factor.mono = s.store.InternMono(*common);
  return factor;
}

std::optional<Dim> DividedBy(Solver& s, Dim e, const Factor& factor) {
  Poly p = Solver::Copy(s.store.View(e));
  for (Term& t : p.terms) t.coeff /= factor.content;
  p.constant /= factor.content;
  if (!p.terms.empty() && !s.DivideByMono(p, factor.mono)) return std::nullopt;
  return s.Finish(p);
}

// Whether d is a maximum beside something else.
bool HoldsMaximum(const Store& store, Dim d) {
  return absl::c_any_of(store.View(d).terms, [&](const Term& t) {
    const Mono& m = store.mono(t.mono);
    return t.coeff > 0 && m.degree == 1 && store.atom(m.atoms[0]).kind == AtomKind::kMax;
  });
}

}  // namespace

std::optional<Dim> Solver::MaxOf(Elements elements) {
  const auto in_order = [this](Dim a, Dim b) { return store.CompareDims(a, b) < 0; };
  Dim offset = Dim::Inline(0);  // the result is offset + Max{elements}
  for (int round = 0; round < kMaxRounds; ++round) {
    Elements flat;
    for (Dim e : elements) {
      if (!FlattenMax(e, flat, 0)) return std::nullopt;
    }
    std::sort(flat.begin(), flat.end(), in_order);
    flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
    if (flat.size() > kMaxElements) return std::nullopt;
    if (!Spend(static_cast<int64_t>(8 * flat.size() * flat.size()))) return std::nullopt;
    DropDominated(flat);
    if (flat.size() == 1) return Add(offset, flat[0]);
    if (const std::optional<Dim> split = SplitMaxAtZero(flat)) return Add(offset, *split);
    if (flat.size() == 2) ClipElements(flat);

    Shifted shifted = WithoutBase(*this, flat);
    if (shifted.base != Dim::Inline(0)) Because(Rewrite::kOrientMax);
    offset = Add(offset, shifted.base);

    const Factor factor = FactorOf(*this, shifted.elements);
    if (!factor.is_one()) {
      Elements divided;
      for (Dim e : shifted.elements) {
        const std::optional<Dim> d = DividedBy(*this, e, factor);
        if (!d) return std::nullopt;
        divided.push_back(*d);
      }
      const std::optional<Dim> inner = MaxOf(divided);
      if (!inner) return std::nullopt;
      Poly taken;
      if (!AccumulateTerm(taken, factor.mono, factor.content)) return std::nullopt;
      const std::optional<Dim> f = Finish(taken);
      if (!f) return std::nullopt;
      return Add(offset, Mul(*f, *inner));
    }
    elements = std::move(shifted.elements);  // in order
    const bool again = absl::c_any_of(elements, [&](Dim d) { return HoldsMaximum(store, d); });
    if (again && round < kMaxRounds - 1) continue;
    for (Dim d : elements) {
      if (store.DepthOf(d) >= kMaxDepth) return std::nullopt;
    }
    return Add(offset, MakeAtom(AtomKind::kMax, elements));
  }
  return std::nullopt;
}

}  // namespace symshape::symbolic
