#include "writer/originals.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/infer.h"
#include "graph/from_wire.h"
#include "graph/parse_text.h"
#include "writer/replaced.h"
#include "writer/splice.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

std::string Inferred(const std::string& bytes, const WriteOptions& options = {},
                     const engine::Options& how = {}) {
  const absl::StatusOr<graph::Model> model = graph::FromWire(bytes);
  EXPECT_TRUE(model.ok()) << model.status();
  const auto analysis = engine::Infer(*model, how);
  EXPECT_TRUE(analysis.ok()) << analysis.status();
  const absl::StatusOr<Splice> splice = Splice::Annotated(**analysis, options, bytes);
  EXPECT_TRUE(splice.ok()) << splice.status();
  return absl::StrJoin(splice->pieces(), "");
}

std::string Stripped(const std::string& bytes) {
  const absl::StatusOr<graph::Model> model = graph::FromWire(bytes);
  EXPECT_TRUE(model.ok()) << model.status();
  const absl::StatusOr<Splice> splice = Splice::Stripped(*model, bytes);
  EXPECT_TRUE(splice.ok()) << splice.status();
  return absl::StrJoin(splice->pieces(), "");
}

onnx::ModelProto Parsed(const std::string& bytes) {
  onnx::ModelProto proto;
  EXPECT_TRUE(proto.ParseFromString(bytes));
  return proto;
}

std::string Record(const onnx::ModelProto& proto) {
  for (const auto& entry : proto.metadata_props()) {
    if (entry.key() == kReplacedKey) return entry.value();
  }
  return "";
}

void ExpectBack(const onnx::ModelProto& proto) {
  const std::string given = *Serialize(proto);
  const std::string once = Inferred(given);
  EXPECT_NE(once, given);
  EXPECT_EQ(Parsed(Stripped(once)).SerializeAsString(), proto.SerializeAsString());
  EXPECT_EQ(Stripped(once), given);
  const std::string otherwise = Inferred(
      once, {.outputs = WriteOptions::Outputs::kInfer, .dims = WriteOptions::Dims::kNames});
  EXPECT_EQ(Stripped(otherwise), given);
  EXPECT_EQ(Stripped(given), given);
}

TEST(Originals, OfAModelWithoutDeclarations) {
  ExpectBack(ParseGraph("g (float[N, 3] x) => (float[] y) { a = Exp(x)  y = Neg(a) }"));
}

TEST(Originals, StaleShapesComeBack) {
  ExpectBack(
      ParseGraph("g (float[N, 3] x) => (float[5, 3] y) <float[7, 7, 7] b, float[n, ?] a> "
                 "{ a = Exp(x)  b = Exp(a)  y = Neg(b) }"));
}

// What the body declares of c has another size, of b another rank.
TEST(Originals, OfFunctionsBodiesComeBack) {
  onnx::ModelProto proto = ParseText(R"(<ir_version: 10, opset_import: ["" : 17, "own" : 1]>
    g (float[N, 3] x) => (float[] y) { y = own.F(x) }
    <domain: "own", opset_import: ["" : 17]> F (a) => (d) { b = Neg(a)  c = Exp(b)  d = Neg(c) }
    <domain: "own", opset_import: ["" : 17]> G (a) => (b) { b = Neg(a) })");
  const auto declare = [&](const char* name, const std::vector<int>& sizes) {
    onnx::ValueInfoProto& info = *proto.mutable_functions(0)->add_value_info();
    info.set_name(name);
    onnx::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(onnx::TensorProto::FLOAT);
    for (int size : sizes) tensor.mutable_shape()->add_dim()->set_dim_value(size);
  };
  declare("c", {5, 3});
  declare("b", {7});
  ExpectBack(proto);
}

TEST(Originals, InTheFilesOrder) {
  const onnx::ModelProto proto = ParseGraph(
      "g (float[N] x) => (float[] y) <float[1] w = {1.0}, float[N] c, float[7] a, float[N] d, "
      "float[] e> { a = Add(x, w)  b = Exp(a)  c = Exp(b)  d = Exp(c)  e = Exp(d)  y = Neg(e) }");
  ExpectBack(proto);
}

TEST(Originals, InputsToo) {
  onnx::ModelProto proto = ParseGraph(
      "g (float[?, 3, D, ?] x, float[D] z) => (float[?, k, D, \"\"] y) "
      "{ a = Exp(x)  y = Neg(a)  b = Neg(z) }");
  auto* shape = proto.mutable_graph()
                    ->mutable_input(0)
                    ->mutable_type()
                    ->mutable_tensor_type()
                    ->mutable_shape();
  shape->mutable_dim(0)->set_dim_param("?");
  shape->mutable_dim(1)->set_dim_value(-1);
  shape->mutable_dim(3)->set_dim_param("D + 1");
  ExpectBack(proto);
}

TEST(Originals, BoundSizesToo) {
  const onnx::ModelProto proto = ParseGraph("g (float[N, 3] x) => (float[N, 3] y) { y = Neg(x) }");
  engine::Options how;
  how.bindings = {{"N", 4}};
  const std::string given = *Serialize(proto);
  EXPECT_EQ(Stripped(Inferred(given, {}, how)), given);
}

TEST(Originals, WhatNoShapeTells) {
  onnx::ModelProto proto = ParseGraph(
      "g (float[N] x) => (float[] y, float[3] z) <float[7] a> { a = Exp(x)  y = Neg(a)  z = Exp(a) "
      "}");
  auto* infos = proto.mutable_graph()->mutable_value_info();
  *infos->Add() = infos->Get(0);  // twice
  infos->Add()->set_name("y");    // an output, and no type
  infos->Add()->set_name("nobody");
  infos->Mutable(0)->mutable_type()->mutable_tensor_type()->set_elem_type(0);
  proto.mutable_graph()->mutable_output(0)->clear_type();
  proto.mutable_graph()
      ->mutable_output(1)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("\xff");
  ExpectBack(proto);
}

TEST(Originals, Subgraphs) {
  ExpectBack(ParseGraph(R"(g (bool c, float[N] x) => (float[] y) {
    y = If (c) <then_branch = t () => (float[2] a) <float[9] z> { z = Exp(x)  a = Relu(z) },
                else_branch = e () => (float[9] b) { b = Neg(x) }> })"));
}

TEST(Originals, TheRecordIsShort) {
  const auto record = [](const char* text) {
    return Record(Parsed(Inferred(*Serialize(ParseGraph(text)))));
  };
  EXPECT_EQ(record("g (float[N] x) => (float[N] y) { a = Exp(x)  y = Neg(a) }").find("graphs"),
            std::string::npos);
  const std::string stale = record(
      "g (float[N] x) => (float[5] y) <float[N] a, float[n] b, float[N] c> "
      "{ a = Exp(x)  b = Exp(a)  c = Exp(b)  y = Neg(c) }");
  EXPECT_NE(stale.find(R"("graphs":[{"graph":0,"outputs":[[0,[5]]],)"
                       R"("value_info":[[0,1],[1,["n"]],[2,1]]}])"),
            std::string::npos)
      << stale;
}

// Then only what can be told to be symshape's goes.
TEST(Originals, WhatSomebodyChangedSinceStays) {
  const onnx::ModelProto proto = ParseGraph(
      "g (float[?] x, float[M] z) => (float[1] y, float[2] w) { y = Concat<axis=0>(x, z)  w = "
      "Neg(x) }");
  onnx::ModelProto edited = Parsed(Inferred(*Serialize(proto)));
  edited.mutable_graph()
      ->mutable_output(1)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_value(4);
  const onnx::ModelProto bare = Parsed(Stripped(*Serialize(edited)));
  EXPECT_EQ(bare.metadata_props_size(), 0);
  const auto dim = [](const onnx::ValueInfoProto& info) {
    return info.type().tensor_type().shape().dim(0);
  };
  EXPECT_EQ(dim(bare.graph().input(0)).ByteSizeLong(), 0u);
  EXPECT_EQ(dim(bare.graph().output(0)).ByteSizeLong(), 0u);
  EXPECT_EQ(dim(bare.graph().output(1)).dim_value(), 4);
}

TEST(Originals, ADamagedRecordIsNone) {
  const onnx::ModelProto proto = Parsed(Inferred(*Serialize(
      ParseGraph("g (float[N] x) => (float[5] y) <float[7] a> { a = Exp(x)  y = Neg(a) }"))));
  const std::string record = Record(proto);
  const std::string tokens = R"([[0,[7]]])";
  ASSERT_NE(record.find(tokens), std::string::npos) << record;
  for (const char* bad : {"7", "[7]", "[[0]]", "[[0,-1]]", "[[-1,1]]", "[[1,1]]", "[[0,2]]",
                          "[[0,18446744073709551615]]", "[[0,1],[0,1]]", "[[0,{}]]", "[\"!\"]",
                          "[[0,\"x\"]]", "[[0,true]]"}) {
    onnx::ModelProto damaged = proto;
    damaged.mutable_metadata_props()->rbegin()->set_value(
        absl::StrReplaceAll(record, {{tokens, bad}}));
    const onnx::ModelProto bare = Parsed(Stripped(*Serialize(damaged)));
    EXPECT_EQ(bare.metadata_props_size(), 0) << bad;
    EXPECT_EQ(bare.graph().value_info_size(), 0) << bad;
  }
  for (const char* bad : {"", "{", "[]", R"({"v":1})", R"({"v":2})", R"({"v":1,"graphs":5})"}) {
    onnx::ModelProto damaged = proto;
    damaged.mutable_metadata_props()->rbegin()->set_value(bad);
    EXPECT_EQ(Parsed(Stripped(*Serialize(damaged))).graph().value_info_size(), 0) << bad;
  }
}

}  // namespace
}  // namespace symshape::writer
