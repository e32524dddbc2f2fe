// A node as the user's rules see it: symshape/rule.h.
#ifndef SYMSHAPE_API_RULE_H_
#define SYMSHAPE_API_RULE_H_

#include "rules/operands.h"
#include "symshape/rule.h"

namespace symshape::internal {

RuleNode ToRuleNode(const rules::Operands& in);

}  // namespace symshape::internal

#endif  // SYMSHAPE_API_RULE_H_
