// Hash: of what is written into files, so the same on every machine and in every version.
#ifndef SYMSHAPE_GRAPH_HASH_H_
#define SYMSHAPE_GRAPH_HASH_H_

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace symshape::graph {

class Hash {
 public:
  // FNV-1a's step on eight bytes, and a fold so that high bits reach low ones.
  void Add(uint64_t word) {
    state_ = (state_ ^ word) * 0x100000001b3u;
    state_ ^= state_ >> 32;
  }
  void Add(absl::string_view text) {
    Add(text.size());
    uint64_t word = 0;
    for (; text.size() >= sizeof(word); text.remove_prefix(sizeof(word))) {
      std::memcpy(&word, text.data(), sizeof(word));
      Add(word);
    }
    if (text.empty()) return;
    word = 0;
    std::memcpy(&word, text.data(), text.size());
    Add(word);
  }

  // 16 hexadecimal digits.
  std::string Text() const { return absl::StrCat(absl::Hex(state_, absl::kZeroPad16)); }

 private:
  uint64_t state_ = 0xcbf29ce484222325u;
};

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_HASH_H_
