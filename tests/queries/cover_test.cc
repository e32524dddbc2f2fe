#include "queries/cover.h"

#include <gtest/gtest.h>

#include <functional>

namespace symshape::queries {
namespace {

using Predicate = std::function<bool(int)>;

constexpr int kPoints = 200;  // several words, the last of which has bits that are no points

Bits TruthOf(const Predicate& holds) {
  Bits bits((kPoints + 63) / 64, 0);
  for (int i = 0; i < kPoints; ++i) {
    if (holds(i)) Set(bits, static_cast<size_t>(i));
  }
  return bits;
}

using Cover = std::optional<std::vector<CoverSearch::Facts>>;

Cover Of(std::vector<CoverSearch::Facts> clauses) { return Cover(std::move(clauses)); }

Cover CoverOf(const Predicate& condition, const std::vector<std::pair<Predicate, size_t>>& facts,
              size_t longest, bool for_its_length = true) {
  CoverSearch search(TruthOf(condition), kPoints);
  for (const auto& [holds, length] : facts) search.AddFact(TruthOf(holds), length);
  search.MakeClauses(longest);
  return search.Cover(for_its_length);
}

bool IsEven(int i) { return i % 2 == 0; }
bool IsBelow100(int i) { return i < 100; }
bool IsBelow50(int i) { return i < 50; }
bool IsTop(int i) { return i >= 150; }

TEST(Cover, OneFact) { EXPECT_EQ(CoverOf(IsEven, {{IsTop, 1}, {IsEven, 9}}, 3), Of({0b10})); }

TEST(Cover, TwoFactsOfOneClause) {
  const auto either = [](int i) { return IsBelow50(i) || IsTop(i); };
  EXPECT_EQ(CoverOf(either, {{IsTop, 1}, {IsEven, 1}, {IsBelow50, 1}}, 3), Of({0b101}));
  EXPECT_EQ(CoverOf(either, {{IsTop, 1}, {IsEven, 1}, {IsBelow50, 1}}, 1), Cover());
}

// The clause of fewer facts first.
TEST(Cover, TwoClauses) {
  const auto both = [](int i) { return IsEven(i) && (IsBelow50(i) || IsTop(i)); };
  EXPECT_EQ(CoverOf(both, {{IsTop, 1}, {IsBelow50, 1}, {IsEven, 1}}, 3), Of({0b100, 0b11}));
}

// What a shorter clause says is not said again, and none is taken that the others make idle.
TEST(Cover, NoIdleClauses) {
  EXPECT_EQ(CoverOf(IsBelow50, {{IsBelow100, 1}, {IsBelow50, 1000}}, 3), Of({0b10}));
}

// Of two that rule out the same the shorter one; of others the one that rules out more.
TEST(Cover, PrefersShortOrStrong) {
  const auto all = [](int i) { return IsBelow50(i) && IsEven(i); };
  const std::vector<std::pair<Predicate, size_t>> facts = {
      {IsBelow50, 8}, {[](int i) { return IsBelow50(i); }, 3}, {IsEven, 1}, {all, 100}};
  EXPECT_EQ(CoverOf(all, facts, 1, /*for_its_length=*/true), Of({0b100, 0b10}));
  EXPECT_EQ(CoverOf(all, facts, 1, /*for_its_length=*/false), Of({0b1000}));
}

TEST(Cover, NothingIsWrong) {
  EXPECT_EQ(CoverOf([](int) { return true; }, {{IsEven, 1}}, 3), Of({}));
}

TEST(Cover, NoClauseSaysIt) {
  EXPECT_EQ(CoverOf(IsEven, {{IsBelow50, 1}, {IsTop, 1}}, 3), Cover());
}

}  // namespace
}  // namespace symshape::queries
