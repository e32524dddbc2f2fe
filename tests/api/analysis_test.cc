// The public headers, on the example that users meet first.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "symshape/infer.h"
#include "symshape/version.h"
#include "symshape/write.h"

namespace symshape {
namespace {

constexpr char kModel[] = "docs/examples/retinaface.onnx";

TEST(Infer, NamesAndNumbersOfAnOutput) {
  const auto analysis = InferFile(kModel);
  ASSERT_TRUE(analysis.ok()) << analysis.status();
  const auto sizes = analysis->Evaluate("conf", {{"batch", 1}, {"height", 640}, {"width", 640}});
  ASSERT_TRUE(sizes.ok()) << sizes.status();
  EXPECT_EQ(*sizes, (std::vector<int64_t>{1, 16800, 2}));
}

TEST(Infer, BindsASymbolEverywhere) {
  Options options;
  options.bind = {{"batch", 2}, {"height", 64}, {"width", 96}};
  const auto analysis = InferFile(kModel, options);
  ASSERT_TRUE(analysis.ok()) << analysis.status();
  EXPECT_EQ(analysis->outputs()[1].shape->ToString(), "[2, 252, 2]");
}

TEST(Infer, AMissingFileIsNotFound) {
  EXPECT_EQ(InferFile("no/such/file.onnx").status().code(), absl::StatusCode::kNotFound);
}

TEST(Infer, BytesThatAreNoModelAreRefused) {
  EXPECT_EQ(InferBytes("\x89PNG").status().code(), absl::StatusCode::kDataLoss);
}

TEST(Analysis, AnUnknownNameComesWithTheNearest) {
  const auto analysis = InferFile(kModel);
  ASSERT_TRUE(analysis.ok()) << analysis.status();
  const absl::Status status = analysis->ShapeOf("cnof").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(std::string(status.message()).find("conf"), std::string::npos) << status;
}

TEST(Analysis, NoNumbersWithoutSizes) {
  const auto analysis = InferFile(kModel);
  ASSERT_TRUE(analysis.ok()) << analysis.status();
  EXPECT_EQ(analysis->Evaluate("conf", {{"batch", 1}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Version, IsThePackages) { EXPECT_STREQ(Version(), SYMSHAPE_PROJECT_VERSION); }

}  // namespace
}  // namespace symshape
