#include "graph/from_proto.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/builder.h"
#include "graph/tensor_data.h"
#include "graph/tensor_from_proto.h"
#include "io/external_data.h"

namespace symshape::graph {
namespace {

using ImportSpan = absl::Span<const std::pair<absl::string_view, int>>;

// Before IR 2 attributes had no type: it is told by the field that is there (onnx.proto).
onnx::AttributeProto::AttributeType TypeOf(const onnx::AttributeProto& proto) {
  using onnx::AttributeProto;
  if (proto.type() != AttributeProto::UNDEFINED) return proto.type();
  if (proto.has_f()) return AttributeProto::FLOAT;
  if (proto.has_i()) return AttributeProto::INT;
  if (proto.has_s()) return AttributeProto::STRING;
  if (proto.has_t()) return AttributeProto::TENSOR;
  if (proto.has_g()) return AttributeProto::GRAPH;
  if (proto.has_sparse_tensor()) return AttributeProto::SPARSE_TENSOR;
  if (proto.floats_size() > 0) return AttributeProto::FLOATS;
  if (proto.ints_size() > 0) return AttributeProto::INTS;
  if (proto.strings_size() > 0) return AttributeProto::STRINGS;
  if (proto.tensors_size() > 0) return AttributeProto::TENSORS;
  if (proto.graphs_size() > 0) return AttributeProto::GRAPHS;
  return AttributeProto::UNDEFINED;
}

// Walks the messages and feeds the builder. Recursion follows graphs (bounded by the builder) and
// types (bounded here).
class ProtoSource {
 public:
  explicit ProtoSource(io::ExternalData* external) : external_(external) {}

  absl::StatusOr<Model> ReadModel(const onnx::ModelProto& proto);
  absl::StatusOr<Model> ReadFunctionAlone(const onnx::FunctionProto& proto, ImportSpan imports);

 private:
  Arena& arena() { return builder_.arena(); }
  template <typename Strings>
  absl::Span<const absl::string_view> Views(const Strings& strings) {
    const auto views = arena().NewSpan<absl::string_view>(strings.size());
    std::copy(strings.begin(), strings.end(), views.begin());
    return views;
  }

  absl::StatusOr<const Graph*> ReadGraph(const onnx::GraphProto& proto);
  absl::StatusOr<const Graph*> ReadBody(const onnx::FunctionProto& proto);
  absl::StatusOr<Function> ReadFunction(const onnx::FunctionProto& proto);
  absl::Status ReadNode(const onnx::NodeProto& proto);
  absl::StatusOr<Attribute> ReadAttribute(const onnx::AttributeProto& proto);
  absl::Status ReadAttributeValue(const onnx::AttributeProto& proto, Attribute& attribute);
  absl::StatusOr<const DeclaredType*> ReadType(const onnx::TypeProto& proto, int depth = 0);
  absl::Status ReadValueInfos(
      const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& protos);

  Builder builder_;
  io::ExternalData* external_;
};

template <typename Proto>
Builder::Imports ImportsOf(const Proto& proto) {
  Builder::Imports imports;
  for (const onnx::OperatorSetIdProto& opset : proto.opset_import()) {
    const int64_t version =
        std::clamp<int64_t>(opset.version(), 0, std::numeric_limits<int>::max());
    imports.emplace_back(opset.domain(), static_cast<int>(version));
  }
  return imports;
}

template <typename Tensor>
void ReadTensorType(const Tensor& proto, Arena& arena, DeclaredType& type) {
  type.element = ElementTypeFromProto(proto.elem_type());
  type.has_shape = proto.has_shape();
  const absl::Span<DeclaredDim> dims = arena.NewSpan<DeclaredDim>(proto.shape().dim_size());
  for (size_t i = 0; i < dims.size(); ++i) {
    const onnx::TensorShapeProto::Dimension& dim = proto.shape().dim(static_cast<int>(i));
    if (dim.has_dim_value()) {
      dims[i].kind = DeclaredDim::Kind::kValue;
      dims[i].value = dim.dim_value();
    } else if (dim.has_dim_param()) {
      dims[i].kind = DeclaredDim::Kind::kParam;
      dims[i].param = dim.dim_param();
    }
  }
  type.dims = dims;
}

absl::StatusOr<const DeclaredType*> ProtoSource::ReadType(const onnx::TypeProto& proto, int depth) {
  if (depth == kMaxNesting) {
    return absl::DataLossError(absl::StrCat("a type is nested deeper than ", kMaxNesting));
  }
  DeclaredType* const type = arena().New<DeclaredType>();
  const onnx::TypeProto* inner = nullptr;
  switch (proto.value_case()) {
    case onnx::TypeProto::kTensorType:
      type->kind = DeclaredType::Kind::kTensor;
      ReadTensorType(proto.tensor_type(), arena(), *type);
      break;
    case onnx::TypeProto::kSparseTensorType:
      type->kind = DeclaredType::Kind::kSparseTensor;
      ReadTensorType(proto.sparse_tensor_type(), arena(), *type);
      break;
    case onnx::TypeProto::kSequenceType:
      type->kind = DeclaredType::Kind::kSequence;
      inner = &proto.sequence_type().elem_type();
      break;
    case onnx::TypeProto::kOptionalType:
      type->kind = DeclaredType::Kind::kOptional;
      inner = &proto.optional_type().elem_type();
      break;
    case onnx::TypeProto::kMapType:
      type->kind = DeclaredType::Kind::kMap;
      type->key = ElementTypeFromProto(proto.map_type().key_type());
      inner = &proto.map_type().value_type();
      break;
    case onnx::TypeProto::kOpaqueType:
      type->kind = DeclaredType::Kind::kOpaque;
      break;
    case onnx::TypeProto::VALUE_NOT_SET:
      break;
  }
  if (inner == nullptr) return type;
  absl::StatusOr<const DeclaredType*> inner_type = ReadType(*inner, depth + 1);
  if (!inner_type.ok()) return inner_type.status();
  type->inner = *inner_type;
  return type;
}

absl::Status ProtoSource::ReadAttributeValue(const onnx::AttributeProto& proto,
                                             Attribute& attribute) {
  using onnx::AttributeProto;
  using Type = Attribute::Type;
  switch (TypeOf(proto)) {
    case AttributeProto::FLOAT:
      attribute.type = Type::kFloat;
      attribute.f = proto.f();
      return absl::OkStatus();
    case AttributeProto::INT:
      attribute.type = Type::kInt;
      attribute.i = proto.i();
      return absl::OkStatus();
    case AttributeProto::STRING:
      attribute.Set(Type::kString, proto.s());
      return absl::OkStatus();
    case AttributeProto::FLOATS:
      attribute.Set(Type::kFloats, absl::MakeConstSpan(proto.floats().data(), proto.floats_size()));
      return absl::OkStatus();
    case AttributeProto::INTS:
      attribute.Set(Type::kInts, absl::MakeConstSpan(proto.ints().data(), proto.ints_size()));
      return absl::OkStatus();
    case AttributeProto::STRINGS:
      attribute.Set(Type::kStrings, Views(proto.strings()));
      return absl::OkStatus();
    case AttributeProto::TENSOR: {
      const auto tensor = TensorFromProto(proto.t(), external_, arena());
      attribute.type = Type::kTensor;
      attribute.tensor = tensor.ok() ? *tensor : nullptr;
      return tensor.status();
    }
    case AttributeProto::SPARSE_TENSOR: {
      const auto tensor = TensorFromProto(proto.sparse_tensor(), arena());
      attribute.type = Type::kSparseTensor;
      attribute.tensor = tensor.ok() ? *tensor : nullptr;
      return tensor.status();
    }
    case AttributeProto::TYPE_PROTO: {
      const auto type = ReadType(proto.tp());
      attribute.type = Type::kTypeProto;
      attribute.type_proto = type.ok() ? *type : nullptr;
      return type.status();
    }
    case AttributeProto::GRAPH: {
      const auto graph = ReadGraph(proto.g());
      attribute.type = Type::kGraph;
      attribute.graph = graph.ok() ? *graph : nullptr;
      return graph.status();
    }
    case AttributeProto::GRAPHS: {
      const auto graphs = arena().NewSpan<const Graph*>(proto.graphs_size());
      for (size_t i = 0; i < graphs.size(); ++i) {
        const auto graph = ReadGraph(proto.graphs(static_cast<int>(i)));
        if (!graph.ok()) return graph.status();
        graphs[i] = *graph;
      }
      attribute.Set(Type::kGraphs, graphs);
      return absl::OkStatus();
    }
    case AttributeProto::TENSORS:
      attribute.type = Type::kTensors;
      return absl::OkStatus();
    case AttributeProto::UNDEFINED:
      return absl::OkStatus();
    default:
      attribute.type = Type::kOther;
      return absl::OkStatus();
  }
}

absl::StatusOr<Attribute> ProtoSource::ReadAttribute(const onnx::AttributeProto& proto) {
  Attribute attribute;
  attribute.name = proto.name();
  if (!proto.ref_attr_name().empty()) {
    attribute.Set(Attribute::Type::kReference, proto.ref_attr_name());
    return attribute;
  }
  if (absl::Status status = ReadAttributeValue(proto, attribute); !status.ok()) return status;
  return attribute;
}

absl::Status ProtoSource::ReadNode(const onnx::NodeProto& proto) {
  const absl::Span<Attribute> attributes = arena().NewSpan<Attribute>(proto.attribute_size());
  for (size_t i = 0; i < attributes.size(); ++i) {
    absl::StatusOr<Attribute> attribute = ReadAttribute(proto.attribute(static_cast<int>(i)));
    if (!attribute.ok()) return attribute.status();
    attributes[i] = *attribute;
  }
  return builder_.AddNode({.name = proto.name(),
                           .domain = proto.domain(),
                           .op = proto.op_type(),
                           .overload = proto.overload(),
                           .inputs = Views(proto.input()),
                           .outputs = Views(proto.output()),
                           .attributes = attributes});
}

absl::Status ProtoSource::ReadValueInfos(
    const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& protos) {
  for (const onnx::ValueInfoProto& value : protos) {
    const auto type = ReadType(value.type());
    if (!type.ok()) return type.status();
    builder_.AddValueInfo(value.name(), *type);
  }
  return absl::OkStatus();
}

absl::StatusOr<const Graph*> ProtoSource::ReadGraph(const onnx::GraphProto& proto) {
  if (absl::Status status = builder_.BeginGraph(proto.name()); !status.ok()) return status;
  builder_.Reserve(static_cast<size_t>(proto.node_size()));
  for (const onnx::ValueInfoProto& input : proto.input()) {
    const auto type = ReadType(input.type());
    if (!type.ok()) return type.status();
    if (absl::Status s = builder_.AddInput(input.name(), *type); !s.ok()) return s;
  }
  for (const onnx::TensorProto& initializer : proto.initializer()) {
    const auto tensor = TensorFromProto(initializer, external_, arena());
    if (!tensor.ok()) return tensor.status();
    if (absl::Status s = builder_.AddInitializer(*tensor); !s.ok()) return s;
  }
  for (const onnx::SparseTensorProto& initializer : proto.sparse_initializer()) {
    const auto tensor = TensorFromProto(initializer, arena());
    if (!tensor.ok()) return tensor.status();
    if (absl::Status s = builder_.AddInitializer(*tensor); !s.ok()) return s;
  }
  for (const onnx::NodeProto& node : proto.node()) {
    if (absl::Status status = ReadNode(node); !status.ok()) return status;
  }
  for (const onnx::ValueInfoProto& output : proto.output()) {
    const auto type = ReadType(output.type());
    if (!type.ok()) return type.status();
    builder_.AddOutput(output.name(), *type);
  }
  if (absl::Status s = ReadValueInfos(proto.value_info()); !s.ok()) return s;
  return builder_.EndGraph();
}

absl::StatusOr<const Graph*> ProtoSource::ReadBody(const onnx::FunctionProto& proto) {
  if (absl::Status status = builder_.BeginGraph(proto.name()); !status.ok()) return status;
  builder_.Reserve(static_cast<size_t>(proto.node_size()));
  for (const std::string& input : proto.input()) {
    if (absl::Status status = builder_.AddInput(input, nullptr); !status.ok()) return status;
  }
  for (const onnx::NodeProto& node : proto.node()) {
    if (absl::Status status = ReadNode(node); !status.ok()) return status;
  }
  for (const std::string& output : proto.output()) builder_.AddOutput(output, nullptr);
  if (absl::Status s = ReadValueInfos(proto.value_info()); !s.ok()) return s;
  return builder_.EndGraph();
}

absl::StatusOr<Function> ProtoSource::ReadFunction(const onnx::FunctionProto& proto) {
  Function function;
  function.domain = proto.domain();
  function.name = proto.name();
  function.overload = proto.overload();
  function.attributes = Views(proto.attribute());
  const auto defaults = arena().NewSpan<Attribute>(proto.attribute_proto_size());
  for (size_t i = 0; i < defaults.size(); ++i) {
    absl::StatusOr<Attribute> attribute = ReadAttribute(proto.attribute_proto(static_cast<int>(i)));
    if (!attribute.ok()) return attribute.status();
    defaults[i] = *attribute;
  }
  function.attribute_defaults = defaults;
  const absl::StatusOr<const Graph*> body = ReadBody(proto);
  if (!body.ok()) {
    return absl::Status(body.status().code(),
                        absl::StrCat("function '", proto.name(), "': ", body.status().message()));
  }
  function.graph = *body;
  return function;
}

absl::StatusOr<Model> ProtoSource::ReadModel(const onnx::ModelProto& proto) {
  if (!proto.has_graph()) return absl::DataLossError("the model has no graph");
  Builder::Imports imports = ImportsOf(proto);
  // Before IR 3 there were no imports: version 1 of ai.onnx was all there was (onnx, IR.md).
  if (imports.empty() && proto.ir_version() < 3) imports.emplace_back("", 1);
  builder_.SetImports(imports);
  const absl::StatusOr<const Graph*> main = ReadGraph(proto.graph());
  if (!main.ok()) return main.status();
  for (const onnx::FunctionProto& function_proto : proto.functions()) {
    builder_.SetImports(ImportsOf(function_proto));
    const absl::StatusOr<Function> function = ReadFunction(function_proto);
    if (!function.ok()) return function.status();
    builder_.AddFunction(*function);
  }
  absl::StatusOr<Model> model = builder_.Finish(*main);
  if (!model.ok()) return model.status();
  model->ir_version = proto.ir_version();
  model->producer_name = proto.producer_name();
  model->opset_imports = std::move(imports);
  for (const onnx::StringStringEntryProto& entry : proto.metadata_props()) {
    model->metadata_props.emplace_back(entry.key(), entry.value());
  }
  return model;
}

absl::StatusOr<Model> ProtoSource::ReadFunctionAlone(const onnx::FunctionProto& proto,
                                                     ImportSpan given) {
  Builder::Imports imports(given.begin(), given.end());
  const Builder::Imports own = ImportsOf(proto);
  imports.insert(imports.end(), own.begin(), own.end());  // the last of a domain counts
  builder_.SetImports(imports);
  const absl::StatusOr<Function> function = ReadFunction(proto);
  if (!function.ok()) return function.status();
  builder_.AddFunction(*function);
  absl::StatusOr<Model> model = builder_.Finish(function->graph);
  if (model.ok()) model->opset_imports = std::move(imports);
  return model;
}

}  // namespace

absl::StatusOr<Model> FromProto(const onnx::ModelProto& proto,
                                const std::optional<std::string>& folder) {
  std::optional<io::ExternalData> external;
  if (folder.has_value()) external.emplace(*folder);
  return ProtoSource(external.has_value() ? &*external : nullptr).ReadModel(proto);
}

absl::StatusOr<Model> FunctionFromProto(const onnx::FunctionProto& proto, ImportSpan imports) {
  return ProtoSource(nullptr).ReadFunctionAlone(proto, imports);
}

}  // namespace symshape::graph
