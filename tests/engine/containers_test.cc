// Maps whose types rows cannot tell, and containers through control flow, functions and captured
// values.
#include <gtest/gtest.h>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

TEST(Maps, BecomeRowsOfTheirVocabulary) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17, "ai.onnx.ml" : 1]>
    g (map(int64, float) x, map(string, float) s) => (dense, sparse, vector) {
      dense = ai.onnx.ml.CastMap <cast_to = "TO_FLOAT", map_form = "DENSE"> (x)
      sparse = ai.onnx.ml.CastMap <cast_to = "TO_FLOAT", map_form = "SPARSE", max_map = 7> (x)
      vector = ai.onnx.ml.DictVectorizer <string_vocabulary = ["a", "b", "c"]> (s)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("dense"), "[1, map_keys_1]");
  EXPECT_EQ(m->Shape("sparse"), "[1, 7]");
  EXPECT_EQ(m->Shape("vector"), "[1, 3]");
}

// Each row of the table is a map, so the sequence is as long as the table.
TEST(Maps, OfZipMapAreOneForEachRow) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17, "ai.onnx.ml" : 1]>
    g (float[N, C] x) => (y, t) <int64[1] flat = {-1}> {
      z = ai.onnx.ml.ZipMap <classlabels_int64s = [0, 1]> (x)
      n = SequenceLength (z)
      k = Reshape (n, flat)
      y = ConstantOfShape (k)
      t = Identity (x)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[N]");
  EXPECT_EQ(m->Shape("t"), "[N, 2]");  // there are two labels
}

TEST(Sequences, OfShapeValuesKeepThem) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, M] x) => (y) <int64 last = {-1}, int64 one = {1}> {
      s = Shape (x)
      parts = SplitToSequence (s, one)
      columns = SequenceAt (parts, last)
      more = SequenceInsert (parts, columns)
      t = ConcatFromSequence <axis = 0> (more)
      y = ConstantOfShape (t)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[N, M, M]");
}

// Item k of parts of 3 is min(3, N - 3*k) long.
TEST(Sequences, OfPartsKnowEachAndTheWhole) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N, M] x) => (first, third, last, all, across)
    <int64 three = {3}, int64 zero = {0}, int64 two = {2}, int64 end = {-1}> {
      parts = SplitToSequence <axis = 0> (x, three)
      first = SequenceAt (parts, zero)
      third = SequenceAt (parts, two)
      last = SequenceAt (parts, end)
      all = ConcatFromSequence <axis = 0> (parts)
      slices = SplitToSequence <axis = 1> (x)
      across = ConcatFromSequence <axis = 1> (slices)
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("first"), "[3, M]");  // there is a third one
  EXPECT_EQ(m->Shape("third"), "[min(9, N) - 6, M]");
  EXPECT_EQ(m->Shape("last"), "[(N + 2) % 3 + 1, M]");
  EXPECT_EQ(m->Shape("all"), "[N, M]");
  EXPECT_EQ(m->Shape("across"), "[N, M]");
}

TEST(Functions, OfTwoDomainsNestAndHandAttributesOn) {
  const auto m = Infer(R"(<ir_version: 10, opset_import: ["" : 17, "a" : 1, "b" : 1]>
    g (float[N, M] x) => (y, z) {
      y = a.Outer <axis = 0> (x, x)
      z = a.Outer <axis = 1> (x, y)
    }
    <domain: "a", opset_import: ["" : 17, "b" : 1]>
    Outer <axis> (p, q) => (r) { r = b.Inner <along: int = @axis> (p, p) }
    <domain: "b", opset_import: ["" : 17]>
    Inner <along> (p, q) => (r) { r = Concat <axis: int = @along> (p, q) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[2*N, M]");
  EXPECT_EQ(m->Shape("z"), "[N, 2*M]");
}

// The value of a shape that an inner branch makes of a tensor of the main graph.
TEST(Captures, ReachThroughABranchInALoop) {
  const auto m = Infer(R"(<ir_version: 10, opset_import: ["" : 17]>
    g (float[N, M] x, bool c) => (y) <int64 three = {3}, bool yes = {1}> {
      y = Loop (three, yes, x) <body = b (int64 i, bool go, float[p, q] h) => (bool on, float[r, s] h2) {
        on = Identity (go)
        h2 = If (c) <then_branch = t () => (t0) { t0 = Concat <axis = 0> (h, x) },
                     else_branch = e () => (e0) { e1 = Neg (x) e0 = Concat <axis = 0> (h, e1) }>
      }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(m->Shape("y"), "[4*N, M]");
}

}  // namespace
}  // namespace symshape::engine
