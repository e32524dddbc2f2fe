// State: what is known, as facts.cc keeps it.
#ifndef SYMSHAPE_SYMBOLIC_STATE_H_
#define SYMSHAPE_SYMBOLIC_STATE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
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

// The states of symbols of which more is known than was declared. The first symbols have a place
// each; bodies of loops make others by the thousand, and a scope of facts copies those that matter
// there.
class SymbolStates {
 public:
  // nullptr: as declared.
  const SymbolState* Find(uint32_t symbol) const {
    if (symbol < kInPlace) {
      return symbol < first_.size() && !IsFree(first_[symbol]) ? &first_[symbol] : nullptr;
    }
    const auto found = others_.find(symbol);
    return found == others_.end() ? nullptr : &found->second;
  }
  // The state to change: at first as declared.
  SymbolState& At(uint32_t symbol, Interval declared) {
    if (symbol >= kInPlace) {
      return others_.try_emplace(symbol, SymbolState{declared, {}}).first->second;
    }
    if (symbol >= first_.size()) first_.resize(symbol + 1, kFree);
    if (IsFree(first_[symbol])) first_[symbol] = {declared, {}};
    return first_[symbol];
  }
  // By number.
  std::vector<uint32_t> Symbols() const {
    std::vector<uint32_t> symbols;
    for (uint32_t i = 0; i < first_.size(); ++i) {
      if (!IsFree(first_[i])) symbols.push_back(i);
    }
    for (const auto& [symbol, known] : others_) symbols.push_back(symbol);
    return symbols;
  }

 private:
  static constexpr uint32_t kInPlace = 256;
  static constexpr SymbolState kFree = {{1, 0}, {}};  // no symbol has such a domain
  static bool IsFree(const SymbolState& s) { return s.domain.lo > s.domain.hi; }

  std::vector<SymbolState> first_;
  absl::btree_map<uint32_t, SymbolState> others_;
};

// `numerator` leaves `residue` when divided by `divisor`; the numerator has no constant.
struct ExactFact {
  Dim numerator;
  Dim divisor;
  int64_t residue;
};

// Everything that Assume changes; copied by Push, put back by Pop.
struct State {
  uint32_t id = 0;  // equal ids, equal states
  SymbolStates symbols;
  absl::flat_hash_map<AtomId, Dim> substitution;
  // Of it: the mask of all symbols that were ever in it, and a number that no other one has for
  // the symbols in it.
  uint64_t substituted = 0;
  uint32_t substituted_version = 0;
  std::vector<ExactFact> exact;
  std::vector<Dim> inequalities;   // each >= 0
  std::vector<Dim> disequalities;  // each != 0
  std::vector<Dim> equations;      // each == 0, where nothing could be substituted
  std::vector<std::pair<Dim, Dim>> broadcasts;
  std::vector<std::pair<MonoId, Dim>> mono_rules;  // monomial -> dim
  std::vector<Stated> log;
  // Which residues of symbols are known: 0 where none, else a number that no other set of them has.
  uint32_t congruences = 0;
  bool has_congruences() const { return congruences != 0; }
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_STATE_H_
