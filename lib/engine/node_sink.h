// NodeSink: what the rule of one node says goes to the walk with the node's place.
#ifndef SYMSHAPE_ENGINE_NODE_SINK_H_
#define SYMSHAPE_ENGINE_NODE_SINK_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/walk.h"

namespace symshape::engine {

// Gives a rule's requirements and symbols their node, and watches what the memo must know of them.
class NodeSink : public rules::Sink {
 public:
  using Dim = symbolic::Dim;

  NodeSink(Walk& walk, Frame& frame, uint32_t node) : walk_(walk), frame_(frame), node_(node) {}

  void Require(const symbolic::Fact& fact, absl::Span<const symbolic::Fact> unless,
               absl::Span<const diagnostics::Piece> message) override {
    if (!walk_.Require(frame_, node_, fact, unless, message)) return;
    needs_.push_back({fact, {unless.begin(), unless.end()}, {message.begin(), message.end()}});
  }
  Dim Fresh(absl::string_view stem, symbolic::Interval domain) override {
    memorable_ = false;
    // Counted by stem: a rule that asks for fewer symbols once more is known must not give the
    // next axis the symbol of the last one.
    const auto nth = std::count(asked_.begin(), asked_.end(), stem);
    asked_.emplace_back(stem);
    return walk_.Fresh(frame_, node_, static_cast<uint32_t>(nth), stem, domain);
  }
  void Bound(Dim symbol, Dim limit) override {
    memorable_ = false;
    walk_.Bound(symbol, limit);
  }
  void RankVaries(int output) override {
    memorable_ = false;
    walk_.RankVaries(frame_, node_, output);
  }
  void Report(diagnostics::Diagnostic diagnostic) override {
    memorable_ = false;
    diagnostics::Diagnostic at = walk_.AtNode(frame_, node_, diagnostic.id);
    at.tensor = std::move(diagnostic.tensor);
    at.message = std::move(diagnostic.message);
    at.notes = std::move(diagnostic.notes);
    walk_.Report(std::move(at));
  }
  // What is required grows without that the facts do, by which the memo tells its answers apart.
  bool HoldWhere(absl::Span<const symbolic::Fact> asked,
                 absl::Span<const symbolic::Fact> where) override {
    memorable_ = false;
    return walk_.HoldWhere(asked, where);
  }

  bool memorable() const { return memorable_; }
  std::vector<Memo::Need> TakeNeeds() { return std::move(needs_); }

 private:
  Walk& walk_;
  Frame& frame_;
  uint32_t node_;
  std::vector<std::string> asked_;  // the stems of the symbols so far
  bool memorable_ = true;
  std::vector<Memo::Need> needs_;  // those that are not known to hold
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_NODE_SINK_H_
