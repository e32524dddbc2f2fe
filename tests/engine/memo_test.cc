// What is remembered from node to node never passes on what belongs to one node alone.
#include "engine/memo.h"

#include <gtest/gtest.h>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

TEST(Memo, DataDecidedSizesAreEachNodesOwn) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N] x) => (a, b) { a = NonZero(x) b = NonZero(x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("a"), "[1, nonzero_1]");
  EXPECT_EQ(m->Shape("b"), "[1, nonzero_2]");
}

TEST(Memo, AttributesAreToldApartByContent) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[A, B, C] x) => (a, b, c, d) {
      a = Transpose <perm = [0, 2, 1]> (x)
      b = Transpose <perm = [2, 0, 1]> (x)
      c = Transpose <perm = [0, 2, 1]> (x)
      d = Transpose (x)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("a"), "[A, C, B]");
  EXPECT_EQ(m->Shape("b"), "[C, A, B]");
  EXPECT_EQ(m->Shape("c"), "[A, C, B]");
  EXPECT_EQ(m->Shape("d"), "[C, B, A]");
}

TEST(Memo, ConstantsAreToldApartByContent) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[A, 6] x) => (a, b) {
      two = Constant <value = int64[2] {-1, 2}> ()
      three = Constant <value = int64[2] {-1, 3}> ()
      a = Reshape(x, two)
      b = Reshape(x, three)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("a"), "[3*A, 2]");
  EXPECT_EQ(m->Shape("b"), "[2*A, 3]");
}

// The memo gives the second one what it knows of the first.
TEST(Memo, EqualConstantsThatAreReadLateAreAlike) {
  Options options;
  options.check_memo = true;
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g () => (a, b, c, d) {
      a = Constant <value = int8[3] {1, 2, 3}> ()
      b = Constant <value = int8[3] {1, 2, 3}> ()
      c = Constant <value = float[9] {1, 2, 3, 4, 5, 6, 7, 8, 9}> ()
      d = Constant <value = float[9] {1, 2, 3, 4, 5, 6, 7, 8, 9}> ()
    })",
                       options);
  EXPECT_TRUE(m->status.ok()) << m->status;
}

TEST(Memo, AttributesOfTheCallDecideInsideAFunction) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17, "f" : 1]>
    g (float[A, B] x) => (a, b) {
      a = f.Flat <axis = 0> (x)
      b = f.Flat <axis = 2> (x)
    }
    <domain: "f", opset_import: ["" : 17]>
    Flat <axis> (x) => (y) { y = Flatten <axis: int = @axis> (x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("a"), "[1, A*B]");
  EXPECT_EQ(m->Shape("b"), "[A*B, 1]");
}

// Many calls, of which most are answered by the memo; the debug build enters each all the same.
TEST(Memo, CallsOfAFunction) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17, "f" : 1]>
    g (float[A, B] x, float[C, 4] w) => (d, u, e) {
      a = f.Layer(x, w)
      b = f.Layer(a, w)
      c = f.Layer(b, w)
      d = f.Layer(c, w)
      t = f.Positions(x)
      u = f.Positions(x)
      e = f.Layer(w, w)
    }
    <domain: "f", opset_import: ["" : 17]>
    Layer (x, w) => (z) { y = MatMul(x, w) z = Relu(y) }
    <domain: "f", opset_import: ["" : 17]>
    Positions (x) => (y) { y = NonZero(x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("d"), "[A, 4]");
  EXPECT_EQ(m->Shape("e"), "[4, 4]");  // each calls a need of its own: B == C, C == 4
  EXPECT_EQ(m->Shape("t"), "[2, nonzero_1]");
  EXPECT_EQ(m->Shape("u"), "[2, nonzero_2]");
}

// In the branch M is 4; outside it is not, and the same node answers anew.
TEST(Memo, FactsOfABranchStayThere) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[N, M] x, float[4, 2] w) => (y, z) {
      y = If (c) <then_branch = t () => (p) { q = MatMul(x, w) r = Transpose(x) p = Identity(r) },
                  else_branch = e () => (s) { s = Transpose(x) }>
      z = Transpose(x)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("z"), "[M, N]");
}

TEST(Memo, AnswersUnderTheSameFactsOnly) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N] x) => (y, z, w) { y = Relu(x) z = Relu(y) w = Abs(x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  const absl::Span<const graph::Node> nodes = m->model->main->nodes;
  const rules::Info info = m->analysis->info(*m->model->main, nodes[0].inputs[0]);
  const auto key = [&](size_t node, const rules::Info& input) {
    return *Memo::KeyOf(m->model->op(nodes[node]), nodes[node], absl::MakeConstSpan(&input, 1));
  };
  Memo memo;
  memo.Remember(key(0, info), 7, {info}, {}, true);
  ASSERT_TRUE(memo.Find(key(1, info), 7).has_value());
  EXPECT_TRUE(memo.Find(key(1, info), 7)->open);
  EXPECT_FALSE(memo.Find(key(0, info), 8).has_value());
  EXPECT_FALSE(memo.Find(key(0, rules::Info()), 7).has_value());
  EXPECT_FALSE(memo.Find(key(2, info), 7).has_value());
  memo.Remember(key(1, info), 8, {rules::Info()}, {}, false);
  EXPECT_FALSE(memo.Find(key(0, info), 7).has_value());
  EXPECT_EQ(memo.Find(key(0, info), 8)->outputs[0], rules::Info());
}

}  // namespace
}  // namespace symshape::engine
