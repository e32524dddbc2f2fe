// Loop and Scan: carried values reach a fixpoint over the trips.
//
// The body is inferred with the initial values; where a carried dim or element comes out different, it
// becomes a local symbol (its size varies from trip to trip) and the body is inferred again, until
// nothing differs. Each place is widened at most once, so this ends. A local symbol that grows by the
// same amount each trip then has the closed form x0 + step*trip.
#include <algorithm>
#include <map>

#include "engine/join.h"
#include "engine/walk.h"
#include "symbolic/expr.h"

namespace symshape::engine {

using graph::ElementType;
using rules::Element;
using rules::Info;
using rules::Knowledge;
using rules::ShapeId;
using rules::Type;
using symbolic::Dim;
using symbolic::Expr;
using symbolic::Interval;

namespace {

// Every place widens once and its rank, type or content may be lost after that.
constexpr int kMaxAttempts = 12;

// The only element of a body's input: of shape [] or, where the body declares rank 1, of shape [1].
// Source: onnxruntime core/providers/cpu/controlflow/loop.cc, LoopImpl::Initialize, iter_num_rank.
Info OneElement(rules::Tables& tables, ElementType type, Dim element, const graph::Graph& body,
                size_t input) {
  Knowledge knowledge;
  knowledge.has_elements = true;
  knowledge.elements.emplace_back(element);
  std::vector<Dim> dims;
  const graph::DeclaredType* declared = body.values[graph::Index(body.inputs[input])].declared;
  if (declared != nullptr && declared->has_shape && declared->dims.size() == 1) {
    dims.push_back(Dim::Inline(1));
  }
  return {tables.Tensor(type, tables.Intern(dims)), tables.Intern(std::move(knowledge))};
}

std::optional<Dim> ScalarOf(const rules::Tables& tables, Info info) {
  const Knowledge& k = tables.knowledge(info.knowledge);
  if (!k.has_elements || k.elements.size() != 1 || !k.elements[0].is_integer()) return std::nullopt;
  return k.elements[0].num;
}

}  // namespace

// One loop node while it is inferred.
class LoopRun {
 public:
  LoopRun(Walk& walk, Frame& frame, uint32_t node, const graph::Graph& body,
          std::vector<Info> initial)
      : walk_(walk), depth_(walk.depth_), frame_(frame), node_(node), body_(body),
        initial_(initial), carried_(std::move(initial)) {
    trip_ = Local(kTripKey, "trip", symbolic::kSize);
  }
  Dim trip() const { return trip_; }
  Frame* last() const { return last_; }

  // Runs to the fixpoint and leaves the facts of the last run in scope. `before` and `after` are the
  // body's inputs around the carried ones; the first carried output is number `first_output`.
  // False where the body could not be entered: nothing is in scope then. `limit`: every trip's number is
  // below it; used only where it is at least 1, as outputs are made in this scope, those of no trip, too.
  bool ToFixpoint(const std::vector<Info>& before, const std::vector<Info>& after,
                  size_t first_output, std::optional<Dim> limit) {
    const size_t required = walk_.analysis_->requirements_.size();
    bool closed = false;
    for (int attempt = 0;; ++attempt) {
      std::vector<Info> inputs = before;
      inputs.insert(inputs.end(), carried_.begin(), carried_.end());
      inputs.insert(inputs.end(), after.begin(), after.end());
      walk_.ForgetRequirements(required);
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
      // a: before the last trip, b: after it, both perhaps in terms of the trip's number.
      const auto closed = closed_.find(Key(k, slot));
      if (closed != closed_.end() && walk_.context().Sub(b, a) == closed->second) {
        const Dim last = (trips - 1).dim();
        const Dim after = walk_.context().Substitute(b, {{trip_, last}});
        if (!MentionsLocal(after)) return after;
      }
      return walk_.Fresh(frame_, node_, kFinalKeys + Key(k, slot), "loop", symbolic::kAnyInteger);
    };
    return Join(walk_.tables(), carried_[k], out_[k], differ);
  }

  // What a dim of the body is on the first and on the last trip, where its number is all that tells.
  std::optional<std::pair<Dim, Dim>> FirstAndLast(Dim d, Expr trips) {
    const Dim first = walk_.context().Substitute(d, {{trip_, walk_.context().Constant(0)}});
    const Dim last = walk_.context().Substitute(d, {{trip_, (trips - 1).dim()}});
    if (first == last || MentionsLocal(first) || MentionsLocal(last)) return std::nullopt;
    return std::pair(first, last);
  }

  // A dim of the body as it may be seen outside: local symbols mean nothing there.
  Dim Outside(Dim d, uint32_t key, absl::string_view stem) {
    if (!MentionsLocal(d)) return d;
    return walk_.Fresh(frame_, node_, key, stem, symbolic::kSize);
  }

 private:
  static uint32_t Key(size_t k, uint32_t slot) {
    return static_cast<uint32_t>(k) * kSlotsOfValue + slot;
  }
  static constexpr uint32_t kTripKey = 1u << 25;
  static constexpr uint32_t kLocalKeys = 1u << 26;
  static constexpr uint32_t kFinalKeys = 1u << 27;

  Dim Local(uint32_t key, absl::string_view stem, Interval domain) {
    const Dim symbol = walk_.Fresh(frame_, node_, key, stem, domain);
    walk_.analysis_->local_symbols_[symbol] = depth_ + 1;
    return symbol;
  }

  // Whether a dim may differ from trip to trip. What is local to a loop around this one is the same for
  // all of its trips.
  bool MentionsLocal(Dim d) {
    const auto& locals = walk_.analysis_->local_symbols_;
    const std::vector<Dim> symbols = walk_.context().SymbolsOf(d);
    return std::any_of(symbols.begin(), symbols.end(), [&](Dim s) {
      const auto found = locals.find(s);
      return found != locals.end() && found->second > depth_;
    });
  }

  // Puts local symbols where the last run's results differ from what it was given; false where
  // nothing changed.
  bool Widen(bool give_up) {
    bool changed = false;
    for (size_t k = 0; k < carried_.size(); ++k) {
      const Differ differ = [&](Dim a, Dim, uint32_t slot) {
        if (locals_.count(a.bits()) > 0 || closed_.count(Key(k, slot)) > 0) return a;
        const bool axis = slot < 64;
        const Dim symbol = Local(kLocalKeys + Key(k, slot), "carried",
                                 axis ? symbolic::kSize : symbolic::kAnyInteger);
        locals_[symbol.bits()] = {Key(k, slot), a};
        return symbol;
      };
      Info joined = give_up && carried_[k] != out_[k] ? Info{}
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
  std::vector<Info> initial_;
  std::vector<Info> carried_;  // into the body
  std::vector<Info> out_;      // and out of it
  std::map<uint32_t, LocalPlace> locals_;  // by the symbol's id
  std::map<uint32_t, Dim> closed_;         // place -> step
  Dim trip_;
  Frame* last_ = nullptr;
};

// How often a Loop's body runs. `starts`, `goes_on`: the condition before the first trip, and after each;
// `limit`: M; nullopt where it is not known. M is only an upper bound (ONNX Loop-21, "trip count"), but a
// condition that starts true means a first trip where M allows one.
Walk::Trips Walk::CountTrips(Frame& frame, uint32_t node, std::optional<int64_t> starts,
                             std::optional<Dim> goes_on, std::optional<Dim> limit, bool unlimited) {
  const Dim none = context().Constant(0);
  const Dim one = context().Constant(1);
  Trips trips;
  if (limit) trips.most = context().Max(none, *limit);
  const std::optional<int64_t> again = goes_on ? context().ConstantOf(*goes_on) : std::nullopt;
  if (starts == 0) {
    trips.count = none;
  } else if (starts == 1 && again == 1 && limit) {
    trips.count = *trips.most;
  } else if (starts == 1 && again == 0 && (limit || unlimited)) {
    trips.count = limit ? context().Min(one, *trips.most) : one;
  } else {
    trips.is_open = true;
    trips.count = Fresh(frame, node, kTripsKey, "trips", symbolic::kSize);
    if (starts == 1 && limit) trips.least = context().Min(one, *trips.most);
    if (starts == 1 && unlimited) trips.least = one;
    BoundTrips(trips);
  }
  return trips;
}

void Walk::BoundTrips(const Trips& trips) {
  if (!trips.is_open) return;
  if (trips.most) Bound(trips.count, *trips.most);
  if (trips.least) Bound(*trips.least, trips.count);
}

void Walk::InferLoop(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                     absl::Span<Info> outputs) {
  const graph::Graph* body = BodyOf(frame, node, "body");
  if (body == nullptr || body->inputs.size() < 2) return;
  const graph::Node& n = frame.graph.nodes[node];
  const auto given = [&](size_t i) {
    return i < n.inputs.size() && n.inputs[i] != graph::ValueId::kNone;
  };
  const size_t carried = body->inputs.size() - 2;
  std::vector<Info> initial(carried);
  for (size_t k = 0; k < carried && k + 2 < inputs.size(); ++k) initial[k] = inputs[k + 2];

  LoopRun run(*this, frame, node, *body, initial);
  std::optional<Dim> limit;
  if (given(0)) limit = ScalarOf(tables(), inputs[0]);
  std::optional<int64_t> starts = 1;
  if (given(1)) {
    const std::optional<Dim> condition = ScalarOf(tables(), inputs[1]);
    starts = condition ? context().ConstantOf(*condition) : std::nullopt;
  }
  // Inside the body a trip is being made: the condition was true, and the trip's number is below M.
  const std::vector<Info> before = {
      OneElement(tables(), ElementType::kInt64, run.trip(), *body, 0),
      OneElement(tables(), ElementType::kBool, context().Constant(1), *body, 1)};
  if (!run.ToFixpoint(before, {}, 1, limit)) return;

  const Trips counted = CountTrips(frame, node, starts, ScalarOf(tables(), OutputOf(*run.last(), 0)),
                                   limit, /*unlimited=*/!given(0));
  const Dim trips = counted.count;
  const Expr count(context(), trips);
  std::vector<Info> finals;
  for (size_t k = 0; k < carried; ++k) finals.push_back(run.Final(k, count));
  std::vector<Info> scanned;
  std::vector<std::pair<Dim, Dim>> stacked;
  for (size_t o = 1 + carried; o < body->outputs.size(); ++o) {
    scanned.push_back(Stacked(frame, node, run, *body, o, trips, 0, true));
    const auto dims = analysis_->DimsOf(OutputOf(*run.last(), o));
    for (size_t i = 0; dims.has_value() && i < dims->size(); ++i) {
      if (const auto ends = run.FirstAndLast((*dims)[i], count)) stacked.push_back(*ends);
    }
  }
  context().Pop();
  BoundTrips(counted);  // what was said in the body's scope is forgotten
  // Source: onnxruntime core/providers/cpu/controlflow/loop.cc, "Inconsistent shape in loop output".
  const symbolic::Fact one_trip{symbolic::Fact::Kind::kGe, context().Constant(1), trips};
  for (const auto& [first, last] : stacked) {
    Require(frame, node, {symbolic::Fact::Kind::kEq, first, last}, {one_trip},
            {"what is stacked has size ", first, " on the first trip and ", last, " on the last"});
  }
  const bool never = context().ConstantOf(trips) == 0;
  for (size_t o = 0; o < outputs.size(); ++o) {
    if (o < carried) {
      outputs[o] = never ? initial[o] : finals[o];
    } else if (o - carried < scanned.size()) {
      outputs[o] = scanned[o - carried];
    }
  }
}

// Without any trip onnxruntime has only the body's type for a scan output's axis: its fixed size, even
// where no trip would have it, and 0 where it is open (core/providers/cpu/controlflow/loop.cc,
// ConcatenateLoopOutput). A size that is the same on each trip is open or fixed there, as its own
// inference at load found out: it is weaker than this one.
symbolic::Dim Walk::OfTrips(Frame& frame, uint32_t node, uint32_t key,
                            const graph::DeclaredType* declared, size_t axis, Dim d, Dim trips) {
  const bool fixed = declared != nullptr && declared->has_shape && axis < declared->dims.size() &&
                     declared->dims[axis].kind == graph::DeclaredDim::Kind::kValue;
  const Dim without = context().Constant(fixed ? declared->dims[axis].value : 0);
  if (d == without) return d;
  const Dim one = context().Constant(1);
  const std::optional<int64_t> number = context().ConstantOf(d);
  if (fixed || !number) {
    const Dim entered = context().Min(one, trips);
    return context().Add(without, context().Mul(context().Sub(d, without), entered));
  }
  const bool any = context().Decide({symbolic::Fact::Kind::kGe, trips, one}) == symbolic::Tri::kYes;
  return any ? d : Fresh(frame, node, key, "stacked", {0, *number});
}

// The body's output number `output`, one for each trip, stacked along a new axis.
Info Walk::Stacked(Frame& frame, uint32_t node, LoopRun& run, const graph::Graph& body,
                   size_t output, Dim trips, int axis, bool zero_without_trips) {
  const Info each = OutputOf(*run.last(), output);
  Type type = tables().type(each.type);
  Info stacked;
  if (type.kind != Type::Kind::kTensor) return stacked;
  if (type.shape != ShapeId::kUnknownRank) {
    const graph::DeclaredType* declared =
        body.values[graph::Index(body.outputs[output])].declared;
    const absl::Span<const Dim> dims = tables().dims(type.shape);
    std::vector<Dim> stack;
    for (size_t i = 0; i < dims.size(); ++i) {
      const uint32_t key = kStackKeys + static_cast<uint32_t>(output * 64 + i);
      Dim d = run.Outside(dims[i], key, "scan");
      if (zero_without_trips) d = OfTrips(frame, node, key, declared, i, d, trips);
      stack.push_back(d);
    }
    const int rank = static_cast<int>(stack.size());
    const int at = axis < 0 ? axis + rank + 1 : axis;
    if (at < 0 || at > rank) return stacked;
    stack.insert(stack.begin() + at, trips);
    type.shape = tables().Intern(stack);
  }
  stacked.type = tables().Intern(type);
  return stacked;
}

void Walk::InferScan(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                     absl::Span<Info> outputs) {
  const graph::Graph* body = BodyOf(frame, node, "body");
  const graph::Node& n = frame.graph.nodes[node];
  const rules::Operands attributes(tables(), frame.model, n, inputs, frame.call_attributes);
  const std::optional<int64_t> scanned_inputs = attributes.Int("num_scan_inputs");
  if (body == nullptr || !scanned_inputs) return;
  // Scan-8 has a batch axis around everything and an optional first input of lengths.
  const bool batched = frame.model.op(n).version < 9;
  if (batched) inputs.remove_prefix(std::min<size_t>(1, inputs.size()));
  const size_t slices = static_cast<size_t>(std::max<int64_t>(0, *scanned_inputs));
  if (slices > inputs.size() || body->inputs.size() != inputs.size()) return;
  const size_t states = inputs.size() - slices;
  const auto axis_of = [&](absl::string_view attribute, size_t i) -> int64_t {
    const auto axes = attributes.IntList(attribute);
    return axes && i < axes->size() ? (*axes)[i] : 0;
  };
  const auto without_batch = [&](Info info) {
    Type type = tables().type(info.type);
    if (type.shape != ShapeId::kUnknownRank && !tables().dims(type.shape).empty()) {
      type.shape = tables().Intern(tables().dims(type.shape).subspan(1));
    }
    return Info{tables().Intern(type), rules::KnowledgeId::kNone};
  };

  std::optional<Dim> batch;
  std::vector<Info> initial(inputs.begin(), inputs.begin() + states);
  Dim trips;
  std::vector<Info> sliced;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Type& whole = tables().type(inputs[i].type);
    if (batched && whole.shape != ShapeId::kUnknownRank && !tables().dims(whole.shape).empty()) {
      batch = tables().dims(whole.shape)[0];
    }
  }
  if (batched) {
    for (Info& state : initial) state = without_batch(state);
  }
  for (size_t i = states; i < inputs.size(); ++i) {
    const Info whole = batched ? without_batch(inputs[i]) : inputs[i];
    Type type = tables().type(whole.type);
    if (type.shape != ShapeId::kUnknownRank) {
      const absl::Span<const Dim> dims = tables().dims(type.shape);
      std::vector<Dim> slice(dims.begin(), dims.end());
      int64_t axis = axis_of("scan_input_axes", i - states);
      if (axis < 0) axis += static_cast<int64_t>(slice.size());
      if (axis >= 0 && axis < static_cast<int64_t>(slice.size())) {
        if (trips.is_none()) {
          trips = slice[axis];
        } else {
          Require(frame, node, {symbolic::Fact::Kind::kEq, slice[axis], trips}, {},
                  {"scanned inputs have ", slice[axis], " and ", trips, " slices"});
        }
        slice.erase(slice.begin() + axis);
        type.shape = tables().Intern(slice);
      } else {
        type.shape = ShapeId::kUnknownRank;
      }
    }
    sliced.push_back({tables().Intern(type), rules::KnowledgeId::kNone});
  }
  if (trips.is_none()) trips = Fresh(frame, node, kTripsKey, "trips", symbolic::kSize);
  // Source: onnxruntime core/framework/ort_value_tensor_slicer.cc.
  if (!batched) {
    Require(frame, node, {symbolic::Fact::Kind::kGe, trips, context().Constant(1)}, {},
            {"there are slices to scan, not ", trips});
  }

  LoopRun run(*this, frame, node, *body, initial);
  if (!run.ToFixpoint({}, sliced, 0, std::nullopt)) return;
  const auto with_batch = [&](Info info) {
    if (!batched) return info;
    Type type = tables().type(info.type);
    if (type.shape == ShapeId::kUnknownRank || !batch) return Info{};
    std::vector<Dim> dims = {*batch};
    const absl::Span<const Dim> rest = tables().dims(type.shape);
    dims.insert(dims.end(), rest.begin(), rest.end());
    type.shape = tables().Intern(dims);
    return Info{tables().Intern(type), rules::KnowledgeId::kNone};
  };
  for (size_t o = 0; o < outputs.size(); ++o) {
    outputs[o] = with_batch(
        o < states ? run.Final(o, Expr(context(), trips))
                   : Stacked(frame, node, run, *body, o, trips,
                             static_cast<int>(axis_of("scan_output_axes", o - states)), false));
  }
  context().Pop();
}

}  // namespace symshape::engine
