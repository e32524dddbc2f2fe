#include "engine/memo.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/numeric/int128.h"

namespace symshape::engine {
namespace {

using graph::Attribute;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

// Constants up to this size are compared by content, larger ones by where they are.
constexpr size_t kMaxTensorBytes = 256;

void Mix(uint64_t& hash, uint64_t value) {
  const absl::uint128 product = absl::uint128(hash ^ value) * 0x9e3779b97f4a7c15u;
  hash = absl::Uint128Low64(product) ^ absl::Uint128High64(product);
}

template <typename T>
bool SameBytes(absl::Span<const T> a, absl::Span<const T> b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

bool SameTensor(const Tensor* a, const Tensor* b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && a->readable && b->readable && a->type == b->type &&
         a->bytes.size() <= kMaxTensorBytes && a->dims == b->dims && a->bytes == b->bytes;
}

// Types that no rule with a memo reads are never the same.
bool SameAttribute(const Attribute& a, const Attribute& b) {
  if (a.type != b.type || a.name != b.name) return false;
  switch (a.type) {
    case Attribute::Type::kFloat:
      return std::memcmp(&a.f, &b.f, sizeof(a.f)) == 0;  // NaN is NaN, -0 is not 0
    case Attribute::Type::kInt:
      return a.i == b.i;
    case Attribute::Type::kString:
      return a.text() == b.text();
    case Attribute::Type::kTensor:
    case Attribute::Type::kSparseTensor:
      return SameTensor(a.tensor, b.tensor);
    case Attribute::Type::kFloats:
      return SameBytes(a.floats(), b.floats());
    case Attribute::Type::kInts:
      return SameBytes(a.ints(), b.ints());
    case Attribute::Type::kStrings:
      return a.strings() == b.strings();
    case Attribute::Type::kTypeProto:
      return a.type_proto == b.type_proto;
    default:
      return false;
  }
}

void MixAttribute(uint64_t& hash, const Attribute& a) {
  Mix(hash, static_cast<uint64_t>(a.type) << 8 | a.name.size());
  switch (a.type) {
    case Attribute::Type::kInt:
      Mix(hash, static_cast<uint64_t>(a.i));
      break;
    case Attribute::Type::kString:
      Mix(hash, a.text().size());
      break;
    case Attribute::Type::kInts:
      for (int64_t i : a.ints()) Mix(hash, static_cast<uint64_t>(i));
      break;
    case Attribute::Type::kTensor:
      if (a.tensor == nullptr) break;
      for (int64_t d : a.tensor->dims) Mix(hash, static_cast<uint64_t>(d));
      if (a.tensor->bytes.size() > kMaxTensorBytes) break;
      for (size_t at = 0; at < a.tensor->bytes.size(); at += sizeof(uint64_t)) {
        uint64_t word = 0;
        std::memcpy(&word, a.tensor->bytes.data() + at,
                    std::min(sizeof(word), a.tensor->bytes.size() - at));
        Mix(hash, word);
      }
      break;
    default:
      break;  // rare: told apart by SameAttribute alone
  }
}

bool SameMissing(absl::Span<const ValueId> a, absl::Span<const ValueId> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](ValueId x, ValueId y) {
    return (x == ValueId::kNone) == (y == ValueId::kNone);
  });
}

bool SameNode(const Node& a, const Node& b) {
  return SameMissing(a.inputs, b.inputs) && SameMissing(a.outputs, b.outputs) &&
         std::equal(a.attributes.begin(), a.attributes.end(), b.attributes.begin(),
                    b.attributes.end(), SameAttribute);
}

}  // namespace

std::optional<Memo::Key> Memo::KeyOf(const graph::Operator& op, const Node& node,
                                     absl::Span<const Info> inputs) {
  uint64_t hash = reinterpret_cast<uintptr_t>(&op);
  Mix(hash, uint64_t{node.inputs.size()} << 32 | node.outputs.size());
  for (const Attribute& a : node.attributes) {
    if (a.type == Attribute::Type::kReference) return std::nullopt;
    MixAttribute(hash, a);
  }
  for (const Info& input : inputs) {
    const Info info = rules::WithoutUnread(input);
    Mix(hash,
        uint64_t{static_cast<uint32_t>(info.type)} << 32 | static_cast<uint32_t>(info.knowledge));
  }
  return Key{&op, &node, inputs, hash};
}

size_t Memo::SlotOf(const Key& key) const {
  const size_t mask = slots_.size() - 1;
  size_t i = key.hash & mask;
  for (; slots_[i].node != nullptr; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.hash == key.hash && slot.op == key.op && SameNode(*slot.node, *key.node) &&
        std::equal(key.inputs.begin(), key.inputs.end(), infos_.begin() + slot.first_info,
                   [](const Info& a, const Info& b) { return rules::WithoutUnread(a) == b; })) {
      return i;
    }
  }
  return i;
}

std::optional<Memo::Answer> Memo::Find(const Key& key, uint64_t facts) const {
  const Slot& slot = slots_[SlotOf(key)];
  if (slot.node == nullptr || slot.facts != facts) return std::nullopt;
  const Info* const outputs = infos_.data() + slot.first_info + key.inputs.size();
  return Answer{absl::MakeConstSpan(outputs, key.node->outputs.size()),
                absl::MakeConstSpan(needs_.data() + slot.first_need, slot.need_count), slot.open};
}

void Memo::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.node == nullptr) continue;
    size_t i = slot.hash & mask;
    while (slots_[i].node != nullptr) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

void Memo::Remember(const Key& key, uint64_t facts, absl::Span<const Info> outputs,
                    std::vector<Need> needs, bool open) {
  if (used_ == kMaxAnswers || needs_.size() >= kMaxAnswers) *this = Memo();
  if (used_ * 2 == slots_.size()) Grow();
  if (used_ == 0) infos_.reserve(2 * slots_.size());
  Slot& slot = slots_[SlotOf(key)];
  if (slot.node == nullptr) {
    ++used_;
    slot.hash = key.hash;
    slot.op = key.op;
    slot.node = key.node;
    slot.first_info = static_cast<uint32_t>(infos_.size());
    infos_.resize(infos_.size() + key.inputs.size() + outputs.size());
    std::transform(key.inputs.begin(), key.inputs.end(), infos_.begin() + slot.first_info,
                   rules::WithoutUnread);
  }
  std::copy(outputs.begin(), outputs.end(),
            infos_.begin() + slot.first_info + static_cast<ptrdiff_t>(key.inputs.size()));
  slot.facts = facts;
  slot.open = open;
  slot.first_need = static_cast<uint32_t>(needs_.size());
  slot.need_count = static_cast<uint32_t>(needs.size());
  std::move(needs.begin(), needs.end(), std::back_inserter(needs_));
}

}  // namespace symshape::engine
