// Implements symshape/nearest.h.
#include "symshape/nearest.h"

#include "api/state.h"
#include "diagnostics/nearest.h"

namespace symshape {

std::string DidYouMean(std::string_view wanted, const std::vector<std::string>& known) {
  const std::vector<absl::string_view> names(known.begin(), known.end());
  return diagnostics::DidYouMean(internal::ToAbsl(wanted), names);
}

}  // namespace symshape
