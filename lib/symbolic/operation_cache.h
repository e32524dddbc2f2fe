// OperationCache: results of operations and questions, under the facts of one epoch. It forgets: a
// key has four places, and one that finds them taken drives another out.
#ifndef SYMSHAPE_SYMBOLIC_OPERATION_CACHE_H_
#define SYMSHAPE_SYMBOLIC_OPERATION_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "symbolic/dim.h"

namespace symshape::symbolic {

class OperationCache {
 public:
  // All that decides a result, but the facts. `op` tells operations apart.
  class Key {
   public:
    Key() = default;
    Key(int64_t op, Dim a, Dim b) : op_(op), a_(a.bits()), b_(b.bits()) {}

   private:
    friend class OperationCache;
    size_t Hash() const {
      const uint64_t h = (uint64_t{a_} << 32 | b_) * 0x9e3779b97f4a7c15u;
      return (h ^ static_cast<uint64_t>(op_) * 0xc2b2ae3d27d4eb4fu) >> 40;
    }
    friend bool operator==(const Key&, const Key&) = default;

    int64_t op_;
    uint32_t a_, b_;
  };

  // What was entered in that epoch.
  std::optional<Dim> Find(const Key& key, uint32_t epoch) const {
    const size_t first = key.Hash() & mask_;
    for (size_t i = 0; i < kPlaces; ++i) {
      const Entry& e = entries_[first ^ i];
      if (e.epoch == 0) break;  // places are taken in order
      if (e.epoch == epoch && e.key == key) return Dim::FromBits(e.result);
    }
    return std::nullopt;
  }

  void Enter(const Key& key, uint32_t epoch, Dim result) {
    Place(key, epoch) = {key, epoch, result.bits()};
    if (entered_ > mask_ && mask_ < kMost - 1) Grow(epoch);
  }

 private:
  struct Entry {  // all zero where there is none: an epoch is at least 1
    Key key;
    uint32_t epoch;
    uint32_t result;
  };
  // Powers of four. Most contexts are small, and memory that was never used before costs more than
  // an operation.
  static constexpr size_t kLeast = 1 << 8, kMost = 1 << 16;
  static constexpr size_t kPlaces = 4;
  static constexpr size_t kLost = 32;  // entries that one counts as that another had to leave for

  Entry& Place(const Key& key, uint32_t epoch) {
    const size_t first = key.Hash() & mask_;
    for (size_t i = 0; i < kPlaces; ++i) {
      Entry& e = entries_[first ^ i];
      if (e.epoch == epoch && e.key != key) continue;
      ++entered_;
      return e;
    }
    entered_ += kLost;
    return entries_[first];
  }
  // By much: entering all of it again costs as much as operations do.
  void Grow(uint32_t epoch) {
    const std::vector<Entry> before = std::exchange(entries_, std::vector<Entry>(4 * (mask_ + 1)));
    mask_ = entries_.size() - 1;
    for (const Entry& e : before) {
      if (e.epoch == epoch) Place(e.key, epoch) = e;
    }
    entered_ = 0;
  }

  std::vector<Entry> entries_ = std::vector<Entry>(kLeast);
  size_t mask_ = kLeast - 1;  // of the index of an entry
  size_t entered_ = 0;        // since there are so many
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_OPERATION_CACHE_H_
