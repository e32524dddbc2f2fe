// QuasiAffine: a sum over variables and nested quotients by constants, as a function that is linear
// but for a periodic part. Equality and minima are decided by looking at one period: complete
// within a cap on its length.
//
// A variable is any monomial that is no such quotient: a symbol, a product, a maximum. Taking them
// as independent of each other is sound: what holds for all values holds for theirs. One that is
// known to be m*k + r takes those values alone, and its periods are counted in k.
#ifndef SYMSHAPE_SYMBOLIC_RESIDUES_H_
#define SYMSHAPE_SYMBOLIC_RESIDUES_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "symbolic/context.h"
#include "symbolic/state.h"
#include "symbolic/store.h"

namespace symshape::symbolic {

class QuasiAffine {
 public:
  static constexpr int64_t kMaxPoints = 8192;  // values looked at in one question

  // What is known of a variable's residues; asked once for each.
  using ResiduesOf = absl::FunctionRef<Congruence(MonoId)>;

  // REQUIRES: residues_of outlives it.
  QuasiAffine(const Store& store, ResiduesOf residues_of)
      : store_(store), residues_of_(residues_of) {}

  // Adds factor * p. False where it is too large; the object is then of no use.
  [[nodiscard]] bool Add(const PolyView& p, int64_t factor);

  // The one value that the function has everywhere, for all integers that the variables may be;
  // nullopt where it varies or the cap is reached.
  std::optional<int64_t> ConstantValue();

  // factor*(x//divisor) + constant, which grows by the same for each value that x may have. The
  // divisor is 1 where x may be any integer.
  struct Line {
    MonoId variable;
    int64_t factor = 0, divisor = 1, constant = 0;
  };
  // A line for each variable that grows as the function does, over a period; nullopt where one
  // grows by no integer for each value.
  std::optional<std::vector<Line>> Lines() const;

  // A part of the sum that depends on one variable x and holds several quotients, as one:
  //   line + factor*((coeff*x + offset)//divisor) + constant
  struct OneQuotient {
    std::vector<MonoId> parts;  // of the sum, with their coefficients, that it stands for
    Line line;
    int64_t factor, coeff, offset, divisor, constant;
  };
  // All parts that can be written so.
  std::vector<OneQuotient> OneQuotients();

  // Whether no value within these bounds of the variables is below 0. False where one may be, or
  // past the cap; exact where the variables are independent of each other.
  bool IsNeverNegative(absl::FunctionRef<Interval(MonoId)> bounds_of);

  // Steps taken so far, for budgets.
  int64_t steps() const { return steps_; }

 private:
  // Over one period of a variable, these many of its values, the function grows by `shift`.
  struct Period {
    int64_t length = 1;
    int64_t shift = 0;
  };
  struct Variable {  // modulus*k + remainder
    MonoId mono;
    int64_t modulus, remainder;
  };
  struct Part {  // coeff * slot
    uint32_t slot;
    int64_t coeff;
  };
  // value = (constant + sum of parts) // divisor, or the value of a variable where divisor is 0.
  struct Slot {
    int64_t divisor = 0;
    int64_t constant = 0;
    absl::InlinedVector<Part, 4> parts;
    std::vector<Period> periods;  // by variable
    uint32_t variable = 0;
  };
  // Variables that occur together in quotients, and the parts of the sum that mention them.
  struct Component {
    std::vector<uint32_t> variables;
    std::vector<uint32_t> slots;  // to be computed, in order
    std::vector<Part> parts;
    uint64_t needed = 0;  // slots, the variables' included: bit i for number i
  };

  std::optional<uint32_t> SlotOf(MonoId mono, int depth);
  std::optional<OneQuotient> AsOneQuotient(const Component& c, int64_t period);
  bool SetPeriods(Slot& slot);
  bool SumPeriods(const absl::InlinedVector<Part, 4>& parts, std::vector<Period>& out) const;
  std::vector<Component> Components() const;
  // The value of the component's parts where the variables have these values; nullopt on overflow.
  std::optional<int64_t> ValueOf(const Component& c);
  // Calls visit(value) at each point of the box; false where it said so, or past the cap.
  struct Range {
    int64_t first, last, step;
  };
  static Range FirstPeriod(const Variable& v, int64_t length) {
    return {v.remainder, v.remainder + v.modulus * (length - 1), v.modulus};
  }
  // The values within the bounds of one period at their begin, or, where the function falls, at
  // their end; nullopt where there is no bound.
  static std::optional<Range> PeriodWithin(const Variable& v, const Period& period,
                                           Interval bounds);
  static std::optional<Line> LineOf(const Variable& v, int64_t growth);
  template <typename Visit>
  bool ForEachPoint(const Component& c, const std::vector<Range>& box, Visit visit);

  const Store& store_;
  const ResiduesOf residues_of_;
  std::vector<Variable> variables_;
  std::vector<Slot> slots_;
  std::vector<std::pair<MonoId, uint32_t>> slot_of_;
  std::vector<int64_t> values_;
  absl::InlinedVector<Part, 4> sum_;
  int64_t constant_ = 0;
  int64_t steps_ = 0;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_RESIDUES_H_
