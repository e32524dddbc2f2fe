// Inference of generated transformer graphs: ours beside onnx's C++ InferShapes, both from the same
// model in memory. The ratio of two lines of one run is what counts. ReadProto and ReadWire are the
// two ways to the graph that InferAlone starts from; Infer is ReadProto and InferAlone.
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "benchmark/benchmark.h"
#include "engine/infer.h"
#include "graph/from_proto.h"
#include "graph/from_wire.h"
#include "onnx/shape_inference/implementation.h"
#include "bench/transformer.h"
#include "writer/write.h"

namespace symshape::bench {
namespace {

[[noreturn]] void Die(const absl::Status& status) {
  std::cerr << status << '\n';
  std::exit(1);
}

void SetNodes(benchmark::State& state, const onnx::ModelProto& proto) {
  state.SetItemsProcessed(state.iterations() * proto.graph().node_size());
}

void ReadProto(benchmark::State& state) {
  const onnx::ModelProto proto = Transformer(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const absl::StatusOr<graph::Model> model = graph::FromProto(proto);
    if (!model.ok()) Die(model.status());
    benchmark::DoNotOptimize(model);
  }
  SetNodes(state, proto);
}

void ReadWire(benchmark::State& state) {
  const onnx::ModelProto proto = Transformer(static_cast<int>(state.range(0)));
  const std::string bytes = proto.SerializeAsString();
  for (auto _ : state) {
    const absl::StatusOr<graph::Model> model = graph::FromWire(bytes, std::nullopt);
    if (!model.ok()) Die(model.status());
    benchmark::DoNotOptimize(model);
  }
  SetNodes(state, proto);
}

void InferAlone(benchmark::State& state) {
  const onnx::ModelProto proto = Transformer(static_cast<int>(state.range(0)));
  const absl::StatusOr<graph::Model> model = graph::FromProto(proto);
  if (!model.ok()) Die(model.status());
  for (auto _ : state) {
    const auto analysis = engine::Infer(*model, {});
    if (!analysis.ok()) Die(analysis.status());
    benchmark::DoNotOptimize(analysis);
  }
  SetNodes(state, proto);
}

// From the proto to an analysis.
void Infer(benchmark::State& state) {
  const onnx::ModelProto proto = Transformer(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const absl::StatusOr<graph::Model> model = graph::FromProto(proto);
    if (!model.ok()) Die(model.status());
    const auto analysis = engine::Infer(*model, {});
    if (!analysis.ok()) Die(analysis.status());
    benchmark::DoNotOptimize(analysis);
  }
  SetNodes(state, proto);
}

// The same, and the shapes into a copy of the proto: what onnx's function does.
void InferAndAnnotate(benchmark::State& state) {
  const onnx::ModelProto proto = Transformer(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    onnx::ModelProto annotated = proto;
    const absl::StatusOr<graph::Model> model = graph::FromProto(proto);
    if (!model.ok()) Die(model.status());
    const auto analysis = engine::Infer(*model, {});
    if (!analysis.ok()) Die(analysis.status());
    const absl::Status status = writer::Annotate(**analysis, {}, annotated);
    if (!status.ok()) Die(status);
    benchmark::DoNotOptimize(annotated);
  }
  SetNodes(state, proto);
}

void OnnxInferShapes(benchmark::State& state, bool data_propagation) {
  const onnx::ModelProto proto = Transformer(static_cast<int>(state.range(0)));
  const onnx::ShapeInferenceOptions options(/*check_type=*/false, /*strict_mode=*/0,
                                            data_propagation);
  for (auto _ : state) {
    onnx::ModelProto annotated = proto;
    onnx::shape_inference::InferShapes(annotated, onnx::OpSchemaRegistry::Instance(), options);
    benchmark::DoNotOptimize(annotated);
  }
  SetNodes(state, proto);
}
void Onnx(benchmark::State& state) { OnnxInferShapes(state, false); }
void OnnxDataPropagation(benchmark::State& state) { OnnxInferShapes(state, true); }

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
}
void SizesToAMillion(benchmark::internal::Benchmark* benchmark) {
  Sizes(benchmark);
  benchmark->Arg(1'000'000);
}

BENCHMARK(ReadProto)->Apply(Sizes);
BENCHMARK(ReadWire)->Apply(SizesToAMillion);
BENCHMARK(InferAlone)->Apply(SizesToAMillion);
BENCHMARK(Infer)->Apply(SizesToAMillion);
BENCHMARK(InferAndAnnotate)->Apply(Sizes);
BENCHMARK(Onnx)->Apply(Sizes);
BENCHMARK(OnnxDataPropagation)->Apply(Sizes);

}  // namespace
}  // namespace symshape::bench

BENCHMARK_MAIN();
