#include "rules/elementwise.h"

#include <algorithm>
#include <utility>

#include "rules/broadcast.h"
#include "rules/index_map.h"

namespace symshape::rules {
namespace {

bool Tells(const Element& e) { return e.known() || e.is_test(); }

bool AnyTells(const std::vector<Element>& elements) {
  return std::any_of(elements.begin(), elements.end(), Tells);
}

}  // namespace

const std::vector<Element>* ElementsToFollow(const Operands& in, int i) {
  if (!HasElementMath(in.type(i))) return nullptr;
  return in.Elements(i);
}

bool NeedsRange(const Results& out) {
  const ElementType type = out.tables().type(out.info(0).type).element;
  if (!graph::IsInteger(type) && type != ElementType::kBool) return false;
  const Knowledge& knowledge = out.tables().knowledge(out.info(0).knowledge);
  return !knowledge.has_elements ||
         !std::all_of(knowledge.elements.begin(), knowledge.elements.end(),
                      [](const Element& e) { return e.known(); });
}

void MapElements(const Operands& in, Results& out, UnaryElement function) {
  const std::vector<Element>* x = ElementsToFollow(in, 0);
  if (x == nullptr) return;
  ElementMath math(out, in.type(0));
  std::vector<Element> y;
  y.reserve(x->size());
  for (const Element& e : *x) {
    math.At(static_cast<int64_t>(y.size()));
    y.push_back(Tells(e) ? (math.*function)(e) : Element());
  }
  if (AnyTells(y)) out.SetElements(0, std::move(y));
}

void MapElements(const Operands& in, Results& out, absl::Span<const Dim> a, absl::Span<const Dim> b,
                 BinaryElement function) {
  if (!in.is_known(0) || !in.is_known(1)) return;  // as mostly: a weight need not be read
  const std::vector<Element>* x = ElementsToFollow(in, 0);
  const std::vector<Element>* y = x != nullptr ? ElementsToFollow(in, 1) : nullptr;
  if (y == nullptr) return;
  const TypeId type = out.info(0).type;
  if (out.tables().type(type).shape == ShapeId::kUnknownRank) return;
  Context& context = in.context();
  const auto z_sizes =
      ShapeView(context, out.tables().dims(out.tables().type(type).shape)).Constants();
  const auto x_sizes = ShapeView(context, a).Constants();
  const auto y_sizes = ShapeView(context, b).Constants();
  if (!z_sizes || !x_sizes || !y_sizes) return;
  int64_t count = 1;
  for (int64_t size : *z_sizes) {
    count *= size;
    if (count > kMaxElements) return;
  }
  const BroadcastIndex x_index(*z_sizes, *x_sizes), y_index(*z_sizes, *y_sizes);
  ElementMath math(out, in.type(0));
  std::vector<Element> z;
  z.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    math.At(i);
    z.push_back((math.*function)((*x)[x_index(i)], (*y)[y_index(i)]));
  }
  if (AnyTells(z)) out.SetElements(0, std::move(z));
}

}  // namespace symshape::rules
