// RequiredOperands: which operands a node must have, or no runtime loads the model.
#ifndef SYMSHAPE_RULES_REQUIRED_OPERANDS_H_
#define SYMSHAPE_RULES_REQUIRED_OPERANDS_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace symshape::rules {

// Bit i: a node without operand i is none of this operator. 0 for an operator that no schema has.
// Version 0 is the newest, as in FindRule.
uint32_t RequiredOperands(absl::string_view domain, absl::string_view op, int version);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_REQUIRED_OPERANDS_H_
