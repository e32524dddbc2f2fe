// Maxima. A Max atom holds {0, e2, …}: one element is subtracted from all, common factors leave,
// and no element is dominated by another. min(S) = -max(-S), rediscovered when printing.
#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

constexpr int kDominanceBudget = 16;  // steps per pair of elements

}  // namespace

// Where e = rest + c*Max{x_i} with c > 0: the elements rest + c*x_i instead of e.
bool Solver::FlattenMax(Dim e, std::vector<Dim>& out, int depth) {
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
  std::vector<Dim> elements;
  if (!FlattenMax(d, elements, 0)) return {d};
  return elements;
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
void Solver::ClipElements(std::vector<Dim>& pair) {
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

void Solver::DropDominated(std::vector<Dim>& elements) {
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
  std::vector<Dim> resolved_elements;
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
  std::vector<Dim> negated;
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
  const CacheEntry& slot = Slot(op, a, b);
  if (Hit(slot, op, a, b)) return slot.result;
  const Operation operation(*this);
  const Dim both[] = {a, b};
  const Dim result = op == 'M' ? Max(both) : Min(both);
  Remember(op, a, b, result);
  return result;
}

std::optional<Dim> Solver::MaxOf(std::vector<Dim> elements) {
  Dim offset = Dim::Inline(0);  // the result is offset + factor*Max{elements}
  for (int round = 0; round < 6; ++round) {
    std::vector<Dim> flat;
    for (Dim e : elements) {
      if (!FlattenMax(e, flat, 0)) return std::nullopt;
    }
    std::sort(flat.begin(), flat.end(),
              [this](Dim a, Dim b) { return store.CompareDims(a, b) < 0; });
    flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
    if (flat.size() > kMaxElements) return std::nullopt;
    if (!Spend(static_cast<int64_t>(8 * flat.size() * flat.size()))) return std::nullopt;
    DropDominated(flat);
    if (flat.size() == 1) return Add(offset, flat[0]);
    if (const std::optional<Dim> split = SplitMaxAtZero(flat)) return Add(offset, *split);
    if (flat.size() == 2) ClipElements(flat);

    // Subtract the element that leaves the least behind.
    const auto shifted = [&](Dim base) {
      std::vector<Dim> out;
      for (Dim e : flat) out.push_back(Sub(e, base));
      std::sort(out.begin(), out.end(),
                [this](Dim a, Dim b) { return store.CompareDims(a, b) < 0; });
      return out;
    };
    const auto size = [&](const std::vector<Dim>& set) {
      size_t terms = 0;
      for (Dim e : set) terms += store.View(e).terms.size();
      return terms;
    };
    const auto compound = [&](const std::vector<Dim>& set) {  // maxima left inside, as minima
      size_t n = 0;
      for (Dim e : set) {
        for (const Term& t : store.View(e).terms) {
          if (store.mono(t.mono).has_max) n += t.coeff > 0 ? 4 : 1;
        }
      }
      return n;
    };
    // Prefer sets whose leading coefficients are positive: max(-e, 0) = max(e, 0) - e   row 31
    const auto negative = [&](const std::vector<Dim>& set) {
      size_t n = 0;
      for (Dim e : set) {
        const PolyView v = store.View(e);
        if (!v.terms.empty() && store.Leading(v.terms).coeff < 0) ++n;
      }
      return n;
    };
    std::vector<Dim> best;
    Dim best_base;
    for (Dim base : flat) {
      std::vector<Dim> set = shifted(base);
      bool better = best.empty();
      if (!better) {
        const auto key = [&](const std::vector<Dim>& s) {
          return std::array<size_t, 3>{compound(s), size(s), negative(s)};
        };
        const auto x = key(set), y = key(best);
        if (x != y) {
          better = x < y;
        } else {
          for (size_t i = 0; i < set.size(); ++i) {
            if (const int c = store.CompareDims(set[i], best[i]); c != 0) {
              better = c < 0;
              break;
            }
          }
        }
      }
      if (better) {
        best = std::move(set);
        best_base = base;
      }
    }
    if (best_base != Dim::Inline(0)) Because(Rewrite::kOrientMax);
    offset = Add(offset, best_base);

    // Common factors leave: the content, and atoms that are never negative.
    uint64_t g = 0;
    MonoId common = Store::kNoMono;
    bool first = true;
    for (Dim e : best) {
      if (e == Dim::Inline(0)) continue;
      const PolyView v = store.View(e);
      g = GcdU(g, AbsU(v.constant));
      for (const Term& t : v.terms) g = GcdU(g, AbsU(t.coeff));
      const MonoId m = CommonMono(v);
      if (first) {
        common = m;
        first = false;
      } else if (common != Store::kNoMono && m != Store::kNoMono) {
        absl::InlinedVector<AtomId, 8> shared;
        const auto x = store.atoms_of(common), y = store.atoms_of(m);
        std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(shared));
        common = shared.empty() ? Store::kNoMono : store.InternMono(shared);
      } else {
        common = Store::kNoMono;
      }
    }
    MonoId factor_mono = Store::kNoMono;
    if (common != Store::kNoMono) {
      absl::InlinedVector<AtomId, 8> kept;
      for (AtomId a : store.atoms_of(common)) {
        if (AtomBounds(a).lo >= 0) kept.push_back(a);
      }
      if (!kept.empty()) factor_mono = store.InternMono(kept);
    }
    const bool scale = g > 1 && g < (uint64_t{1} << 62);
    bool again = false;
    std::vector<Dim> divided;
    for (Dim e : best) {
      Poly p = Copy(store.View(e));
      if (scale) {
        for (Term& t : p.terms) t.coeff /= static_cast<int64_t>(g);
        p.constant /= static_cast<int64_t>(g);
      }
      if (!p.terms.empty() && !DivideByMono(p, factor_mono)) return std::nullopt;
      const std::optional<Dim> d = Finish(p);
      if (!d) return std::nullopt;
      divided.push_back(*d);
      for (const Term& t : store.View(*d).terms) {
        const Mono& m = store.mono(t.mono);
        again = again ||
                (t.coeff > 0 && m.degree == 1 && store.atom(m.atoms[0]).kind == AtomKind::kMax);
      }
    }
    if (scale || factor_mono != Store::kNoMono) {
      const std::optional<Dim> inner = MaxOf(divided);
      if (!inner) return std::nullopt;
      Poly factor;
      if (!AccumulateTerm(factor, factor_mono, scale ? static_cast<int64_t>(g) : 1)) {
        return std::nullopt;
      }
      const std::optional<Dim> f = Finish(factor);
      if (!f) return std::nullopt;
      return Add(offset, Mul(*f, *inner));
    }
    if (again && round < 5) {
      elements = std::move(divided);
      continue;
    }
    std::sort(divided.begin(), divided.end(),
              [this](Dim a, Dim b) { return store.CompareDims(a, b) < 0; });
    for (Dim d : divided) {
      if (store.DepthOf(d) >= kMaxDepth) return std::nullopt;
    }
    return Add(offset, MakeAtom(AtomKind::kMax, divided));
  }
  return std::nullopt;
}

}  // namespace symshape::symbolic
