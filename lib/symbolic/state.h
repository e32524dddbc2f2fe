// State: what is known, as facts.cc keeps it.
#ifndef SYMSHAPE_SYMBOLIC_STATE_H_
#define SYMSHAPE_SYMBOLIC_STATE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "symbolic/context.h"
#include "symbolic/store.h"

namespace symshape::symbolic {

// value = remainder (mod modulus); modulus 1 says nothing, modulus 0 says value == remainder.
struct Congruence {
  int64_t modulus = 1;
  int64_t remainder = 0;
};

// What is known of one symbol beyond what was declared.
struct SymbolState {
  Interval domain;
  Congruence congruence;
};

// `numerator` leaves `residue` when divided by `divisor`; the numerator has no constant.
struct ExactFact {
  Dim numerator;
  Dim divisor;
  int64_t residue;
};

// Everything that Assume changes; copied by Push, put back by Pop.
struct State {
  std::vector<SymbolState> symbols;  // may be shorter than the store's: the rest as declared
  absl::flat_hash_map<AtomId, Dim> substitution;
  std::vector<ExactFact> exact;
  std::vector<Dim> inequalities;   // each >= 0
  std::vector<Dim> disequalities;  // each != 0
  std::vector<Dim> equations;      // each == 0, where nothing could be substituted
  std::vector<std::pair<Dim, Dim>> broadcasts;
  std::vector<std::pair<MonoId, Dim>> mono_rules;  // monomial -> dim
  std::vector<Stated> log;
  bool has_congruences = false;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_STATE_H_
