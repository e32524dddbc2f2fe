// Operators on sequences of tensors. SequenceMap runs a graph: engine/sequence_map.cc.
#include "rules/sequence.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/joined_dims.h"

namespace symshape::rules {
namespace {

using symbolic::CeilDiv;
using symbolic::Min;

absl::Status InferSequenceEmpty(const Operands& in, Results& out) {
  const auto type = static_cast<ElementType>(in.Int("dtype", int64_t(ElementType::kFloat)));
  out.SetInfo(0, SequenceOfItems(out, {}, out.tables().Tensor(type)));
  return absl::OkStatus();
}

absl::Status InferSequenceConstruct(const Operands& in, Results& out) {
  std::vector<Info> items;
  for (int i = 0; i < in.size(); ++i) items.push_back(in.info(i));
  out.SetInfo(0, SequenceOfItems(out, std::move(items), TypeId::kUnknown));
  return absl::OkStatus();
}

// The place that input `position` names, from the front; nullopt where it is not known.
// Errors: kInvalidArgument where it is outside [-length, last].
absl::StatusOr<std::optional<int64_t>> PlaceIn(const Operands& in, int position, int64_t length,
                                               int64_t last) {
  const std::optional<Expr> scalar = in.Scalar(position);
  const std::optional<int64_t> place = scalar ? scalar->constant() : std::nullopt;
  if (!place) return std::optional<int64_t>();
  if (*place < -length || *place > last) {
    return absl::InvalidArgumentError(
        absl::StrCat("position ", *place, " outside [", -length, ", ", last, "]"));
  }
  return std::optional<int64_t>(*place < 0 ? *place + length : *place);
}

// The item of a sequence that is not known one by one. Of parts, item k is min(part, whole -
// part*k) long.
Info ItemAt(const Operands& in, const SequenceView& s, Results& out) {
  const Info item{WithOwnDims(out, s.element), KnowledgeId::kNone};
  const std::optional<Expr> place = in.Scalar(1);
  if (!place || s.length.is_none()) return item;
  const Expr length = in.Wrap(s.length);
  const bool from_end = place->constant().value_or(0) < 0;
  if (!from_end && in.context().Decide(Ge(*place, 0)) != Tri::kYes) return item;
  out.Require(from_end ? Ge(length, -*place) : Gt(length, *place),
              {"position ", *place, " in a sequence of ", length});
  if (s.whole.is_none()) return item;
  const Expr part = in.Wrap(s.part), k = from_end ? length + *place : *place;
  Type type = out.tables().type(item.type);
  ShapeBuilder dims(out.tables().dims(type.shape));
  dims.Set(s.axis_of_parts, Min(part, in.Wrap(s.whole) - part * k));
  type.shape = out.tables().Intern(dims.dims());
  return {out.tables().Intern(type), KnowledgeId::kNone};
}

// seq, position -> the item there. Negative positions count from the end.
absl::Status InferSequenceAt(const Operands& in, Results& out) {
  const SequenceView s = SequenceOf(in, 0);
  if (!s.is_sequence) return absl::OkStatus();
  if (s.items != nullptr) {
    const int64_t length = static_cast<int64_t>(s.items->size());
    const auto place = PlaceIn(in, 1, length, length - 1);
    if (!place.ok()) return place.status();
    if (*place) {
      out.SetInfo(0, (*s.items)[**place]);
      return absl::OkStatus();
    }
  }
  out.SetInfo(0, ItemAt(in, s, out));
  return absl::OkStatus();
}

// seq, tensor, position = the end -> seq with one item more
absl::Status InferSequenceInsert(const Operands& in, Results& out) {
  const SequenceView s = SequenceOf(in, 0);
  const Info item = in.info(1);
  if (!s.is_sequence) {
    out.SetInfo(0, SequenceOfType(out, TypeId::kUnknown, Dim()));
    return absl::OkStatus();
  }
  if (s.items != nullptr) {
    const int64_t length = static_cast<int64_t>(s.items->size());
    std::optional<int64_t> place = length;
    if (in.has(2)) {
      const auto given = PlaceIn(in, 2, length, length);
      if (!given.ok()) return given.status();
      place = *given;
    }
    if (place) {
      std::vector<Info> items = *s.items;
      items.insert(items.begin() + *place, item);
      out.SetInfo(0, SequenceOfItems(out, std::move(items), s.element));
      return absl::OkStatus();
    }
  }
  const bool was_empty = !s.length.is_none() && in.Wrap(s.length).is(0);
  const TypeId element = was_empty ? item.type : JoinTypes(out, s.element, item.type);
  const Dim length = s.length.is_none() ? s.length : (in.Wrap(s.length) + 1).dim();
  out.SetInfo(0, SequenceOfType(out, element, length));
  return absl::OkStatus();
}

// seq, position = the last -> seq with one item less
absl::Status InferSequenceErase(const Operands& in, Results& out) {
  const SequenceView s = SequenceOf(in, 0);
  if (!s.is_sequence) {
    out.SetInfo(0, SequenceOfType(out, TypeId::kUnknown, Dim()));
    return absl::OkStatus();
  }
  if (s.items != nullptr && !s.items->empty()) {
    const int64_t length = static_cast<int64_t>(s.items->size());
    std::optional<int64_t> place = length - 1;
    if (in.has(1)) {
      const auto given = PlaceIn(in, 1, length, length - 1);
      if (!given.ok()) return given.status();
      place = *given;
    }
    if (place) {
      std::vector<Info> items = *s.items;
      items.erase(items.begin() + *place);
      out.SetInfo(0, SequenceOfItems(out, std::move(items), s.element));
      return absl::OkStatus();
    }
  }
  const Dim length = s.length.is_none() ? s.length : (in.Wrap(s.length) - 1).dim();
  out.SetInfo(0, SequenceOfType(out, s.element, length));
  return absl::OkStatus();
}

// seq -> int64 scalar
absl::Status InferSequenceLength(const Operands& in, Results& out) {
  out.Set(0, ElementType::kInt64, ShapeBuilder());
  const SequenceView s = SequenceOf(in, 0);
  out.SetInts(0, {s.length.is_none() ? out.Fresh("sequence_length") : in.Wrap(s.length)});
  return absl::OkStatus();
}

// A part of `x`, `size` long at `axis`; without the axis where it is dropped.
Info PartOf(Results& out, const Operands& in, int axis, std::optional<Expr> size) {
  ShapeBuilder part(in.shape(0).dims());
  if (size) {
    part.Set(axis, *size);
  } else {
    part.Remove(axis);
  }
  return {out.tables().Tensor(in.type(0), out.tables().Intern(part.dims())), KnowledgeId::kNone};
}

// What is known of the elements of parts that follow each other along the axis.
void SetPartElements(Results& out, const Operands& in, int axis, std::vector<Info>& parts,
                     const std::vector<Expr>& sizes) {
  const std::optional<Block> x = BlockOf(in, 0);
  if (!x) return;
  const Sizes strides = Strides(x->dims);
  int64_t start = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    Sizes dims = x->dims;
    const std::optional<int64_t> size = sizes[i].constant();
    if (!size || *size < 0 || start + *size > dims[axis]) return;
    dims[axis] = *size;
    Knowledge known;
    known.has_elements = true;
    known.elements = Pick(x->elements, dims, strides, start * strides[axis]);
    parts[i].knowledge = out.tables().Intern(std::move(known));
    start += *size;
  }
}

// Every item has size 1 at the axis, or loses it where keepdims=0.
Info SplitIntoSlices(const Operands& in, Results& out, int axis) {
  const Expr n = in.shape(0)[axis];
  const bool keep = in.Int("keepdims", 1) != 0;
  const Info item = PartOf(out, in, axis, keep ? std::optional<Expr>(in.Const(1)) : std::nullopt);
  const std::optional<int64_t> count = n.constant();
  if (!count || *count > kMaxItems) return SequenceOfType(out, item.type, n.dim());
  std::vector<Info> items(*count, item);
  SetPartElements(out, in, axis, items, std::vector<Expr>(*count, in.Const(1)));
  return SequenceOfItems(out, std::move(items), item.type);
}

// Items of `size`, of which the last may be smaller.
Info SplitByScalar(const Operands& in, Results& out, int axis, Expr size) {
  const Expr n = in.shape(0)[axis];
  out.Require(Ge(size, 1), {"`split` is at least 1, not ", size});
  const Expr count = CeilDiv(n, size);
  const std::optional<int64_t> known_count = count.constant();
  if (!known_count || *known_count > kMaxItems) {
    const bool even = in.context().Decide(Divides(size, n)) == Tri::kYes;
    const Info item = PartOf(out, in, axis, even ? size : out.FreshUpTo("split", size));
    return SequenceOfParts(out, item.type, axis, n, size);
  }
  std::vector<Info> items;
  std::vector<Expr> sizes;
  for (int64_t i = 0; i < *known_count; ++i) {
    sizes.push_back(Min(size, n - size * i));
    items.push_back(PartOf(out, in, axis, sizes.back()));
  }
  SetPartElements(out, in, axis, items, sizes);
  return SequenceOfItems(out, std::move(items), PartOf(out, in, axis, size).type);
}

// Items of these sizes, which add up to n.
Info SplitBySizes(const Operands& in, Results& out, int axis, const std::vector<Expr>& sizes) {
  const Expr n = in.shape(0)[axis];
  std::vector<Info> items;
  Expr sum = in.Const(0);
  for (Expr size : sizes) {
    items.push_back(PartOf(out, in, axis, size));
    sum = sum + size;
  }
  SetPartElements(out, in, axis, items, sizes);
  out.Require(Eq(sum, n), {"the sizes of `split` add up to ", n, ", not ", sum});
  return SequenceOfItems(out, std::move(items), TypeId::kUnknown);
}

// x [..., n, ...] -> items [..., k_i, ...]:
//   no split       n items of 1
//   scalar s       ceil(n/s) items of s, the last one smaller
//   vector         items of these sizes
// Source: ONNX SplitToSequence-11, -24; onnxruntime core/providers/cpu/sequence/sequence_ops.cc.
absl::Status InferSplitToSequence(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) {
    out.SetInfo(0, SequenceOfType(out, out.tables().Tensor(in.type(0)), Dim()));
    return absl::OkStatus();
  }
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 0), x.rank());
  if (!axis.ok()) return axis.status();
  if (!in.has(1)) {
    out.SetInfo(0, SplitIntoSlices(in, out, *axis));
    return absl::OkStatus();
  }
  const ShapeView split = in.shape(1);
  const auto sizes = in.Ints(1);
  if (sizes && split.has_rank()) {
    out.SetInfo(0, split.rank() == 0 ? SplitByScalar(in, out, *axis, (*sizes)[0])
                                     : SplitBySizes(in, out, *axis, *sizes));
    return absl::OkStatus();
  }
  const bool is_vector = split.has_rank() && split.rank() == 1;
  const Info item = PartOf(out, in, *axis, out.Fresh("split"));
  out.SetInfo(0, SequenceOfType(out, item.type, is_vector ? split[0].dim() : Dim()));
  return absl::OkStatus();
}

// The items' dims at the axis of joining, added up; fresh where they are not known.
Expr JoinedDim(const Operands& in, Results& out, const SequenceView& s, int axis) {
  if (s.items != nullptr) {
    Expr sum = in.Const(0);
    for (const Info& item : *s.items) {
      sum = sum + in.Wrap(in.tables().dims(in.tables().type(item.type).shape)[axis]);
    }
    return sum;
  }
  if (!s.whole.is_none() && axis == s.axis_of_parts) return in.Wrap(s.whole);
  if (s.length.is_none() || WithOwnDims(out, s.element) != s.element)
    return out.Fresh(StemAt("concat", axis));
  return in.Wrap(in.tables().dims(in.tables().type(s.element).shape)[axis]) * in.Wrap(s.length);
}

// What is known of an item's elements; nullopt where its dims are not constant.
std::optional<Block> BlockOfItem(const Operands& in, const Info& item) {
  const Type& type = in.tables().type(item.type);
  if (type.shape == ShapeId::kUnknownRank) return std::nullopt;
  auto dims = ShapeView(in.context(), in.tables().dims(type.shape)).Constants();
  const std::optional<int64_t> count = dims ? TrackedCount(*dims) : std::nullopt;
  if (!count) return std::nullopt;
  const Knowledge& known = in.tables().knowledge(item.knowledge);
  return Block{*std::move(dims),
               known.has_elements ? known.elements : std::vector<Element>(*count)};
}

void SetJoinedElements(const Operands& in, const std::vector<Info>& items, int axis, bool stack,
                       Results& out) {
  std::vector<Block> blocks;
  for (const Info& item : items) {
    std::optional<Block> block = BlockOfItem(in, item);
    if (!block) return;
    if (stack) block->dims.insert(block->dims.begin() + axis, 1);
    blocks.push_back(*std::move(block));
  }
  if (std::optional<Block> joined = Joined(blocks, axis)) {
    out.SetElements(0, std::move(joined->elements));
  }
}

// seq of [a..., k_i, b...] -> [a..., sum of k_i, b...]; with new_axis=1, seq of [a..., b...] ->
// [a..., length, b...].
// Source: ONNX ConcatFromSequence-11; an empty sequence fails (onnxruntime
// core/providers/cpu/tensor/concatbase.h).
absl::Status InferConcatFromSequence(const Operands& in, Results& out) {
  const SequenceView s = SequenceOf(in, 0);
  if (!s.is_sequence) return absl::OkStatus();
  const Type element = in.tables().type(s.element);
  out.SetType(0, element.element);
  if (!s.length.is_none()) {
    out.Require(Ge(in.Wrap(s.length), 1), {"a sequence of ", in.Wrap(s.length), " is not empty"});
  }
  if (element.shape == ShapeId::kUnknownRank) return absl::OkStatus();
  const bool stack = in.Int("new_axis", 0) != 0;
  const int rank = static_cast<int>(in.tables().dims(element.shape).size());
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 0), rank + (stack ? 1 : 0));
  if (!axis.ok()) return axis.status();
  const TypeId own = WithOwnDims(out, s.element);
  ShapeBuilder y(in.tables().dims(in.tables().type(own).shape));
  if (s.items != nullptr && !s.items->empty()) {
    std::vector<ShapeView> shapes;
    for (const Info& item : *s.items) {
      shapes.emplace_back(in.context(), in.tables().dims(in.tables().type(item.type).shape));
    }
    y = SharedDims(in, shapes, stack ? std::nullopt : std::optional<int>(*axis), out);
  }
  if (stack) {
    y.Insert(*axis, s.length.is_none() ? out.Fresh("sequence_length") : in.Wrap(s.length));
  } else {
    y.Set(*axis, JoinedDim(in, out, s, *axis));
  }
  out.SetShape(0, y);
  if (s.items != nullptr) SetJoinedElements(in, *s.items, *axis, stack, out);
  return absl::OkStatus();
}

constexpr Rule kSequenceRules[] = {
    {kOnnx, "ConcatFromSequence", 11, InferConcatFromSequence},
    {kOnnx, "SequenceAt", 11, InferSequenceAt},
    {kOnnx, "SequenceConstruct", 11, InferSequenceConstruct},
    {kOnnx, "SequenceEmpty", 11, InferSequenceEmpty},
    {kOnnx, "SequenceErase", 11, InferSequenceErase},
    {kOnnx, "SequenceInsert", 11, InferSequenceInsert},
    {kOnnx, "SequenceLength", 11, InferSequenceLength},
    {kOnnx, "SplitToSequence", 11, InferSplitToSequence},
};

}  // namespace

absl::Span<const Rule> SequenceRules() { return kSequenceRules; }

}  // namespace symshape::rules
