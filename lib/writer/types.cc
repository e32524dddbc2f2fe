#include "writer/types.h"

#include "graph/wire.h"
#include "protozero/pbf_builder.hpp"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;
using graph::ElementType;
using protozero::pbf_builder;
using rules::ShapeId;
using rules::Tables;
using rules::Type;
using rules::TypeId;

template <typename TensorType>
void WriteTensor(const Tables& tables, const Type& type, DimNames& names, TensorType& proto) {
  proto.set_elem_type(static_cast<int32_t>(type.element));
  if (type.shape == ShapeId::kUnknownRank) {
    proto.clear_shape();
    return;
  }
  const absl::Span<const symbolic::Dim> dims = tables.dims(type.shape);
  onnx::TensorShapeProto& shape = *proto.mutable_shape();
  if (shape.dim_size() != static_cast<int>(dims.size())) {
    shape.clear_dim();
    for (size_t axis = 0; axis < dims.size(); ++axis) shape.add_dim();
  }
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    WriteDim(names.Of(dims[axis]), *shape.mutable_dim(static_cast<int>(axis)));
  }
}

std::string AxisBytes(const DimNames::Written& written) {
  std::string bytes;
  pbf_builder<wire::Dimension> axis(bytes);
  if (const auto* number = std::get_if<int64_t>(&written)) {
    axis.add_int64(wire::Dimension::kDimValue, *number);
  } else if (const auto* text = std::get_if<std::string>(&written)) {
    axis.add_string(wire::Dimension::kDimParam, *text);
  }
  return bytes;
}

// Nearly all types are one: a message for each would take as long as all else that is written.
std::string DenseTensorBytes(const Tables& tables, const Type& type, DimNames& names) {
  std::string tensor_bytes, bytes;
  pbf_builder<wire::TensorType> tensor(tensor_bytes);
  tensor.add_int32(wire::TensorType::kElemType, static_cast<int32_t>(type.element));
  if (type.shape != ShapeId::kUnknownRank) {
    std::string shape_bytes;
    pbf_builder<wire::Shape> shape(shape_bytes);
    for (symbolic::Dim dim : tables.dims(type.shape)) {
      shape.add_message(wire::Shape::kDim, AxisBytes(names.Of(dim)));
    }
    tensor.add_message(wire::TensorType::kShape, shape_bytes);
  }
  pbf_builder<wire::Type>(bytes).add_message(wire::Type::kTensor, tensor_bytes);
  return bytes;
}

}  // namespace

bool IsWritable(const Tables& tables, TypeId id) {
  const Type& type = tables.type(id);
  switch (type.kind) {
    case Type::Kind::kTensor:
    case Type::Kind::kSparseTensor:
      return type.element != ElementType::kUndefined;
    case Type::Kind::kSequence:
    case Type::Kind::kOptional:
      return IsWritable(tables, type.inner);
    case Type::Kind::kMap:
      return type.key != ElementType::kUndefined && IsWritable(tables, type.inner);
    case Type::Kind::kUnknown:
    case Type::Kind::kOpaque:
      return false;
  }
  return false;
}

void WriteType(const Tables& tables, TypeId id, DimNames& names, onnx::TypeProto& proto) {
  const Type& type = tables.type(id);
  switch (type.kind) {
    case Type::Kind::kTensor:
      WriteTensor(tables, type, names, *proto.mutable_tensor_type());
      break;
    case Type::Kind::kSparseTensor:
      WriteTensor(tables, type, names, *proto.mutable_sparse_tensor_type());
      break;
    case Type::Kind::kSequence:
      WriteType(tables, type.inner, names, *proto.mutable_sequence_type()->mutable_elem_type());
      break;
    case Type::Kind::kOptional:
      WriteType(tables, type.inner, names, *proto.mutable_optional_type()->mutable_elem_type());
      break;
    case Type::Kind::kMap:
      proto.mutable_map_type()->set_key_type(static_cast<int32_t>(type.key));
      WriteType(tables, type.inner, names, *proto.mutable_map_type()->mutable_value_type());
      break;
    case Type::Kind::kUnknown:
    case Type::Kind::kOpaque:
      break;
  }
}

std::string TypeBytes(const Tables& tables, TypeId id, DimNames& names) {
  const Type& type = tables.type(id);
  if (type.kind == Type::Kind::kTensor) return DenseTensorBytes(tables, type, names);
  onnx::TypeProto proto;
  WriteType(tables, id, names, proto);
  return proto.SerializePartialAsString();
}

void WriteDim(const DimNames::Written& written, onnx::TensorShapeProto::Dimension& proto) {
  if (const auto* number = std::get_if<int64_t>(&written)) {
    proto.set_dim_value(*number);
  } else if (const auto* text = std::get_if<std::string>(&written)) {
    proto.set_dim_param(*text);
  } else {
    proto.clear_value();
  }
}

const onnx::TensorShapeProto* DeclaredShape(const onnx::TypeProto& type) {
  if (type.tensor_type().has_shape()) return &type.tensor_type().shape();
  if (type.sparse_tensor_type().has_shape()) return &type.sparse_tensor_type().shape();
  return type.has_optional_type() ? DeclaredShape(type.optional_type().elem_type()) : nullptr;
}

onnx::TensorShapeProto* DeclaredShape(onnx::TypeProto& type) {
  if (type.tensor_type().has_shape()) return type.mutable_tensor_type()->mutable_shape();
  if (type.sparse_tensor_type().has_shape()) {
    return type.mutable_sparse_tensor_type()->mutable_shape();
  }
  if (!type.has_optional_type()) return nullptr;
  return DeclaredShape(*type.mutable_optional_type()->mutable_elem_type());
}

}  // namespace symshape::writer
