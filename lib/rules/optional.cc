// Optionals. Of one that is known to hold a value, or none, Knowledge has one item, or none.
#include <utility>

#include "rules/families.h"

namespace symshape::rules {
namespace {

// A value, or the type of none, -> an optional. Source: ONNX Optional-15.
absl::Status InferOptional(const Operands& in, Results& out) {
  Knowledge knowledge;
  knowledge.has_items = true;
  TypeId inner = TypeId::kUnknown;
  if (in.has(0)) {
    inner = in.info(0).type;
    knowledge.items.push_back(in.info(0));
  }
  out.SetInfo(0, {out.tables().Optional(inner), out.tables().Intern(std::move(knowledge))});
  return absl::OkStatus();
}

// From version 18 on, the operand may be a tensor or a sequence, which holds itself, or absent.
// Source: ONNX OptionalHasElement-15, -18.
absl::Status InferOptionalHasElement(const Operands& in, Results& out) {
  out.Set(0, ElementType::kBool, ShapeBuilder());
  const Type::Kind kind = in.full_type(0).kind;
  if (!in.has(0)) {
    out.SetInts(0, std::vector<int64_t>{0});
  } else if (kind == Type::Kind::kOptional) {
    const Knowledge& knowledge = in.knowledge(0);
    if (knowledge.has_items) out.SetInts(0, {in.Const(knowledge.items.empty() ? 0 : 1)});
  } else if (kind != Type::Kind::kUnknown) {
    out.SetInts(0, std::vector<int64_t>{1});
  }
  return absl::OkStatus();
}

// An optional, or from version 18 on any value -> the value. Source: ONNX OptionalGetElement-15,
// -18.
absl::Status InferOptionalGetElement(const Operands& in, Results& out) {
  if (in.full_type(0).kind != Type::Kind::kOptional) {
    out.SetInfo(0, in.info(0));
    return absl::OkStatus();
  }
  const Knowledge& knowledge = in.knowledge(0);
  if (knowledge.has_items && knowledge.items.empty()) {
    return absl::InvalidArgumentError("the optional holds nothing");
  }
  out.SetInfo(0, knowledge.has_items ? knowledge.items[0]
                                     : Info{in.full_type(0).inner, KnowledgeId::kNone});
  return absl::OkStatus();
}

constexpr Rule kOptionalRules[] = {
    {kOnnx, "Optional", 15, InferOptional},
    {kOnnx, "OptionalGetElement", 15, InferOptionalGetElement},
    {kOnnx, "OptionalHasElement", 15, InferOptionalHasElement},
};

}  // namespace

absl::Span<const Rule> OptionalRules() { return kOptionalRules; }

}  // namespace symshape::rules
