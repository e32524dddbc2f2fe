#include "graph/structure.h"

#include <gtest/gtest.h>

#include <string>

#include "graph/dump.h"
#include "graph/from_wire.h"
#include "graph/parse_text.h"
#include "io/scratch_folder.h"

namespace symshape::graph {
namespace {

constexpr size_t kWeightBytes = size_t{20} << 20;

void SetWeights(const std::string& name, onnx::TensorProto& tensor) {
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(kWeightBytes / 4);
  tensor.set_raw_data(std::string(kWeightBytes, 'w'));
}

// With weights where they can stand, and small things between them.
onnx::ModelProto LargeModel() {
  onnx::ModelProto proto = ParseGraph(R"(g (bool c, float[N] x) => (float[N] y)
      <int64[2] shape = {7, 8}> {
        k = Constant <value = float[1] {1.0}> ()
        z = If (c) <then_branch = t () => (float[N] a) <float[1] u = {1.0}> { a = Add(x, u) },
                    else_branch = e () => (float[N] b) { b = Neg(x) }>
        y = Mul(z, k) })");
  onnx::GraphProto& graph = *proto.mutable_graph();
  SetWeights("w", *graph.add_initializer());
  graph.mutable_node(0)->mutable_attribute(0)->mutable_t()->clear_dims();
  SetWeights("", *graph.mutable_node(0)->mutable_attribute(0)->mutable_t());
  onnx::GraphProto& branch = *graph.mutable_node(1)->mutable_attribute(0)->mutable_g();
  branch.mutable_initializer(0)->clear_dims();
  SetWeights("u", *branch.mutable_initializer(0));
  return proto;
}

size_t CountW(absl::string_view bytes) {
  size_t count = 0;
  for (char c : bytes) count += c == 'w';
  return count;
}

TEST(LoadStructure, SkipsWeightsAndNothingElse) {
  const ScratchFolder folder;
  const std::string bytes = LargeModel().SerializeAsString();
  WriteText(folder / "m", bytes);
  const auto file = io::SourceFile::Open(folder / "m");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(LoadStructure(**file).ok());
  EXPECT_LT(CountW((*file)->bytes()), kWeightBytes / 10);
  const absl::StatusOr<Model> all = FromWire(bytes);
  const absl::StatusOr<Model> structure = FromWire((*file)->bytes());
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_TRUE(structure.ok()) << structure.status();
  EXPECT_EQ(Dump(*structure), Dump(*all));
}

// What is merged is copied, weights and all.
TEST(LoadStructure, LoadsAllWhereAMessageIsInParts) {
  const ScratchFolder folder;
  onnx::ModelProto first = LargeModel();
  const std::string bytes = first.SerializeAsString() + first.SerializeAsString();
  WriteText(folder / "m", bytes);
  const auto file = io::SourceFile::Open(folder / "m");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(LoadStructure(**file).ok());
  EXPECT_TRUE((*file)->bytes() == absl::string_view(bytes));
}

TEST(LoadStructure, LeavesDamageToTheReader) {
  const ScratchFolder folder;
  std::string bytes = LargeModel().SerializeAsString();
  bytes.resize(bytes.size() - kWeightBytes);
  WriteText(folder / "m", bytes);
  const auto file = io::SourceFile::Open(folder / "m");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(LoadStructure(**file).ok());
  EXPECT_EQ(FromWire((*file)->bytes()).status(), FromWire(bytes).status());
}

}  // namespace
}  // namespace symshape::graph
