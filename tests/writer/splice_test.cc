#include "writer/splice.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_join.h"
#include "engine/infer.h"
#include "graph/from_proto.h"
#include "graph/from_wire.h"
#include "graph/parse_text.h"
#include "writer/external_files.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

std::string Spliced(const std::string& bytes, const WriteOptions& options = {}) {
  const absl::StatusOr<graph::Model> model = graph::FromWire(bytes);
  EXPECT_TRUE(model.ok()) << model.status();
  const auto analysis = engine::Infer(*model, {});
  EXPECT_TRUE(analysis.ok()) << analysis.status();
  const absl::StatusOr<Splice> splice = Splice::Annotated(**analysis, options, bytes);
  EXPECT_TRUE(splice.ok()) << splice.status();
  return absl::StrJoin(splice->pieces(), "");
}

std::string Serialized(const onnx::ModelProto& proto, const WriteOptions& options = {}) {
  const absl::StatusOr<graph::Model> model = graph::FromProto(proto);
  EXPECT_TRUE(model.ok()) << model.status();
  const auto analysis = engine::Infer(*model, {});
  EXPECT_TRUE(analysis.ok()) << analysis.status();
  onnx::ModelProto result = proto;
  EXPECT_TRUE(Annotate(**analysis, options, result).ok());
  return *Serialize(result);
}

// Byte for byte what the path through messages gives; and again the same from the result.
void ExpectSame(const onnx::ModelProto& proto, const WriteOptions& options = {}) {
  const std::string once = Spliced(*Serialize(proto), options);
  EXPECT_EQ(once, Serialized(proto, options));
  EXPECT_EQ(Spliced(once, options), once);
}

TEST(Splice, IsWhatMessagesGive) {
  ExpectSame(
      ParseGraph("g (float[N, 3] x) => (float[] y) { b = Relu(a)  a = Exp(x)  y = Neg(b) }"));
}

// Protobuf merges them, and writes one.
TEST(Splice, JoinsAGraphThatIsInParts) {
  onnx::ModelProto whole =
      ParseGraph("g (bool c, float[N] x) => (float[N] y) { z = Exp(x)  y = Relu(z) }");
  onnx::ModelProto first = whole;
  first.mutable_graph()->mutable_node()->RemoveLast();
  onnx::ModelProto second;
  *second.mutable_graph()->add_node() = whole.graph().node(1);
  EXPECT_EQ(Spliced(*Serialize(first) + *Serialize(second)).size(), Serialized(whole).size());
  onnx::ModelProto result;
  ASSERT_TRUE(result.ParseFromString(Spliced(*Serialize(first) + *Serialize(second))));
  EXPECT_EQ(result.graph().node_size(), 2);
  EXPECT_EQ(result.graph().value_info_size(), 1);
}

TEST(Splice, ReplacesWhatIsThere) {
  onnx::ModelProto proto = ParseGraph(
      "g (float[?, 3] x) => (float[5, 3] y) <float[1] w = {1.0}, float[7] a> { a = Add(x, w)  y = "
      "Neg(a) }");
  proto.add_metadata_props()->set_key("author");
  proto.mutable_graph()->set_doc_string("kept");
  proto.mutable_graph()->add_quantization_annotation()->set_tensor_name("a");
  proto.mutable_graph()->mutable_value_info(0)->set_doc_string("kept too");
  proto.add_functions()->set_name("unused");
  ExpectSame(proto);
}

TEST(Splice, CorrectsWhatFunctionsDeclare) {
  onnx::ModelProto proto = ParseText(R"(<ir_version: 10, opset_import: ["" : 17, "own" : 1]>
    g (float[N, 3] x) => (float[] y) { y = own.F(x) }
    <domain: "own", opset_import: ["" : 17]> F (a) => (c) { b = Neg(a)  c = Exp(b) })");
  onnx::ValueInfoProto& info = *proto.mutable_functions(0)->add_value_info();
  info.set_name("b");
  info.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  info.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(7);
  ExpectSame(proto);
  onnx::ModelProto result;
  ASSERT_TRUE(result.ParseFromString(Spliced(*Serialize(proto))));
  EXPECT_FALSE(result.functions(0).value_info(0).type().tensor_type().has_shape());
}

TEST(Splice, Subgraphs) {
  ExpectSame(ParseGraph(R"(g (bool c, float[N] x) => (float[] y) {
    y = If (c) <
      then_branch = t () => (float[] a) {
        z = Exp(x)
        a = If (c) <then_branch = tt () => (float[] p) { u = Relu(z)  p = Neg(u) },
                    else_branch = te () => (float[] q) { q = Exp(x) }> },
      else_branch = e () => (float[9] b) { b = Neg(x) }> })"));
}

TEST(Splice, Names) {
  ExpectSame(ParseGraph("g (float[N] x) => (float[] y) { a = Concat<axis=0>(x, x)  y = Neg(a) }"),
             {.dims = WriteOptions::Dims::kNames});
}

TEST(Splice, LeavesFieldsThatItDoesNotKnow) {
  const onnx::ModelProto proto = ParseGraph("g (float[N] x) => (float[] y) { y = Neg(x) }");
  const std::string unknown =
      "\xca\x3e\x03"
      "abc";  // field 1001
  const std::string result = Spliced(*Serialize(proto) + unknown);
  EXPECT_EQ(result, Serialized(proto) + unknown);
}

TEST(Splice, RefusesAnotherModel) {
  const std::string bytes = *Serialize(ParseGraph("g (float[N] x) => (float[] y) { y = Neg(x) }"));
  const absl::StatusOr<graph::Model> model = graph::FromWire(bytes);
  const auto analysis = engine::Infer(*model, {});
  ASSERT_TRUE(analysis.ok());
  EXPECT_EQ(Splice::Annotated(**analysis, {}, "").status().code(), absl::StatusCode::kInternal);
  const std::string other =
      *Serialize(ParseGraph("g (float[N] x) => (float[] y) { a = Neg(x)  y = Neg(a) }"));
  EXPECT_EQ(Splice::Annotated(**analysis, {}, other).status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace symshape::writer
