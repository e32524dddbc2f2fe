// Proof by cases, for what the algebra leaves open: which of two sizes under a maximum is larger,
// and which fact of a clause holds, is tried one way and the other.
#ifndef SYMSHAPE_QUERIES_CASES_H_
#define SYMSHAPE_QUERIES_CASES_H_

#include <utility>

#include "absl/functional/function_ref.h"
#include "queries/prove.h"

namespace symshape::queries {

// Whether a maximum, a minimum or a broadcast stands on a side of it.
bool HasMaximum(const Context& context, const Fact& fact);

// That two sizes fit each other, as the three ways in which they can.
Clause Spelled(const Clause& clause);

// Whether `clause` holds wherever all of `given` and what the context knows do. False: not proved.
bool FollowsByCases(Context& context, const Clauses& given, const Clause& clause);

// Calls `leaf` in each case of the comparisons under maxima in `clause`, with its facts resolved
// there; `assumed` are the case's facts. Deeper ones stay together where there would be too many.
void ForEachCase(Context& context, const Clause& clause,
                 absl::FunctionRef<void(const Clause& assumed, const Clause& resolved)> leaf);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_CASES_H_
