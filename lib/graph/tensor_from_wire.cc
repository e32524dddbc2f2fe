#include "graph/tensor_from_wire.h"

#include <optional>
#include <utility>
#include <vector>

#include "graph/tensor_data.h"
#include "graph/wire.h"

namespace symshape::graph {
namespace {

using protozero::data_view;

constexpr int32_t kExternal = 1;  // TensorProto.DataLocation

// The typed field that holds elements of a type (onnx.proto), and how it is encoded.
wire::Tensor FieldOf(ElementType type) {
  switch (type) {
    case ElementType::kInt64:
      return wire::Tensor::kInt64Data;
    case ElementType::kUint32:
    case ElementType::kUint64:
      return wire::Tensor::kUint64Data;
    case ElementType::kFloat:
      return wire::Tensor::kFloatData;
    case ElementType::kDouble:
      return wire::Tensor::kDoubleData;
    default:
      return wire::Tensor::kInt32Data;
  }
}

template <typename T>
void AppendTo(std::string& bytes, const T& value, size_t width = sizeof(T)) {
  bytes.append(reinterpret_cast<const char*>(&value), width);
}

// Appends the elements of one occurrence of the field, `width` bytes each.
void AppendElements(wire::Message<wire::Tensor>& message, wire::Tensor field, int64_t width,
                    std::string& bytes) {
  if (field == wire::Tensor::kFloatData || field == wire::Tensor::kDoubleData) {
    if (message.is_packed()) {
      const data_view view = *message.Bytes();
      bytes.append(view.data(), view.size());
    } else if (field == wire::Tensor::kFloatData) {
      if (const auto value = message.Float()) AppendTo(bytes, *value);
    } else {
      if (const auto value = message.Double()) AppendTo(bytes, *value);
    }
    return;
  }
  std::vector<int64_t> values;
  message.AppendIntegers(values);
  // Little-endian: the low bytes come first, whatever the width.
  for (int64_t value : values) AppendTo(bytes, value, static_cast<size_t>(width));
}

absl::string_view TypedData(data_view bytes, ElementType type, int64_t expected_bytes,
                            Arena& arena) {
  const wire::Tensor field = FieldOf(type);
  std::string elements;
  wire::Message<wire::Tensor> message(bytes);
  while (message.Next(field)) {
    AppendElements(message, field, ElementBytes(type), elements);
    if (static_cast<int64_t>(elements.size()) > expected_bytes) break;  // not to be read anyway
  }
  return arena.Copy(absl::string_view(elements));
}

std::optional<absl::string_view> External(data_view bytes, int64_t expected_bytes,
                                          io::ExternalData* external, Arena& arena) {
  std::vector<std::pair<absl::string_view, absl::string_view>> entries;
  wire::Message<wire::Tensor> message(bytes);
  while (message.Next(wire::Tensor::kExternalData))
    if (const auto bytes = message.Bytes()) entries.push_back(wire::ReadEntry(*bytes));
  return ReadExternal(entries, expected_bytes, external, arena);
}

}  // namespace

absl::StatusOr<const Tensor*> TensorFromWire(data_view bytes, io::ExternalData* external,
                                             Arena& arena) {
  Tensor tensor;
  std::vector<int64_t> dims;
  std::optional<absl::string_view> raw_data;
  bool is_external = false;
  wire::Message<wire::Tensor> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::Tensor::kDims:
        message.AppendIntegers(dims);
        break;
      case wire::Tensor::kDataType:
        if (const auto type = message.Integer()) {
          tensor.type = ElementTypeFromProto(static_cast<int32_t>(*type));
        }
        break;
      case wire::Tensor::kName:
        tensor.name = message.Text().value_or(tensor.name);
        break;
      case wire::Tensor::kRawData:
        if (const auto data = message.Text()) raw_data = data;
        break;
      case wire::Tensor::kDataLocation:
        is_external = static_cast<int32_t>(message.Integer().value_or(0)) == kExternal;
        break;
      default:
        message.Skip();
    }
  }
  tensor.dims = arena.Copy(dims);
  if (absl::Status status = CheckDims(tensor); !status.ok()) return status;
  SetData(tensor, [&](int64_t expected_bytes) -> std::optional<absl::string_view> {
    if (is_external) return External(bytes, expected_bytes, external, arena);
    if (raw_data.has_value()) return raw_data;
    return TypedData(bytes, tensor.type, expected_bytes, arena);
  });
  return arena.New(tensor);
}

absl::StatusOr<const Tensor*> SparseTensorFromWire(data_view bytes, Arena& arena) {
  Tensor tensor;
  std::vector<int64_t> dims;
  std::optional<data_view> values;
  wire::Message<wire::SparseTensor> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case wire::SparseTensor::kValues:
        wire::Merge(values, message.Bytes(), arena);
        break;
      case wire::SparseTensor::kDims:
        message.AppendIntegers(dims);
        break;
      default:
        message.Skip();
    }
  }
  if (values.has_value()) {
    const absl::StatusOr<const Tensor*> read = TensorFromWire(*values, /*external=*/nullptr, arena);
    if (!read.ok()) return read.status();
    tensor.name = (*read)->name;
    tensor.type = (*read)->type;
  }
  tensor.dims = arena.Copy(dims);
  if (absl::Status status = CheckDims(tensor); !status.ok()) return status;
  return arena.New(tensor);
}

}  // namespace symshape::graph
