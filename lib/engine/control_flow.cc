// If, and entering a body. Loop and Scan: loop.cc.
#include <map>

#include "absl/algorithm/container.h"
#include "engine/join.h"
#include "engine/walk.h"

namespace symshape::engine {

using graph::Index;
using rules::Info;
using rules::Knowledge;
using symbolic::Dim;
using symbolic::Interval;

namespace {

constexpr size_t kLongBranches = 64;  // nodes of both

}  // namespace

Frame* Walk::EnterBody(Frame& frame, uint32_t node, const graph::Graph& body,
                       absl::Span<const Info> inputs, Entered entered) {
  if (depth_ >= kMaxDepth) {
    Report(AtNode(frame, node, "too-deep"));
    return nullptr;
  }
  Frame& child = Child(frame, node, frame.model, body);
  const bool conditional = frame.conditional || entered != Entered::kOnce;
  // What was concluded in another scope of facts is concluded anew.
  if (child.conditional != conditional) child.started = false;
  child.conditional = conditional;
  child.repeated = frame.repeated || entered == Entered::kRepeatedly;
  child.call_attributes = frame.call_attributes;
  StartFrame(child);
  for (const graph::Capture& c : body.captures) {
    child.infos[Index(c.inner)] = tables().Resolve(frame.infos[Index(c.outer)]);
  }
  for (size_t i = 0; i < body.inputs.size() && i < inputs.size(); ++i) {
    child.infos[Index(body.inputs[i])] = inputs[i];
  }
  // A loop's body need not be entered where the branch around it is.
  std::vector<Need>* const needs = branch_needs_;
  if (entered == Entered::kRepeatedly) branch_needs_ = nullptr;
  ++depth_;
  InferGraph(child);
  --depth_;
  branch_needs_ = needs;
  return &child;
}

Info Walk::OutputOf(Frame& body, size_t output) {
  if (output >= body.graph.outputs.size()) return {};
  return tables().Resolve(body.infos[Index(body.graph.outputs[output])]);
}

const graph::Graph* Walk::BodyOf(const Frame& frame, uint32_t node, absl::string_view attribute) {
  const graph::Attribute* a = frame.graph.nodes[node].Find(attribute);
  if (a != nullptr && a->type == graph::Attribute::Type::kGraph) return a->graph;
  ReportNeverRuns(frame, node, {"attribute '", attribute, "' with the graph to run is missing"});
  return nullptr;
}

// Whichever branch is taken, its needs hold. Only of those that the inputs' sizes decide, as nobody
// can read the others.
void Walk::RequireEither(Frame& frame, uint32_t node, std::vector<Need> one,
                         std::vector<Need> other) {
  const auto over_inputs = [&](const symbolic::Fact& fact) {
    for (Dim side : {fact.a, fact.b}) {
      for (Dim symbol : context().SymbolsOf(side)) {
        if (!analysis_->IsInputSymbol(symbol)) return false;
      }
    }
    return true;
  };
  for (std::vector<Need>* needs : {&one, &other}) {
    std::erase_if(*needs, [&](const Need& need) {
      return !over_inputs(need.fact) || !absl::c_all_of(need.unless, over_inputs);
    });
  }
  for (const Need& need : one) {
    if (!absl::c_linear_search(other, need)) continue;
    Require(frame, node, need.fact, need.unless, {"both branches need it"});
  }
  if (one.empty() || other.empty()) return;
  Record(frame, node, {std::move(one), std::move(other)}, {"one of its branches runs"});
}

// What one size of two branches is called: two that only the data tells and that count the same
// keep the name of what they count, `nonzero`; `if` else.
std::string Walk::StemOfEither(Dim a, Dim b) {
  const auto stem = [this](Dim d) -> absl::string_view {
    const std::optional<absl::string_view> name = context().SymbolName(d);
    if (!name || context().KindOf(d) != symbolic::SymbolKind::kFresh) return "if";
    return name->substr(0, name->rfind('_'));
  };
  return std::string(stem(a) == stem(b) ? stem(a) : "if");
}

// What an If's condition is, as far as facts tell.
Walk::Condition Walk::ConditionOf(Info info) {
  Condition condition;
  const Knowledge& known = tables().knowledge(info.knowledge);
  if (!known.has_elements || known.elements.size() != 1) return condition;
  const rules::Element& element = known.elements[0];
  if (element.is_integer()) {
    condition.holds = context().ConstantOf(element.num);
  } else if (element.is_test()) {
    condition.test = element.test;
    const symbolic::Tri holds =
        context().Decide({symbolic::Fact::Kind::kGe, element.test, Dim::Inline(1)});
    if (holds != symbolic::Tri::kUnknown) condition.holds = holds == symbolic::Tri::kYes;
  }
  return condition;
}

// Inside a branch its condition holds, or does not.
void Walk::AssumeBranch(Dim test, bool holds) {
  const Dim none = Dim::Inline(0), one = Dim::Inline(1);
  const auto kind = symbolic::Fact::Kind::kGe;
  Assume(holds ? symbolic::Fact{kind, test, one} : symbolic::Fact{kind, none, test},
         symbolic::Cause{});
}

// What is b where test >= 1, else a: one of them where the other is the same in its branch, as 1 is
// N where N == 1; or by the test where they differ by a number.
std::optional<Dim> Walk::ChosenBy(Dim test, Dim a, Dim b) {
  const auto same_where = [&](bool holds) {
    context().Push();
    AssumeBranch(test, holds);
    const bool same = context().Decide({symbolic::Fact::Kind::kEq, a, b}) == symbolic::Tri::kYes;
    context().Pop();
    return same;
  };
  if (same_where(true)) return a;
  if (same_where(false)) return b;
  const Dim difference = context().Sub(b, a);
  if (!context().ConstantOf(difference)) return std::nullopt;
  const Dim holds = context().Min(context().Max(test, Dim::Inline(0)), Dim::Inline(1));
  return context().Add(a, context().Mul(difference, holds));
}

void Walk::InferIf(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                   absl::Span<Info> outputs) {
  const graph::Graph* branches[] = {BodyOf(frame, node, "else_branch"),
                                    BodyOf(frame, node, "then_branch")};
  if (branches[0] == nullptr || branches[1] == nullptr) return;
  const Condition condition = inputs.empty() ? Condition() : ConditionOf(inputs[0]);
  if (condition.holds) {
    Frame* branch = EnterBody(frame, node, *branches[*condition.holds != 0], {}, Entered::kOnce);
    if (branch == nullptr) return;
    for (size_t o = 0; o < outputs.size(); ++o) outputs[o] = OutputOf(*branch, o);
    return;
  }
  // Of short ones to leave out the sizes that are made behind them costs more than it saves.
  const bool long_ones = branches[0]->nodes.size() + branches[1]->nodes.size() >= kLongBranches;
  std::vector<Info> ways[2];
  std::vector<Need> needs[2];
  std::vector<Need>* const outer_needs = branch_needs_;
  for (int b = 0; b < 2; ++b) {
    context().Push();
    if (const auto made = either_.find({frame.id, node}); made != either_.end()) {
      for (Dim size : made->second) context().Eliminate(size);  // behind the If: no branch has it
    }
    if (condition.test) AssumeBranch(*condition.test, b == 1);
    branch_needs_ = &needs[b];
    if (Frame* branch = EnterBody(frame, node, *branches[b], {}, Entered::kPerhaps)) {
      for (size_t o = 0; o < outputs.size(); ++o) ways[b].push_back(OutputOf(*branch, o));
    }
    branch_needs_ = outer_needs;
    context().Pop();
    if (ways[b].size() != outputs.size()) return;
  }
  RequireEither(frame, node, std::move(needs[0]), std::move(needs[1]));
  // The same branch is taken for all outputs, so the same pair of dims has the same symbol.
  std::map<std::pair<uint32_t, uint32_t>, Dim> chosen;
  size_t output = 0;
  const Differ differ = [&](Dim a, Dim b, uint32_t slot) {
    const auto [it, is_new] = chosen.try_emplace({a.bits(), b.bits()}, Dim());
    if (!is_new) return it->second;
    if (const auto told = condition.test ? ChosenBy(*condition.test, a, b) : std::nullopt) {
      return it->second = *told;
    }
    const Interval x = context().Bounds(a);
    const Interval y = context().Bounds(b);
    // By its place: where an earlier axis is the same in both by a later fact, this one must not
    // get that one's symbol, of which something is known.
    const uint32_t key = kBranchKeys + static_cast<uint32_t>(output) * kSlotsOfValue + slot;
    it->second =
        Fresh(frame, node, key, StemOfEither(a, b), {std::min(x.lo, y.lo), std::max(x.hi, y.hi)});
    // It is one of both. True of what only the branch that is not taken has, too: whatever that
    // were.
    Bound(it->second, context().Max(a, b));
    Bound(context().Min(a, b), it->second);
    if (!long_ones) return it->second;
    std::vector<Dim>& made = either_[{frame.id, node}];
    if (!absl::c_linear_search(made, it->second)) made.push_back(it->second);
    return it->second;
  };
  for (; output < outputs.size(); ++output) {
    outputs[output] = Join(tables(), ways[0][output], ways[1][output], differ);
  }
}

}  // namespace symshape::engine
