// Where.
#include "rules/ask.h"
#include "rules/broadcast.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// test >= 1 ? x : y, where that is the greater or the less of both, as with x - y = test, or where
// they differ by a number.
Element Chosen(Context& context, Dim test, const Element& x, const Element& y, Results& out) {
  if (!x.is_integer() || !y.is_integer()) return Element();
  const Expr t(context, test), a(context, x.num), b(context, y.num);
  const Tri holds = context.Decide(Ge(t, 1));
  if (holds != Tri::kUnknown) return holds == Tri::kYes ? x : y;
  const auto chooses = [&](Expr chosen, Expr other) {
    return out.HoldWhere({Ge(chosen, other)}, {Ge(t, 1)}) &&
           out.HoldWhere({Ge(other, chosen)}, {Le(t, 0)});
  };
  if (chooses(a, b)) return Element(symbolic::Max(a, b).dim());
  if (chooses(-1 * a, -1 * b)) return Element(symbolic::Min(a, b).dim());
  if ((a - b).constant())
    return Element((b + (a - b) * symbolic::Min(symbolic::Max(t, 0), 1)).dim());
  return Element();
}

// condition ? x : y, element by element; where the condition is not known, both may still agree.
void SetChosenElements(const Operands& in, absl::Span<const int64_t> dims, Results& out) {
  const std::optional<Block> condition = BlockOrUnknown(in, 0);
  const std::optional<Block> x = BlockOrUnknown(in, 1);
  const std::optional<Block> y = BlockOrUnknown(in, 2);
  if (!condition || !x || !y || !TrackedCount(dims)) return;
  const Sizes at_condition = BroadcastStrides(condition->dims, dims);
  const Sizes at_x = BroadcastStrides(x->dims, dims);
  const Sizes at_y = BroadcastStrides(y->dims, dims);
  std::vector<Element> elements;
  bool any_known = false;
  constexpr int64_t kMostTests = 8;  // of a mask they are many, and no size
  const bool few = *TrackedCount(dims) <= kMostTests;
  ForEachIndex(dims, [&](absl::Span<const int64_t> index) {
    const Element& a = x->elements[OffsetOf(index, at_x)];
    const Element& b = y->elements[OffsetOf(index, at_y)];
    const Element& c = condition->elements[OffsetOf(index, at_condition)];
    const std::optional<int64_t> holds = ConstantOf(in.context(), c);
    elements.push_back(holds                ? (*holds != 0 ? a : b)
                       : a == b             ? a
                       : c.is_test() && few ? Chosen(in.context(), c.test, a, b, out)
                                            : Element());
    any_known = any_known || elements.back().known() || elements.back().is_test();
  });
  if (any_known) out.SetElements(0, std::move(elements));
}

// condition, X, Y -> broadcast of all three
// Source: ONNX Where-16.
absl::Status InferWhere(const Operands& in, Results& out) {
  SetTypeLike(in, {1, 2}, out);
  const ShapeView condition = in.shape(0);
  const ShapeView x = in.shape(1);
  const ShapeView y = in.shape(2);
  if (condition.has_rank() && x.has_rank() && y.has_rank()) {
    const ShapeBuilder chosen = BroadcastShapes(x.dims(), y.dims(), out);
    const ShapeBuilder shape = BroadcastShapes(condition.dims(), chosen.dims(), out);
    out.SetShape(0, shape);
    const auto dims = ShapeView(in.context(), shape.dims()).Constants();
    if (dims) SetChosenElements(in, *dims, out);
  }
  EncloseRange(in, {1, 2}, out);
  return absl::OkStatus();
}

constexpr Rule kWhereRules[] = {
    {kOnnx, "Where", 9, InferWhere},
};

}  // namespace

absl::Span<const Rule> WhereRules() { return kWhereRules; }

}  // namespace symshape::rules
