// The items of sequences; the operators: sequence.cc.
#include <utility>

#include "rules/axes.h"
#include "rules/sequence.h"

namespace symshape::rules {

SequenceView SequenceOf(const Operands& in, int input) {
  SequenceView view;
  const Type& type = in.full_type(input);
  view.is_sequence = type.kind == Type::Kind::kSequence;
  if (!view.is_sequence) return view;
  const Knowledge& knowledge = in.knowledge(input);
  view.element = type.inner;
  view.length = knowledge.length;
  view.whole = knowledge.whole;
  view.part = knowledge.part;
  view.axis_of_parts = knowledge.axis_of_parts;
  if (knowledge.has_items) {
    view.items = &knowledge.items;
    view.length = in.Const(static_cast<int64_t>(knowledge.items.size())).dim();
  }
  return view;
}

Info SequenceOfType(Results& out, TypeId element, Dim length) {
  Knowledge knowledge;
  knowledge.length = length;
  return {out.tables().Sequence(element), out.tables().Intern(std::move(knowledge))};
}

Info SequenceOfParts(Results& out, TypeId element, int axis, Expr whole, Expr part) {
  Knowledge knowledge;
  knowledge.length = CeilDiv(whole, part).dim();
  knowledge.whole = whole.dim();
  knowledge.part = part.dim();
  knowledge.axis_of_parts = axis;
  return {out.tables().Sequence(element), out.tables().Intern(std::move(knowledge))};
}

Info SequenceOfItems(Results& out, std::vector<Info> items, TypeId if_empty) {
  TypeId element = items.empty() ? if_empty : items[0].type;
  for (size_t i = 1; i < items.size(); ++i) element = JoinTypes(out, element, items[i].type);
  const Dim length = out.tables().context().Constant(static_cast<int64_t>(items.size()));
  if (static_cast<int64_t>(items.size()) > kMaxItems) return SequenceOfType(out, element, length);
  Knowledge knowledge;
  knowledge.length = length;
  knowledge.has_items = true;
  knowledge.items = std::move(items);
  return {out.tables().Sequence(element), out.tables().Intern(std::move(knowledge))};
}

TypeId JoinTypes(Results& out, TypeId a, TypeId b) {
  if (a == b) return a;
  Tables& tables = out.tables();
  Type joined = tables.type(a);
  const Type other = tables.type(b);
  if (joined.kind != other.kind || joined.kind != Type::Kind::kTensor) return TypeId::kUnknown;
  if (joined.element != other.element) joined.element = ElementType::kUndefined;
  if (joined.shape == other.shape) return tables.Intern(joined);
  if (joined.shape == ShapeId::kUnknownRank || other.shape == ShapeId::kUnknownRank ||
      tables.dims(joined.shape).size() != tables.dims(other.shape).size()) {
    joined.shape = ShapeId::kUnknownRank;
    return tables.Intern(joined);
  }
  const absl::Span<const Dim> x = tables.dims(joined.shape), y = tables.dims(other.shape);
  ShapeBuilder dims;
  for (size_t i = 0; i < x.size(); ++i) {
    dims.Add(x[i] == y[i] ? Expr(tables.context(), x[i])
                          : out.Fresh(AxisStem("item", static_cast<int>(i))));
  }
  joined.shape = tables.Intern(dims.dims());
  return tables.Intern(joined);
}

TypeId WithOwnDims(Results& out, TypeId element) {
  Tables& tables = out.tables();
  Type type = tables.type(element);
  if (type.kind != Type::Kind::kTensor || type.shape == ShapeId::kUnknownRank) return element;
  Context& context = tables.context();
  ShapeBuilder dims(tables.dims(type.shape));
  for (int i = 0; i < dims.rank(); ++i) {
    bool may_vary = false;
    for (Dim symbol : context.SymbolsOf(dims.dims()[i])) {
      may_vary = may_vary || context.KindOf(symbol) == symbolic::SymbolKind::kFresh;
    }
    if (may_vary) dims.Set(i, out.Fresh(AxisStem("item", i)));
  }
  type.shape = tables.Intern(dims.dims());
  return tables.Intern(type);
}

}  // namespace symshape::rules
