// Concat of parts that may be empty: what the nodes before it require counts.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

// A level of a feature pyramid. At batch 0 both parts are empty, and the dims are the first one's;
// else Conv needs H >= 2 and W >= 2, so that both have elements and the second's dims are the same.
TEST(JoinedDims, OfAFeaturePyramid) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 3, H, W] x, float[3, 3, 2, 2] w) => (y) {
      half = Conv <strides = [2, 2]> (x, w)
      scales = Constant <value = float[4] {1.0, 1.0, 2.0, 2.0}> ()
      up = Resize <mode = "nearest"> (half, , scales)
      y = Concat <axis = 1> (up, x)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[B, 6, 2*(H//2), 2*(W//2)]");
}

// x has elements at H = 1, where `none` has none: it tells the dim, the larger one.
TEST(JoinedDims, OfAPartThatMayVanish) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[1, 3, H] x) => (y) {
      shape = Shape (x)
      two = Constant <value = int64[3] {1, 1, 2}> ()
      halves = Div (shape, two)
      none = ConstantOfShape (halves)
      y = Concat <axis = 1> (none, x)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[1, 6, H]");
}

// The first part has one more axis that may be 0.
TEST(JoinedDims, OfPartsThatEitherMayVanish) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[K, 3, H] x, float[2, 3, W] z) => (y) { y = Concat <axis = 1> (x, z) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  const Inferred& i = *m;
  for (const auto& [k, h, w, dim] : std::vector<std::array<int64_t, 4>>{
           {2, 5, 5, 5}, {0, 5, 7, 7}, {2, 5, 0, 5}, {0, 5, 0, 5}, {2, 0, 4, 4}, {0, 0, 0, 0}}) {
    const auto dims =
        i.analysis->DimsOf(i.analysis->info(*i.model->main, i.model->main->outputs[0]));
    EXPECT_EQ(i.analysis->context().Evaluate((*dims)[2], {{"K", k}, {"H", h}, {"W", w}}), dim)
        << k << ", " << h << ", " << w;
  }
}

}  // namespace
}  // namespace symshape::engine
