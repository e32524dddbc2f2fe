// Says where a rank is lost, and why: at inputs that declare none, and at nodes that get all the
// ranks they read and do not tell their own.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "engine/walk.h"
#include "rules/sequence.h"

namespace symshape::engine {

using diagnostics::Diagnostic;
using diagnostics::Message;
using graph::Index;
using graph::ValueId;
using rules::ShapeId;
using rules::Type;

class LostRanks {
 public:
  explicit LostRanks(Walk& walk) : walk_(walk) {
    for (const Diagnostic& d : walk.analysis_->diagnostics()) said_.emplace(d.node, d.op);
  }

  void OfInputs(const Frame& frame) {
    for (ValueId input : frame.graph.inputs) {
      if (Lacks(frame, input)) Tell({}, frame, input, {"is an input of no declared rank"});
    }
  }

  // Bodies nest no deeper than Walk::kMaxDepth.
  void OfNodes(const Frame& frame) {
    const auto lacks = [this](rules::Info info) { return Lacks(info); };
    if (std::any_of(frame.infos.begin(), frame.infos.end(), lacks)) {  // mostly none does
      const std::vector<const Frame*> bodies = ByNode(frame);
      auto body = bodies.begin();
      for (uint32_t i = 0; i < frame.graph.nodes.size(); ++i) {
        const auto of_others = [i](const Frame* f) { return f->parent_node != i; };
        const auto end = std::find_if(body, bodies.end(), of_others);
        OfNode(frame, i, absl::MakeConstSpan(bodies).subspan(body - bodies.begin(), end - body));
        body = end;
      }
    }
    for (size_t i = 0; i < frame.children.size(); ++i) {
      FetchAhead(frame.children, i);
      if (IsOfTheFile(*frame.children[i].frame)) OfNodes(*frame.children[i].frame);
    }
  }

 private:
  bool IsOfTheFile(const Frame& frame) const { return &frame.model == &walk_.model_; }

  // Bodies of the file's nodes, in the nodes' order.
  std::vector<const Frame*> ByNode(const Frame& frame) const {
    std::vector<const Frame*> bodies;
    for (const Frame::Entered& child : frame.children) {
      if (IsOfTheFile(*child.frame)) bodies.push_back(child.frame);
    }
    return bodies;
  }

  bool Lacks(const Frame& frame, ValueId value) {
    return value != ValueId::kNone && Lacks(frame.infos[Index(value)]);
  }

  // A tensor without a rank, or what holds such tensors. A sequence of which nothing is known holds
  // them, one that is known to be empty does not.
  bool Lacks(rules::Info info) {
    const Type* type = &walk_.tables().type(info.type);  // no fact tells a rank
    while (type->kind == Type::Kind::kSequence || type->kind == Type::Kind::kOptional) {
      type = &walk_.tables().type(type->inner);
    }
    return (type->kind == Type::Kind::kTensor || type->kind == Type::Kind::kUnknown) &&
           type->shape == ShapeId::kUnknownRank &&
           !rules::HoldsNothing(walk_.tables().knowledge(info.knowledge));
  }

  void OfNode(const Frame& frame, uint32_t index, absl::Span<const Frame* const> bodies) {
    const graph::Node& node = frame.graph.nodes[index];
    const auto lacks = [&](ValueId value) { return Lacks(frame, value); };
    const auto output = std::find_if(node.outputs.begin(), node.outputs.end(), lacks);
    if (output == node.outputs.end()) return;
    if (std::any_of(node.inputs.begin(), node.inputs.end(), lacks)) return;
    bool inside = false, between_trips = false;  // lost in a body, whose nodes say so, or around it
    for (const Frame* of_body : bodies) {
      const auto lost = [of_body, this](ValueId value) { return Lacks(*of_body, value); };
      const graph::Graph& body = of_body->graph;
      inside = inside || std::any_of(body.outputs.begin(), body.outputs.end(), lost);
      between_trips = between_trips || std::any_of(body.inputs.begin(), body.inputs.end(), lost);
    }
    if (inside && !between_trips) return;
    const Diagnostic d = walk_.AtNode(frame, index, "rank-lost");
    if (said_.contains({d.node, d.op})) return;  // it never runs, or nobody knows its operator
    Tell(d, frame, *output, Reason(frame, index, *output));
  }

  Message Reason(const Frame& frame, uint32_t index, ValueId output) {
    const graph::Node& node = frame.graph.nodes[index];
    switch (walk_.PlanOf(frame, node).kind) {
      case Plan::Kind::kIf:
        return {"the branches give it different ranks"};
      case Plan::Kind::kLoop:
      case Plan::Kind::kScan:
        return {"its rank is not the same on each trip"};
      case Plan::Kind::kFallback:
        return {"onnx's own inference does not tell its rank"};
      case Plan::Kind::kUser:
        return {"the operator's definition does not tell its rank"};
      default:
        break;
    }
    if (walk_.tables().type(frame.infos[Index(output)].type).kind == Type::Kind::kSequence) {
      return {"its items have different ranks"};
    }
    for (ValueId input : node.inputs) {
      if (IsOpenList(frame, input)) {
        return {"how long '", frame.graph.values[Index(input)].name, "' is tells its rank"};
      }
    }
    return {"a size or data tells its rank"};
  }

  // A list of integers, as shapes and axes are, whose length no number tells.
  bool IsOpenList(const Frame& frame, ValueId value) {
    if (value == ValueId::kNone) return false;
    const Type& type = walk_.tables().type(walk_.tables().Resolve(frame.infos[Index(value)]).type);
    if (type.kind != Type::Kind::kTensor || type.shape == ShapeId::kUnknownRank ||
        type.element != rules::ElementType::kInt64) {
      return false;
    }
    const absl::Span<const symbolic::Dim> dims = walk_.tables().dims(type.shape);
    return dims.size() == 1 && !walk_.context().ConstantOf(dims[0]).has_value();
  }

  void Tell(Diagnostic d, const Frame& frame, ValueId value, Message reason) {
    if (d.id.empty()) {
      d.id = "rank-lost";
      d.severity = diagnostics::FindRow(d.id)->severity;
    }
    d.tensor = std::string(frame.graph.values[Index(value)].name);
    d.message = std::move(reason);
    walk_.Report(std::move(d));
  }

  Walk& walk_;
  absl::flat_hash_set<std::pair<std::string, std::string>> said_;  // node and operator
};

void Walk::ReportLostRanks() {
  LostRanks lost(*this);
  lost.OfInputs(frames_.front());
  lost.OfNodes(frames_.front());
}

}  // namespace symshape::engine
