#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/infer.h"
#include "graph/from_proto.h"
#include "graph/parse_text.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

std::string Text(const onnx::TypeProto& type) {
  if (type.has_sequence_type()) return absl::StrCat("seq", Text(type.sequence_type().elem_type()));
  if (!type.tensor_type().has_shape()) return "[...]";
  std::vector<std::string> dims;
  for (const auto& dim : type.tensor_type().shape().dim()) {
    dims.push_back(dim.has_dim_value()   ? absl::StrCat(dim.dim_value())
                   : dim.has_dim_param() ? dim.dim_param()
                                         : "?");
  }
  return absl::StrCat("[", absl::StrJoin(dims, ", "), "]");
}

template <typename ValueInfos>
std::string Text(const ValueInfos& infos) {
  std::vector<std::string> texts;
  for (const onnx::ValueInfoProto& info : infos) {
    texts.push_back(absl::StrCat(info.name(), " ", Text(info.type())));
  }
  return absl::StrJoin(texts, ", ");
}

std::string Metadata(const onnx::ModelProto& proto, const std::string& key) {
  for (const auto& entry : proto.metadata_props()) {
    if (entry.key() == key) return entry.value();
  }
  return "";
}

// Infers, writes, and holds a second run against the first one.
onnx::ModelProto Inferred(const onnx::ModelProto& proto, const WriteOptions& options = {},
                          const engine::Options& how = {}) {
  const auto once = [&](const onnx::ModelProto& given, const engine::Options& with) {
    const absl::StatusOr<graph::Model> model = graph::FromProto(given);
    EXPECT_TRUE(model.ok()) << model.status();
    const auto analysis = engine::Infer(*model, with);
    EXPECT_TRUE(analysis.ok()) << analysis.status();
    onnx::ModelProto result = given;
    EXPECT_TRUE(Annotate(**analysis, options, result).ok());
    return result;
  };
  onnx::ModelProto first = once(proto, how);
  const onnx::ModelProto second = once(first, {});
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  return first;
}

TEST(Annotate, WritesEveryTensorInTheFilesOrder) {
  const onnx::ModelProto proto = Inferred(
      ParseGraph("g (float[N, 3] x) => (float[] y) { b = Relu(a)  a = Exp(x)  y = Neg(b) }"));
  EXPECT_EQ(Text(proto.graph().value_info()), "b [N, 3], a [N, 3]");
  EXPECT_EQ(Text(proto.graph().output()), "y [N, 3]");
  ASSERT_EQ(proto.metadata_props_size(), 1);  // that symshape wrote it
  EXPECT_EQ(proto.metadata_props(0).key(), "symshape.replaced");
}

TEST(Annotate, ExpressionsAreWritten) {
  const onnx::ModelProto proto = Inferred(
      ParseGraph("g (float[N] x, float[M] z) => (float[] y) { y = Concat<axis=0>(x, z) }"));
  EXPECT_EQ(Text(proto.graph().output()), "y [N + M]");
}

TEST(Annotate, OwnShapesOverruleLies) {
  const onnx::ModelProto proto = Inferred(ParseGraph(
      "g (float[N, 3] x) => (float[5, 3] y) <float[7, 7, 7] a> { a = Exp(x)  y = Neg(a) }"));
  EXPECT_EQ(Text(proto.graph().value_info()), "a [N, 3]");
  EXPECT_EQ(Text(proto.graph().output()), "y [N, 3]");
}

TEST(Annotate, AnOutputsNameStaysWithItsFormula) {
  const onnx::ModelProto given =
      ParseGraph("g (float[N] x, float[M] z) => (float[total] y) { y = Concat<axis=0>(x, z) }");
  onnx::ModelProto proto = Inferred(given);
  EXPECT_EQ(Text(proto.graph().output()), "y [total]");
  EXPECT_NE(Metadata(proto, "symshape.dims").find(R"("dims":{"total":"N + M"})"),
            std::string::npos);
  EXPECT_EQ(Metadata(proto, "symshape.generated"), "");
  proto = Inferred(given, {.outputs = WriteOptions::Outputs::kInfer});
  EXPECT_EQ(Text(proto.graph().output()), "y [N + M]");
  proto = Inferred(given, {.outputs = WriteOptions::Outputs::kKeep});
  EXPECT_EQ(Text(proto.graph().output()), "y [total]");
}

TEST(Annotate, OneNameForTwoDimsStaysAtTheFirst) {
  const onnx::ModelProto proto =
      Inferred(ParseGraph("g (float[N] x, float[M] z) => (float[s] y, float[s] w) { y = "
                          "Concat<axis=0>(x, z)  w = Neg(x) }"));
  EXPECT_EQ(Text(proto.graph().output()), "y [s], w [N]");
}

TEST(Annotate, AnInputsNameOnAnotherDimIsReplaced) {
  const onnx::ModelProto proto = Inferred(ParseGraph(
      "g (float[N] x, float[M] z) => (float[M] y) { y = Concat<axis=0>(x, x)  w = Neg(z) }"));
  EXPECT_EQ(Text(proto.graph().output()), "y [2*N]");
}

TEST(Annotate, KeepChangesOnlyWhatIsWrong) {
  const onnx::ModelProto proto = Inferred(
      ParseGraph("g (float[N, 3] x) => (float[5, ?] y, float[] z) { y = Neg(x)  z = Exp(x) }"),
      {.outputs = WriteOptions::Outputs::kKeep});
  EXPECT_EQ(Text(proto.graph().output()), "y [N, ?], z [...]");
}

TEST(Annotate, KeepLeavesAnUntypedOutputAlone) {
  onnx::ModelProto given = ParseGraph("g (float[N] x) => (float[] y) { y = Neg(x) }");
  given.mutable_graph()->mutable_output(0)->clear_type();
  const onnx::ModelProto proto = Inferred(given, {.outputs = WriteOptions::Outputs::kKeep});
  EXPECT_EQ(proto.graph().output(0).type().value_case(), onnx::TypeProto::VALUE_NOT_SET);
}

TEST(Annotate, NamesAnonymousAxes) {
  onnx::ModelProto given =
      ParseGraph("g (float[?, 3, D] x) => (float[] y) { a = Exp(x)  y = Neg(a) }");
  auto* shape = given.mutable_graph()
                    ->mutable_input(0)
                    ->mutable_type()
                    ->mutable_tensor_type()
                    ->mutable_shape();
  shape->mutable_dim(0)->set_dim_param("?");
  shape->mutable_dim(1)->set_dim_value(-1);
  const onnx::ModelProto proto = Inferred(given);
  EXPECT_EQ(Text(proto.graph().input()), "x [x_dim0, x_dim1, D]");
  EXPECT_EQ(Text(proto.graph().output()), "y [x_dim0, x_dim1, D]");
}

TEST(Annotate, AnInputsExpressionBecomesAClaim) {
  onnx::ModelProto given =
      ParseGraph("g (float[past] p, float[M] x) => (float[] y) { y = Neg(x)  z = Neg(p) }");
  given.mutable_graph()
      ->mutable_input(1)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("past + 1");
  const onnx::ModelProto proto = Inferred(given);
  EXPECT_EQ(Text(proto.graph().input()), "p [past], x [x_dim0]");
  EXPECT_EQ(Metadata(proto, "symshape.claims"),
            R"({"v":1,"inputs":[{"input":"x","axis":0,"name":"x_dim0","was":"past + 1"}]})");
}

TEST(Annotate, TheUsersNamesAndSizesAreWritten) {
  const onnx::ModelProto given = ParseGraph("g (float[1, M, K] x) => (float[] y) { y = Neg(x) }");
  engine::Options how;
  how.dynamic_axes = {{"x", 0, "batch"}};
  how.bindings = {{"K", 4}};
  const onnx::ModelProto proto = Inferred(given, {}, how);
  EXPECT_EQ(Text(proto.graph().input()), "x [batch, M, 4]");
  EXPECT_EQ(Text(proto.graph().output()), "y [batch, M, 4]");
}

TEST(Annotate, OddNamesHaveAnAliasInsideExpressions) {
  onnx::ModelProto given = ParseGraph(
      "g (float[N] x) => (float[] y, float[] z) { y = Concat<axis=0>(x, x)  z = Neg(x) }");
  given.mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("batch-size");
  const onnx::ModelProto proto = Inferred(given);
  EXPECT_EQ(Text(proto.graph().output()), "y [2*batch_size], z [batch-size]");
  EXPECT_NE(Metadata(proto, "symshape.dims").find(R"("dims":{"batch_size":"batch-size"})"),
            std::string::npos);
}

TEST(Annotate, LongDimsHaveAName) {
  std::string inputs;
  std::string names;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&inputs, i == 0 ? "" : ", ", "float[symbol", i, "] x", i);
    absl::StrAppend(&names, i == 0 ? "" : ", ", "x", i);
  }
  const onnx::ModelProto proto = Inferred(ParseGraph(
      absl::StrCat("g (", inputs, ") => (float[] y) { y = Concat<axis=0>(", names, ") }")));
  EXPECT_EQ(Text(proto.graph().output()), "y [_dim1]");
  EXPECT_NE(Metadata(proto, "symshape.dims").find(R"("dims":{"_dim1":"symbol0 + )"),
            std::string::npos);
}

TEST(Annotate, NamesForAllExpressionsOnRequest) {
  const onnx::ModelProto proto =
      Inferred(ParseGraph("g (float[N] x) => (float[] y) { a = Concat<axis=0>(x, x)  y = Neg(a) }"),
               {.dims = WriteOptions::Dims::kNames});
  EXPECT_EQ(Text(proto.graph().value_info()), "a [_dim1]");
  EXPECT_EQ(Text(proto.graph().output()), "y [_dim1]");
}

TEST(Annotate, WhatOnlyDataTellsHasBounds) {
  const onnx::ModelProto proto =
      Inferred(ParseGraph("g (float[3, 4] x) => (int64[] y) { a = NonZero(x)  y = Neg(a) }"));
  EXPECT_NE(Metadata(proto, "symshape.bounds").find("[0,12]"), std::string::npos);
  EXPECT_NE(Metadata(proto, "symshape.generated"), "");
}

TEST(Annotate, SubgraphsToo) {
  const onnx::ModelProto proto = Inferred(ParseGraph(R"(g (bool c, float[N] x) => (float[] y) {
    y = If (c) <then_branch = t () => (float[] a) { z = Exp(x)  a = Relu(z) },
                else_branch = e () => (float[9] b) { b = Neg(x) }> })"));
  const onnx::GraphProto& t = proto.graph().node(0).attribute(0).g();
  EXPECT_EQ(Text(t.value_info()), "z [N]");
  EXPECT_EQ(Text(t.output()), "a [...]");                                     // as declared
  EXPECT_EQ(Text(proto.graph().node(0).attribute(1).g().output()), "b [N]");  // a lie
}

// Without a trip the runtime makes a scan output of what the body declares: fixed sizes, else 0.
TEST(Annotate, ScanOutputsStayFixedOrOpenWhereNoTripMayBeMade) {
  const auto body_output = [](const std::string& trips) {
    const onnx::ModelProto proto = Inferred(ParseGraph(
        absl::StrCat("g (float[N, 4] x, int64 m) => (float[] y) <int64 two = {2}, bool go = {1}> { "
                     "y = Loop (",
                     trips, ", go) <body = b (int64 i, bool c) => ",
                     "(bool c2, float[9, other] s) { c2 = Identity(c) s = Neg(x) }> }")));
    return Text(proto.graph().node(0).attribute(0).g().output(1).type());
  };
  EXPECT_EQ(body_output("m"), "[9, ?]");
  EXPECT_EQ(body_output("two"), "[N, 4]");
}

TEST(Annotate, WhatStandsForNoNodesOutputStays) {
  onnx::ModelProto given = ParseGraph(
      "g (float[N] x) => (float[] y) <float[1] w = {1.0}> { a = Add(x, w)  y = Neg(a) }");
  onnx::ValueInfoProto* info = given.mutable_graph()->add_value_info();
  info->set_name("w");
  info->mutable_type()->mutable_tensor_type()->set_elem_type(1);
  info->set_doc_string("kept");
  given.mutable_metadata_props()->Add()->set_key("author");
  const onnx::ModelProto proto = Inferred(given);
  ASSERT_EQ(proto.graph().value_info_size(), 2);
  EXPECT_EQ(proto.graph().value_info(0).SerializeAsString(), info->SerializeAsString());
  EXPECT_EQ(proto.metadata_props(0).key(), "author");
}

TEST(Annotate, RefusesAnotherModel) {
  const onnx::ModelProto given = ParseGraph("g (float[N] x) => (float[] y) { y = Neg(x) }");
  const absl::StatusOr<graph::Model> model = graph::FromProto(given);
  const auto analysis = engine::Infer(*model, {});
  ASSERT_TRUE(analysis.ok());
  onnx::ModelProto other;
  EXPECT_EQ(Annotate(**analysis, {}, other).code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace symshape::writer
