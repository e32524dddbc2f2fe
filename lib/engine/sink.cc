// What rules tell besides their results: requirements, fresh symbols, diagnostics.
#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/walk.h"
#include "graph/node_name.h"

namespace symshape::engine {

using diagnostics::Diagnostic;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Interval;
using symbolic::Tri;

Diagnostic Walk::AtNode(const Frame& frame, uint32_t node, absl::string_view id) const {
  const graph::Node& n = frame.graph.nodes[node];
  const graph::Operator& op = frame.model.op(n);
  Diagnostic d;
  d.id = id;
  const diagnostics::Row* row = diagnostics::FindRow(id);
  d.severity = row != nullptr ? row->severity : diagnostics::Severity::kWarning;
  d.op = graph::OperatorName(op);
  d.node = graph::NodeName(n, op);
  return d;
}

void Walk::Report(Diagnostic diagnostic) {
  if (!reported_
           .insert(absl::StrCat(diagnostic.id, "\n", diagnostic.node, "\n", diagnostic.op, "\n",
                                diagnostic.tensor))
           .second) {
    return;
  }
  ++told_;
  analysis_->diagnostics_.push_back(std::move(diagnostic));
}

void Walk::ReportNeverRuns(const Frame& frame, uint32_t node, diagnostics::Message message) {
  Diagnostic d = AtNode(frame, node, "never-runs");
  d.message = std::move(message);
  for (graph::ValueId input : frame.graph.nodes[node].inputs) {
    if (input == graph::ValueId::kNone) continue;
    const auto dims = analysis_->DimsOf(frame.infos[graph::Index(input)]);
    if (!dims.has_value()) continue;
    d.notes.push_back({"'", frame.graph.values[graph::Index(input)].name, "'  ",
                       diagnostics::Piece::Shape(dims->begin(), dims->end())});
  }
  Report(std::move(d));
}

// Whether a size is 0 is told by its bounds, which leaves the question uncounted
// (Context::undecided).
Tri Walk::DecideQuickly(const Fact& fact) {
  if (fact.kind != Fact::Kind::kEq || context().ConstantOf(fact.b) != 0) {
    return context().Decide(fact);
  }
  const Interval bounds = context().Bounds(fact.a);
  if (bounds.lo >= 1 || bounds.hi < 0) return Tri::kNo;
  return bounds.lo == 0 && bounds.hi == 0 ? Tri::kYes : Tri::kUnknown;
}

bool Walk::Assume(const Fact& fact, symbolic::Cause cause) {
  ++stated_;
  const absl::StatusOr<bool> told = context().Assume(fact, cause);
  if (told.ok() && *told) ++facts_told_;
  return told.ok();
}

namespace {

// One way with one need.
std::vector<std::vector<Need>> Alone(Need need) {
  std::vector<std::vector<Need>> ways(1);
  ways[0].push_back(std::move(need));
  return ways;
}

bool IsAlone(const std::vector<std::vector<Need>>& ways) {
  return ways.size() == 1 && ways[0].size() == 1 && ways[0][0].unless.empty();
}

}  // namespace

// A node of a schema's function body is none of the file's: the file's node that calls it stands
// for it.
std::pair<const graph::Graph*, uint32_t> Walk::InFile(const Frame& frame, uint32_t node) const {
  const Frame* owner = &frame;
  while (&owner->model != &model_) {
    node = owner->parent_node;
    owner = owner->parent;
  }
  return {&owner->graph, node};
}

// Lists it, or adds the node to the one that is listed already; where it is in the list.
size_t Walk::Record(Frame& frame, uint32_t node, std::vector<std::vector<Need>> ways,
                    absl::Span<const diagnostics::Piece> message) {
  const bool conditional = frame.conditional;
  std::vector<Requirement>& list = analysis_->requirements_;
  size_t at = list.size();
  if (IsAlone(ways)) {
    at = required_alone_.try_emplace({ways[0][0].fact, conditional}, at).first->second;
  } else {
    at = required_.try_emplace({ways, conditional}, at).first->second;
  }
  if (at < list.size()) {
    RecordAlso(frame, node, at);
    return at;
  }
  ++told_;
  const auto [graph, its_node] = InFile(frame, node);
  list.push_back(
      {std::move(ways), {message.begin(), message.end()}, graph, its_node, conditional, {}});
  return at;
}

void Walk::RecordAlso(const Frame& frame, uint32_t node, size_t listed) {
  Requirement& known = analysis_->requirements_[listed];
  const auto other = InFile(frame, node);
  if (other != std::pair(known.graph, known.node) && known.also.size() < kMaxAlso &&
      std::find(known.also.begin(), known.also.end(), other) == known.also.end()) {
    ++told_;
    known.also.push_back(other);
  }
}

bool Walk::Require(Frame& frame, uint32_t node, const Fact& fact, absl::Span<const Fact> unless,
                   absl::Span<const diagnostics::Piece> message) {
  const Tri answer = context().Decide(fact);
  if (answer == Tri::kYes) {
    const auto listed = required_alone_.find({fact, frame.conditional});
    if (listed == required_alone_.end()) return false;
    RecordAlso(frame, node, listed->second);
    return true;
  }
  Need need{fact, {}};
  for (const Fact& other : unless) {
    const Tri holds = DecideQuickly(other);
    if (holds == Tri::kYes) return false;
    if (holds == Tri::kUnknown &&
        std::find(need.unless.begin(), need.unless.end(), other) == need.unless.end()) {
      need.unless.push_back(other);
    }
  }
  ++stated_;
  if (branch_needs_ != nullptr) branch_needs_->push_back(need);
  const bool open = !need.unless.empty();
  const size_t listed = Record(frame, node, Alone(std::move(need)), message);
  if (open) return true;
  if (answer == Tri::kUnknown) {
    const symbolic::Cause cause{symbolic::Cause::Kind::kRequired, static_cast<uint32_t>(listed)};
    if (Assume(fact, cause)) return true;
  }
  if (frame.conditional) return true;  // a branch that cannot be entered
  diagnostics::Message needs = {"needs what no size allows: "};
  needs.insert(needs.end(), message.begin(), message.end());
  ReportNeverRuns(frame, node, std::move(needs));
  return true;
}

// A reason of its own, not a fact about sizes: a rank, an attribute.
void Walk::Fails(Frame& frame, uint32_t node, diagnostics::Message reason) {
  ++stated_;
  const Need never{{Fact::Kind::kEq, context().Constant(0), context().Constant(1)}, {}};
  if (branch_needs_ != nullptr) branch_needs_->push_back(never);
  Record(frame, node, Alone(never), reason);
  if (!frame.conditional) ReportNeverRuns(frame, node, std::move(reason));
}

// Beside `where`, the latest of what is required there and speaks of the same symbols: it is the
// most that is known of the deepest part of a network, so the rest would mostly be repetition.
bool Walk::HoldWhere(absl::Span<const Fact> asked, absl::Span<const Fact> where) {
  constexpr size_t kMaxFacts = 32;
  absl::flat_hash_set<Dim> symbols;
  for (const Fact& fact : asked) {
    for (Dim symbol : context().SymbolsOf(context().Sub(fact.a, fact.b))) symbols.insert(symbol);
  }
  const Dim zero = context().Constant(0), one = context().Constant(1);
  const auto is_refuted = [&](const Fact& other) {
    const bool is_zero = other.kind == Fact::Kind::kEq && other.b == zero;
    return (is_zero && absl::c_linear_search(where, Fact{Fact::Kind::kGe, other.a, one})) ||
           DecideQuickly(other) == Tri::kNo;
  };
  std::vector<Fact> known(where.begin(), where.end());
  const std::vector<Requirement>& list = analysis_->requirements_;
  for (auto r = list.rbegin(); r != list.rend() && known.size() < kMaxFacts; ++r) {
    if (r->conditional || r->ways.size() != 1) continue;
    for (const Need& need : r->ways[0]) {
      if (need.unless.empty() || !absl::c_all_of(need.unless, is_refuted)) continue;
      const std::vector<Dim> its = context().SymbolsOf(context().Sub(need.fact.a, need.fact.b));
      if (absl::c_all_of(its, [&](Dim s) { return symbols.contains(s); }))
        known.push_back(need.fact);
    }
  }
  return context().HoldWhere(asked, known);
}

// What is required unless a size is 0 is required, and a fact, once that size is known not to be.
void Walk::CloseRequirements() {
  const auto is_refuted = [this](const Fact& other) { return context().Decide(other) == Tri::kNo; };
  for (size_t i = 0; i < analysis_->requirements_.size(); ++i) {
    Requirement& r = analysis_->requirements_[i];
    if (r.conditional || r.ways.size() != 1 || r.ways[0].size() != 1) continue;
    Need& need = r.ways[0][0];
    if (need.unless.empty() || !absl::c_all_of(need.unless, is_refuted)) continue;
    if (context().Decide(need.fact) != Tri::kUnknown) continue;
    const symbolic::Cause cause{symbolic::Cause::Kind::kRequired, static_cast<uint32_t>(i)};
    if (!Assume(need.fact, cause)) continue;
    need.unless.clear();
    required_alone_.try_emplace({need.fact, r.conditional}, i);
  }
}

// Drops what was required since the list had `size` entries: a trip of a loop that was only tried.
void Walk::ForgetRequirements(size_t size) {
  std::vector<Requirement>& list = analysis_->requirements_;
  for (size_t i = size; i < list.size(); ++i) {
    const auto& ways = list[i].ways;
    if (IsAlone(ways)) {
      required_alone_.erase({ways[0][0].fact, list[i].conditional});
    } else {
      required_.erase({ways, list[i].conditional});
    }
  }
  list.erase(list.begin() + size, list.end());
}

Dim Walk::Fresh(Frame& frame, uint32_t node, uint32_t nth, absl::string_view stem,
                Interval domain) {
  HasSymbols(frame);
  const absl::string_view shown =
      stem.substr(0, stem.find('#'));  // what follows tells places apart
  const auto [it, is_new] =
      fresh_.try_emplace(FreshKey{frame.id, node, nth, std::string(stem)}, Dim());
  if (!frame.repeated) {
    if (is_new) it->second = context().Fresh(NewName(shown), domain);
    if (is_new && domain.lo != Interval::kMinusInf) {
      analysis_->ranges_.try_emplace(it->second, Analysis::Range{domain.lo, Dim()});
    }
    return it->second;
  }
  // The domain may hold for this trip only, so it is a fact of the body's scope.
  if (is_new) {
    it->second =
        context().Fresh(NewName(shown), domain.lo >= 0 ? symbolic::kSize : symbolic::kAnyInteger);
    analysis_->local_symbols_.emplace(it->second, depth_);
  }
  if (domain.hi != Interval::kPlusInf) Bound(it->second, context().Constant(domain.hi));
  return it->second;
}

void Walk::HasSymbols(Frame& frame) {
  for (Frame* f = &frame; f != nullptr && !f->has_symbols; f = f->parent) f->has_symbols = true;
}

std::string Walk::NewName(absl::string_view stem) {
  return absl::StrCat(stem, "_", ++stems_[std::string(stem)]);
}

void Walk::Bound(Dim symbol, Dim limit) {
  // True by the operator's definition; a conflict would mean that the node cannot run at all.
  const auto known = analysis_->ranges_.find(symbol);
  if (known != analysis_->ranges_.end() && known->second.greatest.is_none()) {
    known->second.greatest = limit;
  }
  Assume({Fact::Kind::kGe, limit, symbol}, symbolic::Cause{});
}

}  // namespace symshape::engine
