#include "graph/load.h"

#include <gtest/gtest.h>

#include <string>

#include "graph/from_proto.h"
#include "graph/parse_text.h"

namespace symshape::graph {
namespace {

std::string Bytes() {
  return ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x) }").SerializeAsString();
}

std::string ErrorOf(const std::string& bytes) {
  const auto proto = ParseModelProto(bytes, "m.onnx");
  EXPECT_EQ(proto.status().code(), absl::StatusCode::kDataLoss);
  return std::string(proto.status().message());
}

TEST(Load, SaysWhatIsNoModel) {
  EXPECT_EQ(ErrorOf(""), "'m.onnx' is not a valid ONNX model: it is empty");
  EXPECT_EQ(ErrorOf("\xff\xd8\xff\xe0...JFIF"),
            "'m.onnx' is not a valid ONNX model: it is a JPEG image");
  EXPECT_EQ(ErrorOf("ir_version: 8\ngraph { }"),
            "'m.onnx' is not a valid ONNX model: it is text, not a binary protobuf");
  EXPECT_EQ(ErrorOf("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
            "'m.onnx' is not a valid ONNX model: it is a pointer of Git LFS: run 'git lfs pull'");
  EXPECT_EQ(ErrorOf(std::string("\x08\x0a", 2)),
            "'m.onnx' is not a valid ONNX model: it has no graph");
}

TEST(Load, ACompactModelHasTheSameErrors) {
  const std::string bytes = Bytes();
  EXPECT_TRUE(LoadModel(bytes, "m.onnx", std::nullopt).ok());
  for (const std::string& bad : {std::string(), std::string("\xff\xd8\xff\xe0"),
                                 bytes.substr(0, bytes.size() / 2), std::string("\x08\x0a", 2)}) {
    EXPECT_EQ(LoadModel(bad, "m.onnx", std::nullopt).status(),
              ParseModelProto(bad, "m.onnx").status());
  }
  const std::string cycle =
      ParseGraph("g (float[N] x) => (float[N] y) { y = Add(x, y) }").SerializeAsString();
  EXPECT_EQ(
      LoadModel(cycle, "m.onnx", std::nullopt).status().message(),
      "m.onnx: the graph has a cycle of 1 node: node 'Add_0' (Add) reads 'y', made by itself");
}

TEST(Load, EveryTruncationIsAnErrorOrAModel) {
  const std::string bytes = Bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto proto = ParseModelProto(bytes.substr(0, size), "m.onnx");
    if (proto.ok()) {
      EXPECT_TRUE(FromProto(**proto).ok()) << size;
    } else {
      EXPECT_EQ(proto.status().code(), absl::StatusCode::kDataLoss) << size;
    }
  }
}

TEST(Load, EveryFlippedBitIsAnErrorOrAModel) {
  const std::string bytes = Bytes();
  int models = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    const auto proto = ParseModelProto(flipped, "m.onnx");
    models += proto.ok() && FromProto(**proto).ok();
  }
  EXPECT_GT(models, 0);  // a bit of a name, say
}

// A length-delimited field of the wire format.
std::string Field(char tag, const std::string& body) {
  std::string text(1, tag);
  size_t size = body.size();
  for (; size > 127; size >>= 7) text.push_back(static_cast<char>((size & 127) | 128));
  text.push_back(static_cast<char>(size));
  return text + body;
}

TEST(Load, DeepMessagesAreAnError) {
  std::string graph;
  for (int i = 0; i < 400; ++i) {
    graph = Field('\x0a', Field('\x2a', Field('\x32', graph)));  // node, its attribute, its graph
  }
  EXPECT_EQ(ErrorOf(Field('\x3a', graph)),
            "'m.onnx' is not a valid ONNX model: it is damaged, or no model");
}

}  // namespace
}  // namespace symshape::graph
