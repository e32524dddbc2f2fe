// Questions about one size n >= 0: what sums, quotients by numbers and maxima make of it is known
// at all sizes (lines.h), and so is at which of them its bounds and the inequalities about it hold.
// Such a question has an answer.
#ifndef SYMSHAPE_SYMBOLIC_ONE_SIZE_H_
#define SYMSHAPE_SYMBOLIC_ONE_SIZE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/types/span.h"
#include "symbolic/context.h"
#include "symbolic/dim.h"
#include "symbolic/fact.h"
#include "symbolic/lines.h"

namespace symshape::symbolic {

class Solver;

struct OfOneSize {
  uint32_t symbol;
  Lines lines;
};

struct LegalSizes {
  uint64_t key;   // of what was known
  Lines where;    // 1 where bounds and inequalities about the symbol alone hold, else 0
  bool are_told;  // nothing else is known of the symbol
};

struct OneSizeCache {
  absl::node_hash_map<uint32_t, std::optional<OfOneSize>> of_node;
  absl::node_hash_map<Fact, std::optional<OfOneSize>> of_fact;  // 1 where it holds, else 0
  size_t pieces = 0;                                            // of all their lines
  absl::node_hash_map<uint32_t, LegalSizes> legal;              // by symbol

  // So that neither memory nor time grows without bounds: to find that something has no lines may
  // take as long as to make them.
  void Count(const std::optional<OfOneSize>& made) {
    pieces += made.has_value() ? made->lines.pieces() : 16;
  }
  bool IsFull() const { return pieces >= size_t{1} << 18; }
};

// nullptr where d is of no or several symbols, or no such function.
const OfOneSize* ReadOfOneSize(Solver& solver, Dim d);
// nullptr where the symbol may be below 0, or has no sizes of its own.
const LegalSizes* LegalSizesOf(Solver& solver, uint32_t symbol);

// Whether d >= 0, or d != 0, at all sizes that are left. nullopt where d is no such function of one
// size, or may fail only at sizes that something else rules out. REQUIRES: d is today's form
std::optional<bool> IsAtLeastZeroOfOneSize(Solver& solver, Dim d);
std::optional<bool> IsNeverZeroOfOneSize(Solver& solver, Dim d);

// one_size_clauses.cc; as Context's.
std::optional<bool> FollowsOfOneSize(Solver& solver, absl::Span<const std::vector<Fact>> given,
                                     absl::Span<const Fact> clause);
// Whether the fact holds at all sizes at which one of each of `given` does, or at none.
Tri DecideOfOneSize(Solver& solver, absl::Span<const std::vector<Fact>> given, const Fact& fact);
std::optional<std::optional<Interval>> SizesOfOneSize(Solver& solver,
                                                      absl::Span<const std::vector<Fact>> clauses,
                                                      int64_t lo);

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_ONE_SIZE_H_
