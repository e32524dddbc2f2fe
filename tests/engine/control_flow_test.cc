// If, Loop, Scan and function calls. What single operators do is in tests/rules.
#include <gtest/gtest.h>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

TEST(If, TakesTheBranchThatFactsDecide) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 4] x) => (y) {
      yes = Constant<value = bool {1}>()
      y = If (yes) <then_branch = t () => (a) { a = Transpose(x) },
                    else_branch = e () => (b) { b = Identity(x) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[4, N]");
}

// In the first round both axes differ, in the second one only the last: it keeps its own symbol.
TEST(If, AnAxisThatIsTheSameByALaterFactGivesItsSymbolToNoOther) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[1, N] x, float[K, M] z) => (y, w) <int64[1] zero = {0}> {
      y = If (c) <then_branch = t () => (a) { a = Identity(x) },
                  else_branch = e () => (b) { b = Identity(z) }>
      w = Squeeze(z, zero)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[1, if_2]");
}

TEST(If, TakesTheBranchThatALaterNodeDecides) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 4] x, float[N, 4] z) => (y, w) {
      s = Shape<start = 0, end = 1>(x)
      two = Constant<value_ints = [2]>()
      c = Greater(s, two)
      c0 = Squeeze(c)
      y = If (c0) <then_branch = t () => (a) { a = Transpose(x) },
                   else_branch = e () => (b) { b = Identity(x) }>
      start = Constant<value_ints = [5]>()
      w = Gather(z, start)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("w"), "[1, 4]");
  EXPECT_EQ(m->Shape("y"), "[4, N]");  // as index 5 needs N >= 6
}

TEST(If, JoinsBranchesDimByDim) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[N, 4] x, float[M, 4] z) => (y, w) {
      y, w = If (c) <then_branch = t () => (a, a2) { a = Identity(x) a2 = Identity(x) },
                     else_branch = e () => (b, b2) { b = Identity(z) b2 = Identity(z) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[if_1, 4]");
  EXPECT_EQ(m->Shape("w"), "[if_1, 4]");  // the same branch is taken for both
}

TEST(If, ASizeKeepsTheNameOfWhatBothBranchesCount) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[N] x, float[M] z) => (y, w) {
      y, w = If (c) <then_branch = t () => (a, a2) { a = NonZero(x) a2 = NonZero(x) },
                     else_branch = e () => (b, b2) { b = NonZero(z) b2 = Unique(x) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[1, nonzero_4]");
}

TEST(If, RankDiffersByBranch) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[1, N] x) => (y) {
      y = If (c) <then_branch = t () => (a) { axes = Constant<value = int64[1] {0}>() a = Squeeze(x, axes) },
                  else_branch = e () => (b) { b = Identity(x) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "?");
}

TEST(If, WhatABranchRequiresStaysInside) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[2, K] x, float[L, 3] z) => (y, x2) {
      y = If (c) <then_branch = t () => (a) { a = MatMul(x, z) },
                  else_branch = e () => (b) { s = Constant<value = float[2, 3] {0,0,0,0,0,0}>() b = Identity(s) }>
      x2 = Identity(x)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[2, 3]");
  EXPECT_EQ(m->Shape("x2"), "[2, K]");
  ASSERT_EQ(m->analysis->requirements().size(), 1u);
  EXPECT_TRUE(m->analysis->requirements()[0].conditional);
}

// What the runtime stacks then depends on what it knows when it loads: 0 or 4, and N never.
TEST(Loop, ScanOutputsWithoutATrip) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 4] x, float[T] t) => (a, b) {
      yes = Constant<value = bool {1}>()
      M = Size(t)
      a, b = Loop (M, yes) <body = b (int64 i, bool c) => (bool c2, float[] s, float[3, 4] r)
        { c2 = Identity(c) s = Neg(x) r = Neg(x) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("a"), "[T, N*min(1, T), stacked_1]");
  EXPECT_EQ(m->Shape("b"), "[T, N*min(1, T) + 3*max(0, 1 - T), 4]");
}

// Of L*min(1, trips) values at least two are read.
TEST(Loop, ATripIsMadeWhereWhatItStacksIsRead) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[1, L] x, int64 M) => (y, first) {
      yes = Constant<value = bool {1}>()
      each = Loop (M, yes) <body = b (int64 i, bool c) => (bool c2, float[] s)
        { c2 = Identity(c) s = Neg(x) }>
      w = Constant<value = float[1, 4, 2] {1, 1, 1, 1, 1, 1, 1, 1}>()
      y = ConvTranspose<pads = [0, 2], strides = [3]>(each, w)
      start = Constant<value = int64 {0}>()
      step = Constant<value = int64 {1}>()
      numbers = Range(start, M, step)
      zero = Constant<value_ints = [0]>()
      one = Constant<value_ints = [1]>()
      first = Slice(numbers, zero, one)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[M_value_1, 4, 3*L - 3]");
  EXPECT_EQ(m->Shape("first"), "[1]");
}

// One trip is made for certain, so what it stacks is as it is on each.
TEST(Loop, TheFirstTripIsMade) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 4] x, float limit) => (a, b) {
      yes = Constant<value = bool {1}>()
      M = Constant<value = int64 {3}>()
      a = Loop (M, yes) <body = b (int64 i, bool c) => (bool c2, float[] s)
        { most = ReduceMax<keepdims = 0>(x) c2 = Less(most, limit) s = Neg(x) }>
      b = Loop (, yes) <body = d (int64 i, bool c) => (bool c2, float[] s)
        { most = ReduceMax<keepdims = 0>(x) c2 = Less(most, limit) s = Neg(x) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("a"), "[trips_1, N, 4]");
  EXPECT_EQ(m->Shape("b"), "[trips_2, N, 4]");
}

// Inside the body the trip's number is below M, so this condition stays true to the end.
TEST(Loop, ConditionOnTheTripsNumberThatMDecides) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 4] x) => (y, ys) {
      yes = Constant<value = bool {1}>()
      three = Constant<value = int64 {3}>()
      M = Constant<value = int64 {3}>()
      y, ys = Loop (M, yes, x) <body = b (int64 i, bool c, float[] v) => (bool c2, float[] v2, float[] s)
        { c2 = Less(i, three) v2 = Concat<axis = 0>(v, x) s = Neg(x) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[4*N, 4]");
  EXPECT_EQ(m->Shape("ys"), "[3, N, 4]");
}

// A length that only a later node tells: the elements get a name in the next round.
TEST(Walk, NamesElementsWhoseNumberIsKnownLate) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N] x, float[2, 3] z) => (y, w) {
      u, i, j, counts = Unique(x)
      past = Constant<value = int64[1] {99}>()
      zero = Constant<value = int64[1] {0}>()
      y = Slice(z, past, counts, zero)
      w = Squeeze(counts, zero)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[0, 3]");
}

TEST(Loop, TripCountIsMWhereTheConditionStaysTrue) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 4] x) => (y, ys) {
      M = Constant<value = int64 {7}>()
      yes = Constant<value = bool {1}>()
      y, ys = Loop (M, yes, x) <body = b (int64 i, bool c, float[N, 4] v) => (bool c2, float[N, 4] v2, float[N, 4] s)
        { c2 = Identity(c) v2 = Relu(v) s = Identity(v2) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[N, 4]");
  EXPECT_EQ(m->Shape("ys"), "[7, N, 4]");
}

TEST(Loop, GrowthByAConstantHasAClosedForm) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 4] x, float[K, 4] more) => (y) {
      M = Constant<value = int64 {5}>()
      yes = Constant<value = bool {1}>()
      y = Loop (M, yes, x) <body = b (int64 i, bool c, float[A, 4] v) => (bool c2, float[B, 4] v2)
        { c2 = Identity(c) v2 = Concat<axis = 0>(v, more) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[N + 5*K, 4]");
}

TEST(Loop, MIsOnlyAnUpperBoundWhereDataStops) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[4] x, bool go) => (y, ys) {
      M = Constant<value = int64 {5}>()
      yes = Constant<value = bool {1}>()
      y, ys = Loop (M, yes, x) <body = b (int64 i, bool c, float[4] v) => (bool c2, float[4] v2, float[4] s)
        { c2 = And(c, go) v2 = Relu(v) s = Identity(v2) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[4]");
  EXPECT_EQ(m->Shape("ys"), "[trips_1, 4]");
}

TEST(Loop, TripNumberHasTheRankThatTheBodyDeclares) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N] x) => (y, ys) {
      M = Constant<value = int64[1] {5}>()
      yes = Constant<value = bool {1}>()
      y, ys = Loop (M, yes, x) <body = b (int64[1] i, bool c, float[N] v) => (bool c2, float[N] v2, int64[1] s)
        { c2 = Identity(c) v2 = Relu(v) s = Identity(i) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("ys"), "[5, 1]");
}

TEST(Loop, SizeThatOnlyDataTells) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N] x) => (y) {
      M = Constant<value = int64 {5}>()
      yes = Constant<value = bool {1}>()
      y = Loop (M, yes, x) <body = b (int64 i, bool c, float[A] v) => (bool c2, float[B] v2)
        { c2 = Identity(c) v2 = Compress<axis = 0>(v, c3) c3 = Cast<to = 9>(v) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[loop_1]");
}

TEST(Scan, StacksItsOutputs) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[H] s0, float[T, N, H] x) => (s, ys) {
      s, ys = Scan<num_scan_inputs = 1, body = b (float[H] s1, float[N, H] xt) => (float[H] s2, float[N, H] y)
        { y = Add(xt, s1) s2 = Identity(s1) }>(s0, x)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("s"), "[H]");
  EXPECT_EQ(m->Shape("ys"), "[T, N, H]");
}

TEST(Function, IsInferredPerCallWithItsAttributes) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
    g (float[N, 4] x, float[2, 3, C] z) => (y, w) {
      y = local.Swap<perm = [1, 0]>(x)
      w = local.Swap<perm = [2, 0, 1]>(z)
    }
    <domain: "local", opset_import: ["" : 17]>
    Swap <perm> (v) => (u) { u = Transpose<perm: ints = @perm>(v) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[4, N]");
  EXPECT_EQ(m->Shape("w"), "[C, 2, 3]");
}

TEST(LateFacts, DecideWhatAnEarlyNodeLeftOpen) {
  // Add broadcasts a against b; the MatMul after it needs a == b.
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[a] x, float[b] y, float[1, a] p, float[b, 1] q) => (s, t) {
      s = Add(x, y)
      t = MatMul(p, q)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("s"), "[a]");
}

// In a function its attributes may be the call's.
TEST(Scan, FollowsAttributesOfTheCall) {
  const auto m = Infer(R"(<ir_version: 10, opset_import: ["" : 19, "a" : 1]>
    g (float[N, 4] x) => (y) { y = a.Each <count = 1, axes = [1]> (x) }
    <domain: "a", opset_import: ["" : 19]>
    Each <count, axes> (p) => (r) {
      r = Scan <num_scan_inputs: int = @count, scan_output_axes: ints = @axes, body = b (float[] s) => (float[] t) { t = Neg(s) }> (p)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[4, N]");
}

// Which is read late, where a trip's end is joined with it.
TEST(Loop, AStateThatBeginsAsAConstantOf8Bits) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (int64 m, bool c) => (y) <int8[2] z = {1, 2}> {
      y = Loop (m, c, z) <body = b (int64 i, bool k, int8[A] s) => (n, t) {
        n = Identity(k)
        t = Concat<axis = 0>(s, s)
      }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y")[0], '[');  // of a rank that all trips have
}

}  // namespace
}  // namespace symshape::engine
