// AssumedCache: what became of facts that were assumed in scopes. One who asks in turn what follows
// from each of a few clauses assumes the same facts of the same state again and again.
#ifndef SYMSHAPE_SYMBOLIC_ASSUMED_H_
#define SYMSHAPE_SYMBOLIC_ASSUMED_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "symbolic/fact.h"
#include "symbolic/state.h"

namespace symshape::symbolic {

class AssumedCache {
 public:
  struct Outcome {
    bool holds;      // it does not contradict what is known
    bool is_new;     // nor was it known
    State after;     // where it holds
    uint32_t epoch;  // of that: what was cached in it counts again
  };

  // nullptr where it was not assumed in that state, or has been forgotten. Until the next Keep.
  const Outcome* Find(const State& before, const Fact& fact) const {
    const auto found = outcomes_.find({before.id, fact});
    return found == outcomes_.end() ? nullptr : &found->second;
  }
  void Keep(uint32_t before, const Fact& fact, Outcome outcome) {
    const State& after = outcome.after;
    if (after.log.size() + after.inequalities.size() + after.substitution.size() > kMaxKept) return;
    if (outcomes_.size() >= kMaxOutcomes) outcomes_.clear();
    outcomes_.insert_or_assign({before, fact}, std::move(outcome));
  }

 private:
  static constexpr size_t kMaxOutcomes = 100;  // some ten kilobytes each, at most
  static constexpr size_t kMaxKept = 300;      // facts of a state

  absl::flat_hash_map<std::pair<uint32_t, Fact>, Outcome> outcomes_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_ASSUMED_H_
