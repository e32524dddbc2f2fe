#include "symbolic/evaluator.h"

#include <gtest/gtest.h>

#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kPoints = Evaluator::kBlock;

TEST(Evaluator, OfABlockIsWhatBruteForceGives) {
  Trees trees(1);
  int64_t values = 0, undefined = 0;
  for (int round = 0; round < 5000; ++round) {
    trees.Clear();
    const int tree = trees.Make(3, 3, "+-*/%mMC");
    Context c;
    const Dim symbols[] = {c.Symbol("x"), c.Symbol("y"), c.Symbol("z")};
    const Dim d = trees.Build(c, tree, symbols);
    std::vector<int64_t> sizes(3 * kPoints);
    for (int64_t& size : sizes) size = trees.Below(trees.Below(2) != 0 ? 4 : 100);
    Evaluator evaluator(c, {"x", "y", "z"});
    const Evaluator::Handle h = evaluator.Read(d);
    evaluator.MoveTo(sizes, kPoints);
    const Evaluator::Column column = evaluator.Of(h);
    std::vector<std::optional<int64_t>> of_block;
    for (size_t i = 0; i < kPoints; ++i) {
      const bool known = (column.known >> i & 1) != 0;
      of_block.push_back(known ? std::optional(column.values[i]) : std::nullopt);
    }
    for (size_t i = 0; i < kPoints; ++i) {
      const int64_t point[] = {sizes[i], sizes[kPoints + i], sizes[2 * kPoints + i]};
      const std::optional<int64_t> value = trees.Evaluate(tree, point);
      ++(value ? values : undefined);  // where it is not defined, a shorter form may be
      ASSERT_TRUE(!value || of_block[i] == value)
          << trees.Show(tree) << " at " << point[0] << ", " << point[1] << ", " << point[2];
      evaluator.MoveTo(point);
      ASSERT_EQ(evaluator.At(h), of_block[i]) << trees.Show(tree);
    }
  }
  EXPECT_GT(values, 200000);
  EXPECT_GT(undefined, 2000);
}

// 3*2^61*x - 2^62*y: at (2, 2) both products are past int64, and the sum is not.
TEST(Evaluator, SumsOfLargeProducts) {
  Context c;
  const Dim x = c.Symbol("x"), y = c.Symbol("y");
  const int64_t big = int64_t{1} << 61;
  const Dim d = c.Sub(c.Mul(c.Constant(3 * big), x), c.Mul(c.Constant(2 * big), y));
  Evaluator evaluator(c, {"x", "y"});
  const Evaluator::Handle h = evaluator.Read(d);
  evaluator.MoveTo({0, 1, 2, 2, 3, 0, 1, 2, 0, 9}, 5);
  const Evaluator::Column column = evaluator.Of(h);
  EXPECT_EQ(column.known, 0b00111);
  EXPECT_EQ(column.values[0], 0);
  EXPECT_EQ(column.values[1], big);
  EXPECT_EQ(column.values[2], 2 * big);
}

}  // namespace
}  // namespace symshape::symbolic
