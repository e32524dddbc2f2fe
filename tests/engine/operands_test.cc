// A node without an operand that its operator requires: reported, and inferred from what is there.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

using Missing = std::vector<std::pair<std::string, std::string>>;  // node, message

Missing MissingOf(const Inferred& m) {
  Missing missing;
  for (const diagnostics::Diagnostic& d : m.analysis->diagnostics()) {
    if (d.id != "missing-operand") continue;
    missing.emplace_back(d.node, diagnostics::Render(d.message, m.analysis->context()));
  }
  return missing;
}

struct Case {
  const char* node;     // reads x [N, 4], makes y
  const char* missing;  // "" where none is
  const char* y;        // its shape
};

TEST(Operands, MissingOnesAreReportedByPosition) {
  const Case kCases[] = {
      {"MatMul (x)", "operand 1 is missing", "?"},
      {"Relu ()", "operand 0 is missing", "?"},
      {"Add (\"\", x)", "operand 0 is missing", "?"},
      {"Where (\"\", x, x)", "operand 0 is missing", "?"},
      {"Concat <axis = 0> ()", "operand 0 is missing", "?"},
      {"Pad (x)", "operand 1 is missing", "[pad_dim0_1, pad_dim1_1]"},
      {"Slice (x)", "operand 1 is missing", "[slice_dim0_1, slice_dim1_1]"},
      {"com.microsoft.QLinearSigmoid (x, x)", "operand 3 is missing", "[N, 4]"},
      {"Clip (x)", "", "[N, 4]"},
      {"Clip (x, \"\", \"\")", "", "[N, 4]"},
      {"Resize (x, \"\", s)", "", "[N, 8]"},
  };
  for (const Case& c : kCases) {
    const std::string text =
        std::string(R"(<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
        g (float[N,4] x) => (y) <float[2] s = {1.0, 2.0}> { [the_node] y = )") +
        c.node + "}";
    const auto m = Infer(text.c_str());
    ASSERT_TRUE(m->status.ok()) << c.node << ": " << m->status;
    const Missing expected = *c.missing == 0 ? Missing{} : Missing{{"the_node", c.missing}};
    EXPECT_EQ(MissingOf(*m), expected) << c.node;
    EXPECT_EQ(m->Shape("y"), c.y) << c.node;
  }
}

// Opset 10 made Slice's attributes operands.
TEST(Operands, TheVersionTellsWhichAreRequired) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 9]>
    g (float[N,4] x) => (y) { y = Slice <axes = [1], starts = [1], ends = [3]> (x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_TRUE(MissingOf(*m).empty());
  EXPECT_EQ(m->Shape("y"), "[N, 2]");
}

// The runtime refuses to load such a model, so the branch need not be entered.
TEST(Operands, AreCheckedInBranches) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[N,4] x) => (y) {
      y = If (c) <then_branch = t () => (r) { [inner] r = MatMul (x) },
                  else_branch = e () => (r) { r = Identity (x) }>
    })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(MissingOf(*m), (Missing{{"inner", "operand 1 is missing"}}));
}

}  // namespace
}  // namespace symshape::engine
