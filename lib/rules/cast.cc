// Cast, CastLike, BitCast: the same shape with another element type.
#include "absl/strings/match.h"
#include "rules/elementwise.h"
#include "rules/families.h"
#include "rules/value_range.h"

namespace symshape::rules {
namespace {

constexpr size_t kMostTests = 8;

void CastTo(const Operands& in, ElementType to, Results& out) {
  const ElementType from = in.type(0);
  out.Set(0, to, in.shape(0));
  if (!out.wanted(0)) return;
  const bool stays_float = graph::IsFloat(from) && graph::IsFloat(to);
  if (const std::vector<Element>* elements =
          stays_float ? ElementsToFollow(in, 0) : in.Elements(0)) {
    ElementMath math(out, to);
    std::vector<Element> cast;
    // Of a mask the tests are many, and no size.
    const bool with_tests = to == ElementType::kBool || elements->size() <= kMostTests;
    for (const Element& e : *elements) {
      math.At(static_cast<int64_t>(cast.size()));
      cast.push_back(e.is_test() && !with_tests ? Element() : math.CastFrom(e, from));
    }
    out.SetElements(0, std::move(cast));
  }
  if (to != ElementType::kBool && (graph::IsInteger(from) || from == ElementType::kBool)) {
    SetRange(out, 0, to, RangeOf(in, 0));  // where it fits; bool has its own
  }
}

// `to` in opset 1: a name of TensorProto.DataType in capitals.
ElementType TypeNamed(absl::string_view name) {
  for (int i = 1; i <= static_cast<int>(ElementType::kInt2); ++i) {
    const ElementType type = static_cast<ElementType>(i);
    if (absl::EqualsIgnoreCase(graph::Name(type), name)) return type;
  }
  return ElementType::kUndefined;
}

absl::Status InferCast(const Operands& in, Results& out) {
  ElementType to = static_cast<ElementType>(in.Int("to", 0));
  if (const absl::string_view name = in.String("to"); !name.empty()) to = TypeNamed(name);
  CastTo(in, to, out);
  return absl::OkStatus();
}

// The type of the second operand, of which nothing else is read.
absl::Status InferCastLike(const Operands& in, Results& out) {
  CastTo(in, in.type(1), out);
  return absl::OkStatus();
}

// The same bits read as another type of the same width: numbers stay only from a type to itself.
absl::Status InferBitCast(const Operands& in, Results& out) {
  const ElementType to = static_cast<ElementType>(in.Int("to", 0));
  if (to == in.type(0)) {
    out.SetInfo(0, in.info(0));
  } else {
    out.Set(0, to, in.shape(0));
  }
  return absl::OkStatus();
}

constexpr Rule kCastRules[] = {
    {kOnnx, "BitCast", 26, InferBitCast},
    {kOnnx, "Cast", 1, InferCast},
    {kOnnx, "CastLike", 15, InferCastLike},
};

}  // namespace

absl::Span<const Rule> CastRules() { return kCastRules; }

}  // namespace symshape::rules
