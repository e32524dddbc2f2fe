// Fields are taken in the order in which protobuf writes them; what is left then, or is longer than
// protobuf makes it, makes the whole one that it would write in another way.
#include "writer/tensor_type.h"

#include <utility>

#include "graph/wire.h"
#include "protozero/varint.hpp"
#include "writer/fields.h"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;
using protozero::data_view;

// Of a number that is not below 0: one that is has two ways of the same length.
size_t VarintFieldSize(int64_t value) {
  return 1 + static_cast<size_t>(protozero::length_of_varint(static_cast<uint64_t>(value)));
}
size_t BytesFieldSize(size_t length) { return FieldSize(1, length); }  // any number below 16

// The only field of `bytes`, which has that number.
template <typename Tag>
std::optional<data_view> OnlyField(data_view bytes, Tag tag) {
  wire::Message<Tag> message(bytes);
  if (!message.Next() || message.tag() != tag) return std::nullopt;
  const std::optional<data_view> content = message.Bytes();
  if (!content.has_value() || BytesFieldSize(content->size()) != bytes.size()) return std::nullopt;
  return content;
}

std::optional<TensorType::Axis> ReadAxis(data_view bytes) {
  wire::Message<wire::Dimension> dim(bytes);
  if (!dim.Next()) return TensorType::Axis();
  if (dim.tag() == wire::Dimension::kDimValue) {
    const std::optional<int64_t> size = dim.Integer();
    const bool canonical = size.has_value() && *size >= 0;
    if (!canonical || VarintFieldSize(*size) != bytes.size()) return std::nullopt;
    return *size;
  }
  const std::optional<data_view> name = OnlyField(bytes, wire::Dimension::kDimParam);
  if (!name.has_value()) return std::nullopt;
  return absl::string_view(name->data(), name->size());
}

// Appends the axes; false where they are not all that there is.
bool ReadAxes(data_view bytes, absl::InlinedVector<TensorType::Axis, 6>& axes) {
  wire::Message<wire::Shape> shape(bytes);
  size_t size = 0;
  while (shape.Next()) {
    if (shape.tag() != wire::Shape::kDim) return false;
    const std::optional<data_view> dim = shape.Bytes();
    std::optional<TensorType::Axis> axis;
    if (dim.has_value()) axis = ReadAxis(*dim);
    if (!axis.has_value()) return false;
    axes.push_back(*std::move(axis));
    size += BytesFieldSize(dim->size());
  }
  return size == bytes.size();
}

std::optional<TensorType> Read(data_view bytes) {
  const std::optional<data_view> tensor = OnlyField(bytes, wire::Type::kTensor);
  if (!tensor.has_value()) return std::nullopt;
  wire::Message<wire::TensorType> message(*tensor);
  if (!message.Next() || message.tag() != wire::TensorType::kElemType) return std::nullopt;
  const std::optional<int64_t> element = message.Integer();
  if (!element.has_value() || *element < 0 || *element > INT32_MAX) return std::nullopt;
  TensorType type{*element, std::nullopt};
  size_t size = VarintFieldSize(*element);
  if (message.Next()) {
    if (message.tag() != wire::TensorType::kShape) return std::nullopt;
    const std::optional<data_view> shape = message.Bytes();
    if (!shape.has_value() || !ReadAxes(*shape, type.shape.emplace())) return std::nullopt;
    size += BytesFieldSize(shape->size());
  }
  return size == tensor->size() ? std::optional(std::move(type)) : std::nullopt;
}

}  // namespace

std::optional<TensorType> ReadTensorType(absl::string_view bytes) {
  try {
    return Read(data_view(bytes.data(), bytes.size()));
  } catch (const protozero::exception&) {
    return std::nullopt;
  }
}

}  // namespace symshape::writer
