// Rope: bytes in pieces, old ones by reference and new ones owned.
#ifndef SYMSHAPE_WRITER_ROPE_H_
#define SYMSHAPE_WRITER_ROPE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "protozero/buffer_string.hpp"
#include "protozero/varint.hpp"

namespace symshape::writer {

class Rope {
 public:
  size_t size() const { return size_; }
  const std::vector<absl::string_view>& pieces() const { return pieces_; }

  // Bytes that outlive the rope. What follows the last piece in memory lengthens it.
  void AddView(absl::string_view bytes) {
    if (bytes.empty()) return;
    size_ += bytes.size();
    if (!pieces_.empty() && pieces_.back().data() + pieces_.back().size() == bytes.data()) {
      pieces_.back() = {pieces_.back().data(), pieces_.back().size() + bytes.size()};
    } else {
      pieces_.push_back(bytes);
    }
  }
  void AddOwned(std::string bytes) {
    if (bytes.empty()) return;
    owned_.push_back(std::make_unique<std::string>(std::move(bytes)));
    size_ += owned_.back()->size();
    pieces_.push_back(*owned_.back());
  }
  void AddRope(Rope rope) {
    for (std::unique_ptr<std::string>& bytes : rope.owned_) owned_.push_back(std::move(bytes));
    pieces_.insert(pieces_.end(), rope.pieces_.begin(), rope.pieces_.end());
    size_ += rope.size_;
  }
  // A length-delimited field.
  void AddField(uint32_t field, Rope body) {
    std::string head;
    AppendFieldHead(field, body.size(), head);
    AddOwned(std::move(head));
    AddRope(std::move(body));
  }

  // Tag and length, in the wire format.
  static void AppendFieldHead(uint32_t field, size_t length, std::string& bytes) {
    constexpr uint32_t kLengthDelimited = 2;
    protozero::add_varint_to_buffer(&bytes, uint64_t{field} << 3 | kLengthDelimited);
    protozero::add_varint_to_buffer(&bytes, length);
  }

 private:
  std::vector<absl::string_view> pieces_;
  std::vector<std::unique_ptr<std::string>> owned_;  // behind pointers: the pieces point into them
  size_t size_ = 0;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_ROPE_H_
