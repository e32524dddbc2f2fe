// Sizes that fit each other, equal or 1: such a fact waits until bounds decide it, or until all of
// its three cases say the same. The size they have together: broadcast.cc.
#include <algorithm>
#include <utility>

#include "symbolic/solver.h"

namespace symshape::symbolic {

// e where d = max(0, e); none otherwise.
Dim Solver::PositivePartOf(Dim d) {
  const Poly p = Copy(store.View(d));
  for (const Term& t : p.terms) {
    if (t.coeff != 1 || store.mono(t.mono).degree != 1) continue;
    const AtomId id = store.mono(t.mono).atoms[0];
    if (store.atom(id).kind != AtomKind::kMax || store.args(id).size() != 2) continue;
    const Dim rest = Sub(d, store.atom(id).dim);
    const Dim first = Add(rest, store.args(id)[0]);
    const Dim second = Add(rest, store.args(id)[1]);
    if (first == Dim::Inline(0)) return second;
    if (second == Dim::Inline(0)) return first;
  }
  return Dim();
}

bool Solver::ApplyBroadcast(Dim a, Dim b) {
  const Dim one = Dim::Inline(1);
  const bool a_counts = ProveNe0(Sub(a, one)), b_counts = ProveNe0(Sub(b, one));
  if (a_counts && b_counts) {
    Post(Fact::Kind::kEq, a, b);
    return true;
  }
  if ((a_counts || b_counts) && ProveNe0(Sub(a, b))) {
    Post(Fact::Kind::kEq, a_counts ? b : a, one);
    return true;
  }
  // S against the slice min(64, S) of a table: x = y + max(0, e). Where e >= 1 and y = x - e >= 2,
  // the sizes differ and none is 1; so where they fit, they are equal.
  for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    const Dim e = PositivePartOf(Sub(x, y));
    if (e.is_none() || !ProveGe0(Sub(Sub(x, e), Dim::Inline(2)))) continue;
    Post(Fact::Kind::kEq, x, y);
    return true;
  }
  for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    if (!store.IsConstant(x)) continue;
    const int64_t c = store.View(x).constant;  // y is c or 1
    Post(Fact::Kind::kGe, y, Constant(std::min<int64_t>(c, 1)));
    Post(Fact::Kind::kGe, Constant(std::max<int64_t>(c, 1)), y);
  }
  for (const auto& [x, y] : state.broadcasts) {
    if ((x == a && y == b) || (x == b && y == a)) return true;
  }
  KeepBroadcast(a, b);
  return hypothetical || (store.MaskOf(a) & store.MaskOf(b)) == 0 || ApplyCases(a, b);
}

// It changes no form, so the epoch stays.
void Solver::KeepBroadcast(Dim a, Dim b) {
  state.broadcasts.emplace_back(a, b);
  witnesses.legal = {};
}

// What all of a == b, a == 1 and b == 1 imply: the sizes of a broadcast of seq with min(64, seq)
// fit each other only where seq <= 64.
bool Solver::ApplyCases(Dim a, Dim b) {
  const Dim one = Dim::Inline(1);
  const Fact cases[] = {
      {Fact::Kind::kEq, a, b}, {Fact::Kind::kEq, a, one}, {Fact::Kind::kEq, b, one}};
  std::vector<uint32_t> symbols;
  for (Dim s : SymbolsOf(Add(a, b))) symbols.push_back(store.atom(*store.OnlyAtom(s)).symbol);
  std::vector<Interval> join(symbols.size());
  bool possible = false, equal = true;
  const State saved = state;
  const uint32_t epoch_before = epoch;
  const std::vector<Fact> waiting = std::exchange(pending, {});
  hypothetical = true;
  for (const Fact& c : cases) {
    pending = {c};
    if (Settle()) {
      for (size_t i = 0; i < symbols.size(); ++i) {
        const Interval now = Bounds(Resolve(store.atom(store.symbols()[symbols[i]].atom).dim));
        join[i] =
            possible ? Interval{std::min(join[i].lo, now.lo), std::max(join[i].hi, now.hi)} : now;
      }
      equal = equal && DecideEq(Resolve(a), Resolve(b)) == Tri::kYes;
      possible = true;
    }
    state = saved;
    epoch = epoch_before;
  }
  hypothetical = false;
  pending = waiting;
  if (!possible) return false;
  for (size_t i = 0; i < symbols.size(); ++i) {
    const Dim s = store.atom(store.symbols()[symbols[i]].atom).dim;
    if (join[i].lo != Interval::kMinusInf) Post(Fact::Kind::kGe, s, Constant(join[i].lo));
    if (join[i].hi != Interval::kPlusInf) Post(Fact::Kind::kGe, Constant(join[i].hi), s);
  }
  if (equal) Post(Fact::Kind::kEq, a, b);
  return true;
}

}  // namespace symshape::symbolic
