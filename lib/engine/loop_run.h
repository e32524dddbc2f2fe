// LoopRun: the body of a Loop or Scan node, inferred until its carried values differ no more.
//
// The body is inferred with the initial values; where a carried dim or element comes out different,
// it becomes a local symbol (its size varies from trip to trip) and the body is inferred again,
// until nothing differs. Each place is widened at most once, so this ends. A local symbol that
// grows by the same amount each trip then has the closed form x0 + step*trip.
#ifndef SYMSHAPE_ENGINE_LOOP_RUN_H_
#define SYMSHAPE_ENGINE_LOOP_RUN_H_

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/join.h"
#include "engine/walk.h"
#include "symbolic/expr.h"

namespace symshape::engine {

// One loop node while it is inferred.
class LoopRun {
  using Dim = symbolic::Dim;
  using Element = rules::Element;
  using Expr = symbolic::Expr;
  using Info = rules::Info;
  using Interval = symbolic::Interval;
  using Knowledge = rules::Knowledge;
  using ShapeId = rules::ShapeId;
  using Type = rules::Type;

 public:
  // kKept: a carried tensor of another shape after a trip is an error (Scan's states).
  enum class Shapes : uint8_t { kVary, kKept };

  LoopRun(Walk& walk, Frame& frame, uint32_t node, const graph::Graph& body,
          std::vector<Info> initial, Shapes shapes)
      : walk_(walk),
        depth_(walk.depth_),
        frame_(frame),
        node_(node),
        body_(body),
        shapes_(shapes),
        initial_(initial),
        carried_(std::move(initial)) {
    trip_ = Local(kTripKey, "trip", symbolic::kSize);
  }
  Dim trip() const { return trip_; }
  Frame* last() const { return last_; }

  // Runs to the fixpoint and leaves the facts of the last run in scope. `before` and `after` are
  // the body's inputs around the carried ones; the first carried output is number `first_output`.
  // False where the body could not be entered: nothing is in scope then. `limit`: every trip's
  // number is below it; used only where it is at least 1, as outputs are made in this scope, those
  // of no trip, too.
  bool ToFixpoint(const std::vector<Info>& before, const std::vector<Info>& after,
                  size_t first_output, std::optional<Dim> limit) {
    required_ = walk_.analysis_->requirements_.size();
    bool closed = false;
    for (int attempt = 0;; ++attempt) {
      std::vector<Info> inputs = before;
      inputs.insert(inputs.end(), carried_.begin(), carried_.end());
      inputs.insert(inputs.end(), after.begin(), after.end());
      walk_.ForgetRequirements(required_);
      walk_.context().Push();
      if (limit && walk_.context().Bounds(*limit).lo >= 1) {
        walk_.Bound(trip_, walk_.context().Sub(*limit, walk_.context().Constant(1)));
      }
      last_ = walk_.EnterBody(frame_, node_, body_, inputs, Walk::Entered::kRepeatedly);
      if (last_ == nullptr) {
        walk_.context().Pop();
        return false;
      }
      out_.clear();
      for (size_t k = 0; k < carried_.size(); ++k) {
        out_.push_back(walk_.OutputOf(*last_, first_output + k));
      }
      if (!Widen(attempt >= kMaxAttempts)) {
        if (closed || !FindClosedForms()) return true;
        closed = true;  // once more, with the closed forms in place of the local symbols
      }
      walk_.context().Pop();
    }
  }

  // What the k-th carried value is after `trips` trips.
  Info Final(size_t k, Expr trips) {
    const Differ differ = [&](Dim a, Dim b, uint32_t slot) {
      if (IsKept(slot)) return a;
      // a: before the last trip, b: after it, both perhaps in terms of the trip's number.
      const auto closed = closed_.find(Key(k, slot));
      if (closed != closed_.end() && walk_.context().Sub(b, a) == closed->second) {
        const Dim last = (trips - 1).dim();
        const Dim after = walk_.context().Substitute(b, {{trip_, last}});
        if (!MentionsLocal(after)) return after;
      }
      open_finals_.insert(k);
      return walk_.Fresh(frame_, node_, kFinalKeys + Key(k, slot), "loop", symbolic::kAnyInteger);
    };
    return Join(walk_.tables(), carried_[k], out_[k], differ);
  }

  // Whether Final(k) left open what no closed form tells.
  bool IsOpen(size_t k) const { return open_finals_.contains(k); }

  // What an element of the body is on that trip; unknown where more than the trip's number tells
  // it.
  Element OfTrip(const Element& e, int64_t trip) {
    if (!e.is_integer()) return Element();
    symbolic::Context& context = walk_.context();
    const Dim then = context.Substitute(e.num, {{trip_, context.Constant(trip)}});
    return MentionsLocal(then) ? Element() : Element(then);
  }

  // What a dim of the body is on the first and on the last trip, where its number is all that
  // tells.
  std::optional<std::pair<Dim, Dim>> FirstAndLast(Dim d, Expr trips) {
    const Dim first = walk_.context().Substitute(d, {{trip_, walk_.context().Constant(0)}});
    const Dim last = walk_.context().Substitute(d, {{trip_, (trips - 1).dim()}});
    if (first == last || MentionsLocal(first) || MentionsLocal(last)) return std::nullopt;
    return std::pair(first, last);
  }

  // Of a dim that every trip makes smaller by the same number: what it was before the first one,
  // were that a trip's work, too, and the number.
  std::optional<std::pair<Dim, int64_t>> CountDown(Dim after) {
    symbolic::Context& context = walk_.context();
    const Dim next = context.Substitute(after, {{trip_, context.Add(trip_, context.Constant(1))}});
    const std::optional<int64_t> step = context.ConstantOf(context.Sub(after, next));
    if (!step || *step < 1) return std::nullopt;
    const Dim first = context.Substitute(after, {{trip_, context.Constant(0)}});
    if (MentionsLocal(first)) return std::nullopt;
    return std::pair(context.Add(first, context.Constant(*step)), *step);
  }

  // Requires what a trip does, but where one of `never` holds, so that none is made: what the
  // body's own nodes need at the same sizes on each, and that states keep their shapes. Behind the
  // body's scope of facts.
  void RequireOfATrip(absl::Span<const symbolic::Fact> never) {
    std::vector<std::pair<Dim, Dim>> changed;
    for (size_t k = 0; shapes_ == Shapes::kKept && k < carried_.size(); ++k) {
      Join(walk_.tables(), carried_[k], out_[k], [&](Dim a, Dim b, uint32_t slot) {
        if (IsKept(slot) && !MentionsLocal(a) && !MentionsLocal(b)) changed.emplace_back(a, b);
        return a;
      });
    }
    const std::vector<Requirement>& all = walk_.analysis_->requirements_;
    const std::vector<Requirement> made(all.begin() + std::min(required_, all.size()), all.end());
    for (const auto& [a, b] : changed) {
      walk_.Require(frame_, node_, {symbolic::Fact::Kind::kEq, b, a}, never,
                    {"a state of ", a, " is ", b, " after a trip"});
    }
    for (const Requirement& r : made) {
      if (!IsOfEachTrip(r)) continue;
      for (const Need& need : r.ways[0]) {
        std::vector<symbolic::Fact> unless(never.begin(), never.end());
        unless.insert(unless.end(), need.unless.begin(), need.unless.end());
        walk_.Require(frame_, node_, need.fact, unless, r.message);
      }
    }
  }

  // What is carried after `trips` trips, made one by one; nullopt where something differs in them
  // that only the data tells. `entering`: the body's inputs before the carried ones, on that trip.
  // The frames of the body are left as the last trip has them.
  template <typename Entering>
  std::optional<std::vector<Info>> Unrolled(int64_t trips, size_t first_output,
                                            const Entering& entering) {
    std::vector<Info> carried = initial_;
    for (int64_t trip = 0; trip < trips; ++trip) {
      std::vector<Info> inputs = entering(trip);
      inputs.insert(inputs.end(), carried.begin(), carried.end());
      walk_.context().Push();
      Frame* frame = walk_.EnterBody(frame_, node_, body_, inputs, Walk::Entered::kRepeatedly);
      for (size_t k = 0; frame != nullptr && k < carried.size(); ++k) {
        carried[k] = walk_.OutputOf(*frame, first_output + k);
      }
      walk_.context().Pop();
      const auto differs = [this](Info info) { return MentionsLocal(info); };
      if (frame == nullptr || std::any_of(carried.begin(), carried.end(), differs))
        return std::nullopt;
    }
    return carried;
  }

  // A dim of the body as it may be seen outside: local symbols mean nothing there.
  Dim Outside(Dim d, uint32_t key, absl::string_view stem) {
    if (!MentionsLocal(d)) return d;
    return walk_.Fresh(frame_, node_, key, stem, symbolic::kSize);
  }

 private:
  // Every place widens once and its rank, type or content may be lost after that.
  static constexpr int kMaxAttempts = 12;

  static uint32_t Key(size_t k, uint32_t slot) {
    return static_cast<uint32_t>(k) * kSlotsOfValue + slot;
  }
  static constexpr uint32_t kAxisSlots = 64;  // a value's slots for axes; elements follow
  static constexpr uint32_t kTripKey = 1u << 25;
  static constexpr uint32_t kLocalKeys = 1u << 26;
  static constexpr uint32_t kFinalKeys = 1u << 27;

  Dim Local(uint32_t key, absl::string_view stem, Interval domain) {
    const Dim symbol = walk_.Fresh(frame_, node_, key, stem, domain);
    walk_.analysis_->local_symbols_[symbol] = depth_ + 1;
    return symbol;
  }

  // Whether a dim may differ from trip to trip. What is local to a loop around this one is the same
  // for all of its trips.
  bool MentionsLocal(Dim d) {
    const auto& locals = walk_.analysis_->local_symbols_;
    const std::vector<Dim> symbols = walk_.context().SymbolsOf(d);
    return std::any_of(symbols.begin(), symbols.end(), [&](Dim s) {
      const auto found = locals.find(s);
      return found != locals.end() && found->second > depth_;
    });
  }

  bool MentionsLocal(Info info) {
    const Type& type = walk_.tables().type(info.type);
    if (type.kind != Type::Kind::kTensor) return true;
    const auto mentions = [this](Dim d) { return !d.is_none() && MentionsLocal(d); };
    if (type.shape != ShapeId::kUnknownRank) {
      const absl::Span<const Dim> dims = walk_.tables().dims(type.shape);
      if (std::any_of(dims.begin(), dims.end(), mentions)) return true;
    }
    const Knowledge& k = walk_.tables().knowledge(info.knowledge);
    return mentions(k.lo) || mentions(k.hi) || !k.columns.empty() ||
           std::any_of(k.elements.begin(), k.elements.end(),
                       [&](const Element& e) { return e.known() && mentions(e.num); });
  }

  bool IsKept(uint32_t slot) const { return shapes_ == Shapes::kKept && slot < kAxisSlots; }

  // Of a node of the body itself, by its rule, at sizes that no trip changes.
  bool IsOfEachTrip(const Requirement& r) {
    if (r.graph != &body_ || r.ways.size() != 1) return false;
    if (walk_.PlanOf(*last_, body_.nodes[r.node]).kind != Plan::Kind::kRule) return false;
    const auto mentions = [this](const symbolic::Fact& f) {
      return MentionsLocal(f.a) || MentionsLocal(f.b);
    };
    return std::none_of(r.ways[0].begin(), r.ways[0].end(), [&](const Need& need) {
      return mentions(need.fact) || std::any_of(need.unless.begin(), need.unless.end(), mentions);
    });
  }

  // Puts local symbols where the last run's results differ from what it was given; false where
  // nothing changed.
  bool Widen(bool give_up) {
    bool changed = false;
    for (size_t k = 0; k < carried_.size(); ++k) {
      const Differ differ = [&](Dim a, Dim, uint32_t slot) {
        if (IsKept(slot) || locals_.count(a.bits()) > 0 || closed_.count(Key(k, slot)) > 0)
          return a;
        const bool axis = slot < kAxisSlots;
        const Dim symbol = Local(kLocalKeys + Key(k, slot), "carried",
                                 axis ? symbolic::kSize : symbolic::kAnyInteger);
        locals_[symbol.bits()] = {Key(k, slot), a};
        return symbol;
      };
      Info joined = give_up && carried_[k] != out_[k]
                        ? Info{}
                        : Join(walk_.tables(), carried_[k], out_[k], differ);
      if (joined == carried_[k]) continue;
      // The interval over all elements could creep on for ever.
      Knowledge knowledge = walk_.tables().knowledge(joined.knowledge);
      knowledge.lo = knowledge.hi = Dim();
      joined.knowledge = walk_.tables().Intern(std::move(knowledge));
      if (joined == carried_[k]) continue;
      carried_[k] = joined;
      changed = true;
    }
    return changed;
  }

  // Local symbols whose value after a trip is their value before plus what no trip changes.
  bool FindClosedForms() {
    symbolic::Context& context = walk_.context();
    std::vector<std::pair<Dim, Dim>> forms;
    for (size_t k = 0; k < carried_.size(); ++k) {
      const Differ differ = [&](Dim a, Dim b, uint32_t slot) {
        const auto local = locals_.find(a.bits());
        if (local == locals_.end()) return a;
        const Dim step = context.Sub(b, a);
        if (MentionsLocal(step)) return a;
        forms.emplace_back(a, context.Add(local->second.initial, context.Mul(step, trip_)));
        closed_.emplace(Key(k, slot), step);
        return a;
      };
      Join(walk_.tables(), carried_[k], out_[k], differ);
    }
    if (forms.empty()) return false;
    for (Info& info : carried_) info = Replace(info, forms);
    return true;
  }

  Info Replace(Info info, const std::vector<std::pair<Dim, Dim>>& forms) {
    symbolic::Context& context = walk_.context();
    Type type = walk_.tables().type(info.type);
    if (type.shape != ShapeId::kUnknownRank) {
      const absl::Span<const Dim> before = walk_.tables().dims(type.shape);
      std::vector<Dim> dims(before.begin(), before.end());
      for (Dim& d : dims) d = context.Substitute(d, forms);
      type.shape = walk_.tables().Intern(dims);
    }
    Knowledge knowledge = walk_.tables().knowledge(info.knowledge);
    for (Element& e : knowledge.elements) {
      if (e.known()) e.num = context.Substitute(e.num, forms);
    }
    if (!knowledge.length.is_none()) knowledge.length = context.Substitute(knowledge.length, forms);
    return {walk_.tables().Intern(type), walk_.tables().Intern(std::move(knowledge))};
  }

  struct LocalPlace {
    uint32_t key;
    Dim initial;
  };
  Walk& walk_;
  const int depth_;  // of the loop node
  Frame& frame_;
  uint32_t node_;
  const graph::Graph& body_;
  const Shapes shapes_;
  size_t required_ = 0;  // requirements before the body's
  std::vector<Info> initial_;
  std::vector<Info> carried_;              // into the body
  std::vector<Info> out_;                  // and out of it
  std::map<uint32_t, LocalPlace> locals_;  // by the symbol's id
  std::map<uint32_t, Dim> closed_;         // place -> step
  std::set<size_t> open_finals_;
  Dim trip_;
  Frame* last_ = nullptr;
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_LOOP_RUN_H_
