#include "graph/arena.h"

#include "io/populate.h"

namespace symshape::graph {

void Arena::Grow(size_t bytes) {
  constexpr size_t kFew = 16;  // a small arena may not fill its last block
  size_ = std::max(bytes, block_bytes_);
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(size_));
  if (blocks_.size() > kFew) io::Populate(blocks_.back().get(), size_);
}

}  // namespace symshape::graph
