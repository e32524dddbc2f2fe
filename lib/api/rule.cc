#include "api/rule.h"

#include <utility>

#include "api/state.h"

namespace symshape::internal {
namespace {

std::optional<RuleOperand> ToOperand(const rules::Operands& in, int i) {
  if (!in.has(i)) return std::nullopt;
  RuleOperand operand;
  operand.type = ToStd(graph::Name(in.type(i)));
  if (const rules::ShapeView shape = in.shape(i); shape.has_rank()) {
    operand.dims.emplace();
    for (symbolic::Dim d : shape.dims()) operand.dims->push_back(in.context().Print(d));
  }
  if (const auto constants = in.Constants(i)) {
    operand.elements.emplace(constants->begin(), constants->end());
  }
  return operand;
}

std::optional<RuleNode::Attribute> ToAttribute(const graph::Attribute& a) {
  using Type = graph::Attribute::Type;
  switch (a.type) {
    case Type::kInt:
      return a.i;
    case Type::kFloat:
      return a.f;
    case Type::kString:
      return std::string(a.text());
    case Type::kInts:
      return std::vector<int64_t>(a.ints().begin(), a.ints().end());
    case Type::kFloats:
      return std::vector<float>(a.floats().begin(), a.floats().end());
    default:
      return std::nullopt;
  }
}

}  // namespace

RuleNode ToRuleNode(const rules::Operands& in) {
  RuleNode node;
  node.name = std::string(in.node().name);
  node.domain = std::string(in.domain());
  node.op = std::string(in.op());
  node.version = in.version();
  for (int i = 0; i < in.size(); ++i) node.inputs.push_back(ToOperand(in, i));
  for (const graph::Attribute& a : in.node().attributes) {
    const graph::Attribute* value = in.Find(a.name);
    if (value == nullptr) continue;
    if (auto attribute = ToAttribute(*value)) {
      node.attributes.emplace(std::string(a.name), *std::move(attribute));
    }
  }
  return node;
}

}  // namespace symshape::internal
