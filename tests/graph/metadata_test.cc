#include "graph/metadata.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph/fingerprint.h"
#include "graph/from_proto.h"
#include "graph/parse_text.h"

namespace symshape::graph {
namespace {

void Set(onnx::ModelProto& proto, const std::string& key, const std::string& value) {
  onnx::StringStringEntryProto* entry = proto.add_metadata_props();
  entry->set_key(key);
  entry->set_value(value);
}

Metadata Read(const onnx::ModelProto& proto) { return ReadMetadata(*FromProto(proto)); }

std::string Print(const onnx::ModelProto& proto) { return Fingerprint(*FromProto(proto)); }

const char kGraph[] = "g (float[N, M] x) => (float[N, M] y) { z = Relu(x)  y = Exp(z) }";

TEST(Metadata, IsReadBack) {
  onnx::ModelProto proto = ParseGraph(kGraph);
  Set(proto, "author", "somebody");
  Set(proto, "symshape.generated",
      R"({"v":1,"names":["_dim1"],"inputs":[{"input":"x","axis":1,"name":"M","was":"?"}]})");
  Set(proto, "symshape.claims", R"({"v":1,"inputs":[{"input":"x","axis":0,"name":"N","was":-1}]})");
  Set(proto, "symshape.facts", R"({"v":1,"hash":")" + Print(proto) + R"(","facts":["N >= 1"]})");
  const Metadata metadata = Read(proto);
  EXPECT_EQ(metadata.generated, (absl::flat_hash_set<std::string>{"_dim1", "M", "N"}));
  ASSERT_EQ(metadata.inputs.size(), 2u);
  EXPECT_EQ(std::get<std::string>(metadata.inputs[0].was), "?");
  EXPECT_EQ(std::get<int64_t>(metadata.inputs[1].was), -1);
  EXPECT_EQ(metadata.facts, std::vector<std::string>{"N >= 1"});
}

TEST(Metadata, OfAnotherModelIsDroppedButForTheNames) {
  onnx::ModelProto proto = ParseGraph(kGraph);
  Set(proto, "symshape.generated", R"({"v":1,"names":["_dim1"]})");
  Set(proto, "symshape.facts", R"({"v":1,"hash":")" + Print(proto) + R"(","facts":["N >= 1"]})");
  proto.mutable_graph()->mutable_node(0)->set_op_type("Neg");
  const Metadata metadata = Read(proto);
  EXPECT_TRUE(metadata.facts.empty());
  EXPECT_TRUE(metadata.generated.contains("_dim1"));
}

TEST(Metadata, WhatCannotBeReadIsAbsent) {
  for (const char* text :
       {"", "{", "[]", "1", "{\"v\":2,\"names\":[\"a\"]}", "{\"v\":1}", "{\"v\":1,\"names\":5}",
        "{\"v\":1,\"names\":[5]}", "{\"v\":1,\"facts\":[\"N >= 1\"]}",
        "{\"v\":1,\"inputs\":[5,{\"input\":5},{\"input\":\"x\",\"axis\":\"0\"}]}"}) {
    onnx::ModelProto proto = ParseGraph(kGraph);
    for (const char* key : {"symshape.generated", "symshape.claims", "symshape.facts"}) {
      Set(proto, key, text);
    }
    const Metadata metadata = Read(proto);
    EXPECT_TRUE(metadata.generated.empty()) << text;
    EXPECT_TRUE(metadata.inputs.empty()) << text;
    EXPECT_TRUE(metadata.facts.empty()) << text;
  }
}

TEST(Fingerprint, IgnoresWhatAnInferenceWrites) {
  const onnx::ModelProto before = ParseGraph(kGraph);
  onnx::ModelProto after = ParseGraph(
      "g (float[N, M] x) => (float[N, 7] y) <float[N, M] z> { z = Relu(x)  y = Exp(z) }");
  Set(after, "symshape.dims", "anything");
  EXPECT_EQ(Print(before), Print(after));
}

TEST(Fingerprint, TellsWhatShapesDependOn) {
  const std::string base = Print(ParseGraph(kGraph));
  const auto differs = [&](const char* text) { return Print(ParseGraph(text)) != base; };
  EXPECT_TRUE(differs("g (float[N, K] x) => (float[N, M] y) { z = Relu(x)  y = Exp(z) }"));
  EXPECT_TRUE(differs("g (float[N, 3] x) => (float[N, M] y) { z = Relu(x)  y = Exp(z) }"));
  EXPECT_TRUE(differs("g (int64[N, M] x) => (float[N, M] y) { z = Relu(x)  y = Exp(z) }"));
  EXPECT_TRUE(differs("g (float[N, M] x) => (float[N, M] y) { z = Relu(x)  y = Exp(x) }"));
  EXPECT_TRUE(differs("g (float[N, M] x) => (float[N, M] y) { z = Relu<a=1>(x)  y = Exp(z) }"));
}

TEST(Fingerprint, TellsSmallConstantsApart) {
  const auto with = [](const char* value) {
    return Print(ParseGraph(std::string("g (float[N] x) => (float[] y) <int64[1] s = {") + value +
                            "}> { y = Reshape(x, s) }"));
  };
  EXPECT_NE(with("1"), with("2"));
  EXPECT_EQ(with("1"), with("1"));
}

TEST(Fingerprint, TakesTextsForAxes) {
  const onnx::ModelProto anonymous =
      ParseGraph("g (float[N, ?] x) => (float[N, M] y) { z = Relu(x)  y = Exp(z) }");
  const absl::StatusOr<Model> model = FromProto(anonymous);
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(Fingerprint(*model, {{{model->main->inputs[0], 1}, "M"}}), Print(ParseGraph(kGraph)));
}

// Written into files: another value makes all metadata out there stale.
TEST(Fingerprint, IsTheSameOnEveryMachine) {
  EXPECT_EQ(Print(ParseGraph(kGraph)), "b830b22c6d8a7220");
}

}  // namespace
}  // namespace symshape::graph
