#include "engine/nearest.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace symshape::engine {
namespace {

// Levenshtein distance.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string DidYouMean(const std::string& name, const std::set<std::string>& known) {
  if (known.empty()) return "";
  const std::string* best = nullptr;
  size_t least = 0;
  for (const std::string& k : known) {
    const size_t distance = Distance(name, k);
    if (best == nullptr || distance < least) {
      best = &k;
      least = distance;
    }
  }
  if (least <= std::max<size_t>(1, name.size() / 3)) {
    return absl::StrCat("; did you mean '", *best, "'?");
  }
  constexpr size_t kShown = 8;
  std::string list = "; there is ";
  size_t shown = 0;
  for (const std::string& k : known) {
    if (shown == kShown) break;
    absl::StrAppend(&list, shown++ == 0 ? "" : ", ", "'", k, "'");
  }
  if (known.size() > kShown) absl::StrAppend(&list, ", …");
  return list;
}

}  // namespace symshape::engine
