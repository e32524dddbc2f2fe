// The words of witness.cc: values at a few sizes, which are the same in all questions.
#ifndef SYMSHAPE_SYMBOLIC_WITNESS_H_
#define SYMSHAPE_SYMBOLIC_WITNESS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "symbolic/fact.h"

namespace symshape::symbolic {

inline constexpr int kWitnesses = 64;
using WitnessSet = uint64_t;  // bit i: the sizes number i

struct Witnessed {
  std::array<int64_t, kWitnesses> at;
  WitnessSet known = 0;   // where `at` is the value: it fits int64, and all of it is defined
  bool is_small = false;  // all of `at` are below 2^24 either way
  uint32_t version = 0;   // of the substitutions under which it was found; 0: not yet
};

// Where a fact holds, and where it fails.
struct Tried {
  WitnessSet holds = 0, fails = 0;
  uint32_t version = 0;  // as Witnessed's
};

// What was found so far.
struct WitnessCache {
  struct Legal {
    uint32_t epoch = 0;
    WitnessSet witnesses = 0;
  };
  struct Found {
    absl::node_hash_map<uint32_t, Witnessed> of_atom;
    absl::flat_hash_map<Fact, Tried> of_fact;
  };

  Found fixed, today;       // of what has no substituted symbols, and of what has some
  Legal legal, supposed;    // those that satisfy all that is known; under a hypothesis
  Legal stated;             // of the legal ones, where all that was assumed holds
  size_t stated_facts = 0;  // how many facts that were
  // Before the outermost hypothesis: the legal ones, and how many inequalities there were.
  WitnessSet legal_before = 0;
  size_t inequalities_before = 0;

  void ForgetValues() { fixed = {}, today = {}, legal = {}, supposed = {}, stated = {}; }
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_WITNESS_H_
