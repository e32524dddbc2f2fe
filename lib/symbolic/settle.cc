// The form in which a dim's own text is read back.
//
// A canonical form is reached step by step, and the steps end at a limit (of rewrites, of work) or
// where two writings are equally short. Products of quotients and maxima can so have a second form,
// which the steps of their text lead to:
//   y*((y//11 + y//33 + 1)//2) + ... and 2*y*((y + 22)//33) + ...
// What a text is read as is equal to what was printed, so both may be taken for either. Reading
// goes on until a text is read as the dim that it was printed from, or as one met before.
#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxReadings = 16;

}  // namespace

// Quotients alone have one form, where no divisibility is known. Beside what they are multiplied
// by, and as elements of maxima and broadcasts, they may have two.
bool Solver::MayHaveTwoForms(Dim d) const {
  if (d.is_inline() || !store.node(d).has_compound) return false;
  if (state.has_congruences() || !state.exact.empty()) return true;
  return std::any_of(store.View(d).terms.begin(), store.View(d).terms.end(), [this](Term t) {
    const Mono& m = store.mono(t.mono);
    if (m.depth == 0) return false;
    if (m.degree > 1) return true;
    const Atom& a = store.atom(m.atoms[0]);
    return std::any_of(a.args, a.args + a.arg_count, [&](Dim arg) {
      return MayHaveTwoForms(arg) || (a.kind != AtomKind::kFloorDiv && store.DepthOf(arg) > 0);
    });
  });
}

Dim Solver::Settled(Dim d) {
  if (!MayHaveTwoForms(d)) return d;
  if (const auto it = settled.find(d.node()); it != settled.end() && it->second.epoch == epoch) {
    return it->second.dim;
  }
  std::vector<Dim> met = {d};
  size_t again = 0;  // met[again:] are read as each other
  while (met.size() < kMaxReadings) {
    const absl::StatusOr<Dim> read = Parse(Print(met.back()), SymbolKind::kInput);
    if (!read.ok()) return d;  // longer or nested more deeply than a text may be
    const Dim next = Resolve(*read);
    again = static_cast<size_t>(std::find(met.begin(), met.end(), next) - met.begin());
    if (again < met.size()) break;
    met.push_back(next);
  }
  again = std::min(again, met.size() - 1);
  const Dim least =
      *std::min_element(met.begin() + static_cast<std::ptrdiff_t>(again), met.end(),
                        [this](Dim a, Dim b) { return Shorter(store.View(a), store.View(b)); });
  for (Dim one : met) {
    if (!one.is_inline()) settled[one.node()] = {epoch, least};
  }
  return least;
}

}  // namespace symshape::symbolic
