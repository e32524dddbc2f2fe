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
  const Type& type = tables().type(tables().Resolve(frame.infos[Index(value)]).type);
  const bool is_tensor = type.kind == Type::Kind::kTensor || type.kind == Type::Kind::kUnknown;
  return is_tensor && type.shape == ShapeId::kUnknownRank;
}

// A node of which something worse is said already: it never runs, nobody knows its operator.
bool Walk::IsReported(const std::string& node, const std::string& op) const {
  return std::any_of(analysis_->diagnostics().begin(), analysis_->diagnostics().end(),
                     [&](const diagnostics::Diagnostic& d) { return d.node == node && d.op == op; });
}

void Walk::ReportLostRanks(const Frame& frame) {
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
    if (lost_inside || IsReported(d.node, d.op)) continue;
    d.tensor = std::string(frame.graph.values[Index(*output)].name);
    d.message = {PlanOf(frame, node).kind == Plan::Kind::kIf
                     ? "the branches give it different ranks"
                     : "only data tells its rank"};
    Report(std::move(d));
  }
  for (const auto& [key, child] : frame.children) {
    if (child->graph.parent == &frame.graph) ReportLostRanks(*child);
  }
}

}  // namespace symshape::engine
