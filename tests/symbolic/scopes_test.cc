// Facts in scopes: what is assumed again, and symbols that nobody asks of.
#include <gtest/gtest.h>

#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

// A context that has done so before answers as one that has not.
TEST(Scopes, WhatIsAssumedAgainLeadsToTheSame) {
  int held = 0, refused = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    RandomScene scene(seed);
    scene.Assume(scene.RandomFact());
    std::vector<Fact> facts, questions;
    for (int i = 0; i < 3; ++i) facts.push_back(scene.RandomFact());
    for (int i = 0; i < 6; ++i) questions.push_back(scene.RandomFact());
    std::vector<int> told[2];
    for (int round = 0; round < 2; ++round) {
      scene.context.Push();
      for (const Fact& fact : facts) {
        const absl::StatusOr<bool> is_new = scene.context.Assume(fact, {});
        ++(is_new.ok() ? held : refused);
        told[round].push_back(is_new.ok() ? *is_new : -1);
        for (const Fact& q : questions) {
          told[round].push_back(static_cast<int>(scene.context.Decide(q)));
          told[round].push_back(static_cast<int>(scene.context.Resolve(q.a).bits()));
        }
      }
      scene.context.Pop();
    }
    EXPECT_EQ(told[0], told[1]) << seed;
  }
  EXPECT_GT(held, 1500);
  EXPECT_GT(refused, 300);
}

TEST(Scopes, TheCauseIsThatOfTheLastTime) {
  Context c;
  const Dim x = c.Symbol("x");
  const Fact fact{Fact::Kind::kGe, x, c.Constant(3)};
  for (uint32_t number : {7, 8}) {
    c.Push();
    ASSERT_TRUE(c.Assume(fact, {Cause::Kind::kRequired, number}).ok());
    const Explanation why = c.Explain({Fact::Kind::kGe, x, c.Constant(1)});
    ASSERT_EQ(why.because.size(), 1u);
    EXPECT_EQ(why.because[0].cause.id, number);
    c.Pop();
  }
}

TEST(Scopes, WhatAnEliminatedSymbolToldIsKnown) {
  Context c;
  const Dim x = c.Symbol("x"), y = c.Symbol("y"), w = c.Symbol("w"), z = c.Symbol("z");
  const Dim most = c.Max(x, w);
  ASSERT_TRUE(c.Assume({Fact::Kind::kGe, most, z}, {}).ok());
  ASSERT_TRUE(c.Assume({Fact::Kind::kGe, z, y}, {}).ok());
  c.Push();
  c.Eliminate(z);
  EXPECT_EQ(c.Decide({Fact::Kind::kGe, most, y}), Tri::kYes);
  EXPECT_EQ(c.Decide({Fact::Kind::kGe, x, y}), Tri::kUnknown);
  const Fact later{Fact::Kind::kGe, c.Add(most, w), z};
  EXPECT_EQ(c.Decide(later), Tri::kUnknown);
  c.Pop();
  EXPECT_EQ(c.Decide({Fact::Kind::kGe, most, z}), Tri::kYes);
  EXPECT_EQ(c.Decide(later), Tri::kYes);
}

// Whatever is known afterwards is true wherever there is such a symbol.
TEST(Scopes, EliminationIsSound) {
  int decided = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    RandomScene scene(seed);
    Context& c = scene.context;
    const Dim z = scene.symbols[2];
    std::vector<Fact> facts{{Fact::Kind::kGe, scene.RandomDim(2), z},
                            {Fact::Kind::kGe, z, scene.RandomDim(2)},
                            scene.RandomFact(2)};
    bool possible = true;
    for (const Fact& fact : facts) possible = possible && scene.Assume(fact);
    if (!possible) continue;
    c.Push();
    c.Eliminate(z);
    for (int i = 0; i < 6; ++i) {
      const Fact asked = scene.RandomFact(2);
      const Tri answer = c.Decide(asked);
      if (answer == Tri::kUnknown) continue;
      for (int64_t point = 0; point < 8 * 8 * 8; ++point) {
        const Bindings sizes = {{"x", point % 8}, {"y", point / 8 % 8}, {"z", point / 64}};
        const auto holds = [&](const Fact& f) -> std::optional<bool> {
          const auto a = c.Evaluate(f.a, sizes), b = c.Evaluate(f.b, sizes);
          if (!a || !b || (f.kind == Fact::Kind::kDivides && *a == 0)) return std::nullopt;
          return Holds(f.kind, *a, *b);
        };
        bool is_one = true;
        for (const Fact& fact : facts) is_one = is_one && holds(fact) == true;
        const std::optional<bool> truth = holds(asked);
        if (!is_one || !truth) continue;
        ++decided;
        ASSERT_EQ(*truth, answer == Tri::kYes)
            << seed << ": " << c.Print(asked) << " at " << point << " of " << c.Print(facts[0])
            << "; " << c.Print(facts[1]) << "; " << c.Print(facts[2]);
      }
    }
    c.Pop();
  }
  EXPECT_GT(decided, 20000);
}

}  // namespace
}  // namespace symshape::symbolic
