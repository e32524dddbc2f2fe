#include "symbolic/hypothesis.h"

#include <algorithm>

namespace symshape::symbolic {
namespace {

constexpr int kMaxRounds = 4;  // of looking at all inequalities for bounds of symbols

}  // namespace

Hypothesis::Hypothesis(Solver& solver)
    : s_(solver),
      epoch_(solver.epoch),
      inequalities_(solver.state.inequalities.size()),
      supposed_(solver.supposed.size()) {
  if (s_.hypotheses == 0) {
    s_.witnesses.legal_before = s_.LegalWitnesses();
    s_.witnesses.inequalities_before = inequalities_;
  }
  ++s_.hypotheses;
  s_.Touch();
}

Hypothesis::~Hypothesis() {
  for (auto it = symbols_.rbegin(); it != symbols_.rend(); ++it) {
    s_.MutableState(it->first) = it->second;
  }
  s_.state.inequalities.resize(inequalities_);
  s_.supposed.resize(supposed_);
  s_.epoch = epoch_;
  --s_.hypotheses;
}

// What was cached before the last bound was known is too weak now.
void Hypothesis::Touch() {
  s_.Touch();
  for (size_t i = supposed_; i < s_.supposed.size(); ++i) {
    const auto& [atom, range] = s_.supposed[i];
    // A symbol may have no place here: its bounds are in the state.
    if (atom < s_.atom_bounds.size()) s_.atom_bounds[atom] = {s_.epoch, range};
  }
}

bool Hypothesis::Bound(AtomId atom, Interval range) {
  const Interval now = s_.AtomBounds(atom);
  range = {std::max(range.lo, now.lo), std::min(range.hi, now.hi)};
  if (range.lo > range.hi) return false;
  if (range == now) return true;
  const Atom& a = s_.store.atom(atom);
  if (a.kind == AtomKind::kSymbol && s_.store.symbols()[a.symbol].op == 0) {
    symbols_.emplace_back(a.symbol, s_.StateOf(a.symbol));
    s_.MutableState(a.symbol).domain = range;
  }
  s_.supposed.emplace_back(atom, range);
  Touch();
  return true;
}

bool Hypothesis::Suppose(Dim d) {
  if (s_.Bounds(d).hi < 0) return false;
  if (s_.Bounds(d).lo >= 0) return true;
  s_.state.inequalities.push_back(d);
  mask_ |= s_.store.MaskOf(d);
  Touch();
  return Propagate();
}

bool Hypothesis::Propagate() {
  for (int round = 0; round < kMaxRounds; ++round) {
    const uint32_t before = s_.epoch;
    for (size_t i = 0; i < s_.state.inequalities.size(); ++i) {
      const Dim d = s_.state.inequalities[i];
      if ((s_.store.MaskOf(d) & mask_) == 0 || !s_.Spend(1)) continue;
      if (s_.Bounds(d).hi < 0) return false;
      const auto bound = [this](AtomId a, Interval range) { return Bound(a, range); };
      if (!s_.BoundAtoms(d, bound)) return false;
    }
    if (s_.epoch == before) return true;
  }
  return true;
}

}  // namespace symshape::symbolic
