#include "rules/joined_dims.h"

#include <algorithm>
#include <vector>

#include "absl/algorithm/container.h"
#include "rules/ask.h"
#include "rules/axes.h"

namespace symshape::rules {
namespace {

bool IsEmpty(const ShapeView& x) {
  return x.has_rank() && absl::c_linear_search(x.dims(), Dim::Inline(0));
}

bool SurelyFilled(const Operands& in, const ShapeView& x) {
  if (!x.has_rank()) return false;
  for (int k = 0; k < x.rank(); ++k) {
    if (!Surely(in, Ge(x[k], 1))) return false;
  }
  return true;
}

// Whether x has elements wherever `other` has.
bool FilledWhere(const ShapeView& x, const ShapeView& other, Results& out) {
  if (!x.has_rank() || !other.has_rank() || IsEmpty(x)) return false;
  const auto filled = [](const ShapeView& of) {
    std::vector<Fact> facts;
    for (int k = 0; k < of.rank(); ++k) facts.push_back(Ge(of[k], 1));
    return facts;
  };
  return out.HoldWhere(filled(x), filled(other));
}

// The parts from which the runtime may take the dims: one that surely has elements, or else the
// first and all that may have some.
std::vector<ShapeView> Candidates(const Operands& in, absl::Span<const ShapeView> parts) {
  std::vector<ShapeView> found;
  for (const ShapeView& x : parts) {
    if (SurelyFilled(in, x)) return {x};
    if (&x == &parts.front() || !IsEmpty(x)) found.push_back(x);
  }
  return found;
}

constexpr size_t kMaxChosen = 8;  // candidates in one expression

class Joining {
 public:
  Joining(const Operands& in, absl::Span<const ShapeView> parts, Results& out)
      : in_(in), parts_(parts), out_(out) {}

  Expr Shared(int axis) {
    const ShapeView& some =
        *absl::c_find_if(parts_, [](const ShapeView& x) { return x.has_rank(); });
    if (absl::c_all_of(parts_, [&](const ShapeView& x) { return SameDim(x, some, axis); })) {
      return some[axis];
    }
    if (candidates_.empty()) candidates_ = Candidates(in_, parts_);
    const ShapeView& leader = candidates_.front();
    RequireAgreement(leader.has_rank() ? leader : some, axis);
    if (Leads(axis)) return leader[axis];
    const std::optional<Expr> chosen = ByWhichIsFilled(axis);
    return chosen ? *chosen : out_.Fresh(StemAt("concat", axis), BoundsOfCandidates(axis));
  }

 private:
  static bool SameDim(const ShapeView& x, const ShapeView& y, int axis) {
    return x.has_rank() && y.has_rank() && x[axis].dim() == y[axis].dim();
  }

  // Whether the whole has the first candidate's dim: no other one's dims are taken where it
  // differs.
  bool Leads(int axis) {
    const ShapeView& leader = candidates_.front();
    yields_.resize(candidates_.size());
    for (size_t i = 1; i < candidates_.size(); ++i) {
      if (SameDim(candidates_[i], leader, axis)) continue;
      if (!yields_[i]) yields_[i] = FilledWhere(leader, candidates_[i], out_);
      if (!*yields_[i]) return false;
    }
    return leader.has_rank();
  }

  // The dim as an expression that tells which candidates have elements; nullopt where it would be
  // long.
  std::optional<Expr> ByWhichIsFilled(int axis) const {
    if (candidates_.size() > kMaxChosen ||
        !absl::c_all_of(candidates_, [](const ShapeView& x) { return x.has_rank(); })) {
      return std::nullopt;
    }
    const auto empty_by_axis_alone = [&](const ShapeView& x) {
      for (int k = 0; k < x.rank(); ++k) {
        if (k != axis && !Surely(in_, Ge(x[k], 1))) return false;
      }
      return true;
    };
    const ShapeView& leader = candidates_.front();
    if (absl::c_all_of(candidates_, empty_by_axis_alone)) {
      // Those that have elements agree, and the others have 0.
      Expr largest = leader[axis];
      for (const ShapeView& x : candidates_) largest = Max(largest, x[axis]);
      return largest;
    }
    if (candidates_.size() > 2) return std::nullopt;
    const ShapeView& second = candidates_[1];
    // 1 where the first is empty and the second is not
    const Expr yields = Max(in_.Const(0), Min(in_.Const(1), second.Product()) - leader.Product());
    return leader[axis] + (second[axis] - leader[axis]) * yields;
  }

  symbolic::Interval BoundsOfCandidates(int axis) const {
    symbolic::Interval hull{symbolic::Interval::kPlusInf, 0};
    for (const ShapeView& x : candidates_) {
      const symbolic::Interval bounds =
          x.has_rank() ? in_.context().Bounds(x[axis].dim()) : symbolic::kSize;
      hull = {std::min(hull.lo, bounds.lo), std::max(hull.hi, bounds.hi)};
    }
    return hull;
  }

  // All agree with `reference`, but for those without elements.
  void RequireAgreement(const ShapeView& reference, int axis) {
    for (const ShapeView& x : parts_) {
      if (!x.has_rank() || SameDim(x, reference, axis)) continue;
      std::vector<Dim> unless_zero(reference.dims().begin(), reference.dims().end());
      unless_zero.insert(unless_zero.end(), x.dims().begin(), x.dims().end());
      out_.RequireUnlessZero(
          unless_zero, Eq(reference[axis], x[axis]),
          {"joined tensors agree at axis ", axis, ": ", reference[axis], " and ", x[axis]});
    }
  }

  const Operands& in_;
  absl::Span<const ShapeView> parts_;
  Results& out_;
  std::vector<ShapeView> candidates_;
  std::vector<std::optional<bool>> yields_;  // whether the first candidate is filled wherever it is
};

}  // namespace

ShapeBuilder SharedDims(const Operands& in, absl::Span<const ShapeView> parts,
                        std::optional<int> joined, Results& out) {
  Joining joining(in, parts, out);
  const int rank = absl::c_find_if(parts, [](const ShapeView& x) { return x.has_rank(); })->rank();
  ShapeBuilder dims;
  for (int axis = 0; axis < rank; ++axis) {
    dims.Add(axis == joined ? in.Const(0) : joining.Shared(axis));
  }
  return dims;
}

}  // namespace symshape::rules
