// At which sizes small models run. The corpus' contracts are held against onnxruntime in
// tests/oracle.
#include "queries/contract.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/shapes_of.h"

namespace symshape::queries {
namespace {

std::vector<std::string> Conditions(const Contract& contract) {
  std::vector<std::string> texts;
  for (const Condition& condition : contract.conditions()) texts.push_back(condition.when);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Contract, NamesSizesThatNodesFix) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, C] x, float[M, 3] w) => (y) { a = Add(x, w) b = Concat<axis = 0>(a, w) y = MatMul(a, x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  const Contract contract(*m->analysis);
  const symbolic::Bindings legal{{"N", 3}, {"C", 3}, {"M", 3}};
  EXPECT_TRUE(contract.Broken(legal).empty());
  EXPECT_FALSE(contract.Broken({{"N", 3}, {"C", 2}, {"M", 3}}).empty());
}

TEST(Contract, DropsWhatLaterConditionsSay) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[1, 1, H] x) => (z) <float[1, 1, 3] k = {1, 1, 1}> {
      a = Conv(x, k)
      b = Conv(a, k)
      z = Conv(b, k)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Conditions(Contract(*m->analysis)), (Texts{"H >= 7"}));
}

TEST(Contract, NodesThatNeedTheSameStandTogether) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[H, 4] x, float[W, 4] w) => (y, z, u) {
      y = Concat<axis = 1>(x, w)
      z = Concat<axis = 1>(w, x)
      u = Concat<axis = 1>(x, w)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  const Contract contract(*m->analysis);
  ASSERT_EQ(contract.conditions().size(), 1u);
  EXPECT_EQ(contract.conditions()[0].causes[0]->node, 0u);
}

TEST(Contract, AnIfNeedsWhatOneOfItsBranchesNeeds) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[S, 1] x, float[M, 1] w, float[P, 1] p) => (y) {
      y = If (c) <then_branch = t () => (a) { q = Concat<axis = 0>(x, p) a = Concat<axis = 1>(q, w) },
                  else_branch = e () => (b) { b = Concat<axis = 1>(x, w) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  const Contract contract(*m->analysis);
  ASSERT_EQ(contract.conditions().size(), 1u);
  const auto broken = [&](int64_t s, int64_t mask, int64_t p) {
    return !contract.Broken({{"S", s}, {"M", mask}, {"P", p}}).empty();
  };
  EXPECT_FALSE(broken(2, 2, 5));
  EXPECT_FALSE(broken(2, 7, 5));
  EXPECT_TRUE(broken(2, 3, 5));
}

TEST(Contract, WhatBothBranchesNeedIsNeeded) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[S, 1] x, float[M, 1] w) => (y) {
      y = If (c) <then_branch = t () => (a) { a = Concat<axis = 1>(x, w) },
                  else_branch = e () => (b) { b = Concat<axis = 1>(x, w) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[max(S, M), 2]");
  EXPECT_EQ(Contract(*m->analysis).conditions().size(), 1u);
}

TEST(Contract, AnExceptionThatALaterNodeExcludesIsNotSaid) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, 3, H] x) => (y, z) {
      y = MaxPool <kernel_shape = [1]> (x)
      target = Constant <value = int64[2] {0, -1}> ()
      z = Reshape (x, target)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Conditions(Contract(*m->analysis)),
            (Texts{"H >= 1", "N >= 1"}));  // not N == 0 or H >= 1
}

// The -1 is 8 as a MatMul needs that; so the Reshape needs as many elements.
TEST(Contract, WhatOneNodeNeedsTellsWhatAnotherDoes) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 18]>
    g (float[B, S, 8] x, float[B, T, 8] z, float[8, 4] w) => (y) {
      a = Add(x, z)
      b = Shape<start = 0, end = 1>(z)
      s = Shape<start = 1, end = 2>(x)
      rest = Constant<value_ints = [-1]>()
      shape = Concat<axis = 0>(b, s, rest)
      r = Reshape<allowzero = 1>(a, shape)
      y = MatMul(r, w)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Conditions(Contract(*m->analysis)),
            (Texts{"S == T or S == 1 or T == 1", "B == 0 or T == S or T == 1"}));
}

TEST(Contract, ABroadcastThatHasToGiveOneOfItsSizesIsReadable) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 18]>
    g (float[B, S, 8] x, float[B, T, 8] z, float[8, 4] w) => (y) {
      a = Add(x, z)
      s = Shape<end = 2>(x)
      rest = Constant<value_ints = [-1]>()
      shape = Concat<axis = 0>(s, rest)
      r = Reshape(a, shape)
      y = MatMul(r, w)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Conditions(Contract(*m->analysis)), (Texts{"S == T or T == 1", "B >= 1", "S >= 1"}));
}

// c is as long as a where H >= 1, and that may be 1.
TEST(Contract, WhatTwoSizesBroadcastToMayBeOne) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[1, 1, H] x, float[S] z) => (y) <float[1, 1, 3] k = {1, 1, 1}, float[1, 1, 2] w = {1, 1}> {
      a = Conv<pads = [0, 2], strides = [2]>(x, k)
      b = Conv<auto_pad = "SAME_UPPER", strides = [3]>(a, w)
      c = Add(a, b)
      y = Add(c, z)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  const Contract contract(*m->analysis);
  EXPECT_TRUE(contract.Broken({{"H", 2}, {"S", 5}}).empty());
  EXPECT_TRUE(contract.Broken({{"H", 5}, {"S", 3}}).empty());
  EXPECT_FALSE(contract.Broken({{"H", 5}, {"S", 2}}).empty());
}

// Where n is A*B*C, n*n*n is past the limits of the algebra.
TEST(Contract, WhatIsPastTheLimitsIsLeftOut) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 18]>
    g (float[K] v, float[M, 1] x, float[A, B, C] z) => (y, w) <int64[2] row = {1, -1}, int64[2] column = {-1, 1}, int64[1] last = {2}> {
      nonzero = NonZero(v)
      n = Transpose(nonzero)
      n1 = CastLike(n, x)
      n2 = Unsqueeze(n1, last)
      t = Transpose<perm = [1, 0]>(n1)
      square = Mul(n1, t)
      square1 = Unsqueeze(square, last)
      t3 = Transpose<perm = [1, 2, 0]>(n2)
      cube = Mul(square1, t3)
      cubes = Reshape(cube, row)
      y = MatMul(cubes, x)
      zs = Reshape(z, column)
      w = MatMul(t, zs)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Conditions(Contract(*m->analysis)), (Texts{"K*K*K >= M", "K >= A*B*C"}));
}

TEST(Contract, OddNamesAreWrittenByAlias) {
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float["my size", 1] x, float[M, 1] w) => (y) { y = Concat<axis = 1>(x, w) })");
  if (!m->status.ok()) GTEST_FAIL() << m->status;
  const Contract contract(*m->analysis);
  ASSERT_EQ(contract.conditions().size(), 1u);
  EXPECT_TRUE(contract.Broken({{"my size", 2}, {"M", 2}}).empty());
  EXPECT_EQ(contract.Broken({{"my size", 2}, {"M", 3}}).size(), 1u);
}

TEST(Contract, WhatIsAssumedIsNoCondition) {
  engine::Options options;
  options.assume_positive = true;
  const auto m = engine::Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[1, 1, H] x) => (y) <float[1, 1, 1] k = {1}> { y = Conv(x, k) })",
                               options);
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Conditions(Contract(*m->analysis)), Texts{});
}

}  // namespace
}  // namespace symshape::queries
