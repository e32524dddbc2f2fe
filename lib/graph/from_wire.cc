#include "graph/from_wire.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/attribute_from_wire.h"
#include "graph/builder.h"
#include "graph/tensor_from_wire.h"
#include "graph/type_from_wire.h"
#include "graph/wire.h"
#include "io/external_data.h"
#include "protozero/exception.hpp"

namespace symshape::graph {
namespace {

using protozero::data_view;
using Views = std::vector<data_view>;

// A list that grows and shrinks like a stack, so that nested readers share its memory.
template <typename T>
class Level {
 public:
  explicit Level(std::vector<T>& stack) : stack_(stack), start_(stack.size()) {}
  ~Level() { stack_.resize(start_); }
  Level(const Level&) = delete;
  void push_back(T value) { stack_.push_back(std::move(value)); }
  absl::Span<const T> span() const { return absl::MakeConstSpan(stack_).subspan(start_); }

 private:
  std::vector<T>& stack_;
  size_t start_;
};

std::pair<absl::string_view, int> ReadImport(data_view bytes) {
  std::pair<absl::string_view, int> import;
  wire::Message<wire::OperatorSetId> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::OperatorSetId::kDomain:
        import.first = message.Text().value_or(import.first);
        break;
      case wire::OperatorSetId::kVersion:
        import.second = static_cast<int>(
            std::clamp<int64_t>(message.Integer().value_or(0), 0, std::numeric_limits<int>::max()));
        break;
      default:
        message.Skip();
    }
  }
  return import;
}

// The parts of a GraphProto.
struct GraphFields {
  Views nodes, initializers, sparse_initializers, inputs, outputs, value_infos;
  void Clear() {
    for (Views* views :
         {&nodes, &initializers, &sparse_initializers, &inputs, &outputs, &value_infos}) {
      views->clear();
    }
  }
};

// Walks the bytes and feeds the builder in the order in which from_proto.cc does, so that both
// number values alike. Recursion follows graphs, bounded by the builder.
class WireSource {
 public:
  explicit WireSource(io::ExternalData* external) : external_(external) {}

  absl::StatusOr<Model> ReadModel(absl::string_view bytes);

 private:
  Arena& arena() { return builder_.arena(); }
  absl::StatusOr<const Graph*> ReadGraph(data_view bytes);
  absl::Status ReadNode(data_view bytes);
  absl::Status ReadNodes(const Views& nodes);
  void ExpectNames(data_view node);
  absl::StatusOr<Attribute> ReadAttribute(data_view bytes);
  absl::Status ReadAttributeGraphs(const AttributeParts& parts, Attribute& attribute);
  absl::StatusOr<Function> ReadFunction(data_view bytes);
  absl::StatusOr<const Graph*> ReadBody(absl::string_view name,
                                        absl::Span<const absl::string_view> inputs,
                                        absl::Span<const absl::string_view> outputs,
                                        const Views& nodes, const Views& value_infos);
  absl::Status ReadInputs(const Views& inputs);
  absl::Status ReadOutputs(const Views& outputs);
  absl::Status ReadInitializers(const Views& dense, const Views& sparse);
  absl::Status ReadValueInfos(const Views& value_infos);

  Builder builder_;
  io::ExternalData* external_;
  std::vector<absl::string_view> names_in_;
  std::vector<absl::string_view> names_out_;
  std::vector<Attribute> attributes_;
  std::deque<GraphFields> fields_;  // of the graphs that are being read, outermost first
  size_t depth_ = 0;                // how many of them are in use
};

absl::Status WireSource::ReadInputs(const Views& inputs) {
  for (data_view bytes : inputs) {
    const absl::StatusOr<DeclaredValue> input = ValueInfoFromWire(bytes, arena());
    if (!input.ok()) return input.status();
    if (absl::Status s = builder_.AddInput(input->name, input->type); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status WireSource::ReadOutputs(const Views& outputs) {
  for (data_view bytes : outputs) {
    const absl::StatusOr<DeclaredValue> output = ValueInfoFromWire(bytes, arena());
    if (!output.ok()) return output.status();
    builder_.AddOutput(output->name, output->type);
  }
  return absl::OkStatus();
}

absl::Status WireSource::ReadValueInfos(const Views& value_infos) {
  for (data_view bytes : value_infos) {
    const absl::StatusOr<DeclaredValue> value = ValueInfoFromWire(bytes, arena());
    if (!value.ok()) return value.status();
    builder_.AddValueInfo(value->name, value->type);
  }
  return absl::OkStatus();
}

absl::Status WireSource::ReadInitializers(const Views& dense, const Views& sparse) {
  for (data_view bytes : dense) {
    const absl::StatusOr<const Tensor*> tensor = TensorFromWire(bytes, external_, arena());
    if (!tensor.ok()) return tensor.status();
    if (absl::Status s = builder_.AddInitializer(*tensor); !s.ok()) return s;
  }
  for (data_view bytes : sparse) {
    const absl::StatusOr<const Tensor*> tensor = SparseTensorFromWire(bytes, arena());
    if (!tensor.ok()) return tensor.status();
    if (absl::Status s = builder_.AddInitializer(*tensor); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status WireSource::ReadNodes(const Views& nodes) {
  constexpr size_t kAhead = 8;
  constexpr size_t kMany = 4096;  // of fewer the names' table fits into a cache
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes.size() >= kMany && i + kAhead < nodes.size()) ExpectNames(nodes[i + kAhead]);
    if (absl::Status status = ReadNode(nodes[i]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Operands and results are what a node begins with, as everyone writes it.
void WireSource::ExpectNames(data_view node) {
  wire::Message<wire::Node> message(node);
  while (message.Next() &&
         (message.tag() == wire::Node::kInput || message.tag() == wire::Node::kOutput)) {
    if (const auto text = message.Text()) builder_.Expect(*text);
  }
}

absl::StatusOr<const Graph*> WireSource::ReadGraph(data_view bytes) {
  absl::string_view name;
  if (fields_.size() == depth_) fields_.emplace_back();
  GraphFields& fields = fields_[depth_];
  fields.Clear();
  wire::Message<wire::Graph> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Graph::kNode:
        message.AppendBytes(fields.nodes);
        break;
      case wire::Graph::kName:
        name = message.Text().value_or(name);
        break;
      case wire::Graph::kInitializer:
        message.AppendBytes(fields.initializers);
        break;
      case wire::Graph::kInput:
        message.AppendBytes(fields.inputs);
        break;
      case wire::Graph::kOutput:
        message.AppendBytes(fields.outputs);
        break;
      case wire::Graph::kValueInfo:
        message.AppendBytes(fields.value_infos);
        break;
      case wire::Graph::kSparseInitializer:
        message.AppendBytes(fields.sparse_initializers);
        break;
      default:
        message.Skip();
    }
  }
  const absl::string_view text(bytes.data(), bytes.size());
  if (absl::Status s = builder_.BeginGraph(name, text); !s.ok()) return s;
  ++depth_;  // no deeper than the builder allows
  builder_.Reserve(fields.nodes.size());
  if (absl::Status s = ReadInputs(fields.inputs); !s.ok()) return s;
  if (absl::Status s = ReadInitializers(fields.initializers, fields.sparse_initializers); !s.ok()) {
    return s;
  }
  if (absl::Status s = ReadNodes(fields.nodes); !s.ok()) return s;
  if (absl::Status s = ReadOutputs(fields.outputs); !s.ok()) return s;
  if (absl::Status s = ReadValueInfos(fields.value_infos); !s.ok()) return s;
  --depth_;
  return builder_.EndGraph();
}

absl::Status WireSource::ReadNode(data_view bytes) {
  NodeParts parts;
  Level<absl::string_view> inputs(names_in_);
  Level<absl::string_view> outputs(names_out_);
  Level<Attribute> attributes(attributes_);
  wire::Message<wire::Node> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Node::kInput:
        if (const auto text = message.Text()) inputs.push_back(*text);
        break;
      case wire::Node::kOutput:
        if (const auto text = message.Text()) outputs.push_back(*text);
        break;
      case wire::Node::kName:
        parts.name = message.Text().value_or(parts.name);
        break;
      case wire::Node::kOpType:
        parts.op = message.Text().value_or(parts.op);
        break;
      case wire::Node::kDomain:
        parts.domain = message.Text().value_or(parts.domain);
        break;
      case wire::Node::kOverload:
        parts.overload = message.Text().value_or(parts.overload);
        break;
      case wire::Node::kAttribute: {
        const std::optional<data_view> view = message.Bytes();
        if (!view.has_value()) break;
        const absl::StatusOr<Attribute> attribute = ReadAttribute(*view);
        if (!attribute.ok()) return attribute.status();
        attributes.push_back(*attribute);
        break;
      }
      default:
        message.Skip();
    }
  }
  parts.inputs = inputs.span();
  parts.outputs = outputs.span();
  parts.attributes = arena().Copy(attributes.span());
  return builder_.AddNode(parts);
}

absl::StatusOr<Attribute> WireSource::ReadAttribute(data_view bytes) {
  const AttributeParts parts(bytes, arena());
  absl::StatusOr<Attribute> attribute = parts.Make(external_, arena());
  if (!attribute.ok()) return attribute;
  if (absl::Status status = ReadAttributeGraphs(parts, *attribute); !status.ok()) return status;
  return attribute;
}

absl::Status WireSource::ReadAttributeGraphs(const AttributeParts& parts, Attribute& attribute) {
  if (attribute.type == Attribute::Type::kGraph) {
    const absl::StatusOr<const Graph*> graph = ReadGraph(parts.graph());
    if (!graph.ok()) return graph.status();
    attribute.graph = *graph;
  } else if (attribute.type == Attribute::Type::kGraphs) {
    const auto graphs = arena().NewSpan<const Graph*>(parts.graphs().size());
    for (size_t i = 0; i < graphs.size(); ++i) {
      const absl::StatusOr<const Graph*> graph = ReadGraph(parts.graphs()[i]);
      if (!graph.ok()) return graph.status();
      graphs[i] = *graph;
    }
    attribute.Set(Attribute::Type::kGraphs, graphs);
  }
  return absl::OkStatus();
}

absl::StatusOr<const Graph*> WireSource::ReadBody(absl::string_view name,
                                                  absl::Span<const absl::string_view> inputs,
                                                  absl::Span<const absl::string_view> outputs,
                                                  const Views& nodes, const Views& value_infos) {
  if (absl::Status s = builder_.BeginGraph(name); !s.ok()) return s;
  builder_.Reserve(nodes.size());
  for (absl::string_view input : inputs) {
    if (absl::Status s = builder_.AddInput(input, nullptr); !s.ok()) return s;
  }
  if (absl::Status s = ReadNodes(nodes); !s.ok()) return s;
  for (absl::string_view output : outputs) builder_.AddOutput(output, nullptr);
  if (absl::Status s = ReadValueInfos(value_infos); !s.ok()) return s;
  return builder_.EndGraph();
}

absl::StatusOr<Function> WireSource::ReadFunction(data_view bytes) {
  Function function;
  std::vector<absl::string_view> inputs, outputs, attributes;
  Views nodes, defaults, value_infos;
  Builder::Imports imports;
  wire::Message<wire::Function> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Function::kName:
        function.name = message.Text().value_or(function.name);
        break;
      case wire::Function::kDomain:
        function.domain = message.Text().value_or(function.domain);
        break;
      case wire::Function::kOverload:
        function.overload = message.Text().value_or(function.overload);
        break;
      case wire::Function::kInput:
        if (const auto text = message.Text()) inputs.push_back(*text);
        break;
      case wire::Function::kOutput:
        if (const auto text = message.Text()) outputs.push_back(*text);
        break;
      case wire::Function::kAttribute:
        if (const auto text = message.Text()) attributes.push_back(*text);
        break;
      case wire::Function::kNode:
        message.AppendBytes(nodes);
        break;
      case wire::Function::kOpsetImport:
        if (const auto bytes = message.Bytes()) imports.push_back(ReadImport(*bytes));
        break;
      case wire::Function::kAttributeProto:
        message.AppendBytes(defaults);
        break;
      case wire::Function::kValueInfo:
        message.AppendBytes(value_infos);
        break;
      default:
        message.Skip();
    }
  }
  builder_.SetImports(imports);
  function.attributes = arena().Copy(attributes);
  const absl::Span<Attribute> values = arena().NewSpan<Attribute>(defaults.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const absl::StatusOr<Attribute> attribute = ReadAttribute(defaults[i]);
    if (!attribute.ok()) return attribute.status();
    values[i] = *attribute;
  }
  function.attribute_defaults = values;
  const absl::StatusOr<const Graph*> body =
      ReadBody(function.name, inputs, outputs, nodes, value_infos);
  if (!body.ok()) {
    return absl::Status(body.status().code(),
                        absl::StrCat("function '", function.name, "': ", body.status().message()));
  }
  function.graph = *body;
  return function;
}

absl::StatusOr<Model> WireSource::ReadModel(absl::string_view bytes) {
  int64_t ir_version = 0;
  absl::string_view producer_name;
  std::optional<data_view> graph;
  Views functions;
  Builder::Imports imports;
  std::vector<std::pair<absl::string_view, absl::string_view>> metadata_props;
  wire::Message<wire::Model> message(data_view(bytes.data(), bytes.size()));
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Model::kIrVersion:
        ir_version = message.Integer().value_or(ir_version);
        break;
      case wire::Model::kProducerName:
        producer_name = message.Text().value_or(producer_name);
        break;
      case wire::Model::kGraph:
        wire::Merge(graph, message.Bytes(), arena());
        break;
      case wire::Model::kOpsetImport:
        if (const auto bytes = message.Bytes()) imports.push_back(ReadImport(*bytes));
        break;
      case wire::Model::kMetadataProps:
        if (const auto bytes = message.Bytes()) metadata_props.push_back(wire::ReadEntry(*bytes));
        break;
      case wire::Model::kFunctions:
        message.AppendBytes(functions);
        break;
      default:
        message.Skip();
    }
  }
  if (!graph.has_value()) return absl::DataLossError("the model has no graph");
  // Before IR 3 there were no imports: version 1 of ai.onnx was all there was (onnx, IR.md).
  if (imports.empty() && ir_version < 3) imports.emplace_back("", 1);
  builder_.SetImports(imports);
  const absl::StatusOr<const Graph*> main = ReadGraph(*graph);
  if (!main.ok()) return main.status();
  for (data_view function_bytes : functions) {
    const absl::StatusOr<Function> function = ReadFunction(function_bytes);
    if (!function.ok()) return function.status();
    builder_.AddFunction(*function);
  }
  absl::StatusOr<Model> model = builder_.Finish(*main);
  if (!model.ok()) return model;
  model->ir_version = ir_version;
  model->producer_name = producer_name;
  model->opset_imports = std::move(imports);
  model->metadata_props = std::move(metadata_props);
  return model;
}

}  // namespace

absl::StatusOr<Model> FromWire(absl::string_view bytes, const std::optional<std::string>& folder) {
  std::optional<io::ExternalData> external;
  if (folder.has_value()) external.emplace(*folder);
  try {
    return WireSource(external.has_value() ? &*external : nullptr).ReadModel(bytes);
  } catch (const protozero::exception& error) {
    return absl::DataLossError(absl::StrCat("the bytes are no model: ", error.what()));
  }
}

}  // namespace symshape::graph
