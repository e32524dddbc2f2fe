// One node by its operator's rule, or by what the rule answered to an equal node before.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/memo.h"
#include "engine/node_sink.h"
#include "engine/walk.h"

namespace symshape::engine {

using diagnostics::Diagnostic;
using rules::Info;
using symbolic::Dim;

namespace {

// Hears a rule without consequences.
class DeafSink : public rules::Sink {
 public:
  explicit DeafSink(symbolic::Context& context) : context_(context) {}
  void Require(const symbolic::Fact& fact, absl::Span<const symbolic::Fact> unless,
               absl::Span<const diagnostics::Piece>) override {
    needs_.push_back({fact, {unless.begin(), unless.end()}, {}});
  }
  Dim Fresh(absl::string_view stem, symbolic::Interval domain) override {
    new_ = true;
    return context_.Fresh(stem, domain);
  }
  void Bound(Dim, Dim) override { new_ = true; }
  void RankVaries(int) override { new_ = true; }
  void Report(diagnostics::Diagnostic) override { new_ = true; }
  bool HoldWhere(absl::Span<const symbolic::Fact>, absl::Span<const symbolic::Fact>) override {
    new_ = true;  // NodeSink: no such answer is remembered
    return false;
  }

  bool said_something_new() const { return new_; }
  // Whether the remembered needs are among what was required here; the others hold by now.
  bool Needed(absl::Span<const Memo::Need> remembered) const {
    return std::all_of(remembered.begin(), remembered.end(), [this](const Memo::Need& need) {
      return std::any_of(needs_.begin(), needs_.end(), [&](const Memo::Need& n) {
        return n.fact == need.fact && n.unless == need.unless;
      });
    });
  }

 private:
  symbolic::Context& context_;
  bool new_ = false;
  std::vector<Memo::Need> needs_;
};

}  // namespace

// Equal, but for the interval over all elements: a proof that once ran out of steps may be found
// when its parts are known, so the same bound may have a shorter form today.
bool Walk::Alike(const Info& today, const Info& then) {
  if (today == then) return true;
  rules::Knowledge a = tables().knowledge(today.knowledge), b = tables().knowledge(then.knowledge);
  const auto contradict = [this](Dim x, Dim y) {
    return x.is_none() != y.is_none() ||
           (!x.is_none() &&
            context().Decide({symbolic::Fact::Kind::kEq, x, y}) == symbolic::Tri::kNo);
  };
  if (today.type != then.type || contradict(a.lo, b.lo) || contradict(a.hi, b.hi)) return false;
  a.lo = b.lo;
  a.hi = b.hi;
  // By content: of equal constants that are read late each has its own id.
  return tables().Intern(std::move(a)) == tables().Intern(std::move(b));
}

// Whether the rule says today what the memo says.
bool Walk::RuleAgrees(const Frame& frame, uint32_t index, const rules::Rule& rule,
                      absl::Span<const Info> inputs, const Memo::Answer& answer) {
  const graph::Node& node = frame.graph.nodes[index];
  const rules::Operands operands(tables(), frame.model, node, inputs, frame.call_attributes);
  std::vector<Info> outputs(node.outputs.size());
  DeafSink sink(context());
  rules::Results results(operands, absl::MakeSpan(outputs), sink);
  return rule.infer(operands, results).ok() && !sink.said_something_new() &&
         std::equal(outputs.begin(), outputs.end(), answer.outputs.begin(), answer.outputs.end(),
                    [this](const Info& today, const Info& then) { return Alike(today, then); }) &&
         sink.Needed(answer.needs);
}

void Walk::ReportMemo(const Frame& frame, uint32_t index) {
  const Diagnostic at = AtNode(frame, index, "");
  memo_status_.Update(absl::InternalError(absl::StrCat(
      "the memo does not say what the rule says: node '", at.node, "' (", at.op, ")")));
}

void Walk::InferByRule(Frame& frame, uint32_t index, const rules::Rule& rule,
                       absl::Span<const Info> inputs, absl::Span<Info> outputs) {
  const graph::Node& node = frame.graph.nodes[index];
  Frame::Memory& memory = frame.memory[index];
  const std::optional<Memo::Key> key = Memo::KeyOf(frame.model.op(node), node, inputs);
  const uint64_t facts = FactsOfNow();
  if (key) {
    if (const std::optional<Memo::Answer> answer = memo_.Find(*key, facts)) {
      if (options_.check_memo && !RuleAgrees(frame, index, rule, inputs, *answer)) {
        ReportMemo(frame, index);
      }
      std::copy(answer->outputs.begin(), answer->outputs.end(), outputs.begin());
      memory.open = answer->open;
      for (const Memo::Need& need : answer->needs) {
        Require(frame, index, need.fact, need.unless, need.message);
      }
      return;
    }
  }
  const rules::Operands operands(tables(), frame.model, node, inputs, frame.call_attributes);
  NodeSink sink(*this, frame, index);
  rules::Results results(operands, outputs, sink);
  const uint64_t undecided = context().undecided();
  const uint64_t reads = tables().reads();
  const absl::Status status = rule.infer(operands, results);
  memory.open = context().undecided() != undecided;
  if (!status.ok()) {
    Fails(frame, index, {std::string(status.message())});
  } else if (key && sink.memorable() && FactsOfNow() == facts && tables().reads() == reads) {
    memo_.Remember(*key, facts, outputs, sink.TakeNeeds(), memory.open);
  }
}

}  // namespace symshape::engine
