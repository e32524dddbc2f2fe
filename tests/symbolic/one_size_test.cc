// Questions about one size are answered completely: yes where it holds at all sizes that are left,
// no where it holds at none, unknown where it depends.
#include "symbolic/one_size.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "symbolic/context.h"

namespace symshape::symbolic {
namespace {

// A random function of x, built and as itself.
struct Function {
  Dim dim;
  std::function<int64_t(int64_t)> at;
};

struct Scene {
  explicit Scene(uint64_t seed) : random(seed) {}

  int64_t Below(int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); }

  Function Make(int depth) {
    if (depth == 0) {
      if (Below(3) > 0) return {x, [](int64_t n) { return n; }};
      const int64_t c = Below(40) - 10;
      return {context.Constant(c), [c](int64_t) { return c; }};
    }
    const Function a = Make(depth - 1);
    const int64_t d = 1 + Below(6);
    if (Below(3) == 0) {
      return {context.FloorDiv(a.dim, context.Constant(d)),
              [f = a.at, d](int64_t n) { return FloorDivInt(f(n), d); }};
    }
    const Function b = Make(static_cast<int>(Below(depth)));
    switch (Below(3)) {
      case 0:
        return {context.Max(a.dim, b.dim),
                [f = a.at, g = b.at](int64_t n) { return std::max(f(n), g(n)); }};
      case 1:
        return {context.Min(a.dim, b.dim),
                [f = a.at, g = b.at](int64_t n) { return std::min(f(n), g(n)); }};
      default:
        return {context.Sub(context.Mul(a.dim, context.Constant(d)), b.dim),
                [f = a.at, g = b.at, d](int64_t n) { return d * f(n) - g(n); }};
    }
  }

  std::mt19937_64 random;
  Context context;
  const Dim x = context.Symbol("x");
};

// Beyond these all such functions are lines that have crossed what they cross.
constexpr int64_t kSizes = 20000;

TEST(OneSize, AnswersAreComplete) {
  int yes = 0, no = 0, unknown = 0, impossible = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    Scene scene(seed);
    std::vector<bool> legal(kSizes, true);
    bool any = true;
    for (int64_t facts = scene.Below(3); facts > 0 && any; --facts) {
      const Function f = scene.Make(3);
      any = false;
      for (int64_t n = 0; n < kSizes; ++n) {
        legal[n] = legal[n] && f.at(n) >= 0;
        any = any || legal[n];
      }
      const bool ok = scene.context.Assume({Fact::Kind::kGe, f.dim, Dim::Inline(0)}, {}).ok();
      ASSERT_EQ(ok, any) << "seed " << seed << ": " << scene.context.Print(f.dim);
    }
    if (!any) {
      ++impossible;
      continue;
    }
    const Function asked = scene.Make(4);
    bool holds = false, fails = false;
    for (int64_t n = 0; n < kSizes; ++n) {
      if (legal[n]) (asked.at(n) >= 0 ? holds : fails) = true;
    }
    const Tri right = holds && fails ? Tri::kUnknown : holds ? Tri::kYes : Tri::kNo;
    ASSERT_EQ(scene.context.Decide({Fact::Kind::kGe, asked.dim, Dim::Inline(0)}), right)
        << "seed " << seed << ": " << scene.context.Print(asked.dim);
    (right == Tri::kYes ? yes : right == Tri::kNo ? no : unknown)++;
  }
  EXPECT_GT(yes, 200);
  EXPECT_GT(no, 50);
  EXPECT_GT(unknown, 300);
  EXPECT_GT(impossible, 20);
}

// A clause of up to two facts of any kind.
struct RandomClause {
  RandomClause(Scene& scene, bool is_single) {
    constexpr Fact::Kind kKinds[] = {Fact::Kind::kEq, Fact::Kind::kNe, Fact::Kind::kGe,
                                     Fact::Kind::kDivides, Fact::Kind::kBroadcast};
    for (int64_t count = is_single ? 1 : 1 + scene.Below(2); count > 0; --count) {
      const Function b = scene.Make(static_cast<int>(scene.Below(4)));
      Function a = scene.Make(static_cast<int>(scene.Below(3)));
      const Fact::Kind kind = kKinds[scene.Below(5)];
      if (kind == Fact::Kind::kDivides) {
        const int64_t c = 1 + scene.Below(12);
        a = {scene.context.Constant(c), [c](int64_t) { return c; }};
      }
      facts.push_back({kind, a.dim, b.dim});
      sides.emplace_back(a.at, b.at);
    }
  }
  bool HoldsAt(int64_t n) const {
    for (size_t i = 0; i < facts.size(); ++i) {
      if (Holds(facts[i].kind, sides[i].first(n), sides[i].second(n))) return true;
    }
    return false;
  }

  std::vector<Fact> facts;
  std::vector<std::pair<std::function<int64_t(int64_t)>, std::function<int64_t(int64_t)>>> sides;
};

TEST(OneSize, ClausesFollowOrNot) {
  int follows = 0, fails = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    Scene scene(seed);
    const int64_t least = scene.Below(2) * scene.Below(30);
    ASSERT_TRUE(
        scene.context.Assume({Fact::Kind::kGe, scene.x, scene.context.Constant(least)}, {}).ok());
    const RandomClause asked(scene, false), first(scene, false), second(scene, true);
    const auto told = scene.context.FollowsOfOneSize({{first.facts, second.facts}}, asked.facts);
    if (!told.has_value()) continue;  // of no size
    bool is_right = true;
    for (int64_t n = least; n < kSizes && is_right; ++n) {
      is_right = !first.HoldsAt(n) || !second.HoldsAt(n) || asked.HoldsAt(n);
    }
    ASSERT_EQ(*told, is_right) << "seed " << seed;
    (is_right ? follows : fails)++;
  }
  EXPECT_GT(follows, 400);
  EXPECT_GT(fails, 400);
}

// What a user asks is answered with all that was assumed, whatever of it could be kept.
TEST(OneSize, AnswersUnderFactsOfAllKinds) {
  int yes = 0, no = 0, unknown = 0;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    Scene scene(seed);
    const RandomClause given(scene, true), asked(scene, true);
    bool holds = false, fails = false;
    for (int64_t n = 0; n < kSizes; ++n) {
      if (given.HoldsAt(n)) (asked.HoldsAt(n) ? holds : fails) = true;
    }
    const absl::StatusOr<bool> is_new = scene.context.Assume(given.facts[0], {});
    if (!is_new.ok()) {
      ASSERT_FALSE(holds || fails) << "seed " << seed;
      continue;
    }
    if (!holds && !fails) continue;  // that it is impossible need not be seen
    const Tri right = holds && fails ? Tri::kUnknown : holds ? Tri::kYes : Tri::kNo;
    ASSERT_EQ(scene.context.Answer(asked.facts[0]), right)
        << "seed " << seed << ": " << scene.context.Print(asked.facts[0]) << " where "
        << scene.context.Print(given.facts[0]);
    (right == Tri::kYes ? yes : right == Tri::kNo ? no : unknown)++;
  }
  EXPECT_GT(yes, 300);
  EXPECT_GT(no, 200);
  EXPECT_GT(unknown, 300);
}

TEST(OneSize, SizesFromOneToAnother) {
  int ranges = 0, others = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    Scene scene(seed);
    const RandomClause first(scene, true), second(scene, false);
    const int64_t least = scene.Below(2) * scene.Below(30);
    const auto told = scene.context.SizesOfOneSize({{first.facts, second.facts}}, least);
    if (!told.has_value()) continue;
    int64_t from = -1, to = -1, count = 0;
    for (int64_t n = least; n < kSizes; ++n) {
      if (!first.HoldsAt(n) || !second.HoldsAt(n)) continue;
      if (from < 0) from = n;
      to = n;
      ++count;
    }
    const bool is_range = count > 0 && count == to - from + 1;
    ASSERT_EQ(told->has_value(), is_range) << "seed " << seed;
    (is_range ? ranges : others)++;
    if (!is_range) continue;
    ASSERT_EQ((*told)->lo, from) << "seed " << seed;
    ASSERT_EQ((*told)->hi, to == kSizes - 1 ? Interval::kPlusInf : to) << "seed " << seed;
  }
  EXPECT_GT(ranges, 400);
  EXPECT_GT(others, 400);
}

// What else is known of the size rules out where it fails: that is left to the other proofs.
TEST(OneSize, OtherFactsCount) {
  Context context;
  const Dim x = context.Symbol("x"), y = context.Symbol("y");
  const Dim least = context.Min(x, context.Constant(4));
  const Fact asked{Fact::Kind::kGe, least, context.Constant(3)};
  EXPECT_EQ(context.Decide(asked), Tri::kUnknown);
  ASSERT_TRUE(context.Assume({Fact::Kind::kGe, x, y}, {}).ok());
  ASSERT_TRUE(context.Assume({Fact::Kind::kGe, y, context.Constant(7)}, {}).ok());
  EXPECT_EQ(context.Decide(asked), Tri::kYes);
}

TEST(OneSize, MultiplesOnly) {
  Context context;
  const Dim x = context.Symbol("x");
  const Dim up = context.Mul(context.CeilDiv(x, context.Constant(8)), context.Constant(8));
  const Fact asked{Fact::Kind::kGe, context.Min(x, context.Constant(100)),
                   context.Min(up, context.Constant(100))};
  EXPECT_EQ(context.Decide(asked), Tri::kUnknown);
  ASSERT_TRUE(context.Assume({Fact::Kind::kDivides, context.Constant(8), x}, {}).ok());
  EXPECT_EQ(context.Decide(asked), Tri::kYes);
}

}  // namespace
}  // namespace symshape::symbolic
