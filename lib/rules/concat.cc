// Concat, and its quantised form.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/joined_dims.h"
#include "rules/moved_values.h"
#include "rules/same.h"
#include "rules/value_range.h"

namespace symshape::rules {
namespace {

// The elements of the operands, in a row along `axis`; those of unknown operands are unknown. The
// runtime skips an empty operand of other dims; such a row is not worth tracking.
void SetJoinedElements(const Operands& in, int axis, Results& out) {
  bool any_known = false;
  for (int i = 0; i < in.size(); ++i) any_known = any_known || in.Elements(i) != nullptr;
  if (!any_known) return;
  std::vector<Block> blocks;
  blocks.reserve(in.size());
  for (int i = 0; i < in.size(); ++i) {
    std::optional<Block> block = BlockOrUnknown(in, i);
    if (!block) return;
    blocks.push_back(*std::move(block));
  }
  if (std::optional<Block> joined = Joined(blocks, axis)) {
    out.SetElements(0, std::move(joined->elements));
  }
}

// Attained where each operand attains its own and none may be empty.
ValueRange JoinedRange(const Operands& in) {
  ValueRange joined = RangeOf(in, 0);
  bool attained = true;
  for (int i = 0; i < in.size(); ++i) {
    const ValueRange range = RangeOf(in, i);
    if (i > 0) joined = RangeMath(in.context()).Join(joined, range);
    const ShapeView x = in.shape(i);
    attained = attained && range.attained && x.has_rank() && Surely(in, Ge(x.Product(), 1));
  }
  joined.attained = attained;
  return joined;
}

// The most slices of which one is told from the other.
constexpr int kMaxColumns = 8;

// Joined along the last axis from slices of length 1: tuples of indices, mostly.
void SetColumns(const Operands& in, int axis, Results& out) {
  if (in.size() > kMaxColumns || !graph::IsInteger(in.type(0))) return;
  std::vector<Info> columns;
  for (int i = 0; i < in.size(); ++i) {
    const ShapeView x = in.shape(i);
    if (!x.has_rank() || x.rank() != axis + 1 || axis == 0 || !x[axis].is(1)) return;
    columns.push_back(in.info(i));
  }
  out.SetColumns(0, std::move(columns));
}

// Which operands are joined: `first` and every `step`-th after it.
struct Parts {
  int first = 0;
  int step = 1;
};

// The common rank of the operands that have one.
absl::StatusOr<std::optional<int>> CommonRank(const Operands& in, Parts parts) {
  std::optional<int> rank;
  for (int i = parts.first; i < in.size(); i += parts.step) {
    const ShapeView x = in.shape(i);
    if (!x.has_rank()) continue;
    if (rank && *rank != x.rank()) {
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i, " has rank ", x.rank(), ", an earlier one ", *rank));
    }
    rank = x.rank();
  }
  if (rank == 0) return absl::InvalidArgumentError("scalars have no axis to join along");
  return rank;
}

// The sum of the operands' dims at the axis of joining; a fresh symbol where one is not known.
Expr JoinedDim(const Operands& in, absl::Span<const ShapeView> parts, int axis, Results& out) {
  Expr sum = in.Const(0);
  for (const ShapeView& x : parts) {
    if (!x.has_rank()) return out.Fresh(StemAt("concat", axis));
    sum = sum + x[axis];
  }
  return sum;
}

// X_i [a..., k_i, b...] -> Y [a..., sum of k_i, b...]; the axis, where a rank is known.
absl::StatusOr<std::optional<int>> SetJoined(const Operands& in, Parts parts, Results& out) {
  const absl::StatusOr<std::optional<int>> rank = CommonRank(in, parts);
  if (!rank.ok() || !*rank) return rank;
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 1), **rank);
  if (!axis.ok()) return axis.status();
  std::vector<ShapeView> shapes;
  shapes.reserve(in.size());
  for (int i = parts.first; i < in.size(); i += parts.step) shapes.push_back(in.shape(i));
  ShapeBuilder y = SharedDims(in, shapes, *axis, out);
  y.Set(*axis, JoinedDim(in, shapes, *axis, out));
  out.SetShape(0, y);
  return std::optional<int>(*axis);
}

// `axis` is 1 by default before opset 4.
// Source: ONNX Concat-13.
absl::Status InferConcat(const Operands& in, Results& out) {
  for (int i = in.size() - 1; i >= 0; --i) {
    if (in.type(i) != ElementType::kUndefined) out.SetType(0, in.type(i));
  }
  const absl::StatusOr<std::optional<int>> axis = SetJoined(in, {}, out);
  if (!axis.ok()) return axis.status();
  if (!*axis) return absl::OkStatus();
  SetJoinedElements(in, **axis, out);
  if (out.wanted(0) && !HasAllElements(out, 0)) SetRange(out, 0, in.type(0), JoinedRange(in));
  SetColumns(in, **axis, out);
  return absl::OkStatus();
}

// Y_scale, Y_zero_point, then a tensor, its scale and its zero point for each part
// Source: onnxruntime contrib_ops/cpu/quantization/qlinear_concat.cc.
absl::Status InferQLinearConcat(const Operands& in, Results& out) {
  SetTypeLike(in, {1, 2}, out);
  return SetJoined(in, {.first = 2, .step = 3}, out).status();
}

constexpr Rule kConcatRules[] = {
    {kOnnx, "Concat", 1, InferConcat},
    {kMicrosoft, "QLinearConcat", 1, InferQLinearConcat},
};

}  // namespace

absl::Span<const Rule> ConcatRules() { return kConcatRules; }

}  // namespace symshape::rules
