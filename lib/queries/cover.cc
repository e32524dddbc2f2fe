#include "queries/cover.h"

#include <bit>
#include <cstring>
#include <utility>

#include "absl/algorithm/container.h"

namespace symshape::queries {
namespace {

constexpr size_t kMaxClauses = 4;  // in place of one condition
constexpr size_t kMaxChosen = 8;   // before those are dropped that others make idle

bool IsSubset(const Bits& a, const Bits& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] & ~b[i]) != 0) return false;
  }
  return true;
}

size_t CountOfBoth(const Bits& a, const Bits& b) {
  size_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += static_cast<size_t>(std::popcount(a[i] & b[i]));
  return count;
}

bool IsEmpty(const Bits& bits) {
  return absl::c_all_of(bits, [](uint64_t word) { return word == 0; });
}

void TakeOut(Bits& from, const Bits& bits) {
  for (size_t i = 0; i < from.size(); ++i) from[i] &= ~bits[i];
}

Bits AllOf(size_t points) {
  Bits bits((points + 63) / 64, ~uint64_t{0});
  if (points % 64 != 0) bits.back() >>= 64 - points % 64;
  return bits;
}

// Bit i: whether it is `value` at number i of `points`.
Bits Where(const Bits& truth, bool value, const std::vector<size_t>& points) {
  Bits result((points.size() + 63) / 64, 0);
  for (size_t i = 0; i < points.size(); ++i) {
    if (Get(truth, points[i]) == value) Set(result, i);
  }
  return result;
}

}  // namespace

size_t Count(const Bits& bits) { return CountOfBoth(bits, bits); }

CoverSearch::CoverSearch(const Bits& condition, size_t points) {
  for (size_t i = 0; i < points; ++i) (Get(condition, i) ? right_ : wrong_).push_back(i);
}

void CoverSearch::AddFact(const Bits& truth, size_t length) {
  facts_.push_back({Where(truth, true, right_), Where(truth, false, wrong_), length});
}

void CoverSearch::MakeClauses(size_t longest) {
  open_.assign(longest + 1, AllOf(right_.size()));
  failing_.assign(longest + 1, AllOf(wrong_.size()));
  while (longest_ < longest) AddClauses(0, 0, 0, ++longest_);
}

// `facts`, which are `count`, and `missing` more of those from number `next` on. open_[count]: where
// none of `facts` holds, of the points where the condition does; failing_[count]: of the others.
void CoverSearch::AddClauses(Facts facts, size_t count, size_t next, size_t missing) {
  for (size_t i = next; i < facts_.size(); ++i) {
    const bool is_implied = IsSubset(open_[count], facts_[i].holds);
    if (is_implied != (missing == 1)) continue;  // needs no more, or more
    const Facts longer = facts | Facts{1} << i;
    const auto both = [](uint64_t a, uint64_t b) { return a & b; };
    absl::c_transform(failing_[count], facts_[i].fails, failing_[count + 1].begin(), both);
    if (missing == 1) {
      AddClause(longer, failing_[count + 1]);
    } else {
      open_[count + 1] = open_[count];
      TakeOut(open_[count + 1], facts_[i].holds);
      AddClauses(longer, count + 1, i + 1, missing - 1);
    }
  }
}

void CoverSearch::AddClause(Facts facts, const Bits& fails) {
  const bool has_shorter =
      absl::c_any_of(clauses_, [&](const Clause& c) { return (c.facts & ~facts) == 0; });
  if (has_shorter || IsEmpty(fails)) return;
  size_t length = 0;
  for (Facts left = facts; left != 0; left &= left - 1) {
    length += facts_[static_cast<size_t>(std::countr_zero(left))].length;
    if ((left & (left - 1)) != 0) length += strlen(" or ");
  }
  clauses_.push_back({facts, length, fails});
}

std::optional<std::vector<CoverSearch::Facts>> CoverSearch::Cover(bool for_its_length) const {
  std::vector<const Clause*> chosen;
  for (Bits left = AllOf(wrong_.size()); !IsEmpty(left);) {
    const Clause* best = nullptr;
    size_t best_gain = 0;
    for (const Clause& c : clauses_) {
      const size_t gain = CountOfBoth(left, c.fails);
      if (gain == 0) continue;
      if (best != nullptr) {
        const size_t mine = for_its_length ? gain * best->length : gain;
        const size_t its = for_its_length ? best_gain * c.length : best_gain;
        if (mine < its || (mine == its && c.length >= best->length)) continue;
      }
      best = &c;
      best_gain = gain;
    }
    if (best == nullptr || chosen.size() == kMaxChosen) return std::nullopt;
    chosen.push_back(best);
    TakeOut(left, best->fails);
  }
  DropIdle(chosen);
  if (chosen.size() > kMaxClauses) return std::nullopt;
  absl::c_stable_sort(chosen, [](const Clause* a, const Clause* b) {
    return std::popcount(a->facts) < std::popcount(b->facts);
  });
  std::vector<Facts> cover;
  for (const Clause* c : chosen) cover.push_back(c->facts);
  return cover;
}

// What those chosen later rule out all the same.
void CoverSearch::DropIdle(std::vector<const Clause*>& chosen) const {
  for (size_t i = 0; i < chosen.size();) {
    Bits left = AllOf(wrong_.size());
    for (size_t k = 0; k < chosen.size(); ++k) {
      if (k != i) TakeOut(left, chosen[k]->fails);
    }
    if (!IsEmpty(left)) {
      ++i;
    } else {
      chosen.erase(chosen.begin() + static_cast<ptrdiff_t>(i));
    }
  }
}

}  // namespace symshape::queries
