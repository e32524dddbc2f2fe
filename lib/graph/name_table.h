// NameTable: from a graph's names to its values. A slot has eight bytes, and names are compared
// where the values have them: of a million names the table is what does not fit into a cache.
#ifndef SYMSHAPE_GRAPH_NAME_TABLE_H_
#define SYMSHAPE_GRAPH_NAME_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/model.h"

namespace symshape::graph {

class NameTable {
 public:
  NameTable() : slots_(kFewest) {}

  void Clear() {
    slots_.assign(kFewest, Slot());
    used_ = 0;
  }
  // Only makes adding faster.
  void Reserve(size_t names) {
    size_t size = slots_.size();
    while (size < 2 * names) size *= 2;
    if (size > slots_.size()) Resize(size);
  }

  // The name's value, and whether it is new: then it is the one behind the last of `values`, to
  // which the caller adds it.
  std::pair<ValueId, bool> FindOrAdd(absl::string_view name, absl::Span<const Value> values) {
    if (used_ * 2 >= slots_.size()) Resize(2 * slots_.size());
    const uint32_t hash = HashOf(name);
    Slot& slot = slots_[SlotOf(name, hash, values)];
    if (slot.value != ValueId::kNone) return {slot.value, false};
    slot = {hash, static_cast<ValueId>(values.size())};
    ++used_;
    return {slot.value, true};
  }
  // The name is asked for soon: a table that no cache holds is slow to answer.
  void Expect(absl::string_view name) const {
    __builtin_prefetch(&slots_[HashOf(name) & (slots_.size() - 1)], /*rw=*/1);
  }
  std::optional<ValueId> Find(absl::string_view name, absl::Span<const Value> values) const {
    const ValueId value = slots_[SlotOf(name, HashOf(name), values)].value;
    return value == ValueId::kNone ? std::nullopt : std::optional(value);
  }

 private:
  struct Slot {
    uint32_t hash = 0;
    ValueId value = ValueId::kNone;  // kNone: the slot is free
  };
  static constexpr size_t kFewest = 16;

  static uint32_t HashOf(absl::string_view name) {
    const uint64_t hash = absl::Hash<absl::string_view>()(name);
    return static_cast<uint32_t>(hash ^ hash >> 32);
  }
  size_t SlotOf(absl::string_view name, uint32_t hash, absl::Span<const Value> values) const {
    const size_t mask = slots_.size() - 1;
    size_t i = hash & mask;
    while (slots_[i].value != ValueId::kNone &&
           (slots_[i].hash != hash || values[Index(slots_[i].value)].name != name)) {
      i = (i + 1) & mask;
    }
    return i;
  }
  void Resize(size_t size) {
    std::vector<Slot> old(size);
    old.swap(slots_);
    const size_t mask = size - 1;
    for (const Slot& slot : old) {
      if (slot.value == ValueId::kNone) continue;
      size_t i = slot.hash & mask;
      while (slots_[i].value != ValueId::kNone) i = (i + 1) & mask;
      slots_[i] = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half of them used
  size_t used_ = 0;
};

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_NAME_TABLE_H_
