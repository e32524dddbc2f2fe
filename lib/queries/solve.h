// Sizes of which the conditions leave no choice.
#ifndef SYMSHAPE_QUERIES_SOLVE_H_
#define SYMSHAPE_QUERIES_SOLVE_H_

#include "queries/contract.h"
#include "queries/sizes.h"

namespace symshape::queries {

// Each symbol with the only size that it has wherever no other symbol is 0: past is 127 where
// "batch == 0 or past + 1 == 128" is needed. Not 0 (of "batch == 0 or past == 0" either may be
// meant), and nothing of a symbol that may be 0 as well.
SizeMap OnlySizes(const Contract& contract);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_SOLVE_H_
