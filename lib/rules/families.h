// The tables of the family files, one line each, alphabetical. Each is defined at the foot of its file.
#ifndef SYMSHAPE_RULES_FAMILIES_H_
#define SYMSHAPE_RULES_FAMILIES_H_

#include "absl/types/span.h"
#include "rules/table.h"

namespace symshape::rules {

absl::Span<const Rule> MatMulRules();

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_FAMILIES_H_
