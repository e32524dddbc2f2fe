// Context::HoldWhere against brute force in a box: no yes is wrong, and no supposition outlives its
// question.
#include <gtest/gtest.h>

#include "symbolic/expr.h"
#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

constexpr int64_t kHigh = 14;
constexpr char kOps[] = "++--**//%TmM";

struct Inequality {
  int a, b;  // a >= b
};

// What it comes to at these sizes; nullopt where a side has no value.
std::optional<bool> HoldsAt(const Trees& trees, Inequality i, const int64_t* sizes) {
  const auto a = trees.Evaluate(i.a, sizes), b = trees.Evaluate(i.b, sizes);
  if (!a || !b) return std::nullopt;
  return *a >= *b;
}

void Check(uint64_t seed, size_t* proved) {
  Trees t(seed);
  Context c;
  const Dim symbols[] = {c.Symbol("x"), c.Symbol("y")};
  const auto make = [&](int depth) {
    return Inequality{t.Make(depth, 2, kOps), t.Make(t.Below(2), 2, kOps)};
  };
  const auto fact = [&](Inequality i) {
    return Fact{Fact::Kind::kGe, t.Build(c, i.a, symbols), t.Build(c, i.b, symbols)};
  };
  const Inequality where[] = {make(1), make(2)}, asked = make(2);
  const Fact known[] = {fact(where[0]), fact(where[1])}, wanted[] = {fact(asked)};
  const bool holds = c.HoldWhere(wanted, known);
  const Tri everywhere = c.Decide(wanted[0]);
  *proved += holds && everywhere != Tri::kYes;
  for (int64_t x = 0; x <= kHigh; ++x) {
    for (int64_t y = 0; y <= kHigh; ++y) {
      const int64_t s[] = {x, y, 0};
      const auto real = HoldsAt(t, asked, s);
      if (!real || *real) continue;
      EXPECT_NE(everywhere, Tri::kYes) << "seed " << seed << " at " << x << ", " << y;
      if (!HoldsAt(t, where[0], s).value_or(false) || !HoldsAt(t, where[1], s).value_or(false))
        continue;
      EXPECT_FALSE(holds) << "seed " << seed << " at " << x << ", " << y << ": "
                          << c.Print(wanted[0]) << " where " << c.Print(known[0]) << " and "
                          << c.Print(known[1]);
    }
  }
}

TEST(HoldWhere, AgreesWithBruteForce) {
  size_t proved = 0;
  for (uint64_t seed = 0; seed < 4000 && !testing::Test::HasFailure(); ++seed) Check(seed, &proved);
  EXPECT_GT(proved, 300u);
}

bool Ask(const char* asked, const char* where) {
  Context c;
  return c.HoldWhere(*c.ParseFacts(asked), *c.ParseFacts(where));
}

TEST(HoldWhere, Rows) {
  EXPECT_TRUE(Ask("2*(H//32) >= 1", "H//16 >= 1 and H >= 32"));
  EXPECT_FALSE(Ask("2*(H//32) >= 1", "H//16 >= 1"));
  EXPECT_TRUE(Ask("B >= 1 and H >= 1", "B*H >= 1"));
  EXPECT_FALSE(Ask("B >= 1 and C >= 1", "B*H >= 1"));
  EXPECT_TRUE(Ask("a == b", "a >= b and b >= a"));
  EXPECT_TRUE(Ask("a == 5", "a >= 3 and a <= 2"));  // there are no such sizes
  EXPECT_TRUE(Ask("(H + 1)//2 >= 1", "H//2 >= 1"));
  EXPECT_TRUE(Ask("H % 8 == 0", "H % 32 == 0"));
}

}  // namespace
}  // namespace symshape::symbolic
