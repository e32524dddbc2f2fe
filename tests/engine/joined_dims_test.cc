// Concat of parts that may be empty: what the nodes before it require counts.
#include <gtest/gtest.h>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

// A level of a feature pyramid. At batch 0 both parts are empty, and the dims are the first one's; else
// Conv needs H >= 2 and W >= 2, so that both have elements and the second's dims are the same.
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

// Here x has elements at H = 1 where `up` has none.
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
  EXPECT_EQ(m->Shape("y"), "[1, 6, concat_1]");
}

}  // namespace
}  // namespace symshape::engine
