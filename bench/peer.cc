// Whole processes to compare the command with, on protobuf's and onnx's own C++:
//   bench_peer parse IN OUT            parse and serialise, no inference
//   bench_peer infer IN OUT            parse, onnx's InferShapes, serialise
//   bench_peer propagate IN OUT        the same with data propagation
//   bench_peer make KIND NODES OUT     a generated model (generated.h)
//   bench_peer weights OUT MEGABYTES   a model with so many megabytes of weights, beside it where
//                                      they are too many for one message
// Results are synced, as the command's are.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/generated.h"
#include "bench/graph_builder.h"
#include "onnx/shape_inference/implementation.h"

namespace symshape::bench {
namespace {

constexpr size_t kMegabyte = size_t{1} << 20;
constexpr size_t kMostMegabytesInline = 2000;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "bench_peer: %s\n", why.c_str());
  std::exit(1);
}

std::string Read(const std::string& path) {
  std::string bytes(std::filesystem::file_size(path), '\0');
  std::ifstream(path, std::ios::binary)
      .read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

void Write(const std::string& path, const std::string& bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0) Die("cannot write " + path);
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t written = write(fd, bytes.data() + done, bytes.size() - done);
    if (written <= 0) Die("cannot write " + path);
    done += static_cast<size_t>(written);
  }
  if (fsync(fd) != 0) Die("cannot sync " + path);
  close(fd);
}

void Convert(const std::string& what, const std::string& in, const std::string& out) {
  onnx::ModelProto model;
  if (!model.ParseFromString(Read(in))) Die("cannot parse " + in);
  if (what != "parse") {
    const onnx::ShapeInferenceOptions options(/*check_type=*/false, /*strict_mode=*/0,
                                              /*data_prop=*/what == "propagate");
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), options);
  }
  Write(out, model.SerializeAsString());
}

// Layers of a network with matrices of 16 MiB each.
void MakeWeights(const std::string& path, size_t megabytes) {
  constexpr size_t kMatrixBytes = 16 * kMegabyte;
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  GraphBuilder b(*model.mutable_graph());
  b.graph().set_name("weights");
  b.Input("x", onnx::TensorProto::FLOAT, {"batch", "2048"});
  const bool beside = megabytes > kMostMegabytesInline;
  const std::string data = path + ".data";
  std::ofstream file;
  if (beside) file.open(data, std::ios::binary);
  std::string x = "x";
  for (size_t i = 0; i < megabytes * kMegabyte / kMatrixBytes; ++i) {
    onnx::TensorProto& tensor = *b.graph().add_initializer();
    tensor.set_name("w" + std::to_string(i));
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.add_dims(2048);
    tensor.add_dims(2048);
    const std::string matrix(kMatrixBytes, static_cast<char>('a' + i % 26));
    if (beside) {
      tensor.set_data_location(onnx::TensorProto::EXTERNAL);
      const auto entry = [&tensor](const char* key, const std::string& value) {
        onnx::StringStringEntryProto& added = *tensor.add_external_data();
        added.set_key(key);
        added.set_value(value);
      };
      entry("location", std::filesystem::path(data).filename().string());
      entry("offset", std::to_string(i * kMatrixBytes));
      entry("length", std::to_string(kMatrixBytes));
      file << matrix;
    } else {
      tensor.set_raw_data(matrix);
    }
    x = b.Node("Relu", {b.Node("MatMul", {x, tensor.name()})});
  }
  b.Output(x);
  Write(path, model.SerializeAsString());
}

int Main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "make" && argc == 5) {
    const Generator* generator = FindGenerator(argv[2]);
    if (generator == nullptr) Die("no kind " + std::string(argv[2]));
    Write(argv[4], generator->make(std::atoi(argv[3])).SerializeAsString());
  } else if (what == "weights" && argc == 4) {
    MakeWeights(argv[2], std::strtoul(argv[3], nullptr, 10));
  } else if ((what == "parse" || what == "infer" || what == "propagate") && argc == 4) {
    Convert(what, argv[2], argv[3]);
  } else {
    Die("parse|infer|propagate IN OUT, make KIND NODES OUT, weights OUT MEGABYTES");
  }
  return 0;
}

}  // namespace
}  // namespace symshape::bench

int main(int argc, char** argv) { return symshape::bench::Main(argc, argv); }
