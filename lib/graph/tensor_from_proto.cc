#include "graph/tensor_from_proto.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace symshape::graph {
namespace {

// Bytes of one element; 0 for types whose elements are not read.
int64_t ElementBytes(ElementType type) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kUint8:
    case ElementType::kInt8:
      return 1;
    case ElementType::kUint16:
    case ElementType::kInt16:
    case ElementType::kFloat16:
    case ElementType::kBfloat16:
      return 2;
    case ElementType::kUint32:
    case ElementType::kInt32:
    case ElementType::kFloat:
      return 4;
    case ElementType::kUint64:
    case ElementType::kInt64:
    case ElementType::kDouble:
      return 8;
    default:
      return 0;
  }
}

template <typename Stored, typename Field>
absl::string_view Pack(const Field& field, Arena& arena) {
  const absl::Span<Stored> packed = arena.NewSpan<Stored>(field.size());
  for (int i = 0; i < field.size(); ++i) packed[i] = static_cast<Stored>(field[i]);
  return {reinterpret_cast<const char*>(packed.data()), packed.size() * sizeof(Stored)};
}

// onnx.proto says which typed field holds which type; float16 and bfloat16 are bits in int32_data.
absl::string_view TypedData(const onnx::TensorProto& proto, ElementType type, Arena& arena) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kUint8:
    case ElementType::kInt8:
      return Pack<uint8_t>(proto.int32_data(), arena);
    case ElementType::kUint16:
    case ElementType::kInt16:
    case ElementType::kFloat16:
    case ElementType::kBfloat16:
      return Pack<uint16_t>(proto.int32_data(), arena);
    case ElementType::kInt32:
      return Pack<int32_t>(proto.int32_data(), arena);
    case ElementType::kInt64:
      return Pack<int64_t>(proto.int64_data(), arena);
    case ElementType::kUint32:
      return Pack<uint32_t>(proto.uint64_data(), arena);
    case ElementType::kUint64:
      return Pack<uint64_t>(proto.uint64_data(), arena);
    case ElementType::kFloat:
      return Pack<float>(proto.float_data(), arena);
    case ElementType::kDouble:
      return Pack<double>(proto.double_data(), arena);
    default:
      return {};
  }
}

struct ExternalRange {
  absl::string_view location;
  int64_t offset = 0;
  int64_t length = -1;
};

std::optional<ExternalRange> ParseExternal(const onnx::TensorProto& proto) {
  ExternalRange range;
  for (const onnx::StringStringEntryProto& entry : proto.external_data()) {
    if (entry.key() == "location") range.location = entry.value();
    if (entry.key() == "offset" && !absl::SimpleAtoi(entry.value(), &range.offset)) {
      return std::nullopt;
    }
    if (entry.key() == "length" && !absl::SimpleAtoi(entry.value(), &range.length)) {
      return std::nullopt;
    }
  }
  return range;
}

// The bytes of all `expected_bytes`, or nullopt where they are not there in full.
std::optional<absl::string_view> Data(const onnx::TensorProto& proto, ElementType type,
                                      int64_t expected_bytes, io::ExternalData* external,
                                      Arena& arena) {
  if (expected_bytes == 0) return absl::string_view();
  absl::string_view bytes;
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    if (external == nullptr) return std::nullopt;
    const std::optional<ExternalRange> where = ParseExternal(proto);
    if (!where.has_value()) return std::nullopt;
    const int64_t length = where->length < 0 ? expected_bytes : where->length;
    const auto range = external->Read(where->location, where->offset, length);
    if (!range.has_value()) return std::nullopt;
    arena.Keep(range->file);
    bytes = range->bytes;
  } else if (proto.has_raw_data()) {
    bytes = proto.raw_data();
  } else {
    bytes = TypedData(proto, type, arena);
  }
  if (static_cast<int64_t>(bytes.size()) != expected_bytes) return std::nullopt;
  return bytes;
}

template <typename Proto>
absl::Status SetDims(const Proto& proto, Arena& arena, Tensor& tensor) {
  tensor.dims = arena.Copy(absl::MakeConstSpan(proto.dims().data(), proto.dims().size()));
  for (int64_t dim : tensor.dims) {
    if (dim >= 0) continue;
    return absl::DataLossError(absl::StrCat("tensor '", tensor.name, "' has a negative dim: [",
                                            absl::StrJoin(tensor.dims, ", "), "]"));
  }
  return absl::OkStatus();
}

}  // namespace

ElementType ElementTypeFromProto(int32_t data_type) {
  constexpr auto kLast = static_cast<int32_t>(ElementType::kInt2);
  return data_type < 0 || data_type > kLast ? ElementType::kUndefined
                                            : static_cast<ElementType>(data_type);
}

absl::StatusOr<const Tensor*> TensorFromProto(const onnx::TensorProto& proto,
                                              io::ExternalData* external, Arena& arena) {
  Tensor tensor;
  tensor.name = proto.name();
  tensor.type = ElementTypeFromProto(proto.data_type());
  if (absl::Status status = SetDims(proto, arena, tensor); !status.ok()) return status;
  const int64_t width = ElementBytes(tensor.type);
  const int64_t count = tensor.element_count();
  if (width > 0 && count <= kMaxReadElements) {
    const auto bytes = Data(proto, tensor.type, count * width, external, arena);
    tensor.readable = bytes.has_value();
    tensor.bytes = bytes.value_or(absl::string_view());
  }
  return arena.New(tensor);
}

absl::StatusOr<const Tensor*> TensorFromProto(const onnx::SparseTensorProto& proto, Arena& arena) {
  Tensor tensor;
  tensor.name = proto.values().name();
  tensor.type = ElementTypeFromProto(proto.values().data_type());
  if (absl::Status status = SetDims(proto, arena, tensor); !status.ok()) return status;
  return arena.New(tensor);
}

}  // namespace symshape::graph
