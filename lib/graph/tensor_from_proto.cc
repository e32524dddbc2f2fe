#include "graph/tensor_from_proto.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "graph/tensor_data.h"

namespace symshape::graph {
namespace {

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

std::optional<absl::string_view> Data(const onnx::TensorProto& proto, ElementType type,
                                      int64_t expected_bytes, io::ExternalData* external,
                                      Arena& arena) {
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    std::vector<std::pair<absl::string_view, absl::string_view>> entries;
    for (const auto& entry : proto.external_data())
      entries.emplace_back(entry.key(), entry.value());
    return ReadExternal(entries, expected_bytes, external, arena);
  }
  if (proto.has_raw_data()) return proto.raw_data();
  return TypedData(proto, type, arena);
}

}  // namespace

absl::StatusOr<const Tensor*> TensorFromProto(const onnx::TensorProto& proto,
                                              io::ExternalData* external, Arena& arena) {
  Tensor tensor;
  tensor.name = proto.name();
  tensor.type = ElementTypeFromProto(proto.data_type());
  tensor.dims = arena.Copy(absl::MakeConstSpan(proto.dims().data(), proto.dims().size()));
  if (absl::Status status = CheckDims(tensor); !status.ok()) return status;
  SetData(tensor, [&](int64_t expected_bytes) {
    return Data(proto, tensor.type, expected_bytes, external, arena);
  });
  return arena.New(tensor);
}

absl::StatusOr<const Tensor*> TensorFromProto(const onnx::SparseTensorProto& proto, Arena& arena) {
  Tensor tensor;
  tensor.name = proto.values().name();
  tensor.type = ElementTypeFromProto(proto.values().data_type());
  tensor.dims = arena.Copy(absl::MakeConstSpan(proto.dims().data(), proto.dims().size()));
  if (absl::Status status = CheckDims(tensor); !status.ok()) return status;
  return arena.New(tensor);
}

}  // namespace symshape::graph
