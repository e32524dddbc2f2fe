#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "graph/parse_text.h"
#include "io/scratch_folder.h"
#include "writer/external_files.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

namespace fs = std::filesystem;

void MakeExternal(onnx::TensorProto& tensor, const std::string& location) {
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  onnx::StringStringEntryProto* entry = tensor.add_external_data();
  entry->set_key("location");
  entry->set_value(location);
}

// A model with weights in "w.bin" (an initializer) and "sub/v.bin" (a Constant in a branch).
onnx::ModelProto ModelWithExternalData() {
  onnx::ModelProto proto =
      ParseGraph(R"(g (bool c, float[N] x) => (float[N] y) <float[1] w = {1.0}> {
    y = If (c) <then_branch = t () => (float[1] a) { a = Constant<value = float[1] {2.0}>() },
                else_branch = e () => (float[N] b) { b = Add(x, w) }> })");
  MakeExternal(*proto.mutable_graph()->mutable_initializer(0), "w.bin");
  MakeExternal(*proto.mutable_graph()
                    ->mutable_node(0)
                    ->mutable_attribute(0)
                    ->mutable_g()
                    ->mutable_node(0)
                    ->mutable_attribute(0)
                    ->mutable_t(),
               "sub/v.bin");
  return proto;
}

class FileTest : public testing::Test {
 protected:
  FileTest() {
    fs::create_directories(folder_ / "in/sub");
    fs::create_directory(folder_ / "out");
    WriteText(folder_ / "in/w.bin", "weights");
    WriteText(folder_ / "in/sub/v.bin", "more");
  }
  absl::Status Write(ExternalData external_data, const std::string& target = "out/r.onnx") {
    return WriteFile({{bytes_}}, bytes_, folder_ / target, folder_ / "in/m.onnx", external_data);
  }
  const ScratchFolder folder_;
  const std::string bytes_ = *Serialize(ModelWithExternalData());
};

TEST_F(FileTest, FindsAllLocations) {
  EXPECT_EQ(ExternalLocations(bytes_), (std::vector<std::string>{"sub/v.bin", "w.bin"}));
  EXPECT_TRUE(ExternalLocations(bytes_.substr(0, bytes_.size() - 1)).empty());
}

TEST_F(FileTest, WritesTheBytes) {
  ASSERT_TRUE(Write(ExternalData::kRefuse, "in/r.onnx").ok());
  EXPECT_EQ(ReadText(folder_ / "in/r.onnx"), bytes_);
}

TEST_F(FileTest, RefusesToLeaveTheWeightsBehind) {
  const absl::Status status = Write(ExternalData::kRefuse);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(
      status.message(),
      absl::string_view("the model's weights lie beside it, in 'sub/v.bin' and 1 more, where a "
                        "result in '" +
                        (folder_ / "out") +
                        "' does not find them: write beside "
                        "the model, or choose --external-data=copy, hardlink or keep (weights "
                        "stay where they are)"));
  EXPECT_TRUE(fs::is_empty(folder_ / "out"));
}

TEST_F(FileTest, KeepsCopiesOrLinksThem) {
  ASSERT_TRUE(Write(ExternalData::kKeep).ok());
  EXPECT_FALSE(fs::exists(folder_ / "out/w.bin"));
  ASSERT_TRUE(Write(ExternalData::kCopy).ok());
  EXPECT_EQ(ReadText(folder_ / "out/w.bin"), "weights");
  EXPECT_EQ(ReadText(folder_ / "out/sub/v.bin"), "more");
  fs::create_directory(folder_ / "links");
  ASSERT_TRUE(Write(ExternalData::kHardlink, "links/r.onnx").ok());
  EXPECT_TRUE(fs::equivalent(folder_ / "in/w.bin", folder_ / "links/w.bin"));
  EXPECT_TRUE(Write(ExternalData::kHardlink, "links/r.onnx").ok());  // they are there already
}

TEST_F(FileTest, OverwritesNoOtherFile) {
  WriteText(folder_ / "out/w.bin", "another model's");
  EXPECT_EQ(Write(ExternalData::kCopy).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadText(folder_ / "out/w.bin"), "another model's");
  EXPECT_FALSE(fs::exists(folder_ / "out/r.onnx"));
}

TEST_F(FileTest, AbsentWeightsAreNoObstacle) {
  fs::remove(folder_ / "in/w.bin");
  EXPECT_TRUE(Write(ExternalData::kCopy).ok());
  fs::remove(folder_ / "in/sub/v.bin");
  EXPECT_TRUE(Write(ExternalData::kRefuse).ok());
}

TEST_F(FileTest, ALocationOutsideIsNotCopied) {
  WriteText(folder_ / "secret", "s");
  onnx::ModelProto proto = ModelWithExternalData();
  proto.mutable_graph()->mutable_initializer(0)->mutable_external_data(0)->set_value("../secret");
  const std::string bytes = *Serialize(proto);
  EXPECT_EQ(WriteFile({{bytes}}, bytes, folder_ / "out/r.onnx", folder_ / "in/m.onnx",
                      ExternalData::kCopy)
                .code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace symshape::writer
