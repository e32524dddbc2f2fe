// Where a size is 0. max(0, e - 1) is e - 1 but where e is 0; so 1 - e + max(0, e - 1) is 1 there
// and 0 elsewhere, and whatever stands beside it counts at e = 0 alone. Reshape copies an axis
// where a computed one is 0, and broadcasts keep a 0: both make sums of that kind, which leave
// maxima, quotients and broadcasts as a summand: max(x + y*[x == 0], x) = x + y*[x == 0].
#include <algorithm>

#include "symbolic/hypothesis.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxSplits = 3;  // inside each other

// Whether a quotient in d has a divisor that is no number. Dims nest no deeper than kMaxDepth.
bool DividesByDim(const Store& store, Dim d) {
  const absl::Span<const Term> terms = store.View(d).terms;
  return std::any_of(terms.begin(), terms.end(), [&](const Term& t) {
    const absl::Span<const AtomId> atoms = store.atoms_of(t.mono);
    return std::any_of(atoms.begin(), atoms.end(), [&](AtomId a) {
      const absl::Span<const Dim> args = store.args(a);
      if (store.atom(a).kind == AtomKind::kFloorDiv && !store.IsConstant(args[1])) return true;
      return std::any_of(args.begin(), args.end(), [&](Dim x) { return DividesByDim(store, x); });
    });
  });
}

}  // namespace

std::optional<AtomId> Solver::ClippedBy(AtomId maximum) {
  const Atom a = store.atom(maximum);
  if (a.kind != AtomKind::kMax || a.arg_count != 2) return std::nullopt;
  if (a.args[0] != Dim::Inline(0) && a.args[1] != Dim::Inline(0)) return std::nullopt;
  const PolyView v = store.View(a.args[0] == Dim::Inline(0) ? a.args[1] : a.args[0]);
  if (v.constant != -1 || v.terms.size() != 1 || v.terms[0].coeff != 1) return std::nullopt;
  const Mono m = store.mono(v.terms[0].mono);
  if (m.degree != 1) return std::nullopt;
  const AtomId e = m.atoms[0];
  return AtomBounds(e).lo >= 0 ? std::optional(e) : std::nullopt;
}

// d with `value` in the place of `atom`, at any depth. No value where that changes a divisor, which
// might become 0, or is too much work.
std::optional<Dim> Solver::Replaced(Dim d, AtomId atom, Dim value) {
  const uint64_t mask = store.atom(atom).mask;
  if ((store.MaskOf(d) & mask) != mask || !store.node(d).has_compound) {
    return WithValue(d, atom, value);
  }
  Poly sum;
  const PolyView view = store.View(d);
  sum.constant = view.constant;
  for (const Term& t : view.terms) {
    Poly product;
    product.constant = t.coeff;
    for (AtomId a : store.atoms_of(t.mono)) {
      Poly next;
      const std::optional<Dim> factor = ReplacedIn(a, atom, value);
      if (!factor || !Multiply(ViewOf(product), store.View(*factor), next)) return std::nullopt;
      product = std::move(next);
    }
    if (!Accumulate(sum, ViewOf(product), 1)) return std::nullopt;
  }
  return Finish(sum);
}

std::optional<Dim> Solver::ReplacedIn(AtomId id, AtomId atom, Dim value) {
  if (id == atom) return value;
  const Atom a = store.atom(id);
  const uint64_t mask = store.atom(atom).mask;
  if (a.kind == AtomKind::kSymbol || (a.mask & mask) != mask) return a.dim;
  if (!Spend(4)) return std::nullopt;
  Elements args;
  bool same = true;
  for (uint32_t i = 0; i < a.arg_count; ++i) {
    const std::optional<Dim> arg = Replaced(a.args[i], atom, value);
    if (!arg) return std::nullopt;
    same = same && *arg == a.args[i];
    args.push_back(*arg);
  }
  if (same) return a.dim;
  switch (a.kind) {
    case AtomKind::kFloorDiv:
      return args[1] == a.args[1] ? std::optional(FloorDiv(args[0], args[1])) : std::nullopt;
    case AtomKind::kMax:
      return Max(args);
    default:
      return TotalBroadcast(args);  // what does not fit has a value, too
  }
}

Dim Solver::OneAtZero(AtomId clip, AtomId e) {
  return Sub(Add(store.atom(clip).dim, Dim::Inline(1)), store.atom(e).dim);
}

std::optional<AtomId> Solver::ClipIn(const PolyView& p, int least_degree) {
  std::optional<AtomId> found;
  for (const Term& t : p.terms) {
    const Mono m = store.mono(t.mono);
    if (!m.has_max || m.degree < least_degree) continue;
    for (AtomId a : store.ordered(t.mono)) {
      if (found && store.CompareAtoms(a, *found) >= 0) continue;
      if (ClippedBy(a)) found = a;
    }
  }
  return found;
}

// f(parts) = plus + [e == 0]*(f(parts at e = 0) - plus at e = 0), where plus is f(parts) at e >= 1.
std::optional<Dim> Solver::SplitAtZero(AtomId clip, absl::Span<const Dim> parts,
                                       absl::FunctionRef<std::optional<Dim>(Elements)> f,
                                       bool only_fewer) {
  if (zero_splits >= kMaxSplits || !Spend(32)) return std::nullopt;
  const AtomId e = *ClippedBy(clip);
  const Dim less = Sub(store.atom(e).dim, Dim::Inline(1));
  Elements above, at_zero;
  for (Dim part : parts) {
    const std::optional<Dim> x = Replaced(part, clip, less), y = Replaced(part, e, Dim::Inline(0));
    if (!x || !y) return std::nullopt;
    above.push_back(*x);
    at_zero.push_back(*y);
  }
  if (only_fewer) {
    if (hypotheses >= Hypothesis::kMaxNested) return std::nullopt;
    Hypothesis positive(*this);
    positive.Bound(e, {1, Interval::kPlusInf});
    DropDominated(above);
    if (above.size() == parts.size()) return std::nullopt;
  }
  ++zero_splits;
  std::optional<Dim> result;
  const std::optional<Dim> plus = f(std::move(above)), zero = f(std::move(at_zero));
  if (plus && zero) {
    if (const std::optional<Dim> plus_at_zero = Replaced(*plus, e, Dim::Inline(0))) {
      result = Add(*plus, Mul(OneAtZero(clip, e), Sub(*zero, *plus_at_zero)));
    }
  }
  --zero_splits;
  if (OutOfWork()) return std::nullopt;
  if (result) Because(Rewrite::kAtZero);
  return result;
}

// A maximum one of whose elements has a term beside [e == 0], or that has fewer elements where
// e >= 1.
std::optional<Dim> Solver::SplitMaxAtZero(absl::Span<const Dim> elements) {
  std::optional<AtomId> clip;
  bool beside = false;
  for (int least_degree : {2, 1}) {
    for (size_t i = 1; i < elements.size(); ++i) {
      const std::optional<AtomId> a =
          ClipIn(store.View(Sub(elements[i], elements[0])), least_degree);
      if (a && (!clip || store.CompareAtoms(*a, *clip) < 0)) clip = a;
    }
    if (clip) {
      beside = least_degree == 2;
      break;
    }
  }
  if (!clip) return std::nullopt;
  return SplitAtZero(
      *clip, elements, [this](Elements parts) { return MaxOf(std::move(parts)); }, !beside);
}

// The same for num//d.
std::optional<Dim> Solver::SplitQuotientAtZero(const Poly& num, int64_t d) {
  const std::optional<AtomId> clip = ClipIn(ViewOf(num), 2);
  if (!clip) return std::nullopt;
  const Dim numerator = store.InternPoly(num);
  return SplitAtZero(
      *clip, absl::MakeConstSpan(&numerator, 1),
      [&](const Elements& parts) { return FloorDivConst(Copy(store.View(parts[0])), d, 0); },
      false);
}

// num//den, where den depends on e like that, num is 0 at e = 0, and den divides where e >= 1: as
// Reshape infers a size beside one that it copies. (b*h)//(h + w*[h == 0]) = b - b*[h == 0].
std::optional<Dim> Solver::SplitRatioAtZero(const Poly& num, const Poly& den) {
  const std::optional<AtomId> clip = ClipIn(ViewOf(den), 1);
  if (!clip || zero_splits >= kMaxSplits || !Spend(32)) return std::nullopt;
  const AtomId e = *ClippedBy(*clip);
  const Dim less = Sub(store.atom(e).dim, Dim::Inline(1));
  const Dim n = store.InternPoly(num), d = store.InternPoly(den);
  if (Replaced(n, e, Dim::Inline(0)) != Dim::Inline(0)) return std::nullopt;
  const std::optional<Dim> n_above = Replaced(n, *clip, less), d_above = Replaced(d, *clip, less);
  if (!n_above || !d_above) return std::nullopt;
  ++zero_splits;
  const std::optional<Dim> above =
      FloorDivSymbolic(Copy(store.View(*n_above)), Copy(store.View(*d_above)));
  --zero_splits;
  if (!above) return std::nullopt;
  if (DividesByDim(store, *above)) return std::nullopt;  // which may be 0 at e = 0
  const std::optional<Dim> at_zero = Replaced(*above, e, Dim::Inline(0));
  if (!at_zero || OutOfWork()) return std::nullopt;
  Because(Rewrite::kAtZero);
  return Sub(*above, Mul(OneAtZero(*clip, e), *at_zero));
}

// And for the common size of elements that fit each other.
std::optional<Dim> Solver::SplitBroadcastAtZero(absl::Span<const Dim> elements) {
  std::optional<AtomId> clip;
  for (Dim e : elements) {
    const std::optional<AtomId> a = ClipIn(store.View(e), 2);
    if (a && (!clip || store.CompareAtoms(*a, *clip) < 0)) clip = a;
  }
  if (!clip) return std::nullopt;
  return SplitAtZero(
      *clip, elements,
      [this](const Elements& parts) { return std::optional(TotalBroadcast(parts)); }, false);
}

// In a product, max(0, e - 1)*x = (e - 1)*x + [e == 0]*(x at e = 0), where x depends on e.
bool Solver::ReduceAtZero(Poly& p, bool* changed) {
  const auto mask = [this](AtomId a) { return store.atom(a).mask; };
  for (const Term& t : p.terms) {
    const Mono m = store.mono(t.mono);
    if (!m.has_max || m.degree < 2) continue;
    const absl::Span<const AtomId> atoms = store.ordered(t.mono);
    for (size_t i = 0; i < atoms.size(); ++i) {
      const std::optional<AtomId> e = ClippedBy(atoms[i]);
      if (!e) continue;
      const Dim less = Sub(store.atom(*e).dim, Dim::Inline(1));
      std::optional<Dim> replacement;  // of atoms[i]*atoms[k]
      size_t k = 0;
      for (; k < atoms.size(); ++k) {
        const AtomId other = atoms[k];
        const bool depends = (store.atom(other).mask & mask(*e)) == mask(*e);
        if (k == i || other == *e || !depends) continue;
        if (!Spend(8)) return true;
        const std::optional<Dim> at_zero = ReplacedIn(other, *e, Dim::Inline(0));
        if (!at_zero || *at_zero == store.atom(other).dim) continue;
        const std::optional<Dim> above = ProductOf(less, store.atom(other).dim);
        const std::optional<Dim> below = ProductOf(OneAtZero(atoms[i], *e), *at_zero);
        if (!above || !below) return true;
        replacement = Add(*above, *below);
        break;
      }
      if (!replacement) continue;
      MonoId first, rest;
      if (!store.DivideMono(t.mono, store.atom(atoms[i]).mono, &first) ||
          !store.DivideMono(first, store.atom(atoms[k]).mono, &rest)) {
        continue;
      }
      Because(Rewrite::kAtZero);
      const Term taken = t;
      Poly cofactor, product;
      if (!AccumulateTerm(cofactor, rest, taken.coeff)) return false;
      if (!Multiply(store.View(*replacement), ViewOf(cofactor), product)) return false;
      p.terms.erase(std::find(p.terms.begin(), p.terms.end(), taken));
      if (!Accumulate(p, ViewOf(product), 1)) return false;
      *changed = true;
      return true;
    }
  }
  return true;
}

std::optional<Dim> Solver::ProductOf(Dim a, Dim b) {
  Poly p;
  if (!Multiply(store.View(a), store.View(b), p)) return std::nullopt;
  return Finish(p);
}

}  // namespace symshape::symbolic
