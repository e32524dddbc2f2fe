// Resize and Upsample: sizes that are given, or scales that the runtime multiplies in float32.
#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "rules/axes.h"
#include "rules/element_math.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// Where the versions have their inputs; -1: not at all.
struct ResizeOperands {
  int scales = -1;
  int sizes = -1;
};

ResizeOperands OperandsOf(const Operands& in) {
  if (in.op() == "Upsample" || in.version() <= 10) return {1, -1};  // X, scales
  return {2, 3};                                                    // X, roi, scales, sizes
}

// A given input that is not an empty list, which stands for an absent one.
bool IsGiven(const Operands& in, int i) { return i >= 0 && in.has(i) && in.Length(i) != 0; }

// The axes that the lists are about: attribute `axes` from 18 on, else all. `negative`: as written.
struct Axes {
  std::vector<int> axis;
  std::vector<bool> negative;
};

absl::StatusOr<Axes> ReadAxes(const Operands& in, int rank) {
  Axes axes;
  const auto list = in.IntList("axes");
  if (!list.has_value() || list->empty()) {
    for (int i = 0; i < rank; ++i) axes.axis.push_back(i);
    axes.negative.assign(rank, false);
    return axes;
  }
  for (int64_t a : *list) {
    const absl::StatusOr<int> axis = NormalizeAxis(a, rank);
    if (!axis.ok()) return axis.status();
    if (std::find(axes.axis.begin(), axes.axis.end(), *axis) != axes.axis.end()) {
      return absl::InvalidArgumentError(absl::StrCat("axes name axis ", *axis, " twice"));
    }
    axes.axis.push_back(*axis);
    axes.negative.push_back(a < 0);
  }
  return axes;
}

// The list has an element for each axis.
absl::Status CheckLength(const Operands& in, int list, absl::string_view name, const Axes& axes,
                         Results& out) {
  const std::optional<int64_t> length = in.Length(list);
  if (!length.has_value())
    RequireLength(in, list, in.Const(static_cast<int64_t>(axes.axis.size())), name, out);
  if (!length.has_value() || *length == static_cast<int64_t>(axes.axis.size())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, " has ", *length, " elements for ", axes.axis.size(), " axes"));
}

// From which to which size an axis goes, or by which ratio of sizes.
struct Change {
  Expr from;
  Expr to;
};
// Of all axes; nullopt where a scale is not known.
using Changes = std::vector<std::optional<Change>>;

std::optional<Change> ByScale(const Element& scale, const Operands& in) {
  if (!scale.known() || !scale.exact) return std::nullopt;
  const Change change{in.Wrap(scale.den), in.Wrap(scale.num)};
  if (!change.from.constant() || !change.to.constant()) return std::nullopt;
  return change;
}

// What the interpolating modes of onnxruntime leave as it is: N, and C or, of four dims, what
// stands behind H and W instead; bicubically only where nothing shrinks, or with antialias. Of
// other ranks they have no kernel.
// Source: onnxruntime core/providers/cpu/tensor/upsamplebase.h, ScalesValidation; the last by
// running.
class Interpolation {
 public:
  explicit Interpolation(const Operands& in) : mode_(in.String("mode", "nearest")) {
    shrinks_last_ = mode_ == "linear" || in.Int("antialias", 0) != 0;
  }

  absl::Status CheckRank(int rank) const {
    if (!interpolates()) return absl::OkStatus();
    const bool linear = mode_ == "linear";
    if (linear ? rank >= 2 && rank <= 5 : rank == 2 || rank == 4) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("mode ", mode_, " has rank ", linear ? "2 to 5" : "2 or 4", ", not ", rank));
  }

  void Require(const Changes& axes, Results& out) const {
    if (!interpolates() || axes.size() < 4) return;
    RequireOne({Keeps(axes[0])}, "keeps axis 0", out);
    if (axes.size() > 4) {
      RequireOne({Keeps(axes[1])}, "keeps axis 1", out);
      return;
    }
    RequireOne({Keeps(axes[3]), Keeps(axes[1])}, "keeps axis 1 or axis 3", out);
    if (shrinks_last_) return;
    RequireOne({Enlarges(axes[1])}, "keeps axis 1 or enlarges it", out);
    RequireOne({Keeps(axes[1]), Enlarges(axes[2])}, "keeps axis 1 or enlarges axis 2", out);
  }

 private:
  using MaybeFact = std::optional<Fact>;  // nullopt: of a scale that is not known

  bool interpolates() const { return mode_ == "linear" || mode_ == "cubic"; }

  static MaybeFact Keeps(const std::optional<Change>& axis) {
    return axis ? MaybeFact(Eq(axis->from, axis->to)) : std::nullopt;
  }
  static MaybeFact Enlarges(const std::optional<Change>& axis) {
    return axis ? MaybeFact(Ge(axis->to, axis->from)) : std::nullopt;
  }

  // Nothing is said where one is not known.
  void RequireOne(std::initializer_list<MaybeFact> facts, absl::string_view what,
                  Results& out) const {
    std::vector<Fact> known;
    for (const MaybeFact& fact : facts) {
      if (!fact) return;
      known.push_back(*fact);
    }
    const Fact last = known.back();
    known.pop_back();
    out.RequireUnless(known, last, {"mode ", mode_, " ", what});
  }

  const absl::string_view mode_;
  bool shrinks_last_ = false;  // channels that stand last allow the others to shrink
};

// int64(float32(n) * scale). A scale that is no dyadic number makes that a size of its own, which
// element_math.h bounds: 706 * float32(224/706) is 223, not 224.
// Source: onnxruntime core/providers/cpu/tensor/upsamplebase.h, ComputeOutputShape.
Expr Scaled(Expr n, const Element& scale, int axis, const Operands& in, Results& out) {
  if (scale.is_integer() && scale.num == in.Const(1).dim()) return n;
  ElementMath math(out, ElementType::kFloat);
  math.At(axis);
  const Element size =
      math.TruncatedProduct(math.CastFrom(Element(n.dim()), ElementType::kInt64), scale);
  return size.is_integer() ? in.Wrap(size.num) : out.Fresh(StemAt("resize", axis));
}

absl::Status SetScaled(const Operands& in, const ShapeView& x, const Axes& axes, int list,
                       Results& out) {
  if (absl::Status s = CheckLength(in, list, "scales", axes, out); !s.ok()) return s;
  const std::vector<Element>* scales = in.Elements(list);
  ShapeBuilder y(x.dims());
  Changes changes(x.rank(), Change{in.Const(1), in.Const(1)});
  for (size_t i = 0; i < axes.axis.size(); ++i) {
    const int axis = axes.axis[i];
    const bool known = scales != nullptr && i < scales->size() && (*scales)[i].known();
    changes[axis] = known ? ByScale((*scales)[i], in) : std::nullopt;
    y.Set(axis,
          known ? Scaled(x[axis], (*scales)[i], axis, in, out) : out.Fresh(StemAt("resize", axis)));
  }
  out.SetShape(0, y);
  Interpolation(in).Require(changes, out);
  return absl::OkStatus();
}

// A size of 0 is only made of 0, and 0 makes nothing else.
// Source: onnxruntime core/providers/cpu/tensor/upsamplebase.h.
void RequireSizes(const Operands& in, const ShapeView& x, const ShapeBuilder& y, Results& out) {
  Changes changes;
  for (int i = 0; i < x.rank(); ++i) {
    const Expr size = in.Wrap(y.dims()[i]);
    changes.push_back(Change{x[i], size});
    if (size.dim() == x[i].dim()) continue;
    out.RequireUnlessZero({x[i].dim()}, Ge(size, 1), {"size ", size, " is at least 1"});
    out.RequireUnlessZero({size.dim()}, Ge(x[i], 1), {"resized size ", x[i], " is at least 1"});
  }
  Interpolation(in).Require(changes, out);
}

// All axes scaled by the least (not_larger) or greatest (not_smaller) of float32(size)/float32(n),
// rounded half away from zero. nullopt where that needs more than the algebra knows.
std::optional<std::vector<Expr>> KeepRatio(const Operands& in, const ShapeView& x,
                                           const std::vector<int>& axes,
                                           const std::vector<Expr>& sizes, bool larger) {
  const auto same = [&](size_t i) {
    return x[axes[i]].dim() == x[axes[0]].dim() && sizes[i].dim() == sizes[0].dim();
  };
  bool all_same = true;
  for (size_t i = 1; i < axes.size(); ++i) all_same = all_same && same(i);
  if (all_same) return sizes;  // round(n * (size/n)) is size
  float scale = larger ? std::numeric_limits<float>::min() : std::numeric_limits<float>::max();
  for (size_t i = 0; i < axes.size(); ++i) {
    const std::optional<int64_t> n = x[axes[i]].constant();
    const std::optional<int64_t> size = sizes[i].constant();
    if (!n.has_value() || !size.has_value() || *n == 0) return std::nullopt;
    const float ratio = static_cast<float>(*size) / static_cast<float>(*n);
    scale = larger ? std::max(scale, ratio) : std::min(scale, ratio);
  }
  std::vector<Expr> kept;
  for (int axis : axes) {
    kept.push_back(in.Const(std::llround(scale * static_cast<float>(*x[axis].constant()))));
  }
  return kept;
}

// Source: ONNX Resize-18, keep_aspect_ratio_policy; onnxruntime's AdjustOutputSizeAsPolicy, which
// ignores the axes that are written negative.
void SetKeepingRatio(const Operands& in, const ShapeView& x, const Axes& axes,
                     const std::vector<Expr>& sizes, absl::string_view policy, Results& out) {
  std::vector<int> scaled;
  std::vector<Expr> targets;
  for (size_t i = 0; i < axes.axis.size(); ++i) {
    if (axes.negative[i]) continue;
    scaled.push_back(axes.axis[i]);
    targets.push_back(sizes[i]);
  }
  ShapeBuilder y(x.dims());
  if (!scaled.empty()) {
    const bool larger = policy == "not_smaller";
    const std::optional<std::vector<Expr>> kept = KeepRatio(in, x, scaled, targets, larger);
    for (size_t i = 0; i < scaled.size(); ++i) {
      out.RequireUnlessZero({targets[i].dim()}, Ge(x[scaled[i]], 1),
                            {"resized size ", x[scaled[i]], " is at least 1"});
      y.Set(scaled[i], kept.has_value() ? (*kept)[i]
                       : larger         ? out.Fresh(StemAt("resize", scaled[i]))
                                        : out.FreshUpTo(StemAt("resize", scaled[i]), targets[i]));
    }
  }
  out.SetShape(0, y);
}

absl::Status SetSized(const Operands& in, const ShapeView& x, const Axes& axes, int list,
                      Results& out) {
  if (absl::Status s = CheckLength(in, list, "sizes", axes, out); !s.ok()) return s;
  const std::vector<Element>* elements = in.Elements(list);
  std::vector<Expr> sizes;
  for (size_t i = 0; i < axes.axis.size(); ++i) {
    const bool known = elements != nullptr && i < elements->size() && (*elements)[i].is_integer();
    sizes.push_back(known ? in.Wrap((*elements)[i].num)
                          : out.Fresh(StemAt("resize", axes.axis[i])));
  }
  const absl::string_view policy = in.String("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch") {
    SetKeepingRatio(in, x, axes, sizes, policy, out);
    return absl::OkStatus();
  }
  ShapeBuilder y(x.dims());
  for (size_t i = 0; i < axes.axis.size(); ++i) y.Set(axes.axis[i], sizes[i]);
  RequireSizes(in, x, y, out);
  out.SetShape(0, y);
  return absl::OkStatus();
}

// X [n...] -> [floor(n * scale)...] or the sizes given.
// Source: ONNX Resize-10, 11, 13, 18 (axes, policy), 19; Upsample-9, 10.
absl::Status InferResize(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ResizeOperands at = OperandsOf(in);
  const ShapeView x = in.shape(0);
  const int list = IsGiven(in, at.scales) ? at.scales : IsGiven(in, at.sizes) ? at.sizes : -1;
  if (list < 0) return absl::InvalidArgumentError("neither scales nor sizes are given");
  if (!x.has_rank()) {
    const std::optional<int64_t> length = in.Length(list);
    if (length.has_value() && !in.HasAttribute("axes")) {
      out.SetRank(0, static_cast<int>(*length), "resize");
    }
    return absl::OkStatus();
  }
  const absl::StatusOr<Axes> axes = ReadAxes(in, x.rank());
  if (!axes.ok()) return axes.status();
  // Both given and neither known to be empty: either may be the one that counts.
  if (list == at.scales && !in.Length(list).has_value() && IsGiven(in, at.sizes)) {
    ShapeBuilder y(x.dims());
    for (int axis : axes->axis) y.Set(axis, out.Fresh(StemAt("resize", axis)));
    out.SetShape(0, y);
    return absl::OkStatus();
  }
  if (absl::Status s = Interpolation(in).CheckRank(x.rank()); !s.ok()) return s;
  if (in.String("coordinate_transformation_mode") == "tf_crop_and_resize") {
    RequireLength(in, 1, in.Const(2 * static_cast<int64_t>(axes->axis.size())),
                  "roi, start and end of each axis", out);
  }
  return list == at.scales ? SetScaled(in, x, *axes, list, out) : SetSized(in, x, *axes, list, out);
}

// Upsample until version 8: the scales are attributes, of N, C, H, W or of every axis.
absl::Status InferUpsampleByAttribute(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  std::vector<float> scales;
  if (const auto list = in.FloatList("scales"); list.has_value()) {
    scales.assign(list->begin(), list->end());
  } else {
    scales = {1.0f, 1.0f, in.Float("height_scale", 1.0f), in.Float("width_scale", 1.0f)};
  }
  if (static_cast<int>(scales.size()) != x.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", scales.size(), " scales for rank ", x.rank()));
  }
  const Interpolation interpolation(in);
  if (absl::Status s = interpolation.CheckRank(x.rank()); !s.ok()) return s;
  const ElementMath math(out, ElementType::kFloat);
  ShapeBuilder y(x.dims());
  Changes changes;
  for (int i = 0; i < x.rank(); ++i) {
    const Element scale = math.Constant(scales[i]);
    changes.push_back(ByScale(scale, in));
    y.Set(i, scale.known() ? Scaled(x[i], scale, i, in, out) : out.Fresh(StemAt("resize", i)));
  }
  out.SetShape(0, y);
  interpolation.Require(changes, out);
  return absl::OkStatus();
}

constexpr Rule kResizeRules[] = {
    {kOnnx, "Resize", 10, InferResize},
    {kOnnx, "Upsample", 1, InferUpsampleByAttribute},
    {kOnnx, "Upsample", 9, InferResize},
    {kNhwc, "Resize", 1, InferResize},
};

}  // namespace

absl::Span<const Rule> ResizeRules() { return kResizeRules; }

}  // namespace symshape::rules
