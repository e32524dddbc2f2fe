// Slice. starts, ends, axes are attributes in opset 1; operands, with steps, from opset 10 on.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// From here on, an end means "to the end": exporters write the largest int32 or int64. No axis is
// longer.
constexpr int64_t kBeyond = std::numeric_limits<int32_t>::max();

// One of starts, ends, steps: elements, some perhaps unknown.
std::optional<std::vector<Element>> ReadList(const Operands& in, int input,
                                             absl::string_view attribute) {
  if (const auto list = in.IntList(attribute)) {
    std::vector<Element> elements;
    for (int64_t value : *list) elements.emplace_back(in.context().Constant(value));
    return elements;
  }
  if (!in.has(input)) return std::nullopt;
  if (const std::vector<Element>* elements = in.Elements(input)) return *elements;
  if (const std::optional<int64_t> length = in.Length(input); length && *length <= kMaxElements) {
    return std::vector<Element>(*length);
  }
  return std::nullopt;
}

// A position v on an axis of n: counted from the end where negative, then brought into
// [lo, n - 1 + (lo + 1)], that is [0, n] for a positive step (lo = 0); and for a negative one
// [0, n - 1] (start) or [-1, n - 1] (end).
struct Clamp {
  int64_t lo;       // 0 or -1
  Expr hi;          // n or n - 1
  bool last_is_hi;  // hi is n - 1, what -1 means

  Expr operator()(Expr v, Expr n) const {
    if (const std::optional<int64_t> c = v.constant()) {
      if (*c >= kBeyond) return hi;
      if (*c <= -kBeyond) return Expr(v.context(), lo);
      return *c >= 0 ? Min(v, hi) : *c == -1 && last_is_hi ? hi : Max(lo, n + v);
    }
    Context& context = v.context();
    if (context.Decide(Ge(v, 0)) == Tri::kYes) return Min(v, hi);
    if (context.Decide(Lt(v, 0)) == Tri::kYes) return Max(lo, Min(n + v, hi));
    const Expr is_negative = Max(0, Min(1, -v));  // 1 below 0, else 0
    return Max(lo, Min(v + n * is_negative, hi));
  }
};

// The positions that one axis keeps: first, first + step, … `count` of them.
struct Kept {
  Expr first;
  Expr step;
  Expr count;
};

// max(0, ceil(room / step)), step > 0
Expr CountOf(Expr room, Expr step) {
  if (room.context().Decide(Le(room, 0)) == Tri::kYes) return Expr(room.context(), 0);
  return Max(0, CeilDiv(room, step));
}

// step > 0: max(0, ceil((end' - start') / step))
Kept KeepForward(Expr start, Expr end, Expr step, Expr n) {
  const Clamp clamp{0, n, false};
  const Expr first = clamp(start, n);
  return {first, step, CountOf(clamp(end, n) - first, step)};
}

// step < 0: max(0, ceil((start' - end') / -step)). On an empty axis nothing is kept, whatever the
// clamps give there: min(count, n), as no axis ever keeps more than it has. Not numpy's rule: n=1,
// start=-11, end=-11, step=-3 keeps 1.
Kept KeepBackward(Expr start, Expr end, Expr step, Expr n) {
  const Expr first = Clamp{0, n - 1, true}(start, n);
  const Expr last = Clamp{-1, n - 1, true}(end, n);
  return {first, step, Min(n, CountOf(first - last, -step))};
}

// nullopt where the step's sign or an end is not known.
std::optional<Kept> Keep(const Element& start, const Element& end, const Element& step, Expr n) {
  if (!start.is_integer() || !end.is_integer() || !step.is_integer()) return std::nullopt;
  Context& context = n.context();
  const Expr s(context, start.num);
  const Expr e(context, end.num);
  Expr t(context, step.num);
  if (const std::optional<int64_t> c = t.constant()) {
    t = Expr(context, std::clamp(*c, -kBeyond, kBeyond));  // the same positions, without overflow
  }
  if (context.Decide(Ge(t, 1)) == Tri::kYes) return KeepForward(s, e, t, n);
  if (context.Decide(Le(t, -1)) == Tri::kYes) return KeepBackward(s, e, t, n);
  return std::nullopt;
}

class Slice {
 public:
  Slice(const Operands& in, Results& out) : in_(in), out_(out), x_(in.shape(0)) {}

  absl::Status Infer() {
    out_.SetType(0, in_.type(0));
    const absl::Status status = x_.has_rank() ? InferShape() : absl::OkStatus();
    if (status.ok()) EncloseRange(in_, {0}, out_);  // where the elements do not tell
    return status;
  }

 private:
  absl::Status InferShape() {
    const std::optional<std::vector<Element>> starts = ReadList(in_, 1, "starts");
    const std::optional<std::vector<Element>> ends = ReadList(in_, 2, "ends");
    const Operands::AxesResult axes = in_.IntsFromInputOrAttribute(3, "axes");
    if (!starts || !ends || (axes.present && !axes.known)) {
      RequireLists();
      SetAllUnknown();
      return absl::OkStatus();
    }
    Sizes sliced = axes.values;
    if (!axes.present) {
      for (size_t k = 0; k < starts->size(); ++k) sliced.push_back(static_cast<int64_t>(k));
    }
    if (ends->size() != starts->size() || sliced.size() != starts->size()) {
      return absl::InvalidArgumentError(absl::StrCat(starts->size(), " starts, ", ends->size(),
                                                     " ends, ", sliced.size(), " axes"));
    }
    const absl::StatusOr<AxisList> normal = NormalizeAxes(sliced, x_.rank());
    if (!normal.ok()) return normal.status();
    return InferAxes(*starts, *ends, *normal);
  }

  // Starts, ends and axes are as many, and no more than x has axes.
  void RequireLists() {
    const ShapeView starts = in_.shape(1);
    if (!starts.has_rank() || starts.rank() != 1) return;
    RequireLength(in_, 2, starts[0], "starts and ends", out_);
    RequireLength(in_, 3, starts[0], "starts and axes", out_);
    if (!Surely(in_, Le(starts[0], x_.rank()))) {
      out_.Require(Le(starts[0], x_.rank()), {starts[0], " starts for ", x_.rank(), " axes"});
    }
  }

  // Any axis may lose elements; none gains any.
  void SetAllUnknown() {
    ShapeBuilder y;
    for (int axis = 0; axis < x_.rank(); ++axis) {
      y.Add(out_.FreshUpTo(AxisStem("slice", axis), x_[axis]));
    }
    out_.SetShape(0, y);
  }

  absl::Status InferAxes(const std::vector<Element>& starts, const std::vector<Element>& ends,
                         const AxisList& axes) {
    std::vector<Element> steps(axes.size(), Element(Dim::Inline(1)));
    if (in_.has(4)) {
      steps = ReadList(in_, 4, "steps").value_or(std::vector<Element>(axes.size()));
      if (steps.size() != axes.size()) {
        return absl::InvalidArgumentError(
            absl::StrCat(steps.size(), " steps, ", axes.size(), " axes"));
      }
    }
    ShapeBuilder y(x_.dims());
    std::vector<std::optional<Kept>> kept(x_.rank());
    bool all_known = true;
    for (size_t k = 0; k < axes.size(); ++k) {
      if (ConstantOf(in_.context(), steps[k]) == 0) {
        return absl::InvalidArgumentError(absl::StrCat("step of axis ", axes[k], " is 0"));
      }
      kept[axes[k]] = Keep(starts[k], ends[k], steps[k], x_[axes[k]]);
      all_known = all_known && kept[axes[k]];
      y.Set(axes[k], kept[axes[k]] ? kept[axes[k]]->count
                                   : out_.FreshUpTo(AxisStem("slice", axes[k]), x_[axes[k]]));
    }
    out_.SetShape(0, y);
    if (all_known) SetSlicedElements(kept);
    return absl::OkStatus();
  }

  void SetSlicedElements(const std::vector<std::optional<Kept>>& kept) {
    const std::optional<Block> block = BlockOf(in_, 0);
    if (!block) return;
    Sizes dims = block->dims;
    Sizes strides = Strides(block->dims);
    int64_t offset = 0;
    for (size_t axis = 0; axis < kept.size(); ++axis) {
      if (!kept[axis]) continue;
      const std::optional<int64_t> first = kept[axis]->first.constant();
      const std::optional<int64_t> step = kept[axis]->step.constant();
      const std::optional<int64_t> count = kept[axis]->count.constant();
      if (!first || !step || !count) return;
      dims[axis] = *count;
      offset += *first * strides[axis];
      strides[axis] *= *count > 1 ? *step : 0;  // a step beyond the axis may be near int64's limits
    }
    out_.SetElements(0, Pick(block->elements, dims, strides, offset));
  }

  const Operands& in_;
  Results& out_;
  const ShapeView x_;
};

absl::Status InferSlice(const Operands& in, Results& out) { return Slice(in, out).Infer(); }

constexpr Rule kSliceRules[] = {
    {kOnnx, "Slice", 1, InferSlice},
};

}  // namespace

absl::Span<const Rule> SliceRules() { return kSliceRules; }

}  // namespace symshape::rules
