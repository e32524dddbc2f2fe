// What is told of a few sizes: it has to be true of them, and of what follows.
#include <gtest/gtest.h>

#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

constexpr Fact::Kind kKinds[] = {Fact::Kind::kEq, Fact::Kind::kNe, Fact::Kind::kGe,
                                 Fact::Kind::kDivides, Fact::Kind::kBroadcast};

// A few random facts over x, y and z that do not contradict each other.
struct Scene {
  explicit Scene(uint64_t seed) : trees(seed) {
    const int count = trees.Below(4);
    for (int i = 0; i < count; ++i) {
      const Fact fact = RandomFact();
      const absl::StatusOr<bool> is_new = context.Assume(fact, {});
      if (is_new.ok() && *is_new) facts.push_back(fact);
    }
  }
  Fact RandomFact() {
    const Dim a = RandomDim(), b = RandomDim();
    return {kKinds[trees.Below(5)], a, b};
  }
  std::string Show() const {
    std::string out;
    for (const Fact& fact : facts) absl::StrAppend(&out, context.Print(fact), "; ");
    return out;
  }
  Dim RandomDim() {
    trees.Clear();
    return trees.Build(context, trees.Make(2, 3, "+-*/%mMC"), symbols);
  }

  Trees trees;
  Context context;
  const Dim symbols[3] = {context.Symbol("x"), context.Symbol("y"), context.Symbol("z")};
  std::vector<Fact> facts;
};

TEST(Witnesses, ExamplesSatisfyAllFacts) {
  int64_t checked = 0;
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    Scene scene(seed);
    for (const Fact& fact : scene.facts) {
      for (const auto& [a, b] : scene.context.ExamplesOf(fact.a, fact.b)) {
        if (fact.kind == Fact::Kind::kDivides && a == 0) continue;  // it says nothing there
        ++checked;
        ASSERT_TRUE(Holds(fact.kind, a, b))
            << scene.context.Print(fact) << " at " << a << ", " << b << " of " << scene.Show();
      }
    }
  }
  EXPECT_GT(checked, 50000);
}

TEST(Witnesses, WhatIsRefutedIsNotProved) {
  int refuted = 0;
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    Scene scene(seed);
    const std::vector<Fact> given{scene.RandomFact()};
    const Fact asked = scene.RandomFact();
    if (asked.kind == Fact::Kind::kDivides) continue;  // says nothing where the divisor is 0
    if (!scene.context.IsRefuted({given}, {asked})) continue;
    ++refuted;
    ASSERT_FALSE(scene.context.HoldWhere({asked}, given))
        << scene.context.Print(asked) << " where " << scene.context.Print(given[0]) << "; "
        << scene.Show();
  }
  EXPECT_GT(refuted, 5000);
}

// Facts of which little can be drawn are not forgotten: 15*z == max(17, x).
TEST(Witnesses, WhatWasAssumedIsKnown) {
  int assumed = 0, impossible = 0;
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    Scene scene(seed);
    for (const Fact& fact : scene.facts) {
      const Tri known = scene.context.Answer(fact);
      ++assumed;
      ASSERT_NE(known, Tri::kUnknown) << scene.context.Print(fact) << " of " << scene.Show();
      impossible += known == Tri::kNo;  // together they cannot be, which was not seen at once
    }
  }
  EXPECT_GT(assumed, 15000);
  EXPECT_LT(impossible, assumed / 100);
}

}  // namespace
}  // namespace symshape::symbolic
