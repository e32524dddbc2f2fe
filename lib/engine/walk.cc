// One graph, one node.
#include "engine/walk.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <string>

#include "absl/container/fixed_array.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "rules/required_operands.h"
#include "rules/tensor_info.h"

namespace symshape::engine {

using diagnostics::Diagnostic;
using graph::Index;
using graph::ValueId;
using rules::Element;
using rules::ElementType;
using rules::Info;
using rules::Knowledge;
using rules::ShapeId;
using rules::Type;
using symbolic::Dim;

namespace {

// Outputs that need no allocation.
constexpr size_t kUsualArity = 6;
// Elements that get a symbol each where nothing else is known of them (a shape has few axes).
constexpr int64_t kMaxNamedElements = 8;

std::optional<Plan::Kind> ControlFlowKind(const graph::Operator& op) {
  if (!op.domain.empty()) return std::nullopt;
  if (op.name == "If") return Plan::Kind::kIf;
  if (op.name == "Loop") return Plan::Kind::kLoop;
  if (op.name == "Scan") return Plan::Kind::kScan;
  if (op.name == "SequenceMap") return Plan::Kind::kSequenceMap;
  return std::nullopt;
}

}  // namespace

bool IsControlFlow(const graph::Operator& op) { return ControlFlowKind(op).has_value(); }

Frame& Walk::NewFrame(const graph::Model& model, const graph::Graph& graph, Frame* parent) {
  return frames_.emplace_back(model, graph, static_cast<uint32_t>(frames_.size()), parent);
}

Frame& Walk::Child(Frame& frame, uint32_t node, const graph::Model& model,
                   const graph::Graph& graph) {
  std::vector<Frame::Entered>& children = frame.children;
  const auto is_before = [](const Frame::Entered& c, uint32_t n) { return c.node < n; };
  // Nodes are inferred one after the other: it is the next one, but at the start of a round.
  size_t at = frame.next_child;
  if (at > 0 && !is_before(children[at - 1], node)) at = 0;
  for (int near = 0; near < 4 && at < children.size() && is_before(children[at], node); ++near)
    ++at;
  at = std::lower_bound(children.begin() + static_cast<std::ptrdiff_t>(at), children.end(), node,
                        is_before) -
       children.begin();
  frame.next_child = at;
  for (; at < children.size() && children[at].node == node; ++at) {
    if (&children[at].frame->graph == &graph) return *children[at].frame;
  }
  Frame& child = NewFrame(model, graph, &frame);
  children.insert(children.begin() + static_cast<std::ptrdiff_t>(at), {node, &child});
  child.parent_node = node;
  child.conditional = frame.conditional;
  child.repeated = frame.repeated;
  return child;
}

void Walk::StartFrame(Frame& frame) {
  if (frame.started) return;
  frame.started = true;
  if (frame.plans == nullptr) {
    frame.plans = &plans_[&frame.model];
    frame.plans->resize(frame.model.operators.size());
    frame.infos = arena_.NewSpan<Info>(frame.graph.values.size());
    frame.memory = arena_.NewSpan<Frame::Memory>(frame.graph.nodes.size());
  }
  uint32_t operands = 0;
  for (size_t n = 0; n < frame.graph.nodes.size(); ++n) {
    frame.memory[n] = {.first_operand = operands};
    operands += static_cast<uint32_t>(frame.graph.nodes[n].inputs.size());
  }
  if (frame.operands.empty()) frame.operands = arena_.NewSpan<Info>(operands);
  for (const graph::Initializer& i : frame.graph.initializers) {
    frame.infos[Index(i.value)] = rules::InfoOf(tables(), *i.tensor);
  }
}

void Walk::InferGraph(Frame& frame) {
  const absl::Span<const graph::Node> nodes = frame.graph.nodes;
  for (uint32_t n = 0; n < nodes.size(); ++n) {
    constexpr uint32_t kFar = 8, kNear = 4;  // nodes ahead
    if (n + kFar < nodes.size()) {
      __builtin_prefetch(nodes[n + kFar].inputs.data());
      __builtin_prefetch(nodes[n + kFar].attributes.data());
      for (const graph::Attribute& attribute : nodes[n + kNear].attributes) {
        if (attribute.type == graph::Attribute::Type::kGraph) __builtin_prefetch(attribute.graph);
      }
    }
    InferNode(frame, n);
  }
}

Plan Walk::MakePlan(const graph::Model& model, const graph::Operator& op) const {
  Plan plan;
  if ((plan.user = user_ops_.Find(op.domain, op.name)) != nullptr) {
    plan.kind = Plan::Kind::kUser;
  } else if (const graph::Function* function = model.FindFunction(op)) {
    plan.kind = Plan::Kind::kFunction;
    plan.function = function;
  } else if (const std::optional<Plan::Kind> kind = ControlFlowKind(op)) {
    plan.kind = *kind;
  } else if ((plan.rule = rules::FindRule(op.domain, op.name, op.version)) != nullptr) {
    plan.kind = Plan::Kind::kRule;
  }
  if (plan.user == nullptr && plan.function == nullptr) {
    plan.required = rules::RequiredOperands(op.domain, op.name, op.version);
  }
  return plan;
}

const Plan& Walk::PlanOf(const Frame& frame, const graph::Node& node) {
  std::optional<Plan>& plan = (*frame.plans)[Index(node.op)];
  if (!plan) plan = MakePlan(frame.model, frame.model.op(node));
  return *plan;
}

// Runtimes load no model with such a node, even where it is never reached.
void Walk::CheckOperands(const Frame& frame, uint32_t index, uint32_t required) {
  const graph::Node& node = frame.graph.nodes[index];
  uint32_t missing = required;
  for (size_t i = 0; i < node.inputs.size() && missing >> i != 0; ++i) {
    if (node.inputs[i] != ValueId::kNone) missing &= ~(uint32_t{1} << i);
  }
  if (missing == 0) return;
  Diagnostic d = AtNode(frame, index, "missing-operand");
  d.message = {"operand ", int64_t{std::countr_zero(missing)}, " is missing"};
  Report(std::move(d));
}

// What is known of the operands under the facts of now; whether it is what it was.
bool Walk::ReadOperands(const Frame& frame, const graph::Node& node, absl::Span<Info> operands) {
  bool same = true;
  Info* operand = operands.data();
  for (ValueId input : node.inputs) {
    if (input != ValueId::kNone) {
      const Info today = tables().Resolve(frame.infos[Index(input)]);
      same = same && today == *operand;
      *operand = today;
    }
    ++operand;
  }
  return same;
}

// The outputs of a node that need not be inferred again, under the facts of now.
void Walk::Reread(Frame& frame, uint32_t node) {
  const graph::Node& n = frame.graph.nodes[node];
  for (size_t o = 0; o < n.outputs.size(); ++o) {
    if (n.outputs[o] == ValueId::kNone) continue;
    Info& info = frame.infos[Index(n.outputs[o])];
    const Info today = tables().Resolve(info);
    if (today == info) continue;
    info = today;
    NameUnknownElements(frame, node, static_cast<int>(o), info);  // how many, a late fact may tell
  }
}

void Walk::InferNode(Frame& frame, uint32_t index) {
  const graph::Node& node = frame.graph.nodes[index];
  Frame::Memory& memory = frame.memory[index];
  const auto inputs =
      absl::MakeSpan(frame.operands.data() + memory.first_operand, node.inputs.size());
  const bool same = ReadOperands(frame, node, inputs);
  // In a scope of facts what it states has to be stated again.
  const bool stands = !frame.conditional || (!memory.states && !frame.repeated);
  if (same && memory.inferred && !memory.open && stands) {
    Reread(frame, index);
    return;
  }
  absl::FixedArray<Info, kUsualArity> outputs(node.outputs.size());
  const Plan& plan = PlanOf(frame, node);
  CheckOperands(frame, index, plan.required);
  const uint64_t reads = tables().reads(), stated = stated_;
  switch (plan.kind) {
    case Plan::Kind::kRule:
      InferByRule(frame, index, *plan.rule, inputs, absl::MakeSpan(outputs));
      break;
    case Plan::Kind::kIf:
      InferIf(frame, index, inputs, absl::MakeSpan(outputs));
      break;
    case Plan::Kind::kLoop:
      InferLoop(frame, index, inputs, absl::MakeSpan(outputs));
      break;
    case Plan::Kind::kScan:
      InferScan(frame, index, inputs, absl::MakeSpan(outputs));
      break;
    case Plan::Kind::kSequenceMap:
      InferSequenceMap(frame, index, inputs, absl::MakeSpan(outputs));
      break;
    case Plan::Kind::kFunction:
      InferFunction(frame, index, frame.model, *plan.function, inputs, absl::MakeSpan(outputs));
      break;
    case Plan::Kind::kUser:
      InferByUser(frame, index, *plan.user, inputs, absl::MakeSpan(outputs));
      break;
    case Plan::Kind::kFallback:
      InferByFallback(frame, index, inputs, absl::MakeSpan(outputs));
      break;
  }
  frame.has_read = frame.has_read || tables().reads() != reads;
  memory.inferred = true;
  // A body is inferred again each round: late facts concern its nodes, too.
  if (plan.kind != Plan::Kind::kRule) memory.open = true;
  Finish(frame, index, plan.kind == Plan::Kind::kFallback, absl::MakeSpan(outputs));
  memory.states = stated_ != stated;
}

void Walk::Finish(Frame& frame, uint32_t index, bool trusted, absl::Span<Info> outputs) {
  const graph::Node& node = frame.graph.nodes[index];
  for (size_t o = 0; o < outputs.size(); ++o) {
    if (node.outputs[o] == ValueId::kNone) continue;
    Info info = tables().Resolve(outputs[o]);
    AdoptClaim(frame, index, node.outputs[o], trusted, info);
    NameUnknownElements(frame, index, static_cast<int>(o), info);
    frame.infos[Index(node.outputs[o])] = info;
  }
}

// How many elements a small integer tensor has, where nothing tells one of them; else 0.
int64_t Walk::CountWithUnknown(const Info& info) {
  const Type& type = tables().type(info.type);
  if (type.kind != Type::Kind::kTensor || type.shape == ShapeId::kUnknownRank ||
      (type.element != ElementType::kInt64 && type.element != ElementType::kInt32)) {
    return 0;
  }
  const Knowledge& knowledge = tables().knowledge(info.knowledge);
  if (knowledge.has_elements && std::all_of(knowledge.elements.begin(), knowledge.elements.end(),
                                            [](const Element& e) { return e.known(); })) {
    return 0;
  }
  int64_t count = 1;
  for (Dim d : tables().dims(type.shape)) {
    const std::optional<int64_t> size = context().ConstantOf(d);
    if (!size || *size > kMaxNamedElements) return 0;
    count *= *size;
  }
  return count <= kMaxNamedElements ? count : 0;
}

void Walk::NameUnknownElements(Frame& frame, uint32_t node, int output, absl::string_view stem,
                               Info& info) {
  const int64_t count = CountWithUnknown(info);
  if (count == 0) return;
  Knowledge knowledge = tables().knowledge(info.knowledge);
  if (!knowledge.has_elements) {
    knowledge.has_elements = true;
    knowledge.elements.assign(count, Element());
  }
  for (int64_t e = 0; e < count; ++e) {
    if (knowledge.elements[e].known()) continue;
    const Dim symbol = Fresh(frame, node, kElementKeys + output * kMaxNamedElements + e,
                             absl::StrCat(stem, "_value"), symbolic::kAnyInteger);
    if (!knowledge.hi.is_none()) Bound(symbol, knowledge.hi);
    if (!knowledge.lo.is_none()) Bound(knowledge.lo, symbol);
    knowledge.elements[e] = Element(symbol);
  }
  info.knowledge = tables().Intern(std::move(knowledge));
}

void Walk::NameUnknownElements(Frame& frame, uint32_t node, int output, Info& info) {
  if (CountWithUnknown(info) == 0) return;
  const graph::Operator& op = frame.model.op(frame.graph.nodes[node]);
  NameUnknownElements(frame, node, output, absl::AsciiStrToLower(op.name), info);
}

// What the file can have value_info for: the main graph and the bodies of its control flow. A body
// that runs at several places (inside a function) is not recorded.
void Walk::Remember(Frame& frame) {
  if (&frame.model != &model_) return;
  Resolve(frame, analysis_->infos_of(frame.graph));
  for (size_t i = 0; i < frame.children.size(); ++i) {
    FetchAhead(frame.children, i);
    const Frame::Entered& child = frame.children[i];
    if (child.frame->graph.parent == &frame.graph) {
      Remember(*child.frame);
    } else {
      RememberCall(*child.frame);
    }
  }
}

// All that is known by now of the frame's values.
void Walk::Resolve(const Frame& frame, absl::Span<Info> infos) {
  for (size_t i = 0; i < infos.size(); ++i) {
    infos[i] = tables().Resolve(frame.infos[i]);
    // What nobody asked for is not known: many threads read the analysis, and none of them decodes.
    if (rules::IsUnread(infos[i].knowledge)) infos[i].knowledge = rules::KnowledgeId::kNone;
  }
}

// Calls nest no deeper than kMaxDepth.
void Walk::RememberCall(Frame& frame) {
  if (&frame.model != &model_) return;
  Call call{nullptr, {}};
  bool claims = false;
  std::vector<Frame*> bodies{&frame};
  for (size_t i = 0; i < bodies.size(); ++i) {  // grows while it runs
    for (const Frame::Entered& child : bodies[i]->children) {
      if (child.frame->graph.parent == &bodies[i]->graph) {
        bodies.push_back(child.frame);
      } else {
        RememberCall(*child.frame);
      }
    }
    claims = claims || std::any_of(bodies[i]->graph.values.begin(), bodies[i]->graph.values.end(),
                                   [](const graph::Value& v) { return v.declared != nullptr; });
  }
  if (!claims) return;
  for (const graph::Function& function : model_.functions) {
    if (function.graph == &frame.graph) call.function = &function;
  }
  for (const Frame* body : bodies) {
    call.bodies.emplace_back(&body->graph, std::vector<Info>(body->infos.size()));
    Resolve(*body, absl::MakeSpan(call.bodies.back().second));
  }
  analysis_->calls_.push_back(std::move(call));
}

}  // namespace symshape::engine
