// QuasiAffine: a sum over variables and nested quotients by constants, as a function that is linear
// but for a periodic part. Equality and minima are decided by looking at one period
// (solver.md 3.3): complete within a cap on its length.
//
// A variable is any monomial that is no such quotient: a symbol, a product, a maximum. Taking them
// as independent of each other is sound: what holds for all values holds for theirs.
#ifndef SYMSHAPE_SYMBOLIC_RESIDUES_H_
#define SYMSHAPE_SYMBOLIC_RESIDUES_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "symbolic/context.h"
#include "symbolic/store.h"

namespace symshape::symbolic {

class QuasiAffine {
 public:
  static constexpr int64_t kMaxPoints = 8192;  // values looked at in one question

  explicit QuasiAffine(const Store& store) : store_(store) {}

  // Adds factor * p. False where it is too large; the object is then of no use.
  [[nodiscard]] bool Add(const PolyView& p, int64_t factor);

  // The one value that the function has everywhere, for all integers; nullopt where it varies or
  // the cap is reached.
  std::optional<int64_t> ConstantValue();

  // The variables with their slopes; nullopt where a slope is no integer.
  std::optional<std::vector<std::pair<MonoId, int64_t>>> Slopes() const;

  // A part of the sum that depends on one variable and holds several quotients, as one:
  //   slope*x + factor*((coeff*x + offset)//divisor) + constant
  struct OneQuotient {
    std::vector<MonoId> parts;  // of the sum, with their coefficients, that it stands for
    MonoId variable;
    int64_t slope, factor, coeff, offset, divisor, constant;
  };
  // All parts that can be written so.
  std::vector<OneQuotient> OneQuotients();

  // What a variable may be: lo..hi, and those that leave `remainder` modulo `modulus`.
  struct Domain {
    Interval range;
    int64_t modulus = 1;
    int64_t remainder = 0;
  };
  // The least value over all variables within their domains; nullopt where there is none, or past
  // the cap. Exact where the variables are independent of each other, else a lower bound.
  template <typename DomainOf>
  std::optional<int64_t> Minimum(DomainOf domain_of) {
    domains_.clear();
    for (const Variable& v : variables_) domains_.push_back(domain_of(v.mono));
    return MinimumOverDomains();
  }

  // Steps taken so far, for budgets.
  int64_t steps() const { return steps_; }

 private:
  // Over one period of a variable the function grows by `shift`.
  struct Period {
    int64_t length = 1;
    int64_t shift = 0;
  };
  struct Variable {
    MonoId mono;
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
  };

  std::optional<uint32_t> SlotOf(MonoId mono, int depth);
  std::optional<OneQuotient> AsOneQuotient(const Component& c, int64_t period);
  bool SetPeriods(Slot& slot);
  bool SumPeriods(const absl::InlinedVector<Part, 4>& parts, std::vector<Period>& out) const;
  std::vector<Component> Components() const;
  // The value of the component's parts where the variables have these values; nullopt on overflow.
  std::optional<int64_t> ValueOf(const Component& c);
  std::optional<int64_t> MinimumOverDomains();
  // Calls visit(value) at each point of the box; false where it said so, or past the cap.
  struct Range {
    int64_t first, last, step;
  };
  template <typename Visit>
  bool ForEachPoint(const Component& c, const std::vector<Range>& box, Visit visit);

  const Store& store_;
  std::vector<Variable> variables_;
  std::vector<Slot> slots_;
  std::vector<std::pair<MonoId, uint32_t>> slot_of_;
  std::vector<Domain> domains_;
  std::vector<int64_t> values_;
  absl::InlinedVector<Part, 4> sum_;
  int64_t constant_ = 0;
  int64_t steps_ = 0;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_RESIDUES_H_
