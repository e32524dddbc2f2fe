// Facts where other facts hold as well.
#include "absl/algorithm/container.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {

// As a Hypothesis, it leaves no trace: what is found meanwhile is cached in epochs of its own, and
// the old epoch, to which it goes back, is right as before.
bool Solver::HoldWhere(absl::Span<const Fact> asked, absl::Span<const Fact> where) {
  const Operation operation(*this);
  const uint32_t before = epoch;
  Push();
  // Where they contradict each other there are no such sizes.
  const bool possible =
      absl::c_all_of(where, [this](const Fact& fact) { return Assume(fact, Cause{}).ok(); });
  const bool hold =
      !possible || absl::c_all_of(asked, [this](const Fact& f) { return Decide(f) == Tri::kYes; });
  Pop();
  epoch = before;
  return hold;
}

}  // namespace symshape::symbolic
