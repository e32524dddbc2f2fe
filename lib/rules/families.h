// The tables of the family files, one line each, alphabetical. Each is defined at the foot of its file.
#ifndef SYMSHAPE_RULES_FAMILIES_H_
#define SYMSHAPE_RULES_FAMILIES_H_

#include "absl/types/span.h"
#include "rules/table.h"

namespace symshape::rules {

absl::Span<const Rule> ArgReduceRules();
absl::Span<const Rule> ComparisonRules();
absl::Span<const Rule> ConvRules();
absl::Span<const Rule> ConvTransposeRules();
absl::Span<const Rule> ElementwiseBinaryRules();
absl::Span<const Rule> ElementwiseUnaryRules();
absl::Span<const Rule> GemmRules();
absl::Span<const Rule> MatMulPackedRules();
absl::Span<const Rule> MatMulRules();
absl::Span<const Rule> OptionalRules();
absl::Span<const Rule> PoolRules();
absl::Span<const Rule> RandomRules();
absl::Span<const Rule> ReduceRules();
absl::Span<const Rule> SequenceRules();

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_FAMILIES_H_
