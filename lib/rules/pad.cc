// Pad. Amounts and value are attributes before opset 11, operands from then on; axes are one from
// opset 18.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// Elements before and after, per axis of x: none where not known.
struct Amounts {
  std::vector<Element> before;
  std::vector<Element> after;
};

std::optional<std::vector<Element>> ReadAmounts(const Operands& in) {
  const char* attribute = in.domain().empty() && in.version() == 1 ? "paddings" : "pads";
  if (const auto list = in.IntList(attribute)) {
    std::vector<Element> amounts;
    for (int64_t amount : *list) amounts.emplace_back(in.context().Constant(amount));
    return amounts;
  }
  if (const std::vector<Element>* elements = in.Elements(1)) return *elements;
  return std::nullopt;
}

// The operand [before..., after...] over the given axes, or over all.
absl::StatusOr<Amounts> AmountsPerAxis(const Operands& in, int rank) {
  Amounts amounts;
  AxisList axes;
  const Operands::AxesResult named = in.IntsFromInputOrAttribute(3, "axes");
  const std::optional<std::vector<Element>> flat = ReadAmounts(in);
  if (!flat || (named.present && !named.known)) {
    amounts.before.assign(rank, Element());
    amounts.after.assign(rank, Element());
    return amounts;
  }
  if (named.present) {
    const absl::StatusOr<AxisList> normal = NormalizeAxes(named.values, rank);
    if (!normal.ok()) return normal.status();
    axes = *normal;
  } else {
    for (int axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  if (flat->size() != 2 * axes.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flat->size(), " pads for ", axes.size(), " axes"));
  }
  amounts.before.assign(rank, Element(Dim::Inline(0)));
  amounts.after.assign(rank, Element(Dim::Inline(0)));
  for (size_t k = 0; k < axes.size(); ++k) {
    amounts.before[axes[k]] = (*flat)[k];
    amounts.after[axes[k]] = (*flat)[axes.size() + k];
  }
  return amounts;
}

// What the mode reads beside the pad: reflect mirrors without the border, edge repeats it, so
// neither can fill an axis that is too short once `other`, where negative, has cut it. That is not
// checked where nothing is written; but an empty axis that grows is refused even then. Source:
// onnxruntime core/providers/cpu/tensor/pad.cc, PadImpl, HandleDimValueZero.
void RequireSource(const Operands& in, const ShapeView& x, int axis, Expr amount, Expr other,
                   Results& out) {
  const absl::string_view mode = in.String("mode", "constant");
  if (mode != "reflect" && mode != "edge") return;
  const auto require = [&](const std::vector<Fact>& unless, Expr least) {
    if (Surely(in, Ge(x[axis], least))) return;
    out.RequireUnless(unless, Ge(x[axis], least),
                      {"axis ", axis, " of ", x[axis], " padded by ", amount, ", mode ", mode});
  };
  require({Le(amount, 0), Le(amount + other, 0)}, in.Const(1));
  std::vector<Fact> unless{Le(amount, 0)};
  for (int k = 0; k < x.rank(); ++k) {
    if (k != axis) unless.push_back(Eq(x[k], 0));
  }
  const bool grows = Surely(in, Ge(other, 0)) || Surely(in, Ge(amount + other, 1));
  if (!grows) unless.push_back(Eq(x[axis], 0));
  const Expr cut = Surely(in, Le(other, 0)) ? -other : in.Const(0);
  require(unless, cut + (mode == "reflect" ? amount + 1 : in.Const(1)));
}

// The element that fills: the operand or the attribute `value`, by default 0.
Element Filling(const Operands& in) {
  if (in.has(2)) {
    const std::vector<Element>* value = in.Elements(2);
    return value != nullptr && value->size() == 1 ? (*value)[0] : Element();
  }
  return in.Float("value", 0.0f) == 0.0f ? Element(Dim::Inline(0)) : Element();
}

// The place on an axis of n > 0 whose element stands at `i`; nullopt: the filling does.
std::optional<int64_t> PlaceOf(absl::string_view mode, int64_t i, int64_t n) {
  if (i >= 0 && i < n) return i;
  if (mode == "edge") return i < 0 ? 0 : n - 1;
  if (mode == "reflect") return i < 0 ? -i : 2 * (n - 1) - i;
  if (mode == "wrap") return (i % n + n) % n;
  return std::nullopt;
}

void SetPaddedElements(const Operands& in, const Amounts& amounts, Results& out) {
  const std::optional<Block> block = BlockOf(in, 0);
  const absl::string_view mode = in.String("mode", "constant");
  if (!block) return;
  Sizes dims = block->dims;
  Sizes before(dims.size());
  for (size_t k = 0; k < dims.size(); ++k) {
    const std::optional<int64_t> b = ConstantOf(in.context(), amounts.before[k]);
    const std::optional<int64_t> a = ConstantOf(in.context(), amounts.after[k]);
    if (!b || !a || dims[k] + *b + *a < 0) return;
    // The other modes first cut and then repeat; reflect has no more to give than n - 1.
    const int64_t most = mode == "reflect" ? dims[k] - 1 : kMaxElements;
    const bool plain = *a >= 0 && *b >= 0 && dims[k] > 0 && std::max(*a, *b) <= most;
    if (mode != "constant" && !plain) return;
    before[k] = *b;
    dims[k] += *b + *a;
  }
  if (!TrackedCount(dims)) return;
  const Sizes strides = Strides(block->dims);
  const Element filling = Filling(in);
  std::vector<Element> elements;
  ForEachIndex(dims, [&](absl::Span<const int64_t> index) {
    int64_t offset = 0;
    bool inside = true;
    for (size_t k = 0; k < index.size(); ++k) {
      const auto from = PlaceOf(mode, index[k] - before[k], block->dims[k]);
      inside = inside && from;
      offset += from.value_or(0) * strides[k];
    }
    elements.push_back(inside ? block->elements[offset] : filling);
  });
  out.SetElements(0, std::move(elements));
}

// An amount before and one after each axis, and one value to fill with. Nothing is wrapped around
// an empty tensor.
void RequireLists(const Operands& in, const ShapeView& x, Results& out) {
  const ShapeView axes = in.shape(3);
  const bool vector = axes.has_rank() && axes.rank() == 1;
  if (vector || !in.has(3)) {
    const Expr count = vector ? axes[0] : in.Const(x.rank());
    RequireLength(in, 1, 2 * count, "pads, before and after each axis", out);
  }
  RequireLength(in, 2, in.Const(1), "value", out);
  if (in.String("mode", "constant") != "wrap") return;
  for (int k = 0; k < x.rank(); ++k) {
    if (!Surely(in, Ge(x[k], 1)))
      out.Require(Ge(x[k], 1), {"axis ", k, " of ", x[k], " padded, mode wrap"});
  }
}

// x [d...] -> [d + before + after ...]; negative amounts cut off, at most all.
// Source: ONNX Pad-21; onnxruntime core/providers/cpu/tensor/pad.cc.
absl::Status InferPad(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const absl::StatusOr<Amounts> amounts = AmountsPerAxis(in, x.rank());
  if (!amounts.ok()) return amounts.status();
  RequireLists(in, x, out);
  ShapeBuilder y;
  for (int k = 0; k < x.rank(); ++k) {
    if (!amounts->before[k].is_integer() || !amounts->after[k].is_integer()) {
      y.Add(out.Fresh(AxisStem("pad", k)));
      continue;
    }
    const Expr before = in.Wrap(amounts->before[k].num);
    const Expr after = in.Wrap(amounts->after[k].num);
    const Expr size = x[k] + before + after;
    if (!Surely(in, Ge(size, 0))) {
      out.Require(Ge(size, 0), {"axis ", k, " of ", x[k], " keeps ", size, " >= 0"});
    }
    RequireSource(in, x, k, before, after, out);
    RequireSource(in, x, k, after, before, out);
    y.Add(size);
  }
  out.SetShape(0, y);
  SetPaddedElements(in, *amounts, out);
  return absl::OkStatus();
}

constexpr Rule kPadRules[] = {
    {kOnnx, "Pad", 1, InferPad},
    {kMicrosoft, "Pad", 1, InferPad},
};

}  // namespace

absl::Span<const Rule> PadRules() { return kPadRules; }

}  // namespace symshape::rules
