#include "rules/tables.h"

#include <algorithm>
#include <utility>

#include "rules/tensor_info.h"

namespace symshape::rules {

namespace {

bool IsConstant(const Knowledge& k) {
  const auto constant = [](Dim d) { return d.is_none() || d.is_inline(); };
  return k.columns.empty() && k.items.empty() && constant(k.lo) && constant(k.hi) &&
         constant(k.length) && constant(k.whole) && constant(k.part) &&
         std::all_of(k.elements.begin(), k.elements.end(), [&](const Element& e) {
           return constant(e.num) && constant(e.den) && constant(e.test);
         });
}

}  // namespace

Tables::Tables(symbolic::Context& context) : context_(context) {
  // What a graph of some hundred nodes has: growing hashes and moves all again.
  constexpr size_t kUsual = 112;
  shapes_.reserve(kUsual);
  shape_ids_.reserve(kUsual);
  types_.reserve(kUsual);
  type_ids_.reserve(kUsual);
  tensors_.resize(kUsual);
  knowledge_.reserve(kUsual);
  knowledge_ids_.reserve(kUsual);
  for (auto* resolved : {&resolved_shapes_, &resolved_types_, &resolved_knowledge_}) {
    resolved->reserve(kUsual);
  }
  Intern(Type{});       // TypeId::kUnknown
  Intern(Knowledge{});  // KnowledgeId::kNone
}

ShapeId Tables::Intern(absl::Span<const Dim> dims) {
  const auto found = shape_ids_.find(dims);
  if (found != shape_ids_.end()) return found->second;
  const ShapeId id = static_cast<ShapeId>(shapes_.size());
  shapes_.push_back(dims_.Copy(dims));
  shape_ids_.emplace(shapes_.back(), id);
  resolved_shapes_.emplace_back();
  return id;
}

TypeId Tables::Intern(const Type& type) {
  const auto [it, fresh] = type_ids_.try_emplace(type, static_cast<TypeId>(types_.size()));
  if (fresh) {
    types_.push_back(type);
    resolved_types_.emplace_back();
  }
  return it->second;
}

KnowledgeId Tables::Intern(Knowledge knowledge) {
  return knowledge_ids_
      .lazy_emplace(&knowledge,
                    [&](const auto& construct) {
                      knowledge_store_.push_back(std::move(knowledge));
                      const Knowledge* const kept = &knowledge_store_.back();
                      construct(kept, static_cast<KnowledgeId>(knowledge_.size()));
                      knowledge_.push_back(kept);
                      is_constant_.push_back(IsConstant(*kept));
                      resolved_knowledge_.emplace_back();
                    })
      ->second;
}

KnowledgeId Tables::Unread(const graph::Tensor& tensor) {
  const auto next = static_cast<KnowledgeId>(kFirstUnread + unread_.size());
  const auto [it, is_new] = unread_ids_.try_emplace(&tensor, next);
  if (is_new) unread_.push_back({&tensor});
  return it->second;
}

KnowledgeId Tables::Read(KnowledgeId unread) {
  ++reads_;
  UnreadTensor& constant = unread_[static_cast<uint32_t>(unread) - kFirstUnread];
  if (constant.read == KnowledgeId::kNone) {
    constant.read = Intern(ContentOf(context_, *constant.tensor));
  }
  return constant.read;
}

TypeId Tables::Tensor(ElementType element, ShapeId shape) {
  const uint32_t at = static_cast<uint32_t>(shape) + 1;
  if (at >= tensors_.size()) tensors_.resize(std::max<size_t>(at + 1, tensors_.size() * 2));
  TensorOfShape& last = tensors_[at];
  if (last.type == TypeId::kUnknown || last.element != element) {
    Type type;
    type.kind = Type::Kind::kTensor;
    type.element = element;
    type.shape = shape;
    last = {element, Intern(type)};
  }
  return last.type;
}

TypeId Tables::Sequence(TypeId element) {
  Type type;
  type.kind = Type::Kind::kSequence;
  type.inner = element;
  return Intern(type);
}

TypeId Tables::Optional(TypeId element) {
  Type type;
  type.kind = Type::Kind::kOptional;
  type.inner = element;
  return Intern(type);
}

ShapeId Tables::Resolve(ShapeId shape) {
  if (shape == ShapeId::kUnknownRank) return shape;
  const uint32_t index = static_cast<uint32_t>(shape);
  const uint32_t epoch = context_.epoch();
  if (resolved_shapes_[index].epoch == epoch) {
    return static_cast<ShapeId>(resolved_shapes_[index].id);
  }
  const absl::Span<const Dim> before = dims(shape);
  ShapeId result = shape;
  if (std::any_of(before.begin(), before.end(), [this](Dim d) { return Resolve(d) != d; })) {
    std::vector<Dim> after(before.begin(), before.end());
    for (Dim& d : after) d = Resolve(d);
    result = Intern(after);
  }
  resolved_shapes_[index] = {epoch, static_cast<uint32_t>(result)};
  return result;
}

TypeId Tables::Resolve(TypeId id) {
  const uint32_t index = static_cast<uint32_t>(id);
  const uint32_t epoch = context_.epoch();
  Type type = types_[index];
  type.shape = Resolve(type.shape);
  // Types nest as deeply as the file declares them; its loader bounds that depth.
  if (type.inner != TypeId::kUnknown) type.inner = Resolve(type.inner, epoch);
  const TypeId result = type == types_[index] ? id : Intern(type);
  resolved_types_[index] = {epoch, static_cast<uint32_t>(result)};
  return result;
}

Dim Tables::Resolve(Dim d) { return d.is_none() || d.is_inline() ? d : context_.Resolve(d); }

// Mostly it is: then nothing is copied.
bool Tables::IsToday(const Knowledge& knowledge) {
  const auto same = [this](auto x) { return Resolve(x) == x; };
  return same(knowledge.lo) && same(knowledge.hi) && same(knowledge.length) &&
         same(knowledge.whole) && same(knowledge.part) &&
         std::all_of(
             knowledge.elements.begin(), knowledge.elements.end(),
             [&](const Element& e) { return same(e.num) && same(e.den) && same(e.test); }) &&
         std::all_of(knowledge.columns.begin(), knowledge.columns.end(), same) &&
         std::all_of(knowledge.items.begin(), knowledge.items.end(), same);
}

Knowledge Tables::Today(Knowledge knowledge) {
  for (Element& e : knowledge.elements) {
    e.num = Resolve(e.num);
    e.den = Resolve(e.den);
    e.test = Resolve(e.test);
  }
  knowledge.lo = Resolve(knowledge.lo);
  knowledge.hi = Resolve(knowledge.hi);
  knowledge.length = Resolve(knowledge.length);
  knowledge.whole = Resolve(knowledge.whole);
  knowledge.part = Resolve(knowledge.part);
  for (Info& column : knowledge.columns) column = Resolve(column);
  for (Info& item : knowledge.items) item = Resolve(item);
  return knowledge;
}

KnowledgeId Tables::Resolve(KnowledgeId id) {
  const uint32_t index = static_cast<uint32_t>(id);
  const uint32_t epoch = context_.epoch();
  const bool is_today = is_constant_[index] || IsToday(*knowledge_[index]);
  const KnowledgeId result = is_today ? id : Intern(Today(*knowledge_[index]));
  resolved_knowledge_[index] = {epoch, static_cast<uint32_t>(result)};
  return result;
}

}  // namespace symshape::rules
