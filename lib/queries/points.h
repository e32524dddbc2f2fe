// Proof by looking at every size, where others leave few of them.
#ifndef SYMSHAPE_QUERIES_POINTS_H_
#define SYMSHAPE_QUERIES_POINTS_H_

#include "queries/prove.h"

namespace symshape::queries {

// Whether a clause of one size holds at each that `given` leaves, where numbers bound it:
//   max(0, min(201, seq) - 7) >= 1   given seq >= 8 and seq <= 4059
// False: not proved.
bool FollowsAtAllSizes(Context& context, const Clauses& given, const Clause& clause);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_POINTS_H_
