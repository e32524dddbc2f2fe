// Conditions on one size that say something of its roundings: they repeat.
#ifndef SYMSHAPE_QUERIES_PERIODS_H_
#define SYMSHAPE_QUERIES_PERIODS_H_

#include "queries/prove.h"

namespace symshape::queries {

// Whether `clause` holds wherever those of `given` that speak of one of its symbols do:
// "((h + 15)//16) % 2 == 0" where "((h + 7)//8) % 4 == 0"; with "b == 0 or" before both, too.
// False: not proved.
bool FollowsByPeriods(Context& context, const Clauses& given, const Clause& clause);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_PERIODS_H_
