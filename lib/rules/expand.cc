// Expand.
#include <algorithm>

#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/broadcast.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

// The dim where size d meets a target that is not known: d if that is at least 2, or the target's.
Expr MeetUnknown(const Operands& in, std::optional<Expr> d, int axis, Results& out) {
  if (d && Surely(in, Ge(*d, 2))) return *d;
  return out.Fresh(AxisStem("expand", axis));
}

// The target's elements, some perhaps unknown; nullopt where not even its length is known.
std::optional<std::vector<Element>> ReadTarget(const Operands& in) {
  if (const std::vector<Element>* elements = in.Elements(1)) return *elements;
  if (const std::optional<int64_t> length = in.Length(1); length && *length <= kMaxElements) {
    return std::vector<Element>(*length);
  }
  return std::nullopt;
}

// x [d...], shape [s...] -> d and s broadcast against each other, both ways; no s is -1.
// Source: ONNX Expand-13; onnxruntime core/providers/cpu/tensor/expand.cc.
absl::Status InferExpand(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  const std::optional<std::vector<Element>> target = ReadTarget(in);
  if (x.has_rank() && target) {
    const int length = static_cast<int>(target->size());
    const int rank = std::max(x.rank(), length);
    ShapeBuilder y;
    for (int axis = 0; axis < rank; ++axis) {
      const int from_x = axis - (rank - x.rank());
      const int from_target = axis - (rank - length);
      std::optional<Expr> d;
      if (from_x >= 0) d = x[from_x];
      if (from_target < 0) {
        y.Add(*d);
        continue;
      }
      const Element& e = (*target)[from_target];
      if (!e.is_integer()) {
        y.Add(MeetUnknown(in, d, axis, out));
        continue;
      }
      const Expr size = in.Wrap(e.num);
      if (!Surely(in, Ge(size, 0))) out.Require(Ge(size, 0), {"target size ", size, " >= 0"});
      if (!d) {
        y.Add(size);
      } else {
        const ShapeBuilder both = BroadcastShapes({d->dim()}, {size.dim()}, out);
        y.Add(in.Wrap(both.dims()[0]));
      }
    }
    out.SetShape(0, y);
    const auto dims = ShapeView(in.context(), y.dims()).Constants();
    if (const std::optional<Block> block = BlockOf(in, 0); block && dims && TrackedCount(*dims)) {
      out.SetElements(0, Pick(block->elements, *dims, BroadcastStrides(block->dims, *dims)));
    }
  }
  KeepRange(in, 0, out);
  return absl::OkStatus();
}

constexpr Rule kExpandRules[] = {
    {kOnnx, "Expand", 8, InferExpand},
};

}  // namespace

absl::Span<const Rule> ExpandRules() { return kExpandRules; }

}  // namespace symshape::rules
