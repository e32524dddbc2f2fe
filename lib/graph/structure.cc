#include "graph/structure.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "graph/builder.h"
#include "graph/model.h"
#include "graph/wire.h"
#include "protozero/exception.hpp"

namespace symshape::graph {
namespace {

// Reading costs some 0.05 ms a MiB where the file is cached.
constexpr size_t kSmallFileBytes = size_t{16} << 20;
// Elements of a tensor that may be read take less: as varints up to ten bytes each.
constexpr size_t kMostBytesOfReadTensor = kMaxReadElements * 10;
constexpr int kMaxMessageDepth = 3 * kMaxNesting + 16;

enum class Kind : uint8_t { kModel, kFunction, kGraph, kNode, kAttribute, kSparseTensor, kTensor };

template <typename Tag>
constexpr bool Is(uint32_t field, Tag tag) {
  return field == static_cast<uint32_t>(tag);
}

// What a field that may hold weights is; nullopt where it cannot.
std::optional<Kind> Inside(Kind kind, uint32_t field) {
  switch (kind) {
    case Kind::kModel:
      if (Is(field, wire::Model::kGraph)) return Kind::kGraph;
      if (Is(field, wire::Model::kFunctions)) return Kind::kFunction;
      return std::nullopt;
    case Kind::kFunction:
      if (Is(field, wire::Function::kNode)) return Kind::kNode;
      if (Is(field, wire::Function::kAttributeProto)) return Kind::kAttribute;
      return std::nullopt;
    case Kind::kGraph:
      if (Is(field, wire::Graph::kNode)) return Kind::kNode;
      if (Is(field, wire::Graph::kInitializer)) return Kind::kTensor;
      if (Is(field, wire::Graph::kSparseInitializer)) return Kind::kSparseTensor;
      return std::nullopt;
    case Kind::kNode:
      if (Is(field, wire::Node::kAttribute)) return Kind::kAttribute;
      return std::nullopt;
    case Kind::kAttribute:
      if (Is(field, wire::Attribute::kT) || Is(field, wire::Attribute::kTensors)) {
        return Kind::kTensor;
      }
      if (Is(field, wire::Attribute::kG) || Is(field, wire::Attribute::kGraphs)) {
        return Kind::kGraph;
      }
      if (Is(field, wire::Attribute::kSparseTensor) || Is(field, wire::Attribute::kSparseTensors)) {
        return Kind::kSparseTensor;
      }
      return std::nullopt;
    case Kind::kSparseTensor:
      if (Is(field, wire::SparseTensor::kValues) || Is(field, wire::SparseTensor::kIndices)) {
        return Kind::kTensor;
      }
      return std::nullopt;
    case Kind::kTensor:
      return std::nullopt;
  }
  return std::nullopt;
}

bool HoldsElements(uint32_t field) {
  return Is(field, wire::Tensor::kRawData) || Is(field, wire::Tensor::kFloatData) ||
         Is(field, wire::Tensor::kInt32Data) || Is(field, wire::Tensor::kInt64Data) ||
         Is(field, wire::Tensor::kDoubleData) || Is(field, wire::Tensor::kUint64Data) ||
         Is(field, wire::Tensor::kStringData);
}

// Whether several occurrences of the field are merged (wire::Merge), which copies what they hold.
bool IsMerged(Kind kind, uint32_t field) {
  switch (kind) {
    case Kind::kModel:
      return Is(field, wire::Model::kGraph);
    case Kind::kAttribute:
      return Is(field, wire::Attribute::kT) || Is(field, wire::Attribute::kG) ||
             Is(field, wire::Attribute::kSparseTensor);
    case Kind::kSparseTensor:
      return Is(field, wire::SparseTensor::kValues) || Is(field, wire::SparseTensor::kIndices);
    default:
      return false;
  }
}

// Goes from field to field, and into the large ones. Throws protozero::exception where it is no
// message.
class Scanner {
 public:
  explicit Scanner(io::SourceFile& file) : file_(file), bytes_(file.bytes()) {}

  // Whether some message is in several parts.
  bool has_parts() const { return has_parts_; }

  absl::Status Scan(Kind kind, size_t begin, size_t end, int depth = 0) {
    if (depth > kMaxMessageDepth) return absl::OkStatus();  // from_wire.h refuses it
    uint64_t seen = 0;
    while (begin < end) {
      constexpr size_t kMostBytesOfHead = 20;  // two varints
      if (absl::Status s = file_.Load(begin, std::min(kMostBytesOfHead, end - begin)); !s.ok()) {
        return s;
      }
      const char* at = bytes_.data() + begin;
      const char* const last = bytes_.data() + end;
      const auto [field, is_text, length] = wire::ReadFieldHead(at, last);
      begin = static_cast<size_t>(at - bytes_.data());
      if (IsMerged(kind, field)) {
        has_parts_ = has_parts_ || (seen >> field & 1) != 0;
        seen |= uint64_t{1} << field;
      }
      if (absl::Status s = Load(kind, field, begin, length, depth); !s.ok()) return s;
      begin += length;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Load(Kind kind, uint32_t field, size_t begin, size_t length, int depth) {
    if (length <= kMostBytesOfReadTensor) return file_.Load(begin, length);
    if (const std::optional<Kind> inside = Inside(kind, field)) {
      return Scan(*inside, begin, begin + length, depth + 1);
    }
    if (kind == Kind::kTensor && HoldsElements(field)) return absl::OkStatus();
    return file_.Load(begin, length);
  }

  io::SourceFile& file_;
  const absl::string_view bytes_;
  bool has_parts_ = false;
};

}  // namespace

absl::Status LoadStructure(io::SourceFile& file) {
  const size_t size = file.bytes().size();
  if (size <= kSmallFileBytes) return file.LoadAll();
  try {
    Scanner scanner(file);
    if (absl::Status status = scanner.Scan(Kind::kModel, 0, size); !status.ok()) return status;
    return scanner.has_parts() ? file.LoadAll() : absl::OkStatus();
  } catch (const protozero::exception&) {
    return absl::OkStatus();
  }
}

}  // namespace symshape::graph
