#include "rules/broadcast.h"

#include <utility>

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
    if (!p.is(1)) out.Require(Broadcastable(p, q), {"broadcast of ", p, " and ", q, ": equal or 1"});
    y.Set(static_cast<int>(leading + i), Broadcast(p, q));
  }
  return y;
}

}  // namespace symshape::rules
