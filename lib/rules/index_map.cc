#include "rules/index_map.h"

#include <utility>

namespace symshape::rules {

std::optional<int64_t> TrackedCount(absl::Span<const int64_t> dims) {
  int64_t count = 1;
  for (int64_t d : dims) {
    if (d == 0) return 0;
  }
  for (int64_t d : dims) {
    if (d < 0 || d > kMaxElements) return std::nullopt;
    count *= d;  // at most kMaxElements squared
    if (count > kMaxElements) return std::nullopt;
  }
  return count;
}

Sizes Strides(absl::Span<const int64_t> dims) {
  Sizes strides(dims.size(), 1);
  for (int axis = static_cast<int>(dims.size()) - 2; axis >= 0; --axis) {
    strides[axis] = strides[axis + 1] * dims[axis + 1];
  }
  return strides;
}

Sizes BroadcastStrides(absl::Span<const int64_t> dims, absl::Span<const int64_t> target) {
  const Sizes own = Strides(dims);
  Sizes strides(target.size(), 0);
  const size_t missing = target.size() - dims.size();
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    if (dims[axis] != 1) strides[missing + axis] = own[axis];
  }
  return strides;
}

int64_t OffsetOf(absl::Span<const int64_t> index, absl::Span<const int64_t> strides) {
  int64_t offset = 0;
  for (size_t axis = 0; axis < index.size(); ++axis) offset += index[axis] * strides[axis];
  return offset;
}

std::optional<Block> BlockOf(const Operands& in, int i) {
  const std::vector<Element>* elements = in.Elements(i);
  if (elements == nullptr) return std::nullopt;
  std::optional<Sizes> dims = in.shape(i).Constants();
  if (!dims || TrackedCount(*dims) != static_cast<int64_t>(elements->size())) return std::nullopt;
  return Block{*std::move(dims), *elements};
}

std::optional<Block> BlockOrUnknown(const Operands& in, int i) {
  if (std::optional<Block> known = BlockOf(in, i)) return known;
  std::optional<Sizes> dims = in.shape(i).Constants();
  if (!dims) return std::nullopt;
  const std::optional<int64_t> count = TrackedCount(*dims);
  if (!count) return std::nullopt;
  return Block{*std::move(dims), std::vector<Element>(*count)};
}

std::vector<Element> Pick(absl::Span<const Element> from, absl::Span<const int64_t> dims,
                          absl::Span<const int64_t> strides, int64_t offset) {
  std::vector<Element> picked;
  ForEachIndex(dims, [&](absl::Span<const int64_t> index) {
    picked.push_back(from[offset + OffsetOf(index, strides)]);
  });
  return picked;
}

std::optional<int64_t> ConstantOf(const Context& context, const Element& element) {
  if (!element.is_integer()) return std::nullopt;
  return context.ConstantOf(element.num);
}

std::optional<int64_t> Position(const Context& context, const Element& index, int64_t n) {
  std::optional<int64_t> position = ConstantOf(context, index);
  if (position && *position < 0) *position += n;
  if (!position || *position < 0 || *position >= n) return std::nullopt;
  return position;
}

std::optional<Block> Joined(absl::Span<const Block> blocks, int axis) {
  if (blocks.empty()) return std::nullopt;
  Sizes dims = blocks[0].dims;
  dims[axis] = 0;
  for (const Block& block : blocks) {
    for (size_t k = 0; k < dims.size(); ++k) {
      if (static_cast<int>(k) != axis && block.dims[k] != dims[k]) return std::nullopt;
    }
    dims[axis] += block.dims[axis];
  }
  const std::optional<int64_t> count = TrackedCount(dims);
  if (!count) return std::nullopt;
  const Sizes strides = Strides(dims);
  std::vector<Element> joined(*count);
  int64_t start = 0;
  for (const Block& block : blocks) {
    size_t next = 0;
    ForEachIndex(block.dims, [&](absl::Span<const int64_t> index) {
      joined[OffsetOf(index, strides) + start * strides[axis]] = block.elements[next++];
    });
    start += block.dims[axis];
  }
  return Block{std::move(dims), std::move(joined)};
}

}  // namespace symshape::rules
