// Inference of generated transformer graphs: ours beside onnx's C++ InferShapes, both from the same
// ModelProto in memory. The ratio of two lines of one run is what counts.
#include <cstdlib>
#include <iostream>

#include "benchmark/benchmark.h"
#include "engine/infer.h"
#include "graph/from_proto.h"
#include "onnx/shape_inference/implementation.h"
#include "bench/transformer.h"
#include "writer/write.h"

namespace symshape::bench {
namespace {

[[noreturn]] void Die(const absl::Status& status) {
  std::cerr << status << '\n';
  std::exit(1);
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
  state.SetItemsProcessed(state.iterations() * proto.graph().node_size());
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
  state.SetItemsProcessed(state.iterations() * proto.graph().node_size());
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
  state.SetItemsProcessed(state.iterations() * proto.graph().node_size());
}
void Onnx(benchmark::State& state) { OnnxInferShapes(state, false); }
void OnnxDataPropagation(benchmark::State& state) { OnnxInferShapes(state, true); }

BENCHMARK(Infer)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);
BENCHMARK(InferAndAnnotate)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);
BENCHMARK(Onnx)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);
BENCHMARK(OnnxDataPropagation)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace symshape::bench

BENCHMARK_MAIN();
