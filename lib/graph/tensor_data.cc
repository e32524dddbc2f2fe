#include "graph/tensor_data.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace symshape::graph {

ElementType ElementTypeFromProto(int32_t data_type) {
  constexpr auto kLast = static_cast<int32_t>(ElementType::kInt2);
  return data_type < 0 || data_type > kLast ? ElementType::kUndefined
                                            : static_cast<ElementType>(data_type);
}

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

std::optional<absl::string_view> ReadExternal(ExternalEntries entries, int64_t expected_bytes,
                                              io::ExternalData* external, Arena& arena) {
  if (external == nullptr) return std::nullopt;
  absl::string_view location;
  int64_t offset = 0;
  int64_t length = expected_bytes;
  for (const auto& [key, value] : entries) {
    if (key == "location") location = value;
    if (key == "offset" && !absl::SimpleAtoi(value, &offset)) return std::nullopt;
    if (key == "length" && !absl::SimpleAtoi(value, &length)) return std::nullopt;
  }
  if (length != expected_bytes) return std::nullopt;
  const std::optional<std::string> bytes = external->Read(location, offset, length);
  if (!bytes.has_value()) return std::nullopt;
  return arena.Copy(absl::string_view(*bytes));
}

absl::Status CheckDims(const Tensor& tensor) {
  for (int64_t dim : tensor.dims) {
    if (dim >= 0) continue;
    return absl::DataLossError(absl::StrCat("tensor '", tensor.name, "' has a negative dim: [",
                                            absl::StrJoin(tensor.dims, ", "), "]"));
  }
  return absl::OkStatus();
}

}  // namespace symshape::graph
