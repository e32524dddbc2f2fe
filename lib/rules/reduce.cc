// Reduce*: some axes become 1 or disappear. What reduces to an index: arg_reduce.cc.
#include <algorithm>
#include <utility>

#include "rules/axes.h"
#include "rules/elementwise.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// The axes that a node reduces.
struct ReducedAxes {
  bool known = false;
  std::vector<bool> reduced;  // per axis
  bool identity = false;      // noop_with_empty_axes: the output is the input
};

// The axes are an attribute, or an input: of ReduceSum from version 13, of the others from 18 on.
// None, and an empty input, mean all axes, unless noop_with_empty_axes. Source: ONNX ReduceSum-13,
// ReduceMax-18; onnxruntime core/providers/cpu/reduction/reduction_ops.cc.
absl::StatusOr<ReducedAxes> FindAxes(const Operands& in, int rank) {
  ReducedAxes axes;
  const Operands::AxesResult given = in.IntsFromInputOrAttribute(1, "axes");
  const bool empty_input = in.has(1) && in.shape(1).has_rank() && in.shape(1).Product().is(0);
  if (given.present && !given.known && !empty_input) return axes;
  axes.known = true;
  if (!given.present || given.values.empty()) {
    axes.identity = in.Int("noop_with_empty_axes", 0) != 0;
    axes.reduced.assign(rank, !axes.identity);
    return axes;
  }
  axes.reduced.assign(rank, false);
  if (rank == 0) return axes;  // of a scalar, onnxruntime takes axis 0, too
  for (int64_t value : given.values) {
    const absl::StatusOr<int> axis = NormalizeAxis(value, rank);
    if (!axis.ok()) return axis.status();
    axes.reduced[*axis] = true;
  }
  return axes;
}

// What is sure where the axes are not known, but perhaps their count.
void SetShapeOfUnknownAxes(const Operands& in, Results& out, int rank) {
  const bool keep = in.Int("keepdims", 1) != 0;
  const std::optional<int64_t> count = in.Length(1);
  if (!keep && count && *count <= rank) {
    // A repeated axis counts once (onnxruntime sorts and drops them), so fewer may go: only one
    // axis is sure.
    if (*count == 1) out.SetRank(0, rank - 1, "reduced");
    return;
  }
  if (!keep) return;
  ShapeBuilder y;
  for (int axis = 0; axis < rank; ++axis) {
    const Expr d = in.shape(0)[axis];
    y.Add(d.is(1) ? d : out.Fresh(StemAt("reduced", axis)));
  }
  out.SetShape(0, y);
}

enum class Kind : uint8_t { kOther, kSum, kSumOfSizes, kSumOfSquares, kProd, kMax, kMin, kMean };

BinaryElement Combine(Kind kind) {
  switch (kind) {
    case Kind::kSum:
    case Kind::kSumOfSizes:
    case Kind::kSumOfSquares:
    case Kind::kMean:
      return &ElementMath::Add;
    case Kind::kProd:
      return &ElementMath::Mul;
    case Kind::kMax:
      return &ElementMath::Max;
    case Kind::kMin:
      return &ElementMath::Min;
    case Kind::kOther:
      return nullptr;
  }
  return nullptr;
}

// What is combined of an element.
Element Part(ElementMath& math, Kind kind, const Element& e) {
  if (kind == Kind::kSumOfSizes) return math.Abs(e);
  return kind == Kind::kSumOfSquares ? math.Mul(e, e) : e;
}

// What nothing at all is reduced to; unknown where that is the type's extreme, or an error.
Element OfNothing(const ElementMath& math, Kind kind) {
  switch (kind) {
    case Kind::kSum:
    case Kind::kSumOfSizes:
    case Kind::kSumOfSquares:
      return math.Integer(0);
    case Kind::kProd:
      return math.Integer(1);
    default:
      return Element();
  }
}

// The runtime may add and multiply in any order, which floats with a fraction would tell apart.
bool OrderMatters(const ElementMath& math, Kind kind, const std::vector<Element>& x) {
  if (!math.is_float() || kind == Kind::kMax || kind == Kind::kMin) return false;
  return !std::all_of(x.begin(), x.end(), [](const Element& e) { return e.is_integer(); });
}

void ReduceElements(const Operands& in, Results& out, const ReducedAxes& axes, Kind kind) {
  const BinaryElement combine = Combine(kind);
  const std::vector<Element>* x = ElementsToFollow(in, 0);
  const auto sizes = in.shape(0).Constants();
  if (combine == nullptr || x == nullptr || !sizes) return;
  ElementMath math(out, in.type(0));
  if (OrderMatters(math, kind, *x)) return;
  // Where each element of x goes: the row-major index over the axes that stay.
  Sizes strides(sizes->size(), 0);
  int64_t count = 1;
  for (int axis = static_cast<int>(sizes->size()) - 1; axis >= 0; --axis) {
    if (axes.reduced[axis]) continue;
    strides[axis] = count;
    count *= (*sizes)[axis];
  }
  if (count > kMaxElements) return;
  std::vector<Element> y(count, x->empty() ? OfNothing(math, kind) : Element());
  std::vector<bool> started(count, false);
  Sizes at(sizes->size(), 0);
  for (const Element& e : *x) {
    int64_t to = 0;
    for (size_t axis = 0; axis < at.size(); ++axis) to += at[axis] * strides[axis];
    const Element part = Part(math, kind, e);
    y[to] = started[to] ? (math.*combine)(y[to], part) : part;
    started[to] = true;
    for (int axis = static_cast<int>(at.size()) - 1; axis >= 0 && ++at[axis] == (*sizes)[axis];
         --axis) {
      at[axis] = 0;
    }
  }
  if (kind == Kind::kMean && !x->empty()) {
    const int64_t each = static_cast<int64_t>(x->size()) / count;
    for (Element& e : y) e = math.Div(e, math.Integer(each));
  }
  out.SetElements(0, std::move(y));
}

// The interval of the result. The maximum over no elements is the type's least number, so that one
// keeps the interval only where each reduced axis has a size.
void SetReducedRange(const Operands& in, Results& out, const ReducedAxes& axes, Kind kind) {
  const ValueRange x = RangeOf(in, 0);
  if (!x.known()) return;
  Expr count = in.Const(1);
  for (int axis = 0; axis < in.shape(0).rank(); ++axis) {
    if (axes.reduced[axis]) count = count * in.shape(0)[axis];
  }
  if (kind == Kind::kSum) {
    SetRange(out, 0, in.type(0), RangeMath(in.context()).Times(x, count));
  } else if (kind == Kind::kMax || kind == Kind::kMin || kind == Kind::kMean) {
    if (in.context().Decide(Ge(count, 1)) == Tri::kYes) SetRange(out, 0, in.type(0), x);
  }
}

// X [d...] -> Y: d where an axis stays, 1 or nothing (keepdims=0) where it is reduced.
template <Kind kKind>
absl::Status InferReduce(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const absl::StatusOr<ReducedAxes> axes = FindAxes(in, x.rank());
  if (!axes.ok()) return axes.status();
  if (!axes->known) {
    SetShapeOfUnknownAxes(in, out, x.rank());
    return absl::OkStatus();
  }
  const bool keep = in.Int("keepdims", 1) != 0;
  ShapeBuilder y;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!axes->reduced[axis]) {
      y.Add(x[axis]);
    } else if (keep) {
      y.Add(in.Const(1));
    }
  }
  out.SetShape(0, y);
  ReduceElements(in, out, *axes, kKind);
  if (NeedsRange(out)) SetReducedRange(in, out, *axes, kKind);
  return absl::OkStatus();
}

constexpr Rule kReduceRules[] = {
    {kOnnx, "ReduceL1", 1, InferReduce<Kind::kSumOfSizes>},
    {kOnnx, "ReduceL2", 1, InferReduce<Kind::kOther>},
    {kOnnx, "ReduceLogSum", 1, InferReduce<Kind::kOther>},
    {kOnnx, "ReduceLogSumExp", 1, InferReduce<Kind::kOther>},
    {kOnnx, "ReduceMax", 1, InferReduce<Kind::kMax>},
    {kOnnx, "ReduceMean", 1, InferReduce<Kind::kMean>},
    {kOnnx, "ReduceMin", 1, InferReduce<Kind::kMin>},
    {kOnnx, "ReduceProd", 1, InferReduce<Kind::kProd>},
    {kOnnx, "ReduceSum", 1, InferReduce<Kind::kSum>},
    {kOnnx, "ReduceSumSquare", 1, InferReduce<Kind::kSumOfSquares>},
};

}  // namespace

absl::Span<const Rule> ReduceRules() { return kReduceRules; }

}  // namespace symshape::rules
