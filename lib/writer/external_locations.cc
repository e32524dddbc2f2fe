// Which files the tensors of a model name, in its bytes.
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "graph/wire.h"
#include "protozero/exception.hpp"
#include "writer/external_files.h"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;
using protozero::data_view;

// Recursion is bounded, as a model nested deeper cannot have been analysed.
class Scanner {
 public:
  void AddModel(data_view bytes) {
    wire::Message<wire::Model> message(bytes);
    while (message.Next()) {
      if (message.tag() == wire::Model::kGraph) {
        if (const auto graph = message.Bytes()) AddGraph(*graph);
      } else if (message.tag() == wire::Model::kFunctions) {
        if (const auto function = message.Bytes()) AddFunction(*function);
      } else {
        message.Skip();
      }
    }
  }
  std::vector<std::string> Take() { return std::move(locations_); }

 private:
  void AddFunction(data_view bytes) {
    wire::Message<wire::Function> message(bytes);
    while (message.Next(wire::Function::kNode)) {
      if (const auto node = message.Bytes()) AddNode(*node);
    }
  }

  void AddGraph(data_view bytes) {
    wire::Message<wire::Graph> message(bytes);
    while (message.Next()) {
      switch (message.tag()) {
        case wire::Graph::kNode:
          if (const auto node = message.Bytes()) AddNode(*node);
          break;
        case wire::Graph::kInitializer:
          if (const auto tensor = message.Bytes()) AddTensor(*tensor);
          break;
        case wire::Graph::kSparseInitializer:
          if (const auto tensor = message.Bytes()) AddSparse(*tensor);
          break;
        default:
          message.Skip();
      }
    }
  }

  void AddNode(data_view bytes) {
    wire::Message<wire::Node> message(bytes);
    while (message.Next(wire::Node::kAttribute)) {
      if (const auto attribute = message.Bytes()) AddAttribute(*attribute);
    }
  }

  void AddAttribute(data_view bytes) {
    wire::Message<wire::Attribute> message(bytes);
    while (message.Next()) {
      switch (message.tag()) {
        case wire::Attribute::kT:
        case wire::Attribute::kTensors:
          if (const auto tensor = message.Bytes()) AddTensor(*tensor);
          break;
        case wire::Attribute::kSparseTensor:
        case wire::Attribute::kSparseTensors:
          if (const auto tensor = message.Bytes()) AddSparse(*tensor);
          break;
        case wire::Attribute::kG:
        case wire::Attribute::kGraphs:
          if (const auto graph = message.Bytes()) AddGraph(*graph);
          break;
        default:
          message.Skip();
      }
    }
  }

  void AddSparse(data_view bytes) {
    wire::Message<wire::SparseTensor> message(bytes);
    while (message.Next()) {
      if (message.tag() == wire::SparseTensor::kValues ||
          message.tag() == wire::SparseTensor::kIndices) {
        if (const auto tensor = message.Bytes()) AddTensor(*tensor);
      } else {
        message.Skip();
      }
    }
  }

  void AddTensor(data_view bytes) {
    std::string location;
    bool is_external = false;
    wire::Message<wire::Tensor> message(bytes);
    while (message.Next()) {
      if (message.tag() == wire::Tensor::kExternalData) {
        if (const auto entry = message.Bytes()) ReadEntry(*entry, location);
      } else if (message.tag() == wire::Tensor::kDataLocation) {
        is_external = message.Integer().value_or(0) == onnx::TensorProto::EXTERNAL;
      } else {
        message.Skip();
      }
    }
    if (is_external && !location.empty() && seen_.insert(location).second) {
      locations_.push_back(std::move(location));
    }
  }

  static void ReadEntry(data_view bytes, std::string& location) {
    absl::string_view key;
    absl::string_view value;
    wire::Message<wire::StringStringEntry> message(bytes);
    while (message.Next()) {
      if (message.tag() == wire::StringStringEntry::kKey) {
        key = message.Text().value_or(key);
      } else if (message.tag() == wire::StringStringEntry::kValue) {
        value = message.Text().value_or(value);
      } else {
        message.Skip();
      }
    }
    if (key == "location") location = std::string(value);
  }

  std::vector<std::string> locations_;
  absl::flat_hash_set<std::string> seen_;
};

}  // namespace

std::vector<std::string> ExternalLocations(absl::string_view bytes) {
  Scanner scanner;
  try {
    scanner.AddModel(data_view(bytes.data(), bytes.size()));
  } catch (const protozero::exception&) {
    return {};
  }
  return scanner.Take();
}

}  // namespace symshape::writer
