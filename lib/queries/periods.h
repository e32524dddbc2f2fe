// Conditions on one size that say something of its roundings: they repeat.
#ifndef SYMSHAPE_QUERIES_PERIODS_H_
#define SYMSHAPE_QUERIES_PERIODS_H_

#include "queries/prove.h"

namespace symshape::queries {

// Whether `clause`, over one symbol, holds wherever those of `given` over the same symbol do:
// "((h + 15)//16) % 2 == 0" where "((h + 7)//8) % 4 == 0". False: not proved.
bool FollowsByPeriods(Context& context, const Clauses& given, const Clause& clause);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_PERIODS_H_
