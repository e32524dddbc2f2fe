// Shape and Size: where dims become values.
#include <algorithm>

#include "rules/families.h"

namespace symshape::rules {
namespace {

// Position of `start` or `end` in the dims: from the end where negative, then clamped to [0, rank].
// Source: ONNX Shape-15; a position beyond the rank is no error.
int ClampToRank(int64_t position, int rank) {
  if (position < 0) position += rank;
  return static_cast<int>(std::clamp<int64_t>(position, 0, rank));
}

// X [d...] -> the dims from `start` up to `end`, int64[max(0, end - start)]
absl::Status InferShape(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt64);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    out.SetRank(0, 1, "rank");
    out.SetRange(0, Dim::Inline(0), Dim());
    return absl::OkStatus();
  }
  const int start = ClampToRank(in.Int("start", 0), x.rank());
  const int end = ClampToRank(in.Int("end", x.rank()), x.rank());
  std::vector<Expr> dims;
  for (int axis = start; axis < end; ++axis) dims.push_back(x[axis]);
  out.SetShape(0, ShapeBuilder({in.Const(static_cast<int64_t>(dims.size()))}));
  out.SetInts(0, dims);
  return absl::OkStatus();
}

// X [d...] -> the product of the dims, an int64 scalar
absl::Status InferSize(const Operands& in, Results& out) {
  out.Set(0, ElementType::kInt64, ShapeBuilder());
  const ShapeView x = in.shape(0);
  if (x.has_rank()) {
    out.SetInts(0, std::vector<Expr>{x.Product()});
  } else {
    out.SetRange(0, Dim::Inline(0), Dim());
  }
  return absl::OkStatus();
}

constexpr Rule kShapeRules[] = {
    {kOnnx, "Shape", 1, InferShape},
    {kOnnx, "Size", 1, InferSize},
};

}  // namespace

absl::Span<const Rule> ShapeRules() { return kShapeRules; }

}  // namespace symshape::rules
