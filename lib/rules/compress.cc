// Compress: the slices, or elements, where a condition holds.
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

// The positions where the condition holds, below n where that is constant; nullopt where one is
// undecided.
std::optional<std::vector<int64_t>> HoldsAt(const Operands& in, std::optional<int64_t> n) {
  const std::optional<Sizes> condition = in.Constants(1);
  if (!condition) return std::nullopt;
  std::vector<int64_t> positions;
  for (size_t i = 0; i < condition->size(); ++i) {
    if ((*condition)[i] == 0) continue;
    if (!n) return std::nullopt;
    if (static_cast<int64_t>(i) < *n) positions.push_back(static_cast<int64_t>(i));
  }
  return positions;
}

void SetCompressedElements(const Block& x, std::optional<int> axis,
                           absl::Span<const int64_t> positions, Results& out) {
  std::vector<Element> elements;
  if (!axis) {
    for (int64_t p : positions) elements.push_back(x.elements[p]);
  } else {
    Sizes dims = x.dims;
    dims[*axis] = static_cast<int64_t>(positions.size());
    const Sizes strides = Strides(x.dims);
    ForEachIndex(dims, [&](absl::Span<const int64_t> index) {
      const int64_t moved = positions[index[*axis]] - index[*axis];
      elements.push_back(x.elements[OffsetOf(index, strides) + moved * strides[*axis]]);
    });
  }
  out.SetElements(0, std::move(elements));
}

// x [d...], condition [c] -> x with fewer slices along `axis`; without it, of x flattened. A
// condition may be shorter or longer than the axis: only their common part counts. Source: ONNX
// Compress-11; onnxruntime core/providers/cpu/tensor/compress.cc.
absl::Status InferCompress(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  EncloseRange(in, {0}, out);
  const ShapeView x = in.shape(0);
  const std::optional<int64_t> attribute = in.Int("axis");
  if (!x.has_rank()) {
    if (!attribute) out.SetRank(0, 1, "compress");
    return absl::OkStatus();
  }
  std::optional<int> axis;
  if (attribute) {
    const absl::StatusOr<int> normal = NormalizeAxis(*attribute, x.rank());
    if (!normal.ok()) return normal.status();
    axis = *normal;
  }
  const Expr n = axis ? x[*axis] : x.Product();
  const std::optional<std::vector<int64_t>> positions = HoldsAt(in, n.constant());
  const ShapeView condition = in.shape(1);
  const bool has_length = condition.has_rank() && condition.rank() == 1;
  const Expr count = positions ? in.Const(static_cast<int64_t>(positions->size()))
                               : out.FreshUpTo("compress", has_length ? Min(n, condition[0]) : n);
  ShapeBuilder y;
  if (axis) {
    y = ShapeBuilder(x.dims());
    y.Set(*axis, count);
  } else {
    y.Add(count);
  }
  out.SetShape(0, y);
  if (const std::optional<Block> block = BlockOf(in, 0); block && positions) {
    SetCompressedElements(*block, axis, *positions, out);
  }
  return absl::OkStatus();
}

constexpr Rule kCompressRules[] = {
    {kOnnx, "Compress", 9, InferCompress},
};

}  // namespace

absl::Span<const Rule> CompressRules() { return kCompressRules; }

}  // namespace symshape::rules
