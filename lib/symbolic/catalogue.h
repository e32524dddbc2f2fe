// The catalogue of rewrites (docs/solver.md, "How it works"): each identity that the solver relies
// on, where it holds, and where it would be wrong. A rewrite names its row with Solver::Because;
// tests/symbolic/catalogue_test.cc evaluates every row inside its condition and at its
// counter-example, and demands that its example reaches a site.
#ifndef SYMSHAPE_SYMBOLIC_CATALOGUE_H_
#define SYMSHAPE_SYMBOLIC_CATALOGUE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace symshape::symbolic {

// In the order of the table.
enum class Rewrite : uint8_t {
  kNestedDiv,
  kCeil,
  kPullMultiple,
  kCommonDivisor,
  kCancelFactor,
  kExactProduct,
  kExactQuotient,
  kHermite,
  kOrientMax,
  kDivOfMax,
  kBroadcast,
  kNegatedDiv,
  kClippedMax,
  kMaxBeside,
  kAtZero,
};
inline constexpr size_t kRowCount = 15;

struct CatalogueRow {
  int id;  // a comment at the rewrite calls it "row 6"
  absl::string_view name;
  absl::string_view left, right;
  absl::string_view holds_if;
  // Sizes outside holds_if where both sides differ, or the left has no value.
  absl::string_view fails_at;
  // An expression, then facts, that a model may have and that meets the rewrite.
  absl::string_view example;
};
absl::Span<const CatalogueRow> Catalogue();

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_CATALOGUE_H_
