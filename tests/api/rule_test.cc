// Operators of the user's, as text and as C++ functions.
#include "symshape/rule.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "onnx/defs/parser.h"
#include "onnx/onnx_pb.h"
#include "symshape/infer.h"

namespace symshape {
namespace {

constexpr char kModel[] = R"(<ir_version: 10, opset_import: ["" : 17, "my.domain" : 1]>
custom (float[N,C,H,W] x) => (r) {
   y = my.domain.Upscale <scale = 3, name = "cubic", pads = [1, 2]> (x)
   r = Relu(y)
})";

std::string Bytes() {
  ONNX_NAMESPACE::ModelProto proto;
  EXPECT_TRUE(ONNX_NAMESPACE::OnnxParser::Parse(proto, kModel).IsOK());
  return proto.SerializeAsString();
}

std::string ShapeOfOutput(const Options& options) {
  const absl::StatusOr<Analysis> analysis = InferBytes(Bytes(), options);
  if (!analysis.ok()) return std::string(analysis.status().message());
  const Tensor output = analysis->outputs()[0];
  return output.shape ? output.shape->ToString() : "unknown rank";
}

TEST(UserRule, AnswersFromTheNodesAttributes) {
  Options options;
  options.rules.push_back(
      {"my.domain", "Upscale", [](const RuleNode& node) -> absl::StatusOr<std::string> {
         EXPECT_EQ(node.inputs.size(), 1u);
         EXPECT_EQ(node.inputs[0]->type, "float");
         EXPECT_EQ(*node.inputs[0]->dims, (std::vector<std::string>{"N", "C", "H", "W"}));
         EXPECT_EQ(std::get<std::string>(node.attributes.at("name")), "cubic");
         EXPECT_EQ(std::get<std::vector<int64_t>>(node.attributes.at("pads")),
                   (std::vector<int64_t>{1, 2}));
         const int64_t k = node.Int("scale", 2);
         return absl::StrCat("(x[n, c, h, w]) -> [n, c, ", k, "*h, ", node.Int("absent", 5), "*w]");
       }});
  EXPECT_EQ(ShapeOfOutput(options), "[N, C, 3*H, 5*W]");
}

TEST(UserRule, AnErrorMeansThatTheNodeNeverRuns) {
  Options options;
  options.rules.push_back(
      {"my.domain", "Upscale", [](const RuleNode&) -> absl::StatusOr<std::string> {
         return absl::InvalidArgumentError("scale is too large");
       }});
  const absl::StatusOr<Analysis> analysis = InferBytes(Bytes(), options);
  ASSERT_TRUE(analysis.ok());
  bool said = false;
  for (const Diagnostic& d : analysis->diagnostics()) said = said || d.id == "never-runs";
  EXPECT_TRUE(said);
}

TEST(UserOps, TextDefinesAnOperator) {
  EXPECT_EQ(ShapeOfOutput({.ops = {"my.domain::Upscale(x[n, c, h, w]) -> [n*c, h + w]"}}),
            "[N*C, H + W]");
  EXPECT_EQ(ShapeOfOutput({}), "unknown rank");
}

// The names of a definition are its own, whatever the model calls its sizes.
TEST(UserOps, NamesOfTheModelDoNotCount) {
  EXPECT_EQ(ShapeOfOutput(
                {.bind = {{"H", 7}}, .ops = {"my.domain::Upscale(x[W, H, N, C]) -> [W, H, N, C]"}}),
            "[N, C, 7, W]");
}

TEST(UserOps, WhatCannotBeReadIsAnError) {
  EXPECT_EQ(InferBytes(Bytes(), {.ops = {"my.domain::Upscale"}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(InferBytes(Bytes(), {.ops = {"Relu = same(0)"}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace symshape
