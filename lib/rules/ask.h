// Questions to the algebra whose "unknown" means the same as "no" or as "yes" to the one who asks.
// The name says which; where unknown is a third case, use Decide.
#ifndef SYMSHAPE_RULES_ASK_H_
#define SYMSHAPE_RULES_ASK_H_

#include "rules/operands.h"

namespace symshape::rules {

// Proved: unknown counts as false.
inline bool Surely(const Operands& in, const Fact& fact) {
  return in.context().Decide(fact) == Tri::kYes;
}

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_ASK_H_
