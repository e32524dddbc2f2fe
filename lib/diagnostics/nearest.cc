#include "diagnostics/nearest.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace symshape::diagnostics {
namespace {

constexpr int kEdit = 2;    // of which a change of case is half
constexpr size_t kFew = 8;  // names that a message lists

int ChangeCost(char a, char b) {
  if (a == b) return 0;
  return absl::ascii_tolower(a) == absl::ascii_tolower(b) ? kEdit / 2 : kEdit;
}

// Optimal string alignment distance, in half edits; `limit` + 1 where it is more than `limit`.
int Distance(absl::string_view a, absl::string_view b, int limit) {
  const int lengths = std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size()));
  if (lengths * kEdit > limit) return limit + 1;
  std::vector<int> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = static_cast<int>(j) * kEdit;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i) * kEdit;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min(
          {above[j] + kEdit, row[j - 1] + kEdit, above[j - 1] + ChangeCost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + kEdit);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string Nearest(absl::string_view wanted, absl::Span<const absl::string_view> candidates) {
  int best = std::max<int>(kEdit, static_cast<int>(wanted.size()) * kEdit / 3) + 1;
  absl::string_view nearest;
  for (absl::string_view candidate : candidates) {
    const int distance = Distance(wanted, candidate, best);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return std::string(nearest);
}

std::string DidYouMean(absl::string_view wanted, absl::Span<const absl::string_view> candidates) {
  const std::string nearest = Nearest(wanted, candidates);
  if (!nearest.empty()) return absl::StrCat("; did you mean '", nearest, "'?");
  if (candidates.empty() || candidates.size() > kFew) return "";
  return absl::StrCat("; there ", candidates.size() == 1 ? "is '" : "are '",
                      absl::StrJoin(candidates, "', '"), "'");
}

}  // namespace symshape::diagnostics
