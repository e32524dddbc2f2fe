// Arena: memory that views point into, such as a Model's. Grows in blocks, frees all at once, never
// moves what it gave out.
#ifndef SYMSHAPE_GRAPH_ARENA_H_
#define SYMSHAPE_GRAPH_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace symshape::graph {

class Arena {
 public:
  explicit Arena(size_t block_bytes = 64 * 1024) : block_bytes_(block_bytes) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `count` default-constructed objects, that are never destroyed.
  template <typename T>
  absl::Span<T> NewSpan(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    T* const first = static_cast<T*>(Allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_default_construct_n(first, count);
    return absl::MakeSpan(first, count);
  }
  template <typename T>
  T* New(T value = T()) {
    T* const made = NewSpan<T>(1).data();
    *made = std::move(value);
    return made;
  }
  template <typename T>
  absl::Span<const T> Copy(absl::Span<const T> from) {
    const absl::Span<T> to = NewSpan<T>(from.size());
    std::copy(from.begin(), from.end(), to.begin());
    return to;
  }
  template <typename T>
  absl::Span<const T> Copy(const std::vector<T>& from) {
    return Copy(absl::MakeConstSpan(from));
  }
  // The list's content, copied unless it is long: then its memory is kept, and the list empty.
  template <typename T>
  absl::Span<T> Take(std::vector<T>& list) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (list.size() * sizeof(T) < block_bytes_) {
      const absl::Span<T> copy = NewSpan<T>(list.size());
      std::copy(list.begin(), list.end(), copy.begin());
      return copy;
    }
    const auto kept = std::make_shared<std::vector<T>>(std::exchange(list, {}));
    kept_.push_back(kept);
    return absl::MakeSpan(*kept);
  }
  absl::string_view Copy(absl::string_view text) {
    const absl::Span<const char> copy = Copy(absl::MakeConstSpan(text.data(), text.size()));
    return {copy.data(), copy.size()};
  }

 private:
  void* Allocate(size_t bytes, size_t alignment) {
    size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || start + bytes > size_) {
      Grow(bytes);
      start = 0;
    }
    used_ = start + bytes;
    return blocks_.back().get() + start;
  }

  void Grow(size_t bytes);  // by a block that has so many

  const size_t block_bytes_;  // of all but what is larger
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::shared_ptr<const void>> kept_;
  size_t size_ = 0;  // of the last block
  size_t used_ = 0;  // in the last block
};

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_ARENA_H_
