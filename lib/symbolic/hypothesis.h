// Hypothesis: a question asked as if more were known, "this factor is at least 1", "that element is
// the largest". It leaves no trace: what is found under it is cached in epochs of its own, and the
// old epoch, to which it goes back, is right as before.
//
// Not by asking about s + 1 in the place of s: of s, facts are known that do not hold of s - 1.
#ifndef SYMSHAPE_SYMBOLIC_HYPOTHESIS_H_
#define SYMSHAPE_SYMBOLIC_HYPOTHESIS_H_

#include <utility>

#include "absl/container/inlined_vector.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {

class Hypothesis {
 public:
  static constexpr int kMaxNested = 6;

  // REQUIRES: inside an Operation, before whose end nothing is read as replaced.
  explicit Hypothesis(Solver& solver);
  ~Hypothesis();
  Hypothesis(const Hypothesis&) = delete;
  Hypothesis& operator=(const Hypothesis&) = delete;

  // The atom lies in `range` too; false where it cannot.
  bool Bound(AtomId atom, Interval range);
  // d >= 0 too, and what follows for single symbols; false where it cannot.
  bool Suppose(Dim d);

 private:
  void Touch();
  bool Propagate();

  Solver& s_;
  const uint32_t epoch_;
  const size_t inequalities_;  // how many were known before
  uint64_t mask_ = 0;          // of the symbols in those that are supposed
  absl::InlinedVector<std::pair<uint32_t, SymbolState>, 4> symbols_;  // as they were
  const size_t supposed_;  // where its bounds begin in the solver's
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_HYPOTHESIS_H_
