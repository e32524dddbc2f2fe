// What is known, for one who does not ask of some symbol: Fourier and Motzkin's elimination. Each
// inequality that bounds the symbol from above, with each that bounds it from below, tells all that
// they tell of the others.
#include <vector>

#include "absl/algorithm/container.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxBounds = 3;  // of the symbol, either way

}  // namespace

bool Solver::Speaks(Dim d, AtomId symbol) const {
  if ((store.MaskOf(d) & store.atom(symbol).mask) == 0) return false;
  return absl::c_linear_search(SymbolsOf(d), store.atom(symbol).dim);
}

// Whether anything but inequalities and its domain tells of it.
bool Solver::IsMoreThanBounded(AtomId symbol) const {
  const auto speaks = [&](Dim d) { return Speaks(d, symbol); };
  return StateOf(store.atom(symbol).symbol).congruence.modulus != 1 ||
         absl::c_any_of(state.disequalities, speaks) || absl::c_any_of(state.equations, speaks) ||
         absl::c_any_of(
             state.substitution,
             [&](const auto& s) { return speaks(store.atom(s.first).dim) || speaks(s.second); }) ||
         absl::c_any_of(state.broadcasts,
                        [&](const auto& b) { return speaks(b.first) || speaks(b.second); }) ||
         absl::c_any_of(
             state.exact,
             [&](const ExactFact& e) { return speaks(e.numerator) || speaks(e.divisor); }) ||
         absl::c_any_of(state.mono_rules, [&](const auto& rule) {
           return speaks(rule.second) || absl::c_any_of(store.atoms_of(rule.first), [&](AtomId a) {
                    return speaks(store.atom(a).dim);
                  });
         });
}

void Solver::Eliminate(Dim d) {
  const AtomId symbol = *store.OnlyAtom(d);
  if (state.substitution.contains(symbol) || IsMoreThanBounded(symbol)) return;
  std::vector<Dim> others, above, below;  // inequalities; what is >= the symbol, what is <= it
  bool worth_it = false;                  // to carry plain ones along costs nothing
  for (Dim known : state.inequalities) {
    if (!Speaks(known, symbol)) {
      others.push_back(known);
      continue;
    }
    worth_it = worth_it || store.node(known).has_compound;
    const Dim more = Add(known, d), less = Sub(known, d);
    if (!Speaks(more, symbol)) {
      above.push_back(more);
    } else if (!Speaks(less, symbol)) {
      below.push_back(Neg(less));
    } else {
      return;
    }
  }
  if (!worth_it) return;
  const Interval domain = StateOf(store.atom(symbol).symbol).domain;
  if (domain.hi != Interval::kPlusInf) above.push_back(Constant(domain.hi));
  if (domain.lo != Interval::kMinusInf) below.push_back(Constant(domain.lo));
  if (above.size() > kMaxBounds || below.size() > kMaxBounds) return;
  state.inequalities = std::move(others);
  state.id = ++last_state;
  Touch();
  // Asked of what is left: the inequalities that go would prove it.
  for (Dim most : above) {
    for (Dim least : below) {
      if (Decide({Fact::Kind::kGe, most, least}) == Tri::kYes) continue;
      state.inequalities.push_back(Resolve(Sub(most, least)));
      Touch();
    }
  }
}

}  // namespace symshape::symbolic
