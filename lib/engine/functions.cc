// Function bodies, inferred per call: model-local functions, and the bodies of onnx's schemas.
#include <algorithm>
#include <optional>
#include <vector>

#include "engine/memo.h"
#include "engine/walk.h"

namespace symshape::engine {

using graph::Attribute;
using graph::Index;
using rules::Info;

namespace {

const Attribute* FindIn(absl::Span<const Attribute> attributes, absl::string_view name) {
  for (const Attribute& a : attributes) {
    if (a.name == name) return &a;
  }
  return nullptr;
}

// What a call says of its function's attributes: its own, with references to the attributes of the
// function that it stands in followed, and the defaults of those that it leaves out.
std::vector<Attribute> AttributesOfCall(const Frame& caller, const graph::Node& call,
                                        const graph::Function& function) {
  std::vector<Attribute> attributes;
  for (const Attribute& a : call.attributes) {
    if (a.type != Attribute::Type::kReference) {
      attributes.push_back(a);
    } else if (const Attribute* value = FindIn(caller.call_attributes, a.text())) {
      attributes.push_back(*value);
      attributes.back().name = a.name;
    }
  }
  for (const Attribute& otherwise : function.attribute_defaults) {
    if (FindIn(attributes, otherwise.name) == nullptr) attributes.push_back(otherwise);
  }
  return attributes;
}

}  // namespace

// A call whose function told nothing new is remembered as an answer of a rule is (memo.h): what its
// nodes require is listed already, so an equal call has nothing to add. Only where a run of the
// model passes once and for certain, as what is required elsewhere depends on the place.
void Walk::InferFunction(Frame& frame, uint32_t node, const graph::Model& model,
                         const graph::Function& function, absl::Span<const Info> inputs,
                         absl::Span<Info> outputs) {
  const graph::Node& call = frame.graph.nodes[node];
  const bool usual = !frame.conditional && !frame.repeated && branch_needs_ == nullptr;
  const std::optional<Memo::Key> key =
      usual ? Memo::KeyOf(frame.model.op(call), call, inputs) : std::nullopt;
  const uint64_t facts = FactsOfNow();
  if (key) {
    if (const std::optional<Memo::Answer> answer = memo_.Find(*key, facts)) {
      std::copy(answer->outputs.begin(), answer->outputs.end(), outputs.begin());
      if (options_.check_memo && !CallAgrees(frame, node, model, function, inputs, outputs)) {
        ReportMemo(frame, node);
      }
      return;
    }
  }
  const uint64_t told = told_;
  const Frame* body = EnterFunction(frame, node, model, function, inputs, outputs);
  if (key && body != nullptr && !body->has_symbols && !body->has_read && told_ == told &&
      FactsOfNow() == facts) {
    memo_.Remember(*key, facts, outputs, /*needs=*/{}, /*open=*/true);
  }
}

// Whether the function says today what the memo says, and nothing else.
bool Walk::CallAgrees(Frame& frame, uint32_t node, const graph::Model& model,
                      const graph::Function& function, absl::Span<const Info> inputs,
                      absl::Span<const Info> remembered) {
  const uint64_t told = told_;
  std::vector<Info> today(remembered.size());
  const Frame* body = EnterFunction(frame, node, model, function, inputs, absl::MakeSpan(today));
  return body != nullptr && !body->has_symbols && told_ == told &&
         std::equal(today.begin(), today.end(), remembered.begin(),
                    [this](const Info& now, const Info& then) { return Alike(now, then); });
}

Frame* Walk::EnterFunction(Frame& frame, uint32_t node, const graph::Model& model,
                           const graph::Function& function, absl::Span<const Info> inputs,
                           absl::Span<Info> outputs) {
  if (depth_ >= kMaxDepth) {
    Report(AtNode(frame, node, "too-deep"));
    return nullptr;
  }
  Frame& body = Child(frame, node, model, *function.graph);
  if (body.conditional != frame.conditional) body.started = false;
  body.conditional = frame.conditional;
  body.call_attributes = arena_.Copy(AttributesOfCall(frame, frame.graph.nodes[node], function));
  StartFrame(body);
  const absl::Span<const graph::ValueId> formals = body.graph.inputs;
  for (size_t i = 0; i < formals.size(); ++i) {
    body.infos[Index(formals[i])] = i < inputs.size() ? inputs[i] : Info{};
  }
  ++depth_;
  InferGraph(body);
  --depth_;
  for (size_t o = 0; o < outputs.size(); ++o) outputs[o] = OutputOf(body, o);
  return &body;
}

}  // namespace symshape::engine
