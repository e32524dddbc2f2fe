// Farkas' lemma, exactly: which sum of rows, each >= 0, is a number below 0. The simplex method on
// integers.
#ifndef SYMSHAPE_SYMBOLIC_FARKAS_H_
#define SYMSHAPE_SYMBOLIC_FARKAS_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "symbolic/certificate.h"

namespace symshape::certificate {

// Multipliers >= 0, one per row, with which the sum of the rows is a constant below 0; no value
// where there are none, or where numbers grow too large, or after too many steps.
std::optional<std::vector<Int>> Contradict(absl::Span<const Poly> rows);

// x >= 0, times a common positive factor, with A*x == b. Each equation: a row of A, then b >= 0.
std::optional<std::vector<Int>> NonNegativeSolution(std::vector<std::vector<Int>> equations);

}  // namespace symshape::certificate

#endif  // SYMSHAPE_SYMBOLIC_FARKAS_H_
