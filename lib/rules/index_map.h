// Where each element of a small tensor comes from: walking row-major elements by index and stride,
// so that moving values is a line or two in each rule (Transpose, Slice, Gather, Expand …).
#ifndef SYMSHAPE_RULES_INDEX_MAP_H_
#define SYMSHAPE_RULES_INDEX_MAP_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// Product of the dims; nullopt above kMaxElements, where values are not tracked.
std::optional<int64_t> TrackedCount(absl::Span<const int64_t> dims);

// Row-major strides, in elements.
Sizes Strides(absl::Span<const int64_t> dims);

// The strides with which a tensor of shape `dims` is read as if it had the shape `target`
// (right-aligned broadcasting): 0 along the axes that repeat. REQUIRES: it can be broadcast so.
Sizes BroadcastStrides(absl::Span<const int64_t> dims, absl::Span<const int64_t> target);

// Offset of an element: sum of index * stride.
int64_t OffsetOf(absl::Span<const int64_t> index, absl::Span<const int64_t> strides);

// Calls visit(index) for every index of a tensor of shape `dims`, in row-major order.
template <typename Visit>
void ForEachIndex(absl::Span<const int64_t> dims, Visit visit) {
  for (int64_t d : dims) {
    if (d == 0) return;
  }
  Sizes index(dims.size(), 0);
  while (true) {
    visit(absl::Span<const int64_t>(index));
    int axis = static_cast<int>(dims.size()) - 1;
    while (axis >= 0 && ++index[axis] == dims[axis]) index[axis--] = 0;
    if (axis < 0) return;
  }
}

// A tensor of constant dims, few enough elements to track them, each known or not.
struct Block {
  Sizes dims;
  std::vector<Element> elements;
};

// Operand i as a block: nullopt where a dim is not constant or nothing is known of the elements.
std::optional<Block> BlockOf(const Operands& in, int i);
// The same, but a tensor of which only the shape is known is a block of unknown elements.
std::optional<Block> BlockOrUnknown(const Operands& in, int i);

// The elements of a tensor of shape `dims`, read from `from` at offset + sum of index * stride.
std::vector<Element> Pick(absl::Span<const Element> from, absl::Span<const int64_t> dims,
                          absl::Span<const int64_t> strides, int64_t offset = 0);

// The constant integer of an element; nullopt where it is none.
std::optional<int64_t> ConstantOf(const Context& context, const Element& element);
// The same of an index, brought into [0, n); nullopt where it is outside.
std::optional<int64_t> Position(const Context& context, const Element& index, int64_t n);

// The blocks in a row along `axis`; nullopt where their other dims differ, or the result is not
// tracked. REQUIRES: all have the same rank, more than `axis`.
std::optional<Block> Joined(absl::Span<const Block> blocks, int axis);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_INDEX_MAP_H_
