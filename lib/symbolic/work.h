// A limit in steps on every operation and question, so that none can take seconds. Past it a proof
// says that it found nothing and a result becomes an opaque symbol: weaker, never wrong, and the
// same on every machine. All operations of a context share a limit, too: past it each gets little,
// so that a large graph whose dims grow and grow still ends.
#ifndef SYMSHAPE_SYMBOLIC_WORK_H_
#define SYMSHAPE_SYMBOLIC_WORK_H_

#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {

// Opens an operation's share of work, unless it is part of another one.
class Operation {
 public:
  explicit Operation(Solver& solver) : solver_(solver), outermost_(solver.operation_depth++ == 0) {
    if (outermost_) {
      solver_.work_left = std::clamp(kMaxTotalWork - solver_.spent, kLittleWork, kMaxWork);
    }
  }
  ~Operation() {
    --solver_.operation_depth;
    if (outermost_) solver_.ReadReplaced();
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

 private:
  Solver& solver_;
  const bool outermost_;
};

// An operation of its own inside another one: it neither uses nor sees that one's share.
class SeparateOperation {
 public:
  explicit SeparateOperation(Solver& solver)
      : solver_(solver), work_left_(solver.work_left), depth_(solver.operation_depth) {
    solver_.operation_depth = 0;
    ++solver_.separate_depth;
  }
  ~SeparateOperation() {
    solver_.work_left = work_left_;
    solver_.operation_depth = depth_;
    --solver_.separate_depth;
  }
  SeparateOperation(const SeparateOperation&) = delete;
  SeparateOperation& operator=(const SeparateOperation&) = delete;

 private:
  Solver& solver_;
  const int64_t work_left_;
  const int depth_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_WORK_H_
