// The field numbers of onnx.proto that from_wire.cc reads and the writer splices: one enum for each
// message, in the file's order.
#ifndef SYMSHAPE_GRAPH_WIRE_H_
#define SYMSHAPE_GRAPH_WIRE_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/arena.h"
#include "protozero/data_view.hpp"
#include "protozero/exception.hpp"
#include "protozero/pbf_reader.hpp"
#include "protozero/types.hpp"
#include "protozero/varint.hpp"

namespace symshape::graph::wire {

enum class Model : protozero::pbf_tag_type {
  kIrVersion = 1,
  kProducerName = 2,
  kGraph = 7,
  kOpsetImport = 8,
  kMetadataProps = 14,
  kFunctions = 25,
};
enum class OperatorSetId : protozero::pbf_tag_type { kDomain = 1, kVersion = 2 };
enum class StringStringEntry : protozero::pbf_tag_type { kKey = 1, kValue = 2 };
enum class Graph : protozero::pbf_tag_type {
  kNode = 1,
  kName = 2,
  kInitializer = 5,
  kInput = 11,
  kOutput = 12,
  kValueInfo = 13,
  kSparseInitializer = 15,
};
enum class Node : protozero::pbf_tag_type {
  kInput = 1,
  kOutput = 2,
  kName = 3,
  kOpType = 4,
  kAttribute = 5,
  kDocString = 6,
  kDomain = 7,
  kOverload = 8,
  kMetadataProps = 9,
};
enum class Attribute : protozero::pbf_tag_type {
  kName = 1,
  kF = 2,
  kI = 3,
  kS = 4,
  kT = 5,
  kG = 6,
  kFloats = 7,
  kInts = 8,
  kStrings = 9,
  kTensors = 10,
  kGraphs = 11,
  kTp = 14,
  kTypeProtos = 15,
  kType = 20,
  kRefAttrName = 21,
  kSparseTensor = 22,
  kSparseTensors = 23,
};
enum class Tensor : protozero::pbf_tag_type {
  kDims = 1,
  kDataType = 2,
  kFloatData = 4,
  kInt32Data = 5,
  kStringData = 6,
  kInt64Data = 7,
  kName = 8,
  kRawData = 9,
  kDoubleData = 10,
  kUint64Data = 11,
  kExternalData = 13,
  kDataLocation = 14,
};
enum class SparseTensor : protozero::pbf_tag_type { kValues = 1, kIndices = 2, kDims = 3 };
enum class ValueInfo : protozero::pbf_tag_type { kName = 1, kType = 2, kDocString = 3 };
enum class Type : protozero::pbf_tag_type {
  kTensor = 1,
  kSequence = 4,
  kMap = 5,
  kOpaque = 7,
  kSparseTensor = 8,
  kOptional = 9,
};
enum class TensorType : protozero::pbf_tag_type { kElemType = 1, kShape = 2 };  // sparse: the same
enum class ElementOf : protozero::pbf_tag_type { kElemType = 1 };  // of a sequence, an optional
enum class Map : protozero::pbf_tag_type { kKeyType = 1, kValueType = 2 };
enum class Shape : protozero::pbf_tag_type { kDim = 1 };
enum class Dimension : protozero::pbf_tag_type { kDimValue = 1, kDimParam = 2 };
enum class Function : protozero::pbf_tag_type {
  kName = 1,
  kInput = 4,
  kOutput = 5,
  kAttribute = 6,
  kNode = 7,
  kOpsetImport = 9,
  kDomain = 10,
  kAttributeProto = 11,
  kValueInfo = 12,
  kOverload = 13,
};

// What stands before a field's value, and how long the value is; 0 for a varint, which is skipped.
struct FieldHead {
  uint32_t number;
  bool is_length_delimited;
  size_t length;
};
// Moves `at` behind the head. Throws protozero::exception where the field goes on past `end`.
inline FieldHead ReadFieldHead(const char*& at, const char* end) {
  const uint64_t tag = protozero::decode_varint(&at, end);
  FieldHead head{static_cast<uint32_t>(tag >> 3), false, 0};
  switch (static_cast<protozero::pbf_wire_type>(tag & 7)) {
    case protozero::pbf_wire_type::varint:
      protozero::skip_varint(&at, end);
      break;
    case protozero::pbf_wire_type::fixed64:
      head.length = 8;
      break;
    case protozero::pbf_wire_type::fixed32:
      head.length = 4;
      break;
    case protozero::pbf_wire_type::length_delimited:
      head.is_length_delimited = true;
      head.length = protozero::decode_varint(&at, end);
      break;
    default:
      throw protozero::unknown_pbf_wire_type_exception();
  }
  if (head.length > static_cast<size_t>(end - at)) throw protozero::end_of_buffer_exception();
  return head;
}

// A message, field by field. A field of another wire type than the one asked for counts as unknown,
// as protobuf has it: it is skipped, and gives nullopt. Throws protozero::exception where the bytes
// are no message.
template <typename Tag>
class Message {
 public:
  explicit Message(protozero::data_view bytes) : reader_(bytes) {}

  bool Next() { return reader_.next(); }
  bool Next(Tag tag) { return reader_.next(static_cast<protozero::pbf_tag_type>(tag)); }
  Tag tag() const { return static_cast<Tag>(reader_.tag()); }
  void Skip() { reader_.skip(); }

  std::optional<protozero::data_view> Bytes() {
    return Get(protozero::pbf_wire_type::length_delimited, [this] { return reader_.get_view(); });
  }
  std::optional<absl::string_view> Text() {
    const std::optional<protozero::data_view> bytes = Bytes();
    if (!bytes.has_value()) return std::nullopt;
    return absl::string_view(bytes->data(), bytes->size());
  }
  std::optional<int64_t> Integer() {
    return Get(protozero::pbf_wire_type::varint, [this] { return reader_.get_int64(); });
  }
  std::optional<float> Float() {
    return Get(protozero::pbf_wire_type::fixed32, [this] { return reader_.get_float(); });
  }
  std::optional<double> Double() {
    return Get(protozero::pbf_wire_type::fixed64, [this] { return reader_.get_double(); });
  }

  // Repeated numbers, packed or one by one.
  void AppendIntegers(std::vector<int64_t>& values) {
    if (!is_packed()) return Append(Integer(), values);
    for (int64_t value : reader_.get_packed_int64()) values.push_back(value);
  }
  void AppendFloats(std::vector<float>& values) {
    if (!is_packed()) return Append(Float(), values);
    for (float value : reader_.get_packed_float()) values.push_back(value);
  }
  void AppendBytes(std::vector<protozero::data_view>& values) { Append(Bytes(), values); }
  bool is_packed() const {
    return reader_.wire_type() == protozero::pbf_wire_type::length_delimited;
  }

 private:
  template <typename T>
  static void Append(const std::optional<T>& value, std::vector<T>& values) {
    if (value.has_value()) values.push_back(*value);
  }
  template <typename Read>
  auto Get(protozero::pbf_wire_type type, Read read) -> std::optional<decltype(read())> {
    if (reader_.wire_type() == type) return read();
    reader_.skip();
    return std::nullopt;
  }

  protozero::pbf_reader reader_;
};

// The next part of a message that is no list: several occurrences count as one whose fields follow
// one another (protobuf's encoding guide, "Last One Wins").
inline void Merge(std::optional<protozero::data_view>& whole,
                  const std::optional<protozero::data_view>& part, Arena& arena) {
  if (!part.has_value()) return;
  if (!whole.has_value()) {
    whole = part;
    return;
  }
  const absl::Span<char> both = arena.NewSpan<char>(whole->size() + part->size());
  std::copy_n(part->data(), part->size(), std::copy_n(whole->data(), whole->size(), both.data()));
  whole.emplace(both.data(), both.size());
}

// A key and its value; "" where one is missing.
inline std::pair<absl::string_view, absl::string_view> ReadEntry(protozero::data_view bytes) {
  std::pair<absl::string_view, absl::string_view> entry;
  Message<StringStringEntry> message(bytes);
  while (message.Next()) {
    switch (message.tag()) {
      case StringStringEntry::kKey:
        entry.first = message.Text().value_or(entry.first);
        break;
      case StringStringEntry::kValue:
        entry.second = message.Text().value_or(entry.second);
        break;
      default:
        message.Skip();
    }
  }
  return entry;
}

}  // namespace symshape::graph::wire

#endif  // SYMSHAPE_GRAPH_WIRE_H_
