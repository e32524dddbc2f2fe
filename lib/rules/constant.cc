// Constant, in all its forms, and ConstantOfShape.
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/tensor_info.h"

namespace symshape::rules {
namespace {

void SetVector(ElementType type, std::vector<Element> elements, Results& out) {
  const int64_t count = static_cast<int64_t>(elements.size());
  out.Set(0, type, ShapeBuilder({Expr(out.tables().context(), count)}));
  out.SetElements(0, std::move(elements));
}

// One of value, sparse_value, value_int, value_ints, value_float, value_floats, value_string,
// value_strings. Source: ONNX Constant-13.
absl::Status InferConstant(const Operands& in, Results& out) {
  using AttributeType = graph::Attribute::Type;
  Context& context = in.context();
  if (const graph::Attribute* a = in.Find("value"); a && a->type == AttributeType::kTensor) {
    out.SetInfo(0, InfoOf(in.tables(), *a->tensor));
  } else if (const graph::Attribute* a = in.Find("sparse_value");
             a && a->type == AttributeType::kSparseTensor) {
    ShapeBuilder dense;
    for (int64_t d : a->tensor->dims) dense.Add(in.Const(d));
    out.Set(0, a->tensor->type, dense);
  } else if (const std::optional<int64_t> value = in.Int("value_int")) {
    out.Set(0, ElementType::kInt64, ShapeBuilder());
    out.SetInts(0, std::vector<int64_t>{*value});
  } else if (const auto values = in.IntList("value_ints")) {
    std::vector<Element> elements;
    for (int64_t v : *values) elements.emplace_back(context.Constant(v));
    SetVector(ElementType::kInt64, std::move(elements), out);
  } else if (const graph::Attribute* a = in.Find("value_float"); a) {
    out.Set(0, ElementType::kFloat, ShapeBuilder());
    out.SetElements(0, {ExactElement(context, a->f)});
  } else if (const auto floats = in.FloatList("value_floats")) {
    std::vector<Element> elements;
    for (float f : *floats) elements.push_back(ExactElement(context, f));
    SetVector(ElementType::kFloat, std::move(elements), out);
  } else if (in.HasAttribute("value_string")) {
    out.Set(0, ElementType::kString, ShapeBuilder());
  } else if (const graph::Attribute* a = in.Find("value_strings"); a) {
    out.Set(0, ElementType::kString,
            ShapeBuilder({in.Const(static_cast<int64_t>(a->strings().size()))}));
  } else {
    return absl::InvalidArgumentError("has no value");
  }
  return absl::OkStatus();
}

// The element that fills a ConstantOfShape, and its type: by default the float 0.
struct Filling {
  ElementType type = ElementType::kFloat;
  Element element = Element(Dim::Inline(0));
};

Filling ReadFilling(const Operands& in) {
  const graph::Attribute* value = in.Find("value");
  if (value == nullptr || value->type != graph::Attribute::Type::kTensor) return {};
  const Knowledge& known = in.tables().knowledge(InfoOf(in.tables(), *value->tensor).knowledge);
  const bool has_one = known.has_elements && known.elements.size() == 1;
  return {value->tensor->type, has_one ? known.elements[0] : Element()};
}

// input [r] of sizes s -> [s...] full of `value`
// Source: ONNX ConstantOfShape-9.
absl::Status InferConstantOfShape(const Operands& in, Results& out) {
  const Filling filling = ReadFilling(in);
  out.SetType(0, filling.type);
  if (graph::IsInteger(filling.type) && filling.element.known()) {
    out.SetRange(0, filling.element.num, filling.element.num, Results::Bounds::kAttained);
  }
  const std::optional<int64_t> rank = in.Length(0);
  if (!rank || *rank > kMaxElements) return absl::OkStatus();
  const std::vector<Element>* sizes = in.Elements(0);
  ShapeBuilder y;
  for (int axis = 0; axis < *rank; ++axis) {
    if (sizes == nullptr || !(*sizes)[axis].is_integer()) {
      y.Add(out.Fresh(AxisStem("constant_of_shape", axis)));
      continue;
    }
    const Expr size = in.Wrap((*sizes)[axis].num);
    if (!Surely(in, Ge(size, 0))) out.Require(Ge(size, 0), {"size ", size, " >= 0"});
    y.Add(size);
  }
  out.SetShape(0, y);
  const auto dims = ShapeView(in.context(), y.dims()).Constants();
  if (const auto count = dims ? TrackedCount(*dims) : std::nullopt) {
    out.SetElements(0, std::vector<Element>(*count, filling.element));
  }
  return absl::OkStatus();
}

constexpr Rule kConstantRules[] = {
    {kOnnx, "Constant", 1, InferConstant},
    {kOnnx, "ConstantOfShape", 9, InferConstantOfShape},
};

}  // namespace

absl::Span<const Rule> ConstantRules() { return kConstantRules; }

}  // namespace symshape::rules
