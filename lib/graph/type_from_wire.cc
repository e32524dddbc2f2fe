#include "graph/type_from_wire.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/builder.h"
#include "graph/tensor_data.h"
#include "graph/wire.h"

namespace symshape::graph {
namespace {

using protozero::data_view;

DeclaredDim ReadDim(data_view bytes) {
  DeclaredDim dim;
  wire::Message<wire::Dimension> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Dimension::kDimValue:
        if (const auto size = message.Integer()) dim = {DeclaredDim::Kind::kValue, *size, {}};
        break;
      case wire::Dimension::kDimParam:
        if (const auto name = message.Text()) dim = {DeclaredDim::Kind::kParam, 0, *name};
        break;
      default:
        message.Skip();
    }
  }
  return dim;
}

absl::Span<const DeclaredDim> ReadShape(data_view bytes, Arena& arena) {
  size_t rank = 0;
  wire::Message<wire::Shape> counted(bytes);
  while (counted.Next(wire::Shape::kDim)) rank += counted.Bytes().has_value() ? 1 : 0;
  const absl::Span<DeclaredDim> dims = arena.NewSpan<DeclaredDim>(rank);
  size_t axis = 0;
  wire::Message<wire::Shape> message(bytes);
  while (message.Next(wire::Shape::kDim)) {
    if (const auto dim = message.Bytes()) dims[axis++] = ReadDim(*dim);
  }
  return dims;
}

void ReadTensor(data_view bytes, Arena& arena, DeclaredType& type) {
  std::optional<data_view> shape;
  wire::Message<wire::TensorType> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::TensorType::kElemType:
        type.element = ElementTypeFromProto(static_cast<int32_t>(message.Integer().value_or(0)));
        break;
      case wire::TensorType::kShape:
        wire::Merge(shape, message.Bytes(), arena);
        break;
      default:
        message.Skip();
    }
  }
  type.has_shape = shape.has_value();
  if (shape.has_value()) type.dims = ReadShape(*shape, arena);
}

// The element type of a sequence or optional; empty bytes where it is missing.
data_view ElementOf(data_view bytes, Arena& arena) {
  std::optional<data_view> element;
  wire::Message<wire::ElementOf> message(bytes);
  while (message.Next(wire::ElementOf::kElemType)) wire::Merge(element, message.Bytes(), arena);
  return element.value_or(data_view("", 0));
}

data_view ReadMap(data_view bytes, Arena& arena, DeclaredType& type) {
  std::optional<data_view> value;
  wire::Message<wire::Map> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Map::kKeyType:
        type.key = ElementTypeFromProto(static_cast<int32_t>(message.Integer().value_or(0)));
        break;
      case wire::Map::kValueType:
        wire::Merge(value, message.Bytes(), arena);
        break;
      default:
        message.Skip();
    }
  }
  return value.value_or(data_view("", 0));
}

std::optional<DeclaredType::Kind> KindOf(wire::Type tag) {
  switch (tag) {
    case wire::Type::kTensor:
      return DeclaredType::Kind::kTensor;
    case wire::Type::kSparseTensor:
      return DeclaredType::Kind::kSparseTensor;
    case wire::Type::kSequence:
      return DeclaredType::Kind::kSequence;
    case wire::Type::kOptional:
      return DeclaredType::Kind::kOptional;
    case wire::Type::kMap:
      return DeclaredType::Kind::kMap;
    case wire::Type::kOpaque:
      return DeclaredType::Kind::kOpaque;
  }
  return std::nullopt;
}

// Reads what stands in the type of `type.kind`; returns the bytes of the type inside, if it has
// one.
std::optional<data_view> ReadKind(data_view bytes, Arena& arena, DeclaredType& type) {
  switch (type.kind) {
    case DeclaredType::Kind::kTensor:
    case DeclaredType::Kind::kSparseTensor:
      ReadTensor(bytes, arena, type);
      return std::nullopt;
    case DeclaredType::Kind::kSequence:
    case DeclaredType::Kind::kOptional:
      return ElementOf(bytes, arena);
    case DeclaredType::Kind::kMap:
      return ReadMap(bytes, arena, type);
    case DeclaredType::Kind::kOpaque:
    case DeclaredType::Kind::kNone:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<const DeclaredType*> TypeFromWire(data_view bytes, Arena& arena, int depth) {
  if (depth == kMaxNesting) {
    return absl::DataLossError(absl::StrCat("a type is nested deeper than ", kMaxNesting));
  }
  DeclaredType* const type = arena.New<DeclaredType>();
  std::optional<data_view> whole;
  wire::Message<wire::Type> message(bytes);
  while (message.Next()) {
    const std::optional<DeclaredType::Kind> kind = KindOf(message.tag());
    if (!kind.has_value()) {
      message.Skip();
      continue;
    }
    const std::optional<data_view> view = message.Bytes();
    if (!view.has_value()) continue;
    if (*kind != type->kind) whole.reset();  // of a oneof the last counts
    type->kind = *kind;
    wire::Merge(whole, view, arena);
  }
  if (!whole.has_value()) return type;
  const std::optional<data_view> inner = ReadKind(*whole, arena, *type);
  if (!inner.has_value()) return type;
  const absl::StatusOr<const DeclaredType*> inner_type = TypeFromWire(*inner, arena, depth + 1);
  if (!inner_type.ok()) return inner_type.status();
  type->inner = *inner_type;
  return type;
}

absl::StatusOr<DeclaredValue> ValueInfoFromWire(data_view bytes, Arena& arena) {
  DeclaredValue value;
  std::optional<data_view> type;
  wire::Message<wire::ValueInfo> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::ValueInfo::kName:
        value.name = message.Text().value_or(value.name);
        break;
      case wire::ValueInfo::kType:
        wire::Merge(type, message.Bytes(), arena);
        break;
      default:
        message.Skip();
    }
  }
  const absl::StatusOr<const DeclaredType*> read =
      TypeFromWire(type.value_or(data_view("", 0)), arena);
  if (!read.ok()) return read.status();
  value.type = *read;
  return value;
}

}  // namespace symshape::graph
