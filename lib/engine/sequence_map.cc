// SequenceMap: its body for every element of the first sequence (ONNX SequenceMap-17).
#include "engine/walk.h"

namespace symshape::engine {

using rules::Info;
using rules::Knowledge;
using rules::Type;

void Walk::InferSequenceMap(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                            absl::Span<Info> outputs) {
  const graph::Graph* body = BodyOf(frame, node, "body");
  if (body == nullptr || inputs.empty()) return;
  // Each further input is a sequence of the same length, or a tensor that is handed on whole.
  std::vector<Info> elements;
  for (const Info& input : inputs) {
    const Type& type = tables().type(input.type);
    elements.push_back(
        type.kind == Type::Kind::kSequence ? Info{type.inner, rules::KnowledgeId::kNone} : input);
  }
  context().Push();
  if (Frame* each = EnterBody(frame, node, *body, elements, Entered::kRepeatedly)) {
    for (size_t o = 0; o < outputs.size(); ++o) {
      outputs[o].type = tables().Sequence(OutputOf(*each, o).type);
      Knowledge knowledge;
      knowledge.length = tables().knowledge(inputs[0].knowledge).length;
      outputs[o].knowledge = tables().Intern(std::move(knowledge));
    }
  }
  context().Pop();
}

}  // namespace symshape::engine
