// Conditions on one size, of which the algebra knows where they hold.
#ifndef SYMSHAPE_QUERIES_ONE_SYMBOL_H_
#define SYMSHAPE_QUERIES_ONE_SYMBOL_H_

#include "queries/prove.h"

namespace symshape::queries {

// Whether `clause` holds wherever those of `given` that speak of one of its symbols do:
// "((h + 15)//16) % 2 == 0" where "((h + 7)//8) % 4 == 0"; with "b == 0 or" before both, too.
// False: not proved.
bool FollowsForOneSymbol(Context& context, const Clauses& given, const Clause& clause);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_ONE_SYMBOL_H_
