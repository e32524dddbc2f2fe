// Clauses over one size, as a threshold.
#ifndef SYMSHAPE_QUERIES_THRESHOLD_H_
#define SYMSHAPE_QUERIES_THRESHOLD_H_

#include <optional>
#include <utility>

#include "queries/prove.h"

namespace symshape::queries {

// A clause over one symbol, or over two that occur only as their sum, as "size >= t", "size <= t" or
// "size == t", where it is one. The finite side is looked at size by size, the other one proved.
std::optional<Fact> AsThreshold(Context& context, const Clause& clause);

// A clause over one symbol that holds at all sizes from one to a larger one, and at no other: "size >= a", "size <= b".
std::optional<std::pair<Fact, Fact>> AsRange(Context& context, const Clause& clause);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_THRESHOLD_H_
