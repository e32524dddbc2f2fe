// Clauses over one size, as a threshold.
#ifndef SYMSHAPE_QUERIES_THRESHOLD_H_
#define SYMSHAPE_QUERIES_THRESHOLD_H_

#include <optional>

#include "queries/prove.h"

namespace symshape::queries {

// A clause over one symbol, or over two that occur only as their sum, as "size >= t", "size <= t"
// or "size == t", where it is one. The finite side is looked at size by size, the other one proved.
std::optional<Fact> AsThreshold(Context& context, const Clause& clause);

// Clauses over one symbol that all hold at the sizes from one to another, at least or at most one,
// or at one alone, and at no others: as "size >= a" and "size <= b", or one of them.
std::optional<Clauses> AsRange(Context& context, const Clauses& clauses);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_THRESHOLD_H_
