// Axes: lists of axis numbers, as attributes and inputs have them.
#ifndef SYMSHAPE_RULES_AXES_H_
#define SYMSHAPE_RULES_AXES_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "rules/operands.h"

namespace symshape::rules {

using AxisList = absl::InlinedVector<int, kUsualRank>;

// The axes counted from the front, in the order given.
// Errors: kInvalidArgument where one is outside [-rank, rank) or is named twice.
inline absl::StatusOr<AxisList> NormalizeAxes(absl::Span<const int64_t> axes, int rank) {
  AxisList normal;
  for (int64_t axis : axes) {
    const absl::StatusOr<int> n = NormalizeAxis(axis, rank);
    if (!n.ok()) return n.status();
    if (std::find(normal.begin(), normal.end(), *n) != normal.end()) {
      return absl::InvalidArgumentError(absl::StrCat("axis ", axis, " is named twice"));
    }
    normal.push_back(*n);
  }
  return normal;
}

// The stem of a fresh symbol for an axis, so that each axis keeps its symbol however many of the
// others are known: "slice_dim2".
inline std::string AxisStem(absl::string_view what, int axis) {
  return absl::StrCat(what, "_dim", axis);
}

// The same where the name shall not say which axis: a fresh symbol is shown without what follows
// '#'. Without it the next axis would get this one's symbol, and what is known of it, once this
// one's size is known (tests/engine/facts_test.cc, OfAnAxisStayWithItsSymbol).
inline std::string StemAt(absl::string_view what, int64_t at) {
  return absl::StrCat(what, "#", at);
}

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_AXES_H_
