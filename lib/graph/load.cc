#include "graph/load.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include <exception>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "graph/builder.h"
#include "graph/from_wire.h"
#include "protozero/pbf_reader.hpp"

namespace symshape::graph {
namespace {

// Formats that are taken for ONNX by mistake, by their first bytes.
struct Magic {
  size_t offset;
  absl::string_view bytes;
  absl::string_view what;
};
constexpr Magic kMagics[] = {
    {0, "version https://git-lfs", "it is a pointer of Git LFS: run 'git lfs pull'"},
    {0, "\xff\xd8\xff", "it is a JPEG image"},
    {0, "\x89PNG", "it is a PNG image"},
    {0, "PK\x03\x04", "it is a ZIP archive (PyTorch's .pt?)"},
    {0, "\x1f\x8b", "it is compressed by gzip"},
    {0, "\x89HDF", "it is an HDF5 file (Keras?)"},
    {0, "GGUF", "it is a GGUF file"},
    {0, "%PDF", "it is a PDF document"},
    {4, "TFL3", "it is a TensorFlow Lite model"},
    {4, "ORTM", "it is a model in onnxruntime's own format"},
};

bool IsText(absl::string_view bytes) {
  for (char c : bytes.substr(0, 512)) {
    if (!absl::ascii_isprint(c) && !absl::ascii_isspace(c)) return false;
  }
  return true;
}

// Why protobuf did not take the bytes, as far as the outermost message tells.
std::string Reason(absl::string_view bytes) {
  for (const Magic& magic : kMagics) {
    if (bytes.size() > magic.offset && absl::StartsWith(bytes.substr(magic.offset), magic.bytes)) {
      return std::string(magic.what);
    }
  }
  if (IsText(bytes)) return "it is text, not a binary protobuf";
  protozero::pbf_reader reader(bytes.data(), bytes.size());
  try {
    while (reader.next()) reader.skip();
  } catch (const protozero::end_of_buffer_exception&) {
    return absl::StrCat("it is truncated or damaged (field ", reader.tag(),
                        " goes on past the end, at byte ", bytes.size(), ")");
  } catch (const protozero::exception&) {
    return "it is no protobuf message";
  }
  return "it is damaged, or no model";
}

absl::Status Invalid(absl::string_view name, absl::string_view reason) {
  return absl::DataLossError(absl::StrCat("'", name, "' is not a valid ONNX model: ", reason));
}

// A graph within a graph is three messages deeper: node, attribute, graph.
constexpr int kMaxMessageDepth = 3 * kMaxNesting + 16;

bool Parse(absl::string_view bytes, onnx::ModelProto& proto) {
  const google::protobuf::LogSilencer silencer;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kMaxMessageDepth);
  return proto.MergePartialFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

}  // namespace

absl::StatusOr<std::unique_ptr<onnx::ModelProto>> ParseModelProto(absl::string_view bytes,
                                                                  absl::string_view name) {
  if (bytes.empty()) return Invalid(name, "it is empty");
  if (bytes.size() > std::numeric_limits<int>::max()) {
    return Invalid(name, "it is larger than 2 GiB, the limit of a protobuf message");
  }
  auto proto = std::make_unique<onnx::ModelProto>();
  try {
    if (!Parse(bytes, *proto)) return Invalid(name, Reason(bytes));
  } catch (const std::exception& error) {  // no memory
    return absl::ResourceExhaustedError(absl::StrCat("cannot read '", name, "': ", error.what()));
  }
  if (!proto->has_graph()) return Invalid(name, "it has no graph");
  return proto;
}

absl::StatusOr<Model> LoadModel(absl::string_view bytes, absl::string_view name,
                                const std::optional<std::string>& folder) {
  absl::StatusOr<Model> model = FromWire(bytes, folder);
  if (model.ok()) return model;
  // Of bytes that are no model at all protobuf's reader says more.
  if (absl::Status status = ParseModelProto(bytes, name).status(); !status.ok()) return status;
  return absl::Status(model.status().code(), absl::StrCat(name, ": ", model.status().message()));
}

}  // namespace symshape::graph
