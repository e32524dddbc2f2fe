// "did you mean": the nearest of a few names.
#ifndef SYMSHAPE_DIAGNOSTICS_NEAREST_H_
#define SYMSHAPE_DIAGNOSTICS_NEAREST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace symshape::diagnostics {

// The candidate with the fewest edits (insert, delete, change, swap of neighbours) from `wanted`,
// the first of equals; "" where all need more than a third of its length and 1. Case counts half an
// edit.
std::string Nearest(absl::string_view wanted, absl::Span<const absl::string_view> candidates);

// "; did you mean 'seq'?"; where nothing is near, "; there are 'N', 'M'" if they are few, else "".
std::string DidYouMean(absl::string_view wanted, absl::Span<const absl::string_view> candidates);

}  // namespace symshape::diagnostics

#endif  // SYMSHAPE_DIAGNOSTICS_NEAREST_H_
