#include "graph/from_wire.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph/dump.h"
#include "graph/from_proto.h"
#include "graph/parse_text.h"

namespace symshape::graph {
namespace {

// Both sources must see the same in the same bytes.
void ExpectSame(const std::string& bytes) {
  onnx::ModelProto proto;
  ASSERT_TRUE(proto.ParseFromString(bytes));
  const absl::StatusOr<Model> from_proto = FromProto(proto);
  const absl::StatusOr<Model> from_wire = FromWire(bytes);
  ASSERT_EQ(from_wire.status(), from_proto.status());
  if (from_proto.ok()) {
    EXPECT_EQ(Dump(*from_wire), Dump(*from_proto));
  }
}

void ExpectSame(const onnx::ModelProto& proto) { ExpectSame(proto.SerializeAsString()); }

TEST(FromWire, NodesAttributesTypes) {
  ExpectSame(ParseGraph(R"(
    g (float[N, 3, ?] x, int64[M] i) => (float[] y) <float[N] z, int32[2] c = {1, 2}, float[3] w> {
      z = LeakyRelu <alpha = 0.5> (x)
      k = Constant <value = double[2] {1.5, -2.0}> ()
      y = Foo <a = 1, b = "text", c = [1, -2, 3], d = [0.5, 1.5], e = ["p", "q"]> (z, k, c) })"));
}

TEST(FromWire, SubgraphsAndCaptures) {
  ExpectSame(ParseGraph(R"(g (bool c, float[N] x) => (float[N] y) {
    y = If (c) <
      then_branch = t () => (float[N] a) {
        a = If (c) <then_branch = tt () => (float[N] p) { p = Relu(late) },
                    else_branch = te () => (float[N] q) { q = Exp(x) }> },
      else_branch = e () => (float[N] b) { b = Neg(x) }>
    late = Abs(x) })"));
}

TEST(FromWire, Functions) {
  ExpectSame(ParseGraph(R"(
    g (float[N] x) => (float[N] y) { y = local.f <alpha = 2> (x) }
    <domain: "local", opset_import: ["" : 13]> f <alpha> (a) => (b) { b = LeakyRelu <alpha : float = @alpha> (a) })"));
}

TEST(FromWire, NoTypes) {
  onnx::ModelProto proto =
      ParseGraph("g (float[N] x) => (float[N] y) { y = Foo<a = 1, b = [2]>(x) }");
  proto.mutable_graph()->mutable_input(0)->clear_type();
  for (auto& attribute : *proto.mutable_graph()->mutable_node(0)->mutable_attribute()) {
    attribute.clear_type();
  }
  ExpectSame(proto);
}

TEST(FromWire, TypesOfAllKinds) {
  onnx::ModelProto proto = ParseGraph(
      "g (seq(float[N]) a, optional(seq(int64[M, 2])) b, map(int64, float[K]) c, "
      "sparse_tensor(float[3]) d) => (float[N] y) { y = Foo(a, b, c, d) }");
  proto.mutable_graph()->mutable_node(0)->add_attribute()->mutable_tp()->mutable_sequence_type();
  proto.mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_type(
      onnx::AttributeProto::TYPE_PROTO);
  ExpectSame(proto);
}

TEST(FromWire, ConstantsInAllFields) {
  onnx::ModelProto proto = ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x) }");
  const auto add = [&](const char* name, int32_t type, int64_t dim) {
    onnx::TensorProto* tensor = proto.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    tensor->add_dims(dim);
    return tensor;
  };
  for (int32_t type : {2, 3, 4, 5, 6, 9, 10, 16}) {
    onnx::TensorProto* tensor = add(("i" + std::to_string(type)).c_str(), type, 2);
    tensor->add_int32_data(-5);
    tensor->add_int32_data(300);
  }
  for (int32_t type : {12, 13}) {
    add(("u" + std::to_string(type)).c_str(), type, 1)->add_uint64_data(4000000000u);
  }
  add("l", 7, 1)->add_int64_data(-7);
  add("f", 1, 1)->add_float_data(0.1f);
  add("d", 11, 1)->add_double_data(0.1);
  add("raw", 1, 1)->set_raw_data("abcd");
  add("short", 1, 2)->set_raw_data("abcd");
  add("more", 7, 1)->add_int64_data(1);
  add("none", 7, 1);
  add("empty", 7, 0);
  add("large", 1, 70000)->set_raw_data(std::string(280000, 'x'));
  onnx::SparseTensorProto* sparse = proto.mutable_graph()->add_sparse_initializer();
  sparse->mutable_values()->set_name("s");
  sparse->mutable_values()->set_data_type(1);
  sparse->add_dims(10);
  ExpectSame(proto);
}

TEST(FromWire, FieldsInAnyOrder) {
  onnx::ModelProto graph_only = ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x) }");
  onnx::ModelProto rest = graph_only;
  rest.clear_graph();
  graph_only.clear_opset_import();
  ExpectSame(graph_only.SerializeAsString() + rest.SerializeAsString());
}

std::string Field(int number, const std::string& content) {
  EXPECT_LT(number, 16);
  EXPECT_LT(content.size(), 128u);
  return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(content.size()) +
         content;
}

// A message that is no list may stand in the file in parts: protobuf merges them.
TEST(FromWire, GraphsInParts) {
  const onnx::ModelProto first =
      ParseGraph("g (float[N] x) => (float[N] y) <float[1] w = {1.0}> { z = Add(x, w) }");
  onnx::ModelProto second;
  *second.mutable_graph()->add_node() =
      ParseGraph("g (float[N] z) => (float[N] y) { y = Relu(z) }").graph().node(0);
  second.mutable_graph()->set_name("other");
  ExpectSame(first.SerializeAsString() + second.SerializeAsString());
}

TEST(FromWire, TypesInParts) {
  const auto expect_same = [](const std::string& type_1, const std::string& type_2) {
    const std::string input = Field(1, "i") + Field(2, type_1) + Field(2, type_2);
    const onnx::ModelProto rest = ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x) }");
    ExpectSame(rest.SerializeAsString() + Field(7, Field(11, input)));
  };
  const std::string dim_a = Field(1, Field(2, "A")), dim_b = Field(1, Field(2, "B"));
  const std::string is_float("\x08\x01", 2);
  expect_same(Field(1, is_float), Field(1, Field(2, dim_a)));                    // tensor
  expect_same(Field(1, is_float + Field(2, dim_a)), Field(1, Field(2, dim_b)));  // its shape
  expect_same(Field(1, Field(2, dim_a) + is_float + Field(2, dim_b)), "");
  expect_same(Field(1, is_float), Field(8, Field(2, dim_b)));  // another kind: the last counts
  expect_same(Field(4, Field(1, Field(1, is_float))),
              Field(4, Field(1, Field(1, Field(2, dim_a)))));
  expect_same(Field(5, Field(2, Field(1, is_float))),
              Field(5, Field(2, Field(1, Field(2, dim_a)))));
}

TEST(FromWire, AttributesInParts) {
  const auto expect_same = [](int type, const std::string& parts) {
    const std::string attribute =
        Field(1, "a") + "\xa0\x01" + static_cast<char>(type) + parts;  // AttributeProto.type
    onnx::ModelProto rest = ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x) }");
    ExpectSame(rest.SerializeAsString() +
               Field(7, Field(1, Field(4, "Foo") + Field(2, "z") + Field(5, attribute))));
  };
  const std::string dim("\x08\x02", 2);  // TensorProto.dims: 2
  const std::string is_int("\x10\x07", 2);
  expect_same(onnx::AttributeProto::TENSOR,
              Field(5, dim + is_int) + Field(5, dim) + Field(5, Field(9, std::string(32, 'x'))));
  const std::string node = Field(1, Field(1, "x") + Field(2, "o") + Field(4, "Relu"));
  expect_same(onnx::AttributeProto::GRAPH,
              Field(6, node) + Field(6, Field(2, "body") + Field(12, Field(1, "o"))));
  expect_same(onnx::AttributeProto::TYPE_PROTO,
              Field(14, Field(1, is_int)) + Field(14, Field(1, Field(2, ""))));
}

TEST(FromWire, TheSameErrors) {
  ExpectSame(ParseGraph("g (float[N] x) => (float[N] y) { y = Add(x, nowhere) }"));
  ExpectSame(ParseGraph("g (float[N] x) => (float[N] y) { y = Add(x, a)  a = Relu(y) }"));
  ExpectSame(ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x)  y = Exp(x) }"));
  ExpectSame(onnx::ModelProto());
}

TEST(FromWire, DamageIsAnError) {
  const std::string bytes =
      ParseGraph(R"(g (bool c, float[N, 3] x) => (float[N] y) <int64[1] s = {-1}> {
        y = If (c) <then_branch = t () => (float[N] a) { a = Reshape(x, s) },
                    else_branch = e () => (float[N] b) { b = Foo <p = [1, 2], q = "z"> (x) }> })")
          .SerializeAsString();
  for (size_t size = 0; size < bytes.size(); ++size)
    FromWire(bytes.substr(0, size)).status().IgnoreError();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    const absl::StatusOr<Model> model = FromWire(flipped);
    EXPECT_TRUE(model.ok() || model.status().code() == absl::StatusCode::kDataLoss) << bit;
  }
}

}  // namespace
}  // namespace symshape::graph
