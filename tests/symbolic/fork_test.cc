// What-if questions on a context that nobody changes: each thread asks a fork of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "symbolic/context.h"
#include "symbolic/testing.h"
#include "symshape/dim.h"

namespace symshape::symbolic {
namespace {

constexpr int kThreads = 4;
constexpr int kQuestions = 200;

TEST(Fork, KnowsWhatItsOriginKnowsAndKeepsItsOwn) {
  Context c;
  const Dim x = c.Symbol("x"), y = c.Symbol("y");
  const Dim sum = c.Add(x, c.FloorDiv(y, c.Constant(2)));
  ASSERT_TRUE(*c.Assume({Fact::Kind::kGe, x, c.Constant(5)}, {}));
  Context fork = c.Fork();
  EXPECT_EQ(fork.Bounds(x).lo, 5);
  EXPECT_EQ(fork.Add(x, fork.FloorDiv(y, fork.Constant(2))), sum);
  ASSERT_TRUE(*fork.Assume({Fact::Kind::kEq, y, fork.Constant(6)}, {}));
  EXPECT_EQ(fork.Print(fork.Resolve(sum)), "x + 3");
  fork.Symbol("z");
  EXPECT_EQ(c.Resolve(sum), sum);
  EXPECT_EQ(c.FindSymbol("z"), std::nullopt);
  EXPECT_FALSE(fork.Assume({Fact::Kind::kEq, x, fork.Constant(4)}, {}).ok());
}

// Every thread states what x + y is, and must find what follows from that alone.
TEST(Fork, ManyThreadsAskOneContext) {
  Context c;
  const Dim x = c.Symbol("x"), y = c.Symbol("y");
  Trees trees(3);
  std::vector<Dim> dims;
  const Dim symbols[] = {x, y, c.Symbol("z")};
  for (int i = 0; i < 100; ++i) {
    trees.Clear();
    dims.push_back(trees.Build(c, trees.Make(3, 3, "+-*/%mM"), symbols));
  }
  const Context& frozen = c;
  std::atomic<int> asked = 0, wrong = 0;
  const auto ask = [&](int thread) {
    for (int i = 0; i < kQuestions; ++i) {
      const int64_t total = thread * kQuestions + i;
      Context mine = frozen.Fork();
      const auto taken = mine.Assume({Fact::Kind::kEq, mine.Add(x, y), mine.Constant(total)}, {});
      const Tri bounded = mine.Decide({Fact::Kind::kGe, mine.Constant(total), x});
      const Tri equal = mine.Decide({Fact::Kind::kEq, mine.Sub(mine.Constant(total), y), x});
      const Dim d = dims[static_cast<size_t>(i) % dims.size()];
      const Bindings sizes = {{"x", i}, {"y", total - i}, {"z", 3}};
      const bool same =
          total < i || frozen.Evaluate(d, sizes) == mine.Evaluate(mine.Resolve(d), sizes);
      ++asked;
      if (!taken.ok() || bounded != Tri::kYes || equal != Tri::kYes || !same ||
          frozen.Print(d).empty()) {
        ++wrong;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(ask, t);
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(asked, kThreads * kQuestions);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(frozen.FindSymbol("w"), std::nullopt);
}

TEST(Fork, OfAnAlgebra) {
  Algebra algebra;
  ASSERT_TRUE(algebra.Assume("H >= 4", "config").ok());
  const ::symshape::Dim half = *algebra.Parse("H//2");
  algebra.Push();
  Algebra fork = algebra.Fork();
  ASSERT_TRUE(fork.Assume("H == 8").ok());
  EXPECT_EQ(fork.Resolve(half).ToString(), "4");
  EXPECT_EQ(algebra.Resolve(half).ToString(), "H//2");
  EXPECT_TRUE(fork.Pop().ok());
  EXPECT_EQ(fork.Resolve(half).ToString(), "H//2");
  EXPECT_EQ(*fork.Decide("H >= 4"), Answer::kYes);
  EXPECT_EQ(fork.Pop().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(algebra.Pop().ok());
}

}  // namespace
}  // namespace symshape::symbolic
