// Inference of generated graphs: ours beside onnx's C++ InferShapes, both from the same model in
// memory. The ratio of two lines of one run is what counts. ReadProto and ReadWire are the two ways
// to the graph that InferAlone starts from; Infer is ReadProto and InferAlone.
#if __has_include(<malloc.h>)  // glibc
#include <malloc.h>
#endif

#include <cstdlib>
#include <iostream>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "bench/generated.h"
#include "benchmark/benchmark.h"
#include "engine/infer.h"
#include "graph/from_proto.h"
#include "graph/from_wire.h"
#include "graph/load.h"
#include "io/source_file.h"
#include "onnx/shape_inference/implementation.h"
#include "writer/splice.h"
#include "writer/write.h"

namespace symshape::bench {
namespace {

[[noreturn]] void Die(const absl::Status& status) {
  std::cerr << status << '\n';
  std::exit(1);
}

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) Die(value.status());
  return *std::move(value);
}

using Made = onnx::ModelProto;

void ReadProto(benchmark::State& state, const Made& proto) {
  for (auto _ : state) benchmark::DoNotOptimize(OrDie(graph::FromProto(proto)));
}

void ReadWire(benchmark::State& state, const Made& proto) {
  const std::string bytes = proto.SerializeAsString();
  for (auto _ : state) benchmark::DoNotOptimize(OrDie(graph::FromWire(bytes, std::nullopt)));
}

void InferAlone(benchmark::State& state, const Made& proto) {
  const graph::Model model = OrDie(graph::FromProto(proto));
  for (auto _ : state) benchmark::DoNotOptimize(OrDie(engine::Infer(model, {})));
}

// From the proto to an analysis.
void Infer(benchmark::State& state, const Made& proto) {
  for (auto _ : state) {
    const graph::Model model = OrDie(graph::FromProto(proto));
    benchmark::DoNotOptimize(OrDie(engine::Infer(model, {})));
  }
}

// The same, and the shapes into a copy of the proto: what onnx's function does.
void InferAndAnnotate(benchmark::State& state, const Made& proto) {
  for (auto _ : state) {
    onnx::ModelProto annotated = proto;
    const graph::Model model = OrDie(graph::FromProto(proto));
    const auto analysis = OrDie(engine::Infer(model, {}));
    const absl::Status status = writer::Annotate(*analysis, {}, annotated);
    if (!status.ok()) Die(status);
    benchmark::DoNotOptimize(annotated);
  }
}

// Bytes to bytes, as the command does it, beside protobuf's own way from bytes to bytes.
void BytesToBytes(benchmark::State& state, const Made& proto) {
  const std::string bytes = proto.SerializeAsString();
  for (auto _ : state) {
    const graph::Model model = OrDie(graph::FromWire(bytes, std::nullopt));
    const auto analysis = OrDie(engine::Infer(model, {}));
    benchmark::DoNotOptimize(OrDie(writer::Splice::Annotated(*analysis, {}, bytes)));
  }
}
void ProtobufBytesToBytes(benchmark::State& state, const Made& proto) {
  const std::string bytes = proto.SerializeAsString();
  for (auto _ : state) {
    onnx::ModelProto parsed;
    if (!parsed.ParseFromString(bytes)) Die(absl::InternalError("no model"));
    benchmark::DoNotOptimize(parsed.SerializeAsString());
  }
}

void OnnxInferShapes(benchmark::State& state, const Made& proto, bool data_propagation) {
  const onnx::ShapeInferenceOptions options(/*check_type=*/false, /*strict_mode=*/0,
                                            data_propagation);
  for (auto _ : state) {
    onnx::ModelProto annotated = proto;
    onnx::shape_inference::InferShapes(annotated, onnx::OpSchemaRegistry::Instance(), options);
    benchmark::DoNotOptimize(annotated);
  }
}
void Onnx(benchmark::State& state, const Made& proto) { OnnxInferShapes(state, proto, false); }
void OnnxDataPropagation(benchmark::State& state, const Made& proto) {
  OnnxInferShapes(state, proto, true);
}

struct Measured {
  const char* name;
  void (*run)(benchmark::State&, const Made&);
  int most_nodes;
};
constexpr Measured kMeasured[] = {
    {"ReadProto", ReadProto, 100'000},
    {"ReadWire", ReadWire, 100'000},
    {"InferAlone", InferAlone, 1'000'000},
    {"Infer", Infer, 100'000},
    {"InferAndAnnotate", InferAndAnnotate, 100'000},
    {"BytesToBytes", BytesToBytes, 1'000'000},
    {"ProtobufBytesToBytes", ProtobufBytesToBytes, 1'000'000},
    {"Onnx", Onnx, 100'000},
    {"OnnxDataPropagation", OnnxDataPropagation, 100'000},
};

void Register() {
  for (const Generator& generator : Generators()) {
    for (const Measured& measured : kMeasured) {
      const bool is_onnx = measured.run == Onnx || measured.run == OnnxDataPropagation;
      const int most_nodes = is_onnx ? generator.most_nodes_of_onnx : measured.most_nodes;
      for (int nodes = 1000; nodes <= most_nodes; nodes *= 10) {
        const auto run = [&generator, &measured, nodes](benchmark::State& state) {
          const onnx::ModelProto proto = generator.make(nodes);
          measured.run(state, proto);
          state.SetItemsProcessed(state.iterations() * nodes);
        };
        const std::string name = absl::StrCat(generator.name, "/", measured.name, "/", nodes);
        auto* const registered = benchmark::RegisterBenchmark(name.c_str(), run);
        registered->Unit(benchmark::kMillisecond);
        // The first of a few would count for all: it gets its memory from the system.
        if (nodes >= 100'000) registered->MinTime(1.5);
      }
    }
  }
}

void RegisterFile(const std::string& path) {
  for (const Measured& measured : kMeasured) {
    const auto run = [path, &measured](benchmark::State& state) {
      const auto proto =
          OrDie(graph::ParseModelProto(OrDie(io::SourceFile::Read(path))->bytes(), path));
      measured.run(state, *proto);
      state.SetItemsProcessed(state.iterations() * proto->graph().node_size());
    };
    const std::string name =
        absl::StrCat("real/", measured.name, "/", path.substr(path.find_last_of('/') + 1));
    benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace symshape::bench

// What is freed stays with the process, ours and onnx's alike. Else the system clears a model of a
// million nodes anew in each iteration, and one of 100,000, which fits the heap, in none.
static void KeepFreedMemory() {
#ifdef M_MMAP_MAX  // glibc's
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

int main(int argc, char** argv) {
  KeepFreedMemory();
  benchmark::Initialize(&argc, argv);
  symshape::bench::Register();
  for (int i = 1; i < argc; ++i) symshape::bench::RegisterFile(argv[i]);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
