// What is reported of a model's opsets and of control flow without a graph to run.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/shapes_of.h"

namespace symshape::engine {
namespace {

std::vector<std::string> Reported(const Inferred& m) {
  std::vector<std::string> ids;
  for (const diagnostics::Diagnostic& d : m.analysis->diagnostics()) ids.emplace_back(d.id);
  return ids;
}

TEST(Imports, OfKnownOpsetsSayNothing) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 28, "ai.onnx.ml" : 5]>
    g (float[N] x) => (y) { y = Relu(x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_TRUE(Reported(*m).empty());
}

TEST(Imports, MissingOneIsReportedOnce) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (float[N] x) => (z) { y = com.microsoft.Gelu(x) z = com.microsoft.Gelu(y) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Reported(*m), std::vector<std::string>{"opset-missing"});
  EXPECT_EQ(m->Shape("z"), "[N]");
}

TEST(Imports, NewerOneIsReported) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["ai.onnx" : 99999]>
    g (float[N] x) => (y) { y = Relu(x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Reported(*m), std::vector<std::string>{"opset-newer"});
  EXPECT_EQ(m->Shape("y"), "[N]");
}

TEST(ControlFlow, WithoutItsGraphNeverRuns) {
  const auto m = Infer(R"(<ir_version: 8, opset_import: ["" : 17]>
    g (int64 n, bool c, float[N] x) => (y) { y = Loop (n, c, x) })");
  ASSERT_TRUE(m->status.ok()) << m->status;
  EXPECT_EQ(Reported(*m), std::vector<std::string>{"never-runs"});
}

}  // namespace
}  // namespace symshape::engine
