// Rope: bytes in pieces, old ones by reference and new ones in the rope's own memory.
#ifndef SYMSHAPE_WRITER_ROPE_H_
#define SYMSHAPE_WRITER_ROPE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "graph/arena.h"
#include "writer/fields.h"

namespace symshape::writer {

class Rope {
 public:
  const std::vector<absl::string_view>& pieces() const { return pieces_; }

  // Only makes adding faster.
  void Reserve(size_t pieces) { pieces_.reserve(pieces); }
  // Bytes that outlive the rope.
  void AddView(absl::string_view bytes) {
    if (bytes.empty()) return;
    size_ += bytes.size();
    Lengthen(pieces_, bytes);
  }
  void AddCopy(absl::string_view bytes) { AddView(copies_.Copy(bytes)); }
  // A length-delimited field of what `add_content` adds.
  void AddField(uint32_t field, absl::FunctionRef<void()> add_content) {
    const size_t head = pieces_.size();
    pieces_.emplace_back();  // written when the length is known
    const size_t before = size_;
    add_content();
    pieces_[head] = CopyHead(field, size_ - before);
    size_ += pieces_[head].size();
  }
  void AddHead(uint32_t field, size_t length) { AddView(CopyHead(field, length)); }

  // Adds a piece. What follows the last one in memory makes it longer.
  template <typename Pieces>
  static void Lengthen(Pieces& pieces, absl::string_view bytes) {
    if (!pieces.empty() && pieces.back().data() + pieces.back().size() == bytes.data()) {
      pieces.back() = {pieces.back().data(), pieces.back().size() + bytes.size()};
    } else {
      pieces.push_back(bytes);
    }
  }

 private:
  absl::string_view CopyHead(uint32_t field, size_t length) {
    char head[kMaxHeadSize];
    const char* const end = PutHead(field, length, head);
    return copies_.Copy(absl::string_view(head, static_cast<size_t>(end - head)));
  }

  std::vector<absl::string_view> pieces_;
  graph::Arena copies_;
  size_t size_ = 0;  // of all pieces
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_ROPE_H_
