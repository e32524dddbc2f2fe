// Dims made anew: read in another context, and with other symbols.
#include <gtest/gtest.h>

#include <tuple>

#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

// As its text is read.
TEST(Import, ADimIsReadAsItsText) {
  int64_t others = 0, checked = 0;
  for (uint64_t seed = 0; seed < 5000; ++seed) {
    RandomScene scene(seed);
    Context to;
    for (absl::string_view name : {"x", "y", "z"}) to.Symbol(name);
    scene.trees.Clear();
    const int tree = scene.trees.Make(3, 3, "+-*/%mMCB");
    const Dim d = scene.trees.Build(scene.context, tree, scene.symbols);
    const Dim read = to.Import(
        scene.context, d, [&](Dim symbol) { return to.Symbol(*scene.context.SymbolName(symbol)); });
    others += read != *to.Parse(scene.context.Print(d));
    for (int64_t point = 0; point < 64; ++point) {
      const Bindings sizes = {{"x", point % 4}, {"y", point / 4 % 4}, {"z", point / 16}};
      const auto want = scene.context.Evaluate(d, sizes), got = to.Evaluate(read, sizes);
      if (!want || !got) continue;
      ++checked;
      ASSERT_EQ(*want, *got) << scene.context.Print(d) << " is read as " << to.Print(read);
    }
  }
  EXPECT_LT(others, 50);
  EXPECT_GT(checked, 200000);
}

// At all sizes of a box d has, with other sizes in the place of two symbols, the value that it has
// there.
TEST(Substitute, HasTheValueAtTheOtherSizes) {
  int known = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    RandomScene scene(seed);
    Context& c = scene.context;
    const auto [x, y, z] = std::tuple(scene.symbols[0], scene.symbols[1], scene.symbols[2]);
    const Dim d = scene.RandomDim();
    const Dim of_x = c.Add(y, c.Constant(2)), of_y = c.Mul(x, z);
    const Dim changed = c.Substitute(d, {{x, of_x}, {y, of_y}});
    for (int64_t point = 0; point < 27; ++point) {
      const int64_t at_x = point % 3, at_y = point / 3 % 3, at_z = point / 9;
      const auto there = c.Evaluate(d, {{"x", at_y + 2}, {"y", at_x * at_z}, {"z", at_z}});
      const auto here = c.Evaluate(changed, {{"x", at_x}, {"y", at_y}, {"z", at_z}});
      if (!there.has_value() || !here.has_value()) continue;
      ASSERT_EQ(*here, *there) << c.Print(d) << " became " << c.Print(changed);
      ++known;
    }
  }
  EXPECT_GT(known, 30000);
}

// What is larger than the limits is a symbol of its own: what stands in it changes, too.
TEST(Substitute, ReachesIntoWhatHasNoForm) {
  Context c;
  const Dim x = c.Symbol("x"), big = c.Constant(int64_t{1} << 62);
  const Dim product = c.Mul(c.Mul(x, big), c.Constant(4));
  EXPECT_EQ(c.Substitute(product, {{x, c.Constant(0)}}), c.Constant(0));
  EXPECT_EQ(c.Substitute(product, {{x, c.Symbol("y")}}),
            c.Mul(c.Mul(c.Symbol("y"), big), c.Constant(4)));
}

}  // namespace
}  // namespace symshape::symbolic
