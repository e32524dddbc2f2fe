// Broadcasts: the common size of axes that are equal or 1, right also where some are 0. An atom of
// its own, so that a later fact can still decide it; a product of max and min could not.
//
// A rule's Broadcast makes no claim where its sizes do not fit each other. The text
// max(a, b)*min(1, a, b), when parsed, means that value everywhere: TotalBroadcast. Both are the
// same atom, which is `fitting` once a rule has asked for it.
#include <algorithm>

#include "absl/algorithm/container.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {

Dim Solver::Broadcast(absl::Span<const Dim> elements) { return BroadcastOf(elements, true); }
Dim Solver::TotalBroadcast(absl::Span<const Dim> elements) { return BroadcastOf(elements, false); }

// max(y, z) beside y >= 0, with z <= 1, is y or 1: y is the size. So max(batch, 1 - seq) leaves.
void Solver::DropWhatIsOneElsewhere(Elements& elements) {
  for (size_t i = 0; i < elements.size();) {
    const Dim x = elements[i];
    const bool drop = std::any_of(elements.begin(), elements.end(), [&](Dim y) {
      if (x == y || !store.node(x).has_compound || !IsNonNegative(y)) return false;
      const Dim excess = PositivePartOf(Sub(x, y));
      return !excess.is_none() && ProveGe0(Sub(Dim::Inline(1), Add(y, excess)));
    });
    if (drop) {
      elements.erase(elements.begin() + i);
    } else {
      ++i;
    }
  }
}

Dim Solver::BroadcastOf(absl::Span<const Dim> elements, bool fitting) {
  const Operation operation(*this);
  Elements flat;
  for (Dim e : elements) {
    e = Resolve(e);
    const AtomId* atom = store.OnlyAtom(e);
    if (atom != nullptr && store.atom(*atom).kind == AtomKind::kBroadcast) {
      for (Dim x : store.args(*atom)) flat.push_back(Resolve(x));
    } else {
      flat.push_back(e);
    }
  }
  // An element is a size: where it is below 0 nothing is claimed. So max(0, x - 1) will do for x -
  // 1, and the text of that is read back as a broadcast.
  for (Dim& e : flat) {
    if (fitting && !IsNonNegative(e)) e = Extreme('M', e, Dim::Inline(0));
  }
  std::sort(flat.begin(), flat.end(), [this](Dim a, Dim b) { return store.CompareDims(a, b) < 0; });
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  flat.erase(std::remove(flat.begin(), flat.end(), Dim::Inline(1)), flat.end());
  if (flat.empty()) return Dim::Inline(1);
  if (flat.size() == 1) return flat[0];
  if (!fitting) {
    for (Dim e : flat) {
      if (e == Dim::Inline(0)) return e;
    }
    if (absl::c_all_of(flat, [this](Dim e) { return IsPositive(e); })) return Max(flat);
    if (flat.size() > kMaxElements) return Mul(Max(flat), WithOne(flat));
    if (const std::optional<Dim> split = SplitBroadcastAtZero(flat)) return *split;
    for (Dim e : flat) {
      if (store.DepthOf(e) >= kMaxDepth) return Mul(Max(flat), WithOne(flat));
    }
    Because(Rewrite::kBroadcast);
    return MakeAtom(AtomKind::kBroadcast, flat);
  }
  // An element that is not 1 is the size: wherever the node runs, the others are that or 1.
  for (Dim e : flat) {
    if (store.IsConstant(e)) return e;
  }
  for (Dim e : flat) {
    if (Bounds(e).lo >= 2) return e;
  }
  for (Dim e : flat) {
    if (ProveNe0(Sub(e, Dim::Inline(1)))) return e;
  }
  DropWhatIsOneElsewhere(flat);
  if (flat.size() == 1) return flat[0];
  if (const std::optional<Dim> split = SplitBroadcastAtZero(flat)) return *split;
  bool fits = flat.size() <= kMaxElements;
  for (Dim e : flat) fits = fits && store.DepthOf(e) < kMaxDepth;
  if (!fits) {
    Dim folded = flat[0];
    for (size_t i = 1; i < flat.size(); ++i) folded = Opaque('B', folded, flat[i]);
    return folded;
  }
  Because(Rewrite::kBroadcast);
  const Dim d = MakeAtom(AtomKind::kBroadcast, flat);
  if (const AtomId* atom = store.OnlyAtom(d);
      atom != nullptr && store.atom(*atom).kind == AtomKind::kBroadcast && !IsFitting(*atom)) {
    if (fitting_atoms.size() <= *atom) fitting_atoms.resize(*atom + 64);
    fitting_atoms[*atom] = true;
    witnesses.ForgetValues();  // it has one at fewer sizes now
  }
  return d;
}

std::optional<Dim> Solver::FittingBroadcast(Elements elements) {
  std::sort(elements.begin(), elements.end(),
            [this](Dim a, Dim b) { return store.CompareDims(a, b) < 0; });
  if (elements.size() < 2) return std::nullopt;
  const AtomId atom = store.InternAtom(AtomKind::kBroadcast, elements);
  if (!IsFitting(atom)) return std::nullopt;
  return Resolve(store.atom(atom).dim);
}

// min(1, elements)
Dim Solver::WithOne(absl::Span<const Dim> elements) {
  Elements all(elements.begin(), elements.end());
  all.push_back(Dim::Inline(1));
  return Min(all);
}

Dim Solver::MakeAtom(AtomKind kind, absl::Span<const Dim> args) {
  const AtomId id = store.InternAtom(kind, args);
  if (!state.substitution.empty()) {
    const auto it = state.substitution.find(id);
    if (it != state.substitution.end()) return Replacement(id, it->second);
  }
  return store.atom(id).dim;
}

}  // namespace symshape::symbolic
