#include "graph/from_proto.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph/builder.h"
#include "graph/parse_text.h"

namespace symshape::graph {
namespace {

std::vector<std::string> NodeNames(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) {
    names.emplace_back(graph.values[Index(node.outputs[0])].name);
  }
  return names;
}

std::string ErrorOf(const onnx::ModelProto& proto) {
  const absl::StatusOr<Model> model = FromProto(proto);
  EXPECT_FALSE(model.ok());
  EXPECT_EQ(model.status().code(), absl::StatusCode::kDataLoss);
  return std::string(model.status().message());
}

Model Read(const onnx::ModelProto& proto) {
  absl::StatusOr<Model> model = FromProto(proto);
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

TEST(FromProto, ResolvesNamesVersionsAndDeclaredTypes) {
  const onnx::ModelProto proto = ParseGraph(
      "g (float[N, 3, ?] x) => (float[N, 3, M] y) <float[] z> { z = Relu(x)  y = Add(z, z) }");
  const Model model = Read(proto);
  const Graph& g = *model.main;
  ASSERT_EQ(g.nodes.size(), 2u);
  EXPECT_EQ(model.op(g.nodes[1]).name, "Add");
  EXPECT_EQ(model.op(g.nodes[1]).version, 21);
  EXPECT_EQ(g.nodes[1].inputs[0], g.nodes[1].inputs[1]);
  EXPECT_EQ(g.nodes[1].inputs[0], g.nodes[0].outputs[0]);
  const DeclaredType& x = *g.values[Index(g.inputs[0])].declared;
  EXPECT_EQ(x.element, ElementType::kFloat);
  ASSERT_EQ(x.dims.size(), 3u);
  EXPECT_EQ(x.dims[0].param, "N");
  EXPECT_EQ(x.dims[1].value, 3);
  EXPECT_EQ(x.dims[2].kind, DeclaredDim::Kind::kUnset);
  EXPECT_FALSE(g.values[Index(g.nodes[0].outputs[0])].declared->has_shape);
}

TEST(FromProto, NormalisesTheDomainAndReadsOverloads) {
  onnx::ModelProto proto = ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x) }");
  proto.mutable_opset_import(0)->set_domain("ai.onnx");
  const Model model = Read(proto);
  EXPECT_EQ(model.operators[0].domain, "");
  EXPECT_EQ(model.operators[0].version, 21);
}

TEST(FromProto, VersionOneBeforeImportsExisted) {
  onnx::ModelProto proto = ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x) }");
  proto.clear_opset_import();
  EXPECT_EQ(Read(proto).operators[0].version, 0);
  proto.set_ir_version(2);
  EXPECT_EQ(Read(proto).operators[0].version, 1);
}

TEST(FromProto, KeepsTheFilesOrderWhereItIsTopological) {
  const onnx::ModelProto proto = ParseGraph(
      "g (float[N] x) => (float[N] d) { c = Relu(x)  a = Relu(x)  b = Relu(a)  d = Add(b, c) }");
  EXPECT_EQ(NodeNames(*Read(proto).main), (std::vector<std::string>{"c", "a", "b", "d"}));
}

TEST(FromProto, SortsStably) {
  const onnx::ModelProto proto = ParseGraph(
      "g (float[N] x) => (float[N] d) { d = Add(b, c)  c = Relu(x)  b = Relu(a)  a = Relu(x) }");
  const Model model = Read(proto);
  EXPECT_EQ(NodeNames(*model.main), (std::vector<std::string>{"c", "a", "b", "d"}));
  EXPECT_EQ(model.main->nodes[0].position, 1u);
}

TEST(FromProto, SortsByWhatSubgraphsCapture) {
  const onnx::ModelProto proto = ParseGraph(R"(g (bool c, float[N] x) => (float[N] y) {
    y = If (c) <then_branch = t () => (float[N] a) { a = Relu(late) },
                else_branch = e () => (float[N] b) { b = Relu(x) }>
    late = Exp(x) })");
  EXPECT_EQ(NodeNames(*Read(proto).main), (std::vector<std::string>{"late", "y"}));
}

TEST(FromProto, CapturesThroughSeveralLevels) {
  const onnx::ModelProto proto = ParseGraph(R"(g (bool c, float[N] x) => (float[N] y) {
    y = If (c) <
      then_branch = t () => (float[N] a) {
        a = If (c) <then_branch = tt () => (float[N] p) { p = Relu(x) },
                    else_branch = te () => (float[N] q) { q = Exp(x) }> },
      else_branch = e () => (float[N] b) { b = Neg(x) }> })");
  const Model model = Read(proto);
  ASSERT_EQ(model.graphs.size(), 5u);
  const Graph& main = *model.main;
  const Graph& t = *main.nodes[0].Find("then_branch")->graph;
  const Graph& tt = *t.nodes[0].Find("then_branch")->graph;
  EXPECT_EQ(tt.parent, &t);
  EXPECT_EQ(t.parent, &main);
  ASSERT_EQ(tt.captures.size(), 1u);
  ASSERT_EQ(t.captures.size(), 2u);  // c for the inner If, x for what stands in it
  const ValueId x_in_t = tt.captures[0].outer;
  for (const Capture& capture : t.captures) {
    if (capture.inner == x_in_t) {
      EXPECT_EQ(main.values[Index(capture.outer)].name, "x");
    }
  }
}

TEST(FromProto, AnInnerNameHidesAnOuterOne) {
  const onnx::ModelProto proto = ParseGraph(R"(g (bool c, float[N] x) => (float[N] y) {
    y = If (c) <then_branch = t () => (float[N] x) { x = Relu(z) },
                else_branch = e () => (float[N] b) { b = Relu(x) }>
    z = Exp(x) })");
  const Model model = Read(proto);
  const Graph& t = *model.main->nodes[1].Find("then_branch")->graph;
  ASSERT_EQ(t.captures.size(), 1u);
  EXPECT_EQ(t.values[Index(t.captures[0].inner)].name, "z");
}

TEST(FromProto, FunctionsHaveTheirOwnImportsAndAttributes) {
  const onnx::ModelProto proto = ParseGraph(R"(
    g (float[N] x) => (float[N] y) { y = local.f <alpha = 2> (x) }
    <domain: "local", opset_import: ["" : 13]> f <alpha> (a) => (b) { b = LeakyRelu <alpha : float = @alpha> (a) })");
  const Model model = Read(proto);
  const Operator& call = model.op(model.main->nodes[0]);
  const Function* f = model.FindFunction(call);
  ASSERT_NE(f, nullptr);
  ASSERT_EQ(f->attributes.size(), 1u);
  EXPECT_EQ(f->attributes[0], "alpha");
  const Node& node = f->graph->nodes[0];
  EXPECT_EQ(model.op(node).version, 13);
  EXPECT_EQ(model.FindFunction(model.op(node)), nullptr);
  ASSERT_EQ(node.attributes.size(), 1u);
  EXPECT_EQ(node.attributes[0].type, Attribute::Type::kReference);
  EXPECT_EQ(node.attributes[0].text(), "alpha");
}

TEST(FromProto, OverloadsAreDifferentFunctions) {
  onnx::ModelProto proto = ParseGraph(R"(
    g (float[N] x) => (float[N] y) { z = local.f (x)  y = local.f (z) }
    <domain: "local", opset_import: ["" : 13]> f (a) => (b) { b = Relu(a) }
    <domain: "local", opset_import: ["" : 13]> f (a) => (b) { b = Exp(a) })");
  proto.mutable_graph()->mutable_node(1)->set_overload("second");
  proto.mutable_functions(1)->set_overload("second");
  const Model model = Read(proto);
  EXPECT_EQ(model.FindFunction(model.op(model.main->nodes[0])), &model.functions[0]);
  EXPECT_EQ(model.FindFunction(model.op(model.main->nodes[1])), &model.functions[1]);
}

TEST(FromProto, AnInitializerMayBeAnInputsDefault) {
  const onnx::ModelProto proto =
      ParseGraph("g (float[1] x, float[1] w = {1.0}) => (float[1] y) { y = Add(x, w) }");
  const Model model = Read(proto);
  EXPECT_EQ(model.main->inputs.size(), 2u);
  ASSERT_EQ(model.main->initializers.size(), 1u);
  EXPECT_EQ(model.main->initializers[0].value, model.main->inputs[1]);
}

TEST(FromProto, TheLaterOfTwoConstantsCounts) {
  const onnx::ModelProto proto = ParseGraph(
      "g () => (int64[1] y) { c = Constant<value_int=1>()  c = Constant<value_int=2>()  y = "
      "Relu(c) }");
  const Model model = Read(proto);
  EXPECT_EQ(model.main->nodes[0].outputs[0], ValueId::kNone);
  EXPECT_EQ(model.main->nodes[1].outputs[0], model.main->nodes[2].inputs[0]);
}

TEST(FromProto, OmittedOptionalsAreNone) {
  onnx::ModelProto proto = ParseGraph(
      "g (float[N] x) => (float[N] y) { y = Clip(x, z, z)  z = Constant<value_float=1.0>() }");
  proto.mutable_graph()->mutable_node(0)->set_input(1, "");
  EXPECT_EQ(Read(proto).main->nodes[1].inputs[1], ValueId::kNone);
}

TEST(FromProto, AFunctionAloneTakesTheImportsItLacks) {
  onnx::ModelProto proto = ParseGraph(R"(
    g (float[N] x) => (float[N] y) { y = local.f (x) }
    <domain: "local", opset_import: ["" : 13]> f (a) => (b) { c = Relu(a)  b = other.Exp(c) })");
  const auto model = FunctionFromProto(proto.functions(0), {{"", 21}, {"other", 3}});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->op(model->main->nodes[0]).version, 13);
  EXPECT_EQ(model->op(model->main->nodes[1]).version, 3);
  EXPECT_EQ(model->functions[0].graph, model->main);
}

TEST(FromProto, RefusesACycleAndNamesIt) {
  EXPECT_EQ(ErrorOf(ParseGraph(
                "g (float[N] x) => (float[N] y) { y = Add(x, a)  a = Relu(b)  b = Exp(a) }")),
            "the graph has a cycle of 2 nodes: node 'Relu_1' (Relu) reads 'b', made by node "
            "'Exp_2' (Exp) reads "
            "'a', made by node 'Relu_1' (Relu)");
  EXPECT_EQ(ErrorOf(ParseGraph("g (float[N] x) => (float[N] y) { y = Add(x, y) }")),
            "the graph has a cycle of 1 node: node 'Add_0' (Add) reads 'y', made by itself");
}

TEST(FromProto, RefusesACycleThroughASubgraph) {
  const std::string error = ErrorOf(ParseGraph(R"(g (bool c, float[N] x) => (float[N] y) {
    y = If (c) <then_branch = t () => (float[N] a) { a = Relu(y) },
                else_branch = e () => (float[N] b) { b = Relu(x) }> })"));
  EXPECT_EQ(error, "the graph has a cycle of 1 node: node 'If_0' (If) reads 'y', made by itself");
}

TEST(FromProto, RefusesWhatNothingDefines) {
  EXPECT_EQ(ErrorOf(ParseGraph("g (float[N] x) => (float[N] y) { [add] y = Add(x, nowhere) }")),
            "node 'add' (Add) reads 'nowhere', which no node, input or initializer defines");
  EXPECT_EQ(ErrorOf(ParseGraph("g (float[N] x) => (float[N] y) { z = Relu(x) }")),
            "output 'y' of graph 'g' is made by no node and is no input");
  EXPECT_EQ(ErrorOf(ParseGraph(R"(g (bool c, float[N] x) => (float[N] y) {
    y = If (c) <then_branch = t () => (float[N] a) { a = Relu(nowhere) },
                else_branch = e () => (float[N] b) { b = Relu(x) }> })")),
            "node 'If_0' (If) reads 'nowhere', which no node, input or initializer defines");
}

TEST(FromProto, AFunctionSeesNothingOutside) {
  EXPECT_EQ(
      ErrorOf(ParseGraph(R"(
    g (float[N] x) => (float[N] y) { y = local.f (x) }
    <domain: "local", opset_import: ["" : 13]> f (a) => (b) { b = Add(a, x) })")),
      "function 'f': node 'Add_0' (Add) reads 'x', which no node, input or initializer defines");
}

TEST(FromProto, RefusesASecondDefinition) {
  EXPECT_EQ(ErrorOf(ParseGraph("g (float[N] x) => (float[N] y) { y = Relu(x)  y = Exp(x) }")),
            "tensor 'y' is defined twice: by node 'Relu_0' (Relu) and by node 'Exp_1' (Exp)");
  EXPECT_EQ(ErrorOf(ParseGraph("g (float[N] x) => (float[N] x) { x = Relu(x) }")),
            "tensor 'x' is defined twice: by a graph input and by node 'Relu_0' (Relu)");
  EXPECT_EQ(ErrorOf(ParseGraph("g (float[N] x, float[N] x) => (float[N] y) { y = Relu(x) }")),
            "graph 'g' has two inputs named 'x'");
}

TEST(FromProto, RefusesRecursion) {
  EXPECT_EQ(ErrorOf(ParseGraph(R"(
    g (float[N] x) => (float[N] y) { y = local.f (x) }
    <domain: "local", opset_import: ["local" : 1]> f (a) => (b) { b = local.f(a) })")),
            "function 'local.f' calls itself");
  EXPECT_EQ(ErrorOf(ParseGraph(R"(
    g (float[N] x) => (float[N] y) { y = local.f (x) }
    <domain: "local", opset_import: ["local" : 1]> f (a) => (b) { b = local.h(a) }
    <domain: "local", opset_import: ["local" : 1]> h (a) => (b) { b = local.f(a) })")),
            "function 'local.f' calls itself through 'local.h'");
}

TEST(FromProto, RefusesDeepNesting) {
  onnx::ModelProto proto;
  onnx::GraphProto* graph = proto.mutable_graph();
  for (int i = 0; i < 1000; ++i) {
    onnx::NodeProto* node = graph->add_node();
    node->set_op_type("If");
    onnx::AttributeProto* attribute = node->add_attribute();
    attribute->set_type(onnx::AttributeProto::GRAPH);
    graph = attribute->mutable_g();
  }
  EXPECT_EQ(ErrorOf(proto), "graph '' is nested deeper than 64 graphs");
}

TEST(FromProto, RefusesAModelWithoutAGraph) {
  EXPECT_EQ(ErrorOf(onnx::ModelProto()), "the model has no graph");
}

}  // namespace
}  // namespace symshape::graph
