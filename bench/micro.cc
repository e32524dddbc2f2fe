// The parts that a whole inference is made of, one by one.
//   Rule     an operator's rule, with the walk around it, by 200 nodes of which no two are alike
//   Memo     the answer to a node that was met before
//   Scan     from a file's bytes to a graph, a node
//   Splice   the result's pieces, a node
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/generated.h"
#include "bench/graph_builder.h"
#include "benchmark/benchmark.h"
#include "engine/infer.h"
#include "engine/memo.h"
#include "graph/from_wire.h"
#include "writer/splice.h"

namespace symshape::bench {
namespace {

constexpr int kNodes = 10'000;

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::cerr << value.status() << '\n';
    std::exit(1);
  }
  return *std::move(value);
}

std::string Bytes() { return FindGenerator("transformer")->make(kNodes).SerializeAsString(); }

// `nodes` of one operator, each with other sizes, so that the memo knows none.
onnx::ModelProto Different(const std::string& op, int nodes, void (*attributes)(GraphBuilder&)) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  GraphBuilder b(*model.mutable_graph());
  b.Weights("w", {1, 1, 3, 3});
  for (int i = 0; i < nodes; ++i) {
    const std::string number = std::to_string(i);
    b.Input("x" + number, onnx::TensorProto::FLOAT, {"A" + number, "1", "H" + number, "W"});
    std::vector<std::string> inputs = {"x" + number};
    if (op == "Conv") inputs.push_back("w");
    if (op == "Add" || op == "Concat") inputs.push_back("x" + number);
    const std::string y = b.Node(op, inputs);
    attributes(b);
    b.Output(y);
  }
  return model;
}

void Rule(benchmark::State& state, const std::string& op, void (*attributes)(GraphBuilder&)) {
  constexpr int kCount = 200;
  const std::string bytes = Different(op, kCount, attributes).SerializeAsString();
  const graph::Model model = OrDie(graph::FromWire(bytes, std::nullopt));
  for (auto _ : state) benchmark::DoNotOptimize(OrDie(engine::Infer(model, {})));
  state.SetItemsProcessed(state.iterations() * kCount);
}

void NoAttributes(GraphBuilder&) {}
void Axis(GraphBuilder& b) { b.SetInt("axis", 1); }
void Permutation(GraphBuilder& b) { b.SetInts("perm", {0, 2, 3, 1}); }
void Kernel(GraphBuilder& b) {
  b.SetInts("kernel_shape", {3, 3});
  b.SetInts("strides", {2, 2});
}

void Memo(benchmark::State& state) {
  const std::string bytes = Bytes();
  const graph::Model model = OrDie(graph::FromWire(bytes, std::nullopt));
  const graph::Node& node = model.main->nodes.back();
  const std::vector<rules::Info> inputs(node.inputs.size());
  const rules::Info output;
  engine::Memo memo;
  memo.Remember(*engine::Memo::KeyOf(model.op(node), node, inputs), 1, {output}, {}, false);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        memo.Find(*engine::Memo::KeyOf(model.op(node), node, inputs), 1)->outputs);
  }
  state.SetItemsProcessed(state.iterations());
}

void Scan(benchmark::State& state) {
  const std::string bytes = Bytes();
  for (auto _ : state) benchmark::DoNotOptimize(OrDie(graph::FromWire(bytes, std::nullopt)));
  state.SetItemsProcessed(state.iterations() * kNodes);
}

void Splice(benchmark::State& state) {
  const std::string bytes = Bytes();
  const graph::Model model = OrDie(graph::FromWire(bytes, std::nullopt));
  const auto analysis = OrDie(engine::Infer(model, {}));
  for (auto _ : state) {
    benchmark::DoNotOptimize(OrDie(writer::Splice::Annotated(*analysis, {}, bytes)));
  }
  state.SetItemsProcessed(state.iterations() * kNodes);
}

BENCHMARK_CAPTURE(Rule, Relu, "Relu", NoAttributes);
BENCHMARK_CAPTURE(Rule, Add, "Add", NoAttributes);
BENCHMARK_CAPTURE(Rule, Concat, "Concat", Axis);
BENCHMARK_CAPTURE(Rule, Transpose, "Transpose", Permutation);
BENCHMARK_CAPTURE(Rule, Conv, "Conv", Kernel);
BENCHMARK_CAPTURE(Rule, MaxPool, "MaxPool", Kernel);
BENCHMARK(Memo);
BENCHMARK(Scan);
BENCHMARK(Splice);

}  // namespace
}  // namespace symshape::bench

BENCHMARK_MAIN();
