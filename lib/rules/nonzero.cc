// NonZero: where the elements that are not 0 lie. How many there are is data, unless all are known.
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/index_map.h"

namespace symshape::rules {
namespace {

// Whether each element of operand 0 is 0; nullopt where one is undecided.
std::optional<std::vector<bool>> ZeroElements(const Operands& in, const Block& x) {
  std::vector<bool> zero;
  for (const Element& e : x.elements) {
    const Tri is_zero = e.known() ? in.context().Decide(Eq(in.Wrap(e.num), 0)) : Tri::kUnknown;
    if (is_zero == Tri::kUnknown) return std::nullopt;
    zero.push_back(is_zero == Tri::kYes);
  }
  return zero;
}

// x [d0 ... dr-1] -> [r, count], int64, row-major order; a scalar counts as [1].
// Source: ONNX NonZero-13; onnxruntime core/providers/cpu/tensor/nonzero_op.cc.
absl::Status InferNonZero(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt64);
  out.SetRange(0, Dim::Inline(0), Dim());
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    out.SetShape(0, ShapeBuilder({out.Fresh("rank"), out.Fresh("nonzero")}));
    return absl::OkStatus();
  }
  const int rank = x.rank() == 0 ? 1 : x.rank();
  const std::optional<Block> block = BlockOf(in, 0);
  const auto zero = block ? ZeroElements(in, *block) : std::nullopt;
  if (!zero) {
    const Expr count = out.FreshUpTo("nonzero", x.Product());
    out.SetShape(0, ShapeBuilder({in.Const(rank), count}));
    if (rank == 1) out.SetRange(0, Dim::Inline(0), (x.Product() - 1).dim());
    return absl::OkStatus();
  }
  std::vector<std::vector<int64_t>> positions(rank);
  size_t next = 0;
  ForEachIndex(block->dims, [&](absl::Span<const int64_t> index) {
    if ((*zero)[next++]) return;
    if (index.empty()) positions[0].push_back(0);
    for (size_t k = 0; k < index.size(); ++k) positions[k].push_back(index[k]);
  });
  out.SetShape(0,
               ShapeBuilder({in.Const(rank), in.Const(static_cast<int64_t>(positions[0].size()))}));
  std::vector<int64_t> flat;
  for (const std::vector<int64_t>& row : positions) flat.insert(flat.end(), row.begin(), row.end());
  out.SetInts(0, flat);
  return absl::OkStatus();
}

constexpr Rule kNonZeroRules[] = {
    {kOnnx, "NonZero", 9, InferNonZero},
};

}  // namespace

absl::Span<const Rule> NonZeroRules() { return kNonZeroRules; }

}  // namespace symshape::rules
