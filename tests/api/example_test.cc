// The public headers, on the example: its input is [batch, 3, height, width], and its outputs
// declare the sizes of 640x640.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "symshape/analysis.h"
#include "symshape/infer.h"
#include "symshape/report.h"
#include "symshape/write.h"

namespace symshape {
namespace {

constexpr char kExample[] = "docs/examples/retinaface.onnx";

class Example : public testing::Test {
 protected:
  static const Analysis& analysis() {
    static const auto* const result = new absl::StatusOr<Analysis>(InferFile(kExample));
    EXPECT_TRUE(result->ok()) << result->status();
    return **result;
  }
};

TEST_F(Example, InputsAndOutputs) {
  const std::vector<Tensor> inputs = analysis().inputs();
  ASSERT_EQ(inputs.size(), 1u);
  EXPECT_EQ(inputs[0].name, "input");
  EXPECT_EQ(inputs[0].type, "float");
  EXPECT_EQ(inputs[0].shape->ToString(), "[batch, 3, height, width]");
  const std::vector<Tensor> outputs = analysis().outputs();
  ASSERT_EQ(outputs.size(), 3u);
  EXPECT_EQ(outputs[1].name, "conf");
  EXPECT_EQ(outputs[1].stale, "[1, 16800, 2]");
  EXPECT_EQ(outputs[1].known, Known::kExact);
}

TEST_F(Example, DimsEvaluateAndCompare) {
  const Shape conf = **analysis().ShapeOf("conf");
  const Shape loc = **analysis().ShapeOf("loc");
  ASSERT_EQ(conf.rank(), 3);
  EXPECT_EQ(conf[2].constant(), 2);
  EXPECT_TRUE(conf[1].SameAs(loc[1]));
  EXPECT_FALSE(conf[2].SameAs(loc[2]));
  EXPECT_EQ(conf[1].Symbols(), (std::vector<std::string>{"height", "width"}));
  EXPECT_EQ(conf[1].Evaluate({{"height", 640}, {"width", 640}}).value(), 16800);
  EXPECT_EQ(conf[1].Evaluate({{"height", 640}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Example, EvaluateKnowsWhereTheModelRuns) {
  const Sizes sizes = {{"batch", 1}, {"height", 480}, {"width", 640}};
  EXPECT_EQ(analysis().Evaluate("conf", sizes).value(), (std::vector<int64_t>{1, 12600, 2}));
  EXPECT_TRUE(analysis().Broken(sizes).empty());
  const Sizes empty = {{"batch", 1}, {"height", 0}, {"width", 640}};
  ASSERT_EQ(analysis().Broken(empty).size(), 1u);
  EXPECT_EQ(analysis().Broken(empty)[0].when, "height >= 1");
  EXPECT_EQ(analysis().Evaluate("conf", empty).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(Example, WrongNamesAreGuessed) {
  const absl::Status tensor = analysis().ShapeOf("cnof").status();
  EXPECT_EQ(tensor.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(tensor.message().find("did you mean 'conf'?"), absl::string_view::npos) << tensor;
  const absl::Status size = analysis().CheckSizes({{"hieght", 1}});
  EXPECT_EQ(size.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(size.message().find("did you mean 'height'?"), absl::string_view::npos) << size;
}

TEST_F(Example, DimsOutliveAMove) {
  absl::StatusOr<Analysis> first = InferFile(kExample);
  const Shape conf = **first->ShapeOf("conf");
  const Analysis second = *std::move(first);
  EXPECT_EQ(conf[2].ToString(), "2");
}

TEST_F(Example, ASecondInferenceChangesNothing) {
  const std::string once = WriteBytes(analysis()).value();
  const absl::StatusOr<Analysis> again = InferBytes(once);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(WriteBytes(*again).value(), once);
  for (const Tensor& output : again->outputs()) EXPECT_EQ(output.stale, "");
}

TEST(Infer, ErrorsHaveTheirCodes) {
  EXPECT_EQ(InferFile("no/such/file.onnx").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(InferBytes("no model at all").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(InferBytes("").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(InferFile(kExample, {.bind = {{"nobody", 1}}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Infer, Binds) {
  const absl::StatusOr<Analysis> bound =
      InferFile(kExample, {.bind = {{"height", 480}, {"width", 640}}});
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_EQ((**bound->ShapeOf("conf")).ToString(), "[batch, 12600, 2]");
}

}  // namespace
}  // namespace symshape
