// What nodes require, as facts for the others, and what it costs to know many.
#include <gtest/gtest.h>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

// Pool needs H >= 1 "unless N is 0". That N is not 0 is known from a later node only.
TEST(Facts, OfARequirementWhoseExceptionALaterNodeExcludes) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 3, H] x) => (y, z) {
      y = MaxPool <kernel_shape = [1]> (x)
      target = Constant <value = int64[2] {0, -1}> ()
      z = Reshape (x, target)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  const symbolic::Dim h = *m->analysis->context().FindSymbol("H");
  EXPECT_EQ(m->analysis->context().Bounds(h).lo, 1);
}

// Reshape's axis 0 is rows "unless that is 0", where it copies n; so n is not the axis where it is
// not 0. At n = 4, a = 6, rows = 12 `leader` is empty, and the runtime takes the dims of `other`.
TEST(Facts, OfASizeThatMayCopyAreNotThoseOfTheCopy) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[n, a] x, float[rows, 3] other) => (z) {
      zero = Constant <value = int64[1] {0}> ()
      one = Constant <value = int64[1] {1}> ()
      two = Constant <value = int64[1] {2}> ()
      wanted = Shape <start = 0, end = 1> (other)
      target = Concat <axis = 0> (wanted, two)
      r = Reshape (x, target)
      made = Shape <start = 0, end = 1> (r)
      given = Shape <start = 0, end = 1> (x)
      more = Sub (made, given)
      excess = Max (more, zero)
      missing = Sub (one, excess)
      kept = Max (missing, zero)
      shape = Concat <axis = 0> (kept, one)
      leader = ConstantOfShape (shape)
      z = Concat <axis = 1> (leader, other)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("z"), "[max(min(0, n - (n*a)//2) + 1, rows), 4]");
}

// A correlation volume. The maxima in its dims are asked for under hypotheses, with facts known:
// asking for witnesses there must not ask for the maxima again, or the work left for the last dim
// is spent.
TEST(Facts, OfMaximaUnderHypotheses) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[B, 8, H, W] x) => (y) {
      zero = Constant <value = int64[1] {0}> ()
      one = Constant <value = int64[1] {1}> ()
      two = Constant <value = int64[1] {2}> ()
      three = Constant <value = int64[1] {3}> ()
      rest = Constant <value = int64[1] {-1}> ()
      s = Shape (x)
      b = Gather (s, zero)
      h = Gather (s, two)
      w = Gather (s, three)
      eight = Constant <value = int64[1] {8}> ()
      whole = Concat <axis = 0> (b, eight, rest)
      flat = Reshape (x, whole)
      turned = Transpose <perm = [0, 2, 1]> (flat)
      pairs = MatMul (turned, flat)
      bh = Mul (b, h)
      bhw = Mul (bh, w)
      images = Concat <axis = 0> (bhw, one, h, w)
      volume = Reshape (pairs, images)
      half = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (volume)
      target = Concat <axis = 0> (b, h, w, rest)
      y = Reshape (half, target)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y").find("opaque"), std::string::npos) << m->Shape("y");
}

// Of u nothing is known, so both sizes of t are symbols at first, and its rows become 5 once A is
// known not to be 0. Its columns must not have the symbol that the rows had: C would be 1 then.
TEST(Facts, OfAnAxisStayWithItsSymbol) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[K] k, int64[S] s, float[5, A] x, float[C, 1] v, float[2, 4] m, float[7] w) => (l, y, z, o) {
      rest = Constant <value = int64[2] {-1, 1}> ()
      u = Reshape (k, s)
      t = Concat <axis = -1> (u, x)
      r = Reshape (t, rest)
      l = LayerNormalization <axis = -1> (t, w)
      y = Add (v, r)
      z = Relu (v)
      o = MatMul (x, m)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[35, 1]");
  EXPECT_EQ(m->Shape("z"), "[C, 1]");
}

}  // namespace
}  // namespace symshape::engine
