// Reshape and Flatten: the same elements in the same order, under other dims.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

using Target = absl::InlinedVector<Element, kUsualRank>;

// The target shape: an attribute before opset 5, then an operand, of which at least the length has
// to be known. nullopt where it is not.
std::optional<Target> ReadTarget(const Operands& in) {
  if (const auto list = in.IntList("shape")) {
    Target target;
    for (int64_t size : *list) target.emplace_back(in.context().Constant(size));
    return target;
  }
  if (const std::vector<Element>* elements = in.Elements(1)) {
    return Target(elements->begin(), elements->end());
  }
  if (const std::optional<int64_t> length = in.Length(1); length && *length <= kMaxElements) {
    return Target(*length);
  }
  return std::nullopt;
}

// `copied` is 0 wherever `size` is: it has it as a factor, or it cannot be positive beside it.
bool ZeroTogether(Context& context, Expr copied, Expr size) {
  if (context.SymbolName(size.dim()) &&
      context.ConstantOf(context.Substitute(copied.dim(), {{size.dim(), Dim::Inline(0)}})) == 0) {
    return true;
  }
  context.Push();
  const bool possible = context.Assume(Ge(copied, 1), {}).ok();
  const bool both = !possible || context.Decide(Ge(size, 1)) == Tri::kYes;
  context.Pop();
  return both;
}

// Works out y of Reshape(x, target). The runtime's steps, in its order:
//   1. an element that is 0 is replaced by x's dim at the same axis (allowzero = 0), also where the
//   0 was
//      computed: x [2, m] to [m, -1] at m = 0 gives [2, 0];
//   2. `-1` becomes count(x) / product of the others, which must not be 0 and must divide count(x);
//      without a -1 the counts must be equal;
//   3. with allowzero = 1 an element that is 0 may stand beside the -1 if x is empty: then dims
//      that are 0 are left out of both products. x [0, 3, 32] to [0, 3, -1, 8] gives [0, 3, 4, 8],
//      and x [0, 3, 32] to [3, 0, -1, 8] gives [3, 0, 4, 8] (measured).
// Source: onnxruntime core/providers/cpu/tensor/reshape_helper.h.
class Reshape {
 public:
  Reshape(const Operands& in, Results& out, Target target)
      : in_(in),
        out_(out),
        x_(in.shape(0)),
        target_(std::move(target)),
        zero_is_zero_(in.Int("allowzero", 0) != 0) {}

  absl::StatusOr<ShapeBuilder> Infer() {
    if (absl::Status s = ReadInferred(); !s.ok()) return s;
    for (size_t i = 0; i < target_.size(); ++i) {
      absl::StatusOr<std::optional<Expr>> dim = Known(static_cast<int>(i));
      if (!dim.ok()) return dim.status();
      dims_.push_back(*dim);
    }
    LeaveCopyToCount();
    if (inferred_ && zero_is_zero_) {
      dims_[*inferred_] = InferredBesideZeros();
    } else if (inferred_) {
      RequireOthersPositive();
    }
    ShapeBuilder y;
    for (size_t i = 0; i < dims_.size(); ++i) {
      if (!dims_[i]) dims_[i] = Unknown(static_cast<int>(i));
    }
    for (const std::optional<Expr>& dim : dims_) y.Add(*dim);
    RequireSameCount(y);
    return y;
  }

 private:
  // Finds the -1. A second one and numbers below -1 are errors.
  absl::Status ReadInferred() {
    for (size_t i = 0; i < target_.size(); ++i) {
      const std::optional<int64_t> size = Constant(static_cast<int>(i));
      if (!size || *size >= 0) continue;
      if (*size < -1) return absl::InvalidArgumentError(absl::StrCat("target has size ", *size));
      if (inferred_) return absl::InvalidArgumentError("target has -1 twice");
      inferred_ = static_cast<int>(i);
    }
    return absl::OkStatus();
  }

  std::optional<int64_t> Constant(int i) const {
    if (!target_[i].is_integer()) return std::nullopt;
    return in_.context().ConstantOf(target_[i].num);
  }

  // The dim that target[i] stands for; nullopt for the -1 and where it is not known.
  absl::StatusOr<std::optional<Expr>> Known(int i) {
    if (inferred_ == i || !target_[i].is_integer()) return std::optional<Expr>();
    const Expr size = in_.Wrap(target_[i].num);
    if (size.is(0) && !zero_is_zero_) {
      if (!x_.has_rank()) return std::optional<Expr>();
      if (i >= x_.rank()) {
        return absl::InvalidArgumentError(
            absl::StrCat("target copies axis ", i, ", input has rank ", x_.rank()));
      }
      return std::optional<Expr>(x_[i]);
    }
    if (!Surely(in_, Ge(size, 0))) {
      // It may be the -1 itself, unless there is one already.
      if (!inferred_ && !FailsAsInferred(size, i)) return std::optional<Expr>();
      out_.Require(Ge(size, 0), {"target's axis ", i, " is not -1 a second time: ", size});
    }
    if (zero_is_zero_ || Surely(in_, Ge(size, 1))) return std::optional<Expr>(size);
    return CopiedWhereZero(size, i);
  }

  // Whether the node fails wherever `size` is -1, as another size is 0 there: x [s, 2*s] to
  // [s, 2*s - 1] at s = 0. With allowzero = 1 that is no failure where x is empty.
  bool FailsAsInferred(Expr size, int i) {
    if (zero_is_zero_ || !x_.has_rank()) return false;
    Context& context = in_.context();
    const auto is_zero = [&](Dim dim) {
      return context.Decide(Eq(in_.Wrap(context.Resolve(dim)), 0)) == Tri::kYes;
    };
    context.Push();
    bool fails = !context.Assume(Eq(size, -1), {}).ok();
    for (int k = 0; k < static_cast<int>(target_.size()) && !fails; ++k) {
      fails = k != i && target_[k].is_integer() && is_zero(target_[k].num) &&
              (k >= x_.rank() || is_zero(x_[k].dim()));
    }
    context.Pop();
    return fails;
  }

  // A computed size that may be 0, where x's dim is taken instead: size + max(0, 1 - size)*copied.
  // Said only where that other size can be met, as it is longer. x [B*h, S, d] to [B, h, S, d]
  // copies d at B = S = 0 and gives [0, h, d, d] (measured); at S = 0 alone it fails.
  std::optional<Expr> CopiedWhereZero(Expr size, int i) {
    if (!x_.has_rank()) return std::nullopt;
    if (i >= x_.rank()) {
      out_.Require(Ge(size, 1),
                   {"target's axis ", i, ", beyond the input's rank, is not 0: ", size});
      return size;
    }
    const Expr copied = x_[i];
    if (copied.dim() == size.dim() || ZeroTogether(in_.context(), copied, size)) return size;
    if (!inferred_) RequireToCopy(size, i);
    if (!MayCopy(size, i)) return size;
    copying_.push_back(i);
    return size + Max(0, 1 - size) * copied;
  }

  // Where one axis alone may copy and the others are not 0, the count tells it, whatever it does. x
  // [n] to [u] gives [n], with u = n or u = 0.
  void LeaveCopyToCount() {
    if (inferred_ || copying_.size() != 1 || !x_.has_rank()) return;
    const int i = copying_[0];
    for (int k = 0; k < static_cast<int>(dims_.size()); ++k) {
      if (k != i && (!dims_[k] || !Surely(in_, Ge(*dims_[k], 1)))) return;
    }
    dims_[i].reset();
    dims_[i] = Unknown(i);
    const Expr size = in_.Wrap(target_[i].num), zero = in_.Const(0);
    out_.RequireUnless({{Eq(size, zero)}}, Eq(size, *dims_[i]),
                       {"target's axis ", i, " is 0 or ", *dims_[i], ", not ", size});
    out_.RequireUnless({{Ge(size, 1)}}, Eq(x_[i], *dims_[i]),
                       {"target's axis ", i, " copies ", x_[i], ", which fits: ", *dims_[i]});
  }

  // REQUIRES: target_[k] is an integer.
  Expr Computed(int k) const {
    return !zero_is_zero_ && Constant(k) == 0 && k < x_.rank() ? x_[k] : in_.Wrap(target_[k].num);
  }

  // Whether the sizes as computed have x's count, at all sizes.
  bool CountsAgree() const {
    Expr count = in_.Const(1);
    for (int k = 0; k < static_cast<int>(target_.size()); ++k) {
      if (k == inferred_ || !target_[k].is_integer()) return false;
      count = count * Computed(k);
    }
    return count.dim() == x_.Product().dim();
  }

  // Without a -1, and where the sizes as computed have x's count: a copy leaves y with an element,
  // so it needs another axis where x and y are both 0.
  void RequireToCopy(Expr size, int i) {
    if (!CountsAgree()) return;
    std::vector<Fact> unless{Eq(x_[i], 0)};
    for (int k = 0; k < static_cast<int>(target_.size()) && k < x_.rank(); ++k) {
      const Expr other = Computed(k);
      if (k == i || Surely(in_, Ge(other, 1))) continue;
      const bool as_y = ZeroTogether(in_.context(), x_[k], other);
      const bool as_x = !as_y && ZeroTogether(in_.context(), other, x_[k]);
      unless.push_back(Eq(as_y ? other : as_x ? x_[k] : other + x_[k], 0));
    }
    out_.RequireUnless(unless, Ge(size, 1),
                       {"target's axis ", i, " is not 0, or it would copy ", x_[i]});
  }

  // Whether the node may run at sizes where `size` is 0 and x's own dim there is not.
  bool MayCopy(Expr size, int i) {
    Context& context = in_.context();
    context.Push();
    bool may = context.Assume(Eq(size, 0), {}).ok() && context.Assume(Ge(x_[i], 1), {}).ok();
    if (may) may = FitsNow(i);
    context.Pop();
    return may;
  }

  // Whether y may have as many elements as x under the facts of now, by which axis i copies.
  bool FitsNow(int i) {
    Context& context = in_.context();
    const auto today = [&](Dim d) { return in_.Wrap(context.Resolve(d)); };
    Expr count = today(x_[i].dim());  // of y, without the -1
    for (int k = 0; k < static_cast<int>(target_.size()); ++k) {
      if (k == i || k == inferred_) continue;
      if (!target_[k].is_integer()) return true;
      const Expr other = today(target_[k].num);
      if (Surely(in_, Ge(other, 1)) || k >= x_.rank()) {
        count = count * other;
      } else if (other.is(0)) {
        count = count * today(x_[k].dim());
      } else {
        const Expr copied = today(x_[k].dim());
        count = count * (other + Max(0, 1 - other) * copied);
      }
    }
    const Expr from = today(x_.Product().dim());
    if (!inferred_) return context.Decide(Eq(from, count)) != Tri::kNo;
    return context.Decide(Eq(count, 0)) != Tri::kYes &&
           context.Decide(Divides(count, from)) != Tri::kNo;
  }

  // With a -1, no other size is 0.
  void RequireOthersPositive() {
    for (size_t i = 0; i < dims_.size(); ++i) {
      if (dims_[i] && !Surely(in_, Ge(*dims_[i], 1))) {
        out_.Require(Ge(*dims_[i], 1), {"size ", *dims_[i], " beside a -1 is at least 1"});
      }
    }
  }

  // The -1 with allowzero (step 3). Dims that x and y share are 0 together, so they leave both
  // products: with L what is left of x, R what is left of y, and C the product of the shared ones,
  //   L / R where C >= 1, else the same with max(1, l) for each l of L
  // which is (product of max(l, 1 - C)) / R. x [b, s] to [-1, s] gives max(b, 1 - s) (measured: 1
  // at b = s = 0, but 0 at b = 0, s = 1). A fresh symbol where R may be 0; nullopt where no other
  // size can be 0 (Unknown does it).
  std::optional<Expr> InferredBesideZeros() {
    bool may_be_zero = false;
    for (size_t i = 0; i < dims_.size(); ++i) {
      if (static_cast<int>(i) == *inferred_) continue;
      may_be_zero = may_be_zero || !dims_[i] || !Surely(in_, Ge(*dims_[i], 1));
    }
    if (!may_be_zero) return std::nullopt;
    const std::string stem = AxisStem("reshape", *inferred_);
    if (!x_.has_rank()) return out_.Fresh(stem);
    absl::InlinedVector<Dim, kUsualRank> from(x_.dims().begin(), x_.dims().end());
    Expr right = in_.Const(1), shared = in_.Const(1);
    bool never_zero = true;
    for (size_t i = 0; i < dims_.size(); ++i) {
      if (static_cast<int>(i) == *inferred_) continue;
      if (!dims_[i]) return out_.Fresh(stem);
      const auto same = std::find_if(from.begin(), from.end(),
                                     [&](Dim d) { return CountsAs(*dims_[i], in_.Wrap(d)); });
      if (same != from.end()) {
        from.erase(same);
        shared = shared * *dims_[i];
        continue;
      }
      right = right * *dims_[i];
      if (Surely(in_, Ge(*dims_[i], 1))) continue;
      never_zero = false;
      out_.RequireUnlessZero(x_.dims(), Ge(*dims_[i], 1),
                             {"size ", *dims_[i], " beside a -1 is at least 1, or x is empty"});
    }
    if (!never_zero) return out_.Fresh(stem);
    Expr left = in_.Const(1);
    for (Dim d : from) left = left * Max(in_.Wrap(d), 1 - shared);
    if (!Surely(in_, Divides(right, left))) {
      out_.Require(Divides(right, left), {"count ", left, " is a multiple of ", right});
    }
    return FloorDiv(left, right);
  }

  // Whether x's dim `l` counts as much as y's dim `r` at every size: it is equal where r >= 1, and
  // at most 1 where r is 0, as max(b, 1 - s) is for b.
  bool CountsAs(Expr r, Expr l) {
    if (l.dim() == r.dim()) return true;
    if (l.constant() || r.constant()) return false;
    Context& context = in_.context();
    const auto under = [&](const Fact& fact, const auto& holds) {
      context.Push();
      const bool possible = context.Assume(fact, {}).ok();
      const bool held = !possible || holds(in_.Wrap(context.Resolve(l.dim())));
      context.Pop();
      return held;
    };
    return under(Ge(r, 1), [&](Expr now) { return Surely(in_, Eq(now, r)); }) &&
           under(Eq(r, 0), [&](Expr now) { return Surely(in_, Ge(1 - now, 0)); });
  }

  // The -1, or a size that is not known. If it is the only one, the count decides it wherever the
  // others are not 0.
  Expr Unknown(int axis) {
    const auto fresh = [&] {
      const bool beside = inferred_ && axis != *inferred_;
      return out_.Fresh(AxisStem("reshape", axis),
                        beside ? Interval{1, Interval::kPlusInf} : symbolic::kSize);
    };
    const bool only_one = std::count(dims_.begin(), dims_.end(), std::nullopt) == 1;
    if (!x_.has_rank() || !only_one) return fresh();
    const auto [left, right] = Quotient();
    if (!inferred_ && !Surely(in_, Ge(right, 1))) return fresh();
    if (!Surely(in_, Divides(right, left))) {
      out_.Require(Divides(right, left), {"count ", left, " is a multiple of ", right});
    }
    return FloorDiv(left, right);
  }

  // count(x) and the product of the known dims of y, without the factors that both have and that
  // are proved not to be 0.
  std::pair<Expr, Expr> Quotient() const {
    absl::InlinedVector<Dim, kUsualRank> from(x_.dims().begin(), x_.dims().end());
    Expr known = in_.Const(1);
    for (const std::optional<Expr>& dim : dims_) {
      if (!dim) continue;
      const auto same = std::find(from.begin(), from.end(), dim->dim());
      if (same != from.end() && (inferred_ || Surely(in_, Ge(*dim, 1)))) {
        from.erase(same);
      } else {
        known = known * *dim;
      }
    }
    Expr count = in_.Const(1);
    for (Dim d : from) count = count * in_.Wrap(d);
    return {count, known};
  }

  void RequireSameCount(const ShapeBuilder& y) {
    if (!x_.has_rank() || CountsAgree()) return;
    const bool any_unknown = std::any_of(target_.begin(), target_.end(),
                                         [](const Element& e) { return !e.is_integer(); });
    if (any_unknown && inferred_) return;  // two sizes that the count does not tell apart
    const Expr from = x_.Product();
    const Expr to = ShapeView(in_.context(), y.dims()).Product();
    if (from.dim() == to.dim()) return;
    out_.Require(Eq(from, to), {"element counts ", from, " and ", to, " are equal"});
  }

  const Operands& in_;
  Results& out_;
  const ShapeView x_;
  const Target target_;
  const bool zero_is_zero_;
  std::optional<int> inferred_;
  std::vector<int> copying_;  // axes whose computed size may be 0 where x's is not
  absl::InlinedVector<std::optional<Expr>, kUsualRank> dims_;
};

absl::Status InferReshape(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  if (std::optional<Target> target = ReadTarget(in)) {
    const absl::StatusOr<ShapeBuilder> y = Reshape(in, out, *std::move(target)).Infer();
    if (!y.ok()) return y.status();
    out.SetShape(0, *y);
  }
  KeepContent(in, 0, out);
  return absl::OkStatus();
}

// X [d0 ... dn] -> [product of the dims before `axis`, product of the others]
absl::Status InferFlatten(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  int64_t axis = in.Int("axis", 1);
  if (x.has_rank()) {
    if (axis < -x.rank() || axis > x.rank()) {
      return absl::InvalidArgumentError(
          absl::StrCat("axis ", axis, " outside [", -x.rank(), ", ", x.rank(), "]"));
    }
    if (axis < 0) axis += x.rank();
    const int split = static_cast<int>(axis);
    out.SetShape(0, ShapeBuilder({x.Product(0, split), x.Product(split, x.rank())}));
  } else {
    const Expr outer = axis == 0 ? in.Const(1) : out.Fresh(AxisStem("flatten", 0));
    out.SetShape(0, ShapeBuilder({outer, out.Fresh(AxisStem("flatten", 1))}));
  }
  KeepContent(in, 0, out);
  return absl::OkStatus();
}

constexpr Rule kReshapeRules[] = {
    {kOnnx, "Flatten", 1, InferFlatten},
    {kOnnx, "Reshape", 1, InferReshape},
};

}  // namespace

absl::Span<const Rule> ReshapeRules() { return kReshapeRules; }

}  // namespace symshape::rules
