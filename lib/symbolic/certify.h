// Looks for a certificate (certificate.h) of a fact. It knows the texts of the claim and of what
// was stated, not the solver: a second opinion on its answers.
#ifndef SYMSHAPE_SYMBOLIC_CERTIFY_H_
#define SYMSHAPE_SYMBOLIC_CERTIFY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace symshape::certificate {

// A certificate of `claim` where `givens` hold and all of `sizes` are >= 0; no value where none was
// found within a fixed number of steps.
std::optional<std::string> Certify(absl::string_view claim, absl::Span<const std::string> givens,
                                   absl::Span<const std::string> sizes);

}  // namespace symshape::certificate

#endif  // SYMSHAPE_SYMBOLIC_CERTIFY_H_
