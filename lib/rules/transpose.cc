// Transpose.
#include "absl/strings/str_cat.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

// `perm`, or the axes reversed where it is absent.
absl::StatusOr<AxisList> ReadPermutation(const Operands& in, int rank) {
  const auto perm = in.IntList("perm");
  if (!perm) {
    AxisList reversed;
    for (int axis = rank - 1; axis >= 0; --axis) reversed.push_back(axis);
    return reversed;
  }
  if (static_cast<int>(perm->size()) != rank) {
    return absl::InvalidArgumentError(
        absl::StrCat("perm has ", perm->size(), " axes, input has rank ", rank));
  }
  return NormalizeAxes(*perm, rank);
}

// X [d...] -> Y, y[k] = d[perm[k]]
absl::Status InferTranspose(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    if (const auto perm = in.IntList("perm")) {
      out.SetRank(0, static_cast<int>(perm->size()), "transpose");
    }
    KeepRange(in, 0, out);
    return absl::OkStatus();
  }
  const absl::StatusOr<AxisList> perm = ReadPermutation(in, x.rank());
  if (!perm.ok()) return perm.status();
  ShapeBuilder y;
  for (int axis : *perm) y.Add(x[axis]);
  out.SetShape(0, y);
  if (const std::optional<Block> block = BlockOf(in, 0)) {
    const Sizes strides = Strides(block->dims);
    Sizes dims, permuted;
    for (int axis : *perm) {
      dims.push_back(block->dims[axis]);
      permuted.push_back(strides[axis]);
    }
    out.SetElements(0, Pick(block->elements, dims, permuted));
  }
  KeepRange(in, 0, out);
  return absl::OkStatus();
}

constexpr Rule kTransposeRules[] = {
    {kOnnx, "Transpose", 1, InferTranspose},
};

}  // namespace

absl::Span<const Rule> TransposeRules() { return kTransposeRules; }

}  // namespace symshape::rules
