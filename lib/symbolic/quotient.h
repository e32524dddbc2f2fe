// Quotient: what an expression text means while it is being read, num/den with integers num and
// den; floor and ceiling make it an integer. Arithmetic on it: Quotients.
#ifndef SYMSHAPE_SYMBOLIC_QUOTIENT_H_
#define SYMSHAPE_SYMBOLIC_QUOTIENT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {

struct Quotient {
  Dim num;
  Dim den = Dim::Inline(1);
  bool exact = true;  // false: a decimal in it was rounded
  // Where it is exactly one remainder a % b, its operands.
  Dim mod_a, mod_b;
  // Where it is exactly one max(..) or min(..) of integers, the operands.
  Elements largest_of, smallest_of;
  bool negated = false;  // it is minus that max(..)

  bool is_integer() const { return den == Dim::Inline(1); }
};

class Quotients {
 public:
  explicit Quotients(Solver& solver) : s_(solver) {}

  static Quotient Of(Dim d);
  Quotient Plus(const Quotient& a, const Quotient& b, int64_t sign);
  Quotient Times(const Quotient& a, const Quotient& b);
  Quotient Over(const Quotient& a, const Quotient& b);
  Quotient Negated(const Quotient& v);
  Quotient Floor(const Quotient& v);
  Quotient Ceil(const Quotient& v);
  Quotient Trunc(const Quotient& v);
  Quotient Remainder(const Quotient& a, const Quotient& b);
  // Of quotients over positive constants only; no value elsewhere.
  std::optional<Quotient> Extreme(absl::Span<const Quotient> values, bool largest);
  // max(a, b)*min(1, a, b) is how a broadcast prints, -max(a, b)*min(1, a, b) one that is taken
  // away; no value where x*y is anything else.
  std::optional<Quotient> BroadcastOf(const Quotient& x, const Quotient& y);

 private:
  // max(1, a, b), with a and b >= 1, is how a rule's broadcast of them prints.
  std::optional<Dim> BroadcastOfPositive(Elements operands);
  Quotient Reduced(Quotient v);

  Solver& s_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_QUOTIENT_H_
