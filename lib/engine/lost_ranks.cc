// Says where a rank is lost: at nodes that get all the ranks they read, and do not tell their own.
#include <algorithm>

#include "engine/walk.h"

namespace symshape::engine {

using graph::Index;
using graph::ValueId;
using rules::ShapeId;
using rules::Type;

bool Walk::LacksRank(const Frame& frame, ValueId value) {
  if (value == ValueId::kNone) return false;
  const Type& type = tables().type(frame.infos[Index(value)].type);  // no fact tells a rank
  const bool is_tensor = type.kind == Type::Kind::kTensor || type.kind == Type::Kind::kUnknown;
  return is_tensor && type.shape == ShapeId::kUnknownRank;
}

// Of some nodes something worse is said already: they never run, nobody knows their operator.
void Walk::ReportLostRanks() {
  NodeSet reported;
  for (const diagnostics::Diagnostic& d : analysis_->diagnostics()) reported.insert({d.node, d.op});
  ReportLostRanks(*root_, reported);
}

void Walk::ReportLostRanks(const Frame& frame, const NodeSet& reported) {
  if (&frame.model != &model_) return;
  const auto lacks = [&](ValueId value) { return LacksRank(frame, value); };
  for (uint32_t i = 0; i < frame.graph.nodes.size(); ++i) {
    const graph::Node& node = frame.graph.nodes[i];
    const auto output = std::find_if(node.outputs.begin(), node.outputs.end(), lacks);
    if (output == node.outputs.end()) continue;
    if (std::any_of(node.inputs.begin(), node.inputs.end(), lacks)) continue;
    bool lost_inside = false;
    for (const auto& [key, child] : frame.children) {
      if (key.first != i) continue;
      for (ValueId made : child->graph.outputs) lost_inside |= LacksRank(*child, made);
    }
    diagnostics::Diagnostic d = AtNode(frame, i, "rank-lost");
    if (lost_inside || reported.contains({d.node, d.op})) continue;
    d.tensor = std::string(frame.graph.values[Index(*output)].name);
    d.message = {PlanOf(frame, node).kind == Plan::Kind::kIf
                     ? "the branches give it different ranks"
                     : "only data tells its rank"};
    Report(std::move(d));
  }
  for (const auto& [key, child] : frame.children) {
    if (child->graph.parent == &frame.graph) ReportLostRanks(*child, reported);
  }
}

}  // namespace symshape::engine
