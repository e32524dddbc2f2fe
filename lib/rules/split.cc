// Split: the pieces of a tensor along one axis. Their lengths are an attribute (opsets 2 to 12), an
// operand (1, and from 13), or equal.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

// Lengths that the node names, each perhaps unknown; nullopt where it names none.
std::optional<std::vector<Element>> NamedLengths(const Operands& in) {
  if (const auto list = in.IntList("split")) {
    std::vector<Element> lengths;
    for (int64_t length : *list) lengths.emplace_back(in.context().Constant(length));
    return lengths;
  }
  if (!in.has(1)) return std::nullopt;
  if (const std::vector<Element>* elements = in.Elements(1)) return *elements;
  return std::vector<Element>(in.outputs());
}

// Without lengths: the axis in equal parts; with num_outputs (opset 18) the last one takes what
// remains,
//   part = ceil(n / k), last = n - (k - 1) * part
// which may be 0 (n=2, k=3 gives 1, 1, 0) but not less (n=1, k=3 is refused).
// Source: ONNX Split-18; onnxruntime core/providers/cpu/tensor/split.cc, measured.
absl::StatusOr<std::vector<Expr>> EqualLengths(const Operands& in, std::optional<Expr> n,
                                               Results& out) {
  const int64_t count = in.outputs();
  if (const int64_t named = in.Int("num_outputs", count); named != count || named < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("num_outputs is ", named, " for ", count, " outputs"));
  }
  std::vector<Expr> lengths;
  if (!n) {
    const Expr part = out.Fresh("split");
    lengths.assign(count, part);
    if (in.HasAttribute("num_outputs")) lengths.back() = out.Fresh("split_last");
    return lengths;
  }
  if (!in.HasAttribute("num_outputs")) {
    if (!Surely(in, Divides(count, *n))) {
      out.Require(Divides(count, *n), {"axis of ", *n, " is split evenly into ", count});
    }
    lengths.assign(count, FloorDiv(*n, count));
    return lengths;
  }
  const Expr part = CeilDiv(*n, count);
  const Expr last = *n - (count - 1) * part;
  if (!Surely(in, Ge(last, 0))) {
    out.Require(Ge(last, 0), {"axis of ", *n, " leaves a last part of ", last, " of ", count});
  }
  lengths.assign(count, part);
  lengths.back() = last;
  return lengths;
}

// The lengths as dims; they add up to the axis, which tells one that is not known.
absl::StatusOr<std::vector<Expr>> LengthsOfParts(const Operands& in, std::optional<Expr> n,
                                                 Results& out) {
  const std::optional<std::vector<Element>> named = NamedLengths(in);
  if (!named || named->empty()) return EqualLengths(in, n, out);
  if (static_cast<int>(named->size()) != in.outputs()) {
    return absl::InvalidArgumentError(
        absl::StrCat("split has ", named->size(), " lengths for ", in.outputs(), " outputs"));
  }
  std::vector<Expr> lengths;
  Expr sum = in.Const(0);
  for (size_t i = 0; i < named->size(); ++i) {
    const Element& e = (*named)[i];
    Expr length = e.is_integer() ? in.Wrap(e.num) : out.Fresh(absl::StrCat("split_", i));
    if (e.is_integer() && !Surely(in, Ge(length, 0))) {
      out.Require(Ge(length, 0),
                  {"length of part ", static_cast<int64_t>(i), ": ", length, " >= 0"});
    }
    sum = sum + length;
    lengths.push_back(length);
  }
  if (n && n->dim() != sum.dim()) {
    out.Require(Eq(*n, sum), {"lengths add up to the axis: ", sum, " and ", *n});
  }
  return lengths;
}

// The elements of part `i`, which starts at `start` along the axis.
void SetPartElements(const Block& block, int axis, int64_t start, int64_t length, int i,
                     Results& out) {
  const Sizes strides = Strides(block.dims);
  Sizes dims = block.dims;
  if (length < 0 || start + length > dims[axis]) return;
  dims[axis] = length;
  out.SetElements(i, Pick(block.elements, dims, strides, start * strides[axis]));
}

// X [a..., n, b...] -> Y_i [a..., length_i, b...]
absl::Status InferSplit(const Operands& in, Results& out) {
  for (int i = 0; i < in.outputs(); ++i) out.SetType(i, in.type(0));
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 0), x.rank());
  if (!axis.ok()) return axis.status();
  const absl::StatusOr<std::vector<Expr>> lengths = LengthsOfParts(in, x[*axis], out);
  if (!lengths.ok()) return lengths.status();
  const std::optional<Block> block = BlockOf(in, 0);
  int64_t start = 0;
  bool starts_known = true;
  for (int i = 0; i < in.outputs(); ++i) {
    ShapeBuilder y(x.dims());
    y.Set(*axis, (*lengths)[i]);
    out.SetShape(i, y);
    const std::optional<int64_t> length = (*lengths)[i].constant();
    starts_known = starts_known && length;
    if (block && starts_known) {
      SetPartElements(*block, *axis, start, *length, i, out);
      start += *length;
    }
    EncloseRange(in, {0}, out, i);
  }
  return absl::OkStatus();
}

constexpr Rule kSplitRules[] = {
    {kOnnx, "Split", 1, InferSplit},
};

}  // namespace

absl::Span<const Rule> SplitRules() { return kSplitRules; }

}  // namespace symshape::rules
