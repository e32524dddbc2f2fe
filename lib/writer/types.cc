#include "writer/types.h"

namespace symshape::writer {
namespace {

using graph::ElementType;
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
