#include "engine/join.h"

#include <algorithm>
#include <vector>

namespace symshape::engine {
namespace {

using rules::Element;
using rules::Info;
using rules::Knowledge;
using rules::KnowledgeId;
using rules::ShapeId;
using rules::Tables;
using rules::Type;
using rules::TypeId;
using symbolic::Dim;

// Slots of one value: axes, then elements, then the length; a nested type's axes follow.
constexpr uint32_t kAxes = 64;
constexpr uint32_t kElementSlot = kAxes;
constexpr uint32_t kLengthSlot = kElementSlot + rules::kMaxElements;
constexpr uint32_t kNestedSlot = kLengthSlot + 1;

TypeId JoinTypes(Tables& tables, TypeId a, TypeId b, const Differ& differ, uint32_t slot) {
  if (a == b) return a;
  Type joined = tables.type(a);
  const Type other = tables.type(b);
  if (joined.kind != other.kind || joined.key != other.key) return TypeId::kUnknown;
  if (joined.element != other.element) joined.element = graph::ElementType::kUndefined;
  if (joined.inner != other.inner) {
    joined.inner = JoinTypes(tables, joined.inner, other.inner, differ,
                             std::min(slot + kNestedSlot, kSlotsOfValue - kAxes));
  }
  if (joined.shape != other.shape) {
    if (joined.shape == ShapeId::kUnknownRank || other.shape == ShapeId::kUnknownRank ||
        tables.dims(joined.shape).size() != tables.dims(other.shape).size() ||
        tables.dims(joined.shape).size() > kAxes) {
      joined.shape = ShapeId::kUnknownRank;
    } else {
      const absl::Span<const Dim> x = tables.dims(joined.shape);
      const absl::Span<const Dim> y = tables.dims(other.shape);
      std::vector<Dim> dims(x.begin(), x.end());
      for (size_t i = 0; i < dims.size(); ++i) {
        if (x[i] != y[i]) dims[i] = differ(x[i], y[i], slot + static_cast<uint32_t>(i));
      }
      joined.shape = tables.Intern(dims);
    }
  }
  return tables.Intern(joined);
}

Element JoinElements(const Element& a, const Element& b, const Differ& differ, uint32_t slot) {
  if (a == b) return a;
  if (!a.is_integer() || !b.is_integer()) return Element();
  return Element(differ(a.num, b.num, slot));
}

KnowledgeId JoinKnowledge(Tables& tables, KnowledgeId a, KnowledgeId b, const Differ& differ) {
  if (a == b) return a;
  const Knowledge& x = tables.knowledge(a);
  const Knowledge& y = tables.knowledge(b);
  Knowledge joined;
  if (x.has_elements && y.has_elements && x.elements.size() == y.elements.size()) {
    joined.has_elements = true;
    for (uint32_t i = 0; i < x.elements.size(); ++i) {
      joined.elements.push_back(
          JoinElements(x.elements[i], y.elements[i], differ, kElementSlot + i));
    }
  }
  symbolic::Context& context = tables.context();
  if (!x.lo.is_none() && !y.lo.is_none()) joined.lo = context.Min(x.lo, y.lo);
  if (!x.hi.is_none() && !y.hi.is_none()) joined.hi = context.Max(x.hi, y.hi);
  if (!x.length.is_none() && !y.length.is_none()) {
    joined.length = x.length == y.length ? x.length : differ(x.length, y.length, kLengthSlot);
  }
  if (x.has_items && y.has_items && x.items == y.items) {
    joined.has_items = true;
    joined.items = x.items;
  }
  return tables.Intern(std::move(joined));
}

// An empty sequence has no element that could be unlike those of `other`, which has the same kind.
bool FitsWithoutElements(Tables& tables, Info empty, Info other) {
  const Type& type = tables.type(empty.type);
  const Type& others = tables.type(other.type);
  const Dim length = tables.knowledge(empty.knowledge).length;
  return type.kind == Type::Kind::kSequence && others.kind == Type::Kind::kSequence &&
         !length.is_none() && tables.context().ConstantOf(length) == 0 &&
         tables.type(type.inner).element == tables.type(others.inner).element;
}

TypeId JoinTypes(Tables& tables, Info a, Info b, const Differ& differ) {
  if (FitsWithoutElements(tables, a, b)) return b.type;
  if (FitsWithoutElements(tables, b, a)) return a.type;
  return JoinTypes(tables, a.type, b.type, differ, 0);
}

}  // namespace

Info Join(Tables& tables, Info a, Info b, const Differ& differ) {
  if (a == b) return a;
  return {JoinTypes(tables, a, b, differ), JoinKnowledge(tables, a.knowledge, b.knowledge, differ)};
}

}  // namespace symshape::engine
