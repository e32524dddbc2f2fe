// Tables: interned shapes, types and values of one analysis. Equal content has equal ids, so that a
// rule's answer can be remembered by the ids of its operands.
#ifndef SYMSHAPE_RULES_TABLES_H_
#define SYMSHAPE_RULES_TABLES_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "graph/arena.h"
#include "graph/model.h"
#include "symbolic/context.h"

namespace symshape::rules {

using graph::ElementType;
using symbolic::Dim;

enum class ShapeId : uint32_t { kUnknownRank = 0xffffffff };
enum class TypeId : uint32_t { kUnknown = 0 };
enum class KnowledgeId : uint32_t { kNone = 0 };

struct Type {
  enum class Kind : uint8_t {
    kUnknown,
    kTensor,
    kSparseTensor,
    kSequence,
    kOptional,
    kMap,
    kOpaque
  };
  Kind kind = Kind::kUnknown;
  ElementType element = ElementType::kUndefined;  // tensors
  ElementType key = ElementType::kUndefined;      // maps
  ShapeId shape = ShapeId::kUnknownRank;          // tensors
  TypeId inner = TypeId::kUnknown;  // element of a sequence or optional; a map's value
  friend bool operator==(const Type&, const Type&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Type& t) {
    // Two words, as a type is looked up for every output.
    const uint64_t kinds = static_cast<uint64_t>(t.kind) << 16 |
                           static_cast<uint64_t>(t.element) << 8 | static_cast<uint64_t>(t.key);
    return H::combine(std::move(h), uint64_t{static_cast<uint32_t>(t.shape)} << 32 | kinds,
                      t.inner);
  }
};

// One element of a tensor's value: the rational num/den. Integers and bools have den = 1. `exact`
// is false where the float that the runtime computes may differ from num/den by rounding, so that a
// Floor of it is not FloorDiv(num, den). num none: not known.
struct Element {
  Dim num;
  Dim den = Dim::Inline(1);
  bool exact = true;
  // Of a float that is not: how often it was rounded, each time by a 2^24th of itself at most in
  // float32. A sum that was rounded may be off by more than itself.
  static constexpr uint8_t kAnyRoundings = 255;
  uint8_t roundings = 0;
  // Of a bool that nothing decides: it is true where test >= 1, and num is none.
  Dim test;

  Element() = default;
  explicit Element(Dim integer) : num(integer) {}
  Element(Dim n, Dim d, bool e, uint8_t r = kAnyRoundings)
      : num(n), den(d), exact(e), roundings(e ? 0 : r) {}
  static Element AtLeastOne(Dim test) {
    Element undecided;
    undecided.test = test;
    return undecided;
  }
  bool known() const { return !num.is_none(); }
  bool is_test() const { return !test.is_none(); }
  bool is_integer() const { return known() && exact && den == Dim::Inline(1); }
  friend bool operator==(const Element&, const Element&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Element& e) {
    // One word of each of up to kMaxElements; what else differs is rare.
    return H::combine(std::move(h), uint64_t{e.num.bits()} << 32 | e.den.bits());
  }
};

// The most elements of a value that are tracked one by one.
inline constexpr int64_t kMaxElements = 1024;

// Constants whose elements nobody has asked for yet (Tables::Unread) have ids from here on.
inline constexpr uint32_t kFirstUnread = 0x80000000;
inline bool IsUnread(KnowledgeId id) { return static_cast<uint32_t>(id) >= kFirstUnread; }

// What is known of a value: its type, and an id for what is known of its content.
struct Info {
  TypeId type = TypeId::kUnknown;
  KnowledgeId knowledge = KnowledgeId::kNone;
  friend bool operator==(const Info&, const Info&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Info& i) {
    return H::combine(std::move(h), uint64_t{static_cast<uint32_t>(i.type)} << 32 |
                                        static_cast<uint32_t>(i.knowledge));
  }
};

// The same for all constants that are not read: what an answer depends on that read none.
inline Info WithoutUnread(Info info) {
  if (IsUnread(info.knowledge)) info.knowledge = static_cast<KnowledgeId>(kFirstUnread);
  return info;
}

// What is known of a value's content. All parts are optional.
struct Knowledge {
  // Tensors with constant dims and at most kMaxElements elements: all elements, row-major.
  std::vector<Element> elements;
  bool has_elements = false;
  // Integer tensors of any size: lo <= every element <= hi; none where unbounded.
  Dim lo;
  Dim hi;
  // Where the tensor has elements at all, some element is lo and some is hi (as far as given). Only
  // then does a check of every element, such as a Gather's, require lo and hi to pass it.
  bool attained = false;
  // Tensors that were joined along their last axis from slices of length 1, such as the indices of
  // a GatherND: what each slice is.
  std::vector<Info> columns;
  // Sequences: their length (none where unknown), and the items where each is known.
  Dim length;
  std::vector<Info> items;
  bool has_items = false;
  // Sequences of a tensor's parts: item k is min(part, whole - part*k) long at this axis, and as
  // the element type says at the others. `whole` none: no such parts.
  Dim whole;
  Dim part;
  int32_t axis_of_parts = 0;

  friend bool operator==(const Knowledge&, const Knowledge&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Knowledge& k) {
    const size_t n = k.elements.size();
    h = H::combine(std::move(h), n << 2 | size_t{k.has_elements} << 1 | size_t{k.attained},
                   uint64_t{k.lo.bits()} << 32 | k.hi.bits(),
                   uint64_t{k.length.bits()} << 32 | k.part.bits());
    if (!k.columns.empty()) h = H::combine(std::move(h), k.columns);  // rare
    if (!k.items.empty()) h = H::combine(std::move(h), k.items);
    // Of long lists fewer and fewer elements; they rarely differ in the others alone.
    for (size_t i = 0; i < n; i += 1 + i / 16) h = H::combine(std::move(h), k.elements[i]);
    return h;
  }
};

class Tables {
 public:
  explicit Tables(symbolic::Context& context);
  Tables(const Tables&) = delete;

  symbolic::Context& context() const { return context_; }

  ShapeId Intern(absl::Span<const Dim> dims);
  TypeId Intern(const Type& type);
  KnowledgeId Intern(Knowledge knowledge);

  absl::Span<const Dim> dims(ShapeId shape) const {  // REQUIRES: a known rank
    return shapes_[static_cast<uint32_t>(shape)];
  }
  const Type& type(TypeId id) const { return types_[static_cast<uint32_t>(id)]; }
  const Knowledge& knowledge(KnowledgeId id) {
    return *knowledge_[static_cast<uint32_t>(IsUnread(id) ? Read(id) : id)];
  }
  // After an inference, whose analysis is read by many threads. Of a constant that nobody has read
  // nothing is known.
  const Knowledge& knowledge(KnowledgeId id) const {
    return *knowledge_[static_cast<uint32_t>(IsUnread(id) ? KnowledgeId::kNone : id)];
  }

  // The content of a constant, which is decoded when somebody asks for it. One id for each tensor,
  // which has to live as long as the tables.
  KnowledgeId Unread(const graph::Tensor& tensor);
  // The same content by an id of its own; counted as reads().
  KnowledgeId Read(KnowledgeId unread);
  // How often unread constants were asked for: what was concluded in between depends on them.
  uint64_t reads() const { return reads_; }

  TypeId Tensor(ElementType element, ShapeId shape = ShapeId::kUnknownRank);
  TypeId Sequence(TypeId element);
  TypeId Optional(TypeId element);

  // Today's form of a type and of knowledge, under the facts of now.
  ShapeId Resolve(ShapeId shape);
  Info Resolve(Info info) {
    const uint32_t epoch = context_.epoch();
    return {Resolve(info.type, epoch), Resolve(info.knowledge, epoch)};
  }

 private:
  // Of every operand of every node: mostly the answer is there.
  TypeId Resolve(TypeId id, uint32_t epoch) {
    const Resolved& known = resolved_types_[static_cast<uint32_t>(id)];
    return known.epoch == epoch ? static_cast<TypeId>(known.id) : Resolve(id);
  }
  KnowledgeId Resolve(KnowledgeId id, uint32_t epoch) {
    if (id == KnowledgeId::kNone || IsUnread(id)) return id;
    const Resolved& known = resolved_knowledge_[static_cast<uint32_t>(id)];
    return known.epoch == epoch ? static_cast<KnowledgeId>(known.id) : Resolve(id);
  }
  TypeId Resolve(TypeId id);  // found now
  KnowledgeId Resolve(KnowledgeId id);
  Dim Resolve(Dim d);  // which may be none
  bool IsToday(const Knowledge& knowledge);
  Knowledge Today(Knowledge knowledge);

  static constexpr size_t kDimBytes = 2048;  // of a graph of some hundred nodes
  symbolic::Context& context_;
  graph::Arena dims_{kDimBytes};
  std::vector<absl::Span<const Dim>> shapes_;  // in dims_
  absl::flat_hash_map<absl::Span<const Dim>, ShapeId> shape_ids_;
  std::vector<Type> types_;
  absl::flat_hash_map<Type, TypeId> type_ids_;
  struct TensorOfShape {
    ElementType element = ElementType::kUndefined;
    TypeId type = TypeId::kUnknown;
  };
  std::vector<TensorOfShape> tensors_;  // by shape + 1 (unknown rank: 0): the last one asked for
  struct UnreadTensor {
    const graph::Tensor* tensor;
    KnowledgeId read = KnowledgeId::kNone;  // none: not yet
  };
  std::vector<UnreadTensor> unread_;  // by id, from kFirstUnread on
  absl::flat_hash_map<const graph::Tensor*, KnowledgeId> unread_ids_;
  uint64_t reads_ = 0;
  std::deque<Knowledge> knowledge_store_;
  std::vector<const Knowledge*> knowledge_;
  std::vector<bool> is_constant_;  // by knowledge: it has the same form under all facts
  struct KnowledgeHash {
    size_t operator()(const Knowledge* k) const { return absl::Hash<Knowledge>()(*k); }
  };
  struct KnowledgeEq {
    bool operator()(const Knowledge* a, const Knowledge* b) const { return *a == *b; }
  };
  absl::flat_hash_map<const Knowledge*, KnowledgeId, KnowledgeHash, KnowledgeEq> knowledge_ids_;
  // Today's form of each id and the epoch in which that was found; by id.
  struct Resolved {
    uint32_t epoch = 0xffffffff;
    uint32_t id = 0;
  };
  std::vector<Resolved> resolved_shapes_;
  std::vector<Resolved> resolved_types_;
  std::vector<Resolved> resolved_knowledge_;
};

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_TABLES_H_
