#include "rules/broadcast.h"

#include <utility>

#include "rules/table.h"

namespace symshape::rules {

ShapeBuilder BroadcastShapes(absl::Span<const Dim> a, absl::Span<const Dim> b, Results& out) {
  Context& context = out.tables().context();
  if (a.size() < b.size()) std::swap(a, b);
  ShapeBuilder y(a);
  const size_t leading = a.size() - b.size();
  for (size_t i = 0; i < b.size(); ++i) {
    const Expr p(context, a[leading + i]);
    const Expr q(context, b[i]);
    if (p.dim() == q.dim() || q.is(1)) continue;
    if (!p.is(1))
      out.Require(Broadcastable(p, q), {"broadcast of ", p, " and ", q, ": equal or 1"});
    y.Set(static_cast<int>(leading + i), Broadcast(p, q));
  }
  return y;
}

std::optional<ShapeBuilder> BroadcastShapes(absl::Span<const ShapeView> shapes, Results& out) {
  for (const ShapeView& shape : shapes) {
    if (!shape.has_rank()) return std::nullopt;
  }
  ShapeBuilder result;
  for (const ShapeView& shape : shapes) result = BroadcastShapes(result.dims(), shape.dims(), out);
  return result;
}

std::optional<ShapeBuilder> SameShapes(absl::Span<const ShapeView> shapes, Results& out) {
  const ShapeView* first = nullptr;
  for (const ShapeView& shape : shapes) {
    if (!shape.has_rank()) continue;
    if (first == nullptr) {
      first = &shape;
      continue;
    }
    if (shape.rank() != first->rank()) continue;  // runs at no size: nothing to conclude
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const Expr a = (*first)[axis], b = shape[axis];
      if (a.dim() != b.dim())
        out.Require(Eq(a, b), {"axis ", axis, ": ", a, " and ", b, " are equal"});
    }
  }
  if (first == nullptr) return std::nullopt;
  return ShapeBuilder(first->dims());
}

namespace {

// B's dims with ones behind them, so that they align with A's at the last axis.
absl::Span<const Dim> AlignByAxis(const Operands& in, const ShapeView& a, const ShapeView& b) {
  const std::optional<int64_t> axis = in.Int("axis");
  const int64_t trailing = axis && *axis >= 0 ? a.rank() - *axis - b.rank() : 0;
  if (trailing <= 0) return b.dims();
  std::vector<Dim> dims(b.dims().begin(), b.dims().end());
  dims.resize(dims.size() + trailing, Dim::Inline(1));
  return in.tables().dims(in.tables().Intern(dims));
}

std::optional<AlignedPair> SetUnbroadcastShape(const Operands& in, Results& out) {
  const ShapeView a = in.shape(0), b = in.shape(1);
  const bool broadcast = in.Int("broadcast", 0) != 0;
  if (!broadcast) {
    const std::optional<ShapeBuilder> same = SameShapes({a, b}, out);
    if (same) out.SetShape(0, *same);
  } else if (a.has_rank()) {
    out.SetShape(0, a);
  }
  if (!a.has_rank() || !b.has_rank()) return std::nullopt;
  const AlignedPair pair{a.dims(), broadcast ? AlignByAxis(in, a, b) : b.dims()};
  if (broadcast) out.SetShape(0, BroadcastShapes(pair.a, pair.b, out));
  return pair;
}

}  // namespace

std::optional<AlignedPair> SetBinaryShape(const Operands& in, Results& out) {
  if (in.version() < 7 && in.domain() == kOnnx) return SetUnbroadcastShape(in, out);
  const ShapeView a = in.shape(0), b = in.shape(1);
  if (!a.has_rank() || !b.has_rank()) return std::nullopt;
  out.SetShape(0, BroadcastShapes(a.dims(), b.dims(), out));
  return AlignedPair{a.dims(), b.dims()};
}

BroadcastIndex::BroadcastIndex(absl::Span<const int64_t> result, absl::Span<const int64_t> operand)
    : same_(result == operand) {
  if (same_) return;
  int64_t stride = 1;
  for (size_t back = 1; back <= result.size(); ++back) {
    const int64_t size = result[result.size() - back];
    const int64_t mine = back <= operand.size() ? operand[operand.size() - back] : 1;
    axes_.push_back({size, mine == 1 ? 0 : stride});
    stride *= mine;
  }
}

int64_t BroadcastIndex::operator()(int64_t flat) const {
  if (same_) return flat;
  int64_t index = 0;
  for (const Axis& axis : axes_) {
    index += flat % axis.size * axis.stride;
    flat /= axis.size;
  }
  return index;
}

void RequireBroadcastTo(absl::Span<const Dim> from, absl::Span<const Dim> to, Results& out) {
  Context& context = out.tables().context();
  for (size_t i = 1; i <= from.size() && i <= to.size(); ++i) {
    const Expr size(context, from[from.size() - i]);
    const Expr target(context, to[to.size() - i]);
    if (size.is(1) || size.dim() == target.dim()) continue;
    if (size.constant().has_value() || target.is(1)) {
      out.Require(Eq(target, size), {"broadcast of ", size, " to ", target, ": equal"});
      continue;
    }
    const Fact one[] = {Eq(size, 1)};
    out.RequireUnless(one, Eq(size, target),
                      {"broadcast of ", size, " to ", target, ": equal, or 1 itself"});
  }
}

}  // namespace symshape::rules
