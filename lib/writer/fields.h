// Length-delimited fields of the wire format, into memory that is large enough.
#ifndef SYMSHAPE_WRITER_FIELDS_H_
#define SYMSHAPE_WRITER_FIELDS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "protozero/varint.hpp"

namespace symshape::writer {

inline constexpr size_t kMaxHeadSize = 2 * protozero::max_varint_length;

// Tag and length.
inline size_t HeadSize(uint32_t field, size_t length) {
  return static_cast<size_t>(protozero::length_of_varint(uint64_t{field} << 3) +
                             protozero::length_of_varint(length));
}
inline size_t FieldSize(uint32_t field, size_t length) { return HeadSize(field, length) + length; }

// Each returns where it ends.
inline char* PutHead(uint32_t field, size_t length, char* to) {
  constexpr uint32_t kLengthDelimited = 2;
  to += protozero::add_varint_to_buffer(to, uint64_t{field} << 3 | kLengthDelimited);
  return to + protozero::add_varint_to_buffer(to, length);
}
inline char* PutField(uint32_t field, absl::string_view content, char* to) {
  return std::copy(content.begin(), content.end(), PutHead(field, content.size(), to));
}

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_FIELDS_H_
