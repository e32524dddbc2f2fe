// What is printed is read back as the same id, and does not depend on what was built before.
#include <gtest/gtest.h>

#include <random>

#include "symbolic/context.h"
#include "symbolic/testing.h"
#include "symshape/dim.h"

namespace symshape::symbolic {
namespace {

constexpr int kExpressions = 20000;

// How many of kExpressions were read back as another dim. `prepare` states what is known.
template <typename Prepare>
int CountReadAsAnother(const char* operators, Prepare prepare, std::string& report) {
  int checked = 0, different = 0;
  for (int round = 0; checked < kExpressions; ++round) {
    Context c;
    const Dim symbols[] = {c.Symbol("x"), c.Symbol("y"), c.Symbol("z")};
    const std::string known = prepare(c, round);
    Trees t(round);
    for (int k = 0; k < 10 && checked < kExpressions; ++k) {
      t.Clear();
      const int i = t.Make(4, 3, operators);
      const Dim d = c.Settled(t.Build(c, i, symbols));
      const std::string text = c.Print(d);
      // What has no value, x//0, gets a name of its own, in order of appearance.
      if (text.find("_opaque") != std::string::npos) continue;
      const auto again = c.Parse(text);
      if (!again.ok()) {
        absl::StrAppend(&report, "\n", again.status().message());
        return kExpressions;
      }
      ++checked;
      if (*again == c.Settled(d)) continue;
      if (++different > 20) continue;
      absl::StrAppend(&report, "\n", known, "  ", t.Show(i), "\n   is ", text, "\n   read as ",
                      c.Print(*again));
    }
  }
  std::printf("checked %d expressions, %d read back as another\n", checked, different);
  return different;
}

TEST(Printing, IsReadBackAsTheSameId) {
  const auto nothing = [](Context&, int) { return std::string(); };
  std::string report;
  EXPECT_EQ(CountReadAsAnother("+-*/%mMC", nothing, report), 0) << report;
  EXPECT_EQ(CountReadAsAnother("+-*/%mMCTB", nothing, report), 0) << report;
}

constexpr const char* kKnown[] = {
    "x % 4 == 0",    "x >= 1", "y >= 2",     "x >= y",    "x + y == z",
    "z % x == 0",    "z != 1", "x == 3*y",   "y <= z",    "x*y == 6*z",
    "1 <= z <= 9",   "z >= 1", "y % 3 == 1", "y*z <= 40", "x == y or x == 1 or y == 1",
    "x <= 2*y + 30",
};

TEST(Printing, IsReadBackAsTheSameIdWhereFactsAreKnown) {
  int stated = 0;
  const auto two = [&](Context& c, int round) {
    std::string known;
    for (const size_t k : {round * size_t{7}, round * size_t{5} + round / std::size(kKnown)}) {
      const char* text = kKnown[k % std::size(kKnown)];
      const auto facts = c.ParseFacts(text);
      bool holds = facts.ok();
      for (size_t i = 0; holds && i < facts->size(); ++i) holds = c.Assume((*facts)[i], {}).ok();
      stated += holds;
      absl::StrAppend(&known, known.empty() ? "" : " ; ", text);
    }
    return known;
  };
  std::string report;
  EXPECT_EQ(CountReadAsAnother("+-*/%mMCTB", two, report), 0) << report;
  std::printf("with %d facts\n", stated);
  EXPECT_GE(stated, kExpressions / 10);
}

TEST(Printing, IsReadBackByAlgebra) {
  constexpr int kDims = 3000;
  std::mt19937 random(1);
  Algebra a;
  std::vector<symshape::Dim> dims = {a.Symbol("x"), a.Symbol("y"), a.Symbol("z")};
  for (int value = 0; value < 4; ++value) dims.push_back(a.Constant(value));
  constexpr symshape::Dim (Algebra::*kOperations[])(symshape::Dim, symshape::Dim) = {
      &Algebra::Add, &Algebra::Sub,     &Algebra::Mul, &Algebra::FloorDiv, &Algebra::Mod,
      &Algebra::Max, &Algebra::CeilDiv, &Algebra::Min, &Algebra::Broadcast};
  int checked = 0;
  while (checked < kDims) {
    const auto any = [&] { return dims[random() % dims.size()]; };
    const symshape::Dim d = (a.*kOperations[random() % std::size(kOperations)])(any(), any());
    const std::string text = d.ToString();
    if (text.size() > 60 || text.find("_opaque") != std::string::npos) continue;
    const absl::StatusOr<symshape::Dim> again = a.Parse(text);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(again->SameAs(a.Resolve(d))) << text << " is read as " << again->ToString();
    dims.push_back(d);
    ++checked;
  }
}

TEST(Printing, DoesNotDependOnWhatWasBuiltBefore) {
  int checked = 0, different = 0;
  std::string report;
  for (int round = 0; checked < kExpressions; ++round) {
    Context all;
    const Dim symbols[] = {all.Symbol("x"), all.Symbol("y"), all.Symbol("z")};
    Trees t(round);
    for (int k = 0; k < 10 && checked < kExpressions; ++k) {
      t.Clear();
      const int i = t.Make(4, 3, "+-*/%mMC");
      const std::string text = all.Print(all.Settled(t.Build(all, i, symbols)));
      Context alone;
      const Dim same[] = {alone.Symbol("x"), alone.Symbol("y"), alone.Symbol("z")};
      const std::string other = alone.Print(alone.Settled(t.Build(alone, i, same)));
      if (text.find("_opaque") != std::string::npos) continue;
      ++checked;
      if (text == other) continue;
      if (++different > 20) continue;
      absl::StrAppend(&report, "\n", t.Show(i), "\n   is ", text, "\n   alone ", other);
    }
  }
  std::printf("checked %d expressions, %d printed otherwise alone\n", checked, different);
  EXPECT_EQ(checked, kExpressions);
  // A shorter equal that was built before is kept, and an element of a maximum is dropped where the
  // proof that another one is larger fits into its budget.
  EXPECT_LE(different, kExpressions / 1000) << report;
}

// Each was once read back as another one.
constexpr const char* kOnce[] = {
    "(y*min(1, x))//min(y, (x + 2)//3)",  // was divided again and again
    "(x*max(0, x - 1))//max(x*y, x, y)",
    "(3*max(1, y)*z)//4//2",                     // cancels once quotients have their form
    "((max(x, z) % 10)//3)//6",                  // one maximum, twice
    "(max((y + 11)//12, (z + 11)//12) + 1)//2",  // branches are shorter than what merges
    "max(-4, -max(x, z)*min(1, x, z))",          // minus a broadcast
    "max(x, z//min(x, y))*min(1, x, z//min(x, y))",
    "broadcast(x - 1, y)",  // of what may be below 0
    "broadcast(broadcast(x, y) - 1, z)",
    "broadcast(x + 1, y + 1) + 3",  // of what is never 0: it was read as max(x, y) + 4
    // Two writings that are each the shortest one reached from the other's text.
    "(y//11 % 3 + 1)//2*max(max(x, y) - (x - y), y)",
    "max((min(x, 3) + z % y) % 2, (min(x, 0) - y % 5)//2)",
};

TEST(Printing, IsReadBackAgain) {
  for (const char* text : kOnce) {
    Context c;
    const auto first = c.Parse(text);
    ASSERT_TRUE(first.ok()) << first.status();
    const auto again = c.Parse(c.Print(*first));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, c.Resolve(*first)) << text << " is " << c.Print(*first);
  }
}

// No negative terms, constants behind, the longer part first; but what folds into one word stays.
constexpr struct {
  const char* fact;
  const char* text;
} kFacts[] = {
    {"x - 1 >= 0", "x >= 1"},
    {"512 - x >= 0", "x <= 512"},
    {"z - x - y >= 0", "x + y <= z"},
    {"x + y - z <= 0", "x + y <= z"},
    {"z - x - y >= 2", "x + y + 2 <= z"},
    {"x + y == z", "x + y == z"},
    {"x - y == 3", "x == y + 3"},
    {"x - y == -3", "x + 3 == y"},
    {"4*x - 3*y != 0", "4*x != 3*y"},
    {"x % 32 >= 5", "x % 32 >= 5"},
    {"5 - x % 32 >= 0", "x % 32 <= 5"},
    {"x >= y", "x >= y"},
    {"x + 2*y >= x + z", "2*y >= z"},
    {"x*y - z >= x", "x + z <= x*y"},
};

TEST(Printing, Facts) {
  for (const auto& [fact, text] : kFacts) {
    Context c;
    for (const char* name : {"x", "y", "z"}) c.Symbol(name);
    const auto facts = c.ParseFacts(fact);
    ASSERT_TRUE(facts.ok()) << facts.status();
    EXPECT_EQ(c.Print((*facts)[0]), text) << fact;
    const auto again = c.ParseFacts(text);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(c.Print((*again)[0]), text);
  }
}

}  // namespace
}  // namespace symshape::symbolic
