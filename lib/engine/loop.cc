// Loop: how often its body runs, and what is left of its values then. The body itself: loop_run.h.
#include "absl/algorithm/container.h"
#include "engine/loop_run.h"

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

// So many trips are made one by one where no closed form tells what is carried out of them.
constexpr int64_t kFewTrips = 16;

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

// Whether a tensor's rank was known before the loop, and is not after it.
bool LostRank(const rules::Tables& tables, Info before, Info after) {
  const auto has_rank = [&](Info info) {
    const Type& type = tables.type(info.type);
    return type.kind == Type::Kind::kTensor && type.shape != ShapeId::kUnknownRank;
  };
  return has_rank(before) && !has_rank(after);
}

std::optional<Dim> ScalarOf(rules::Tables& tables, Info info) {
  const Knowledge& k = tables.knowledge(info.knowledge);
  if (!k.has_elements || k.elements.size() != 1 || !k.elements[0].is_integer()) return std::nullopt;
  return k.elements[0].num;
}

const graph::Node* ProducerOf(const graph::Graph& graph, graph::ValueId value) {
  const auto made = absl::c_find_if(graph.nodes, [&](const graph::Node& node) {
    return absl::c_linear_search(node.outputs, value);
  });
  return made == graph.nodes.end() ? nullptr : &*made;
}

}  // namespace

// A condition that compares two integers, as a dim, b - a for a < b: it holds where that is at
// least 1.
std::optional<Dim> Walk::LeftWhere(Frame& frame, graph::ValueId condition) {
  const auto scalar = [&](graph::ValueId value) -> std::optional<Dim> {
    if (value == graph::ValueId::kNone) return std::nullopt;
    return ScalarOf(tables(), tables().Resolve(frame.infos[graph::Index(value)]));
  };
  const graph::Node* node = ProducerOf(frame.graph, condition);
  if (node == nullptr || !frame.model.op(*node).domain.empty()) return std::nullopt;
  const absl::string_view op = frame.model.op(*node).name;
  if (op == "Identity" && node->inputs.size() == 1) return LeftWhere(frame, node->inputs[0]);
  if (node->inputs.size() != 2) return std::nullopt;
  const std::optional<Dim> a = scalar(node->inputs[0]), b = scalar(node->inputs[1]);
  if (op == "And") {  // of what is true beside it: the condition that the trip was made for
    if (a && context().ConstantOf(*a) == 1) return LeftWhere(frame, node->inputs[1]);
    if (b && context().ConstantOf(*b) == 1) return LeftWhere(frame, node->inputs[0]);
  }
  if (!a || !b) return std::nullopt;
  const Dim one = Dim::Inline(1);
  if (op == "Less") return context().Sub(*b, *a);
  if (op == "Greater") return context().Sub(*a, *b);
  if (op == "LessOrEqual") return context().Add(context().Sub(*b, *a), one);
  if (op == "GreaterOrEqual") return context().Add(context().Sub(*a, *b), one);
  return std::nullopt;
}

// How often a Loop's body runs whose condition counts: what is left of it (LeftWhere) falls by the
// same `step` in each trip. With `left` of it before the first one that is ceil(left/step) times;
// where the first trip is made for another reason, at least once.
std::optional<Dim> Walk::CountDown(Frame& frame, const graph::Node& node, LoopRun& run,
                                   std::optional<int64_t> starts) {
  if (starts == 0) return std::nullopt;
  const std::optional<Dim> after = LeftWhere(*run.last(), run.last()->graph.outputs[0]);
  if (!after) return std::nullopt;
  const auto down = run.CountDown(*after);
  if (!down) return std::nullopt;
  const auto& [left, step] = *down;
  const Dim trips = context().CeilDiv(left, context().Constant(step));
  if (starts == 1) return context().Max(context().Constant(1), trips);
  if (LeftWhere(frame, node.inputs[1]) != left) return std::nullopt;
  return context().Max(context().Constant(0), trips);
}

// How often a Loop's body runs. `starts`, `goes_on`: the condition before the first trip, and after
// each; `counted`: how often it lets the body run; `limit`: M; nullopt where it is not known. M is
// only an upper bound (ONNX Loop-21, "trip count"), but a condition that starts true means a first
// trip where M allows one.
Walk::Trips Walk::CountTrips(Frame& frame, uint32_t node, std::optional<int64_t> starts,
                             std::optional<Dim> goes_on, std::optional<Dim> counted,
                             std::optional<Dim> limit, bool unlimited) {
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
  } else if (counted && (limit || unlimited)) {
    trips.count = limit ? context().Min(*counted, *trips.most) : *counted;
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

  LoopRun run(*this, frame, node, *body, initial, LoopRun::Shapes::kVary);
  std::optional<Dim> limit;
  if (given(0)) limit = ScalarOf(tables(), inputs[0]);
  std::optional<int64_t> starts = 1;
  if (given(1)) {
    const std::optional<Dim> condition = ScalarOf(tables(), inputs[1]);
    starts = condition ? context().ConstantOf(*condition) : std::nullopt;
  }
  // Inside the body a trip is being made: the condition was true, and the trip's number is below M.
  const auto entering = [&](Dim trip) {
    return std::vector<Info>{
        OneElement(tables(), ElementType::kInt64, trip, *body, 0),
        OneElement(tables(), ElementType::kBool, context().Constant(1), *body, 1)};
  };
  if (!run.ToFixpoint(entering(run.trip()), {}, 1, limit)) return;

  const Trips counted =
      CountTrips(frame, node, starts, ScalarOf(tables(), OutputOf(*run.last(), 0)),
                 CountDown(frame, n, run, starts), limit, /*unlimited=*/!given(0));
  const Dim trips = counted.count;
  const Expr count(context(), trips);
  std::vector<Info> finals;
  for (size_t k = 0; k < carried; ++k) finals.push_back(run.Final(k, count));
  const std::optional<int64_t> few = context().ConstantOf(trips);
  // Loops in loops multiply the trips.
  const auto is_lost = [&](size_t k) {
    return LostRank(tables(), initial[k], finals[k]) || (run.IsOpen(k) && !frame.repeated);
  };
  bool lost = false;
  for (size_t k = 0; k < carried; ++k) lost = lost || is_lost(k);
  if (few && *few >= 1 && *few <= kFewTrips && lost) {
    context().Pop();
    const auto made =
        run.Unrolled(*few, 1, [&](int64_t trip) { return entering(context().Constant(trip)); });
    if (!run.ToFixpoint(entering(run.trip()), {}, 1, limit)) return;
    for (size_t k = 0; made && k < carried; ++k) {
      if (is_lost(k)) finals[k] = (*made)[k];
    }
  }
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
  if (!counted.is_open)
    run.RequireOfATrip({{symbolic::Fact::Kind::kEq, trips, context().Constant(0)}});
  // Source: onnxruntime core/providers/cpu/controlflow/loop.cc, "Inconsistent shape in loop
  // output".
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

// Without any trip onnxruntime has only the body's type for a scan output's axis: its fixed size,
// even where no trip would have it, and 0 where it is open (core/providers/cpu/controlflow/loop.cc,
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
    const graph::DeclaredType* declared = body.values[graph::Index(body.outputs[output])].declared;
    const absl::Span<const Dim> dims = tables().dims(type.shape);
    std::vector<Dim> stack;
    for (size_t i = 0; i < dims.size(); ++i) {
      const uint32_t key = kStackKeys + static_cast<uint32_t>(output * 64 + i);
      // All trips have the size of the first one, or the node fails.
      const auto ends =
          zero_without_trips ? run.FirstAndLast(dims[i], Expr(context(), trips)) : std::nullopt;
      Dim d = run.Outside(ends ? ends->first : dims[i], key, "scan");
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
  if (axis == 0) stacked.knowledge = StackedElements(run, each, trips);
  return stacked;
}

// Those of each trip behind those of the one before.
rules::KnowledgeId Walk::StackedElements(LoopRun& run, Info each, Dim trips) {
  const Knowledge& of_trip = tables().knowledge(each.knowledge);
  const std::optional<int64_t> count = context().ConstantOf(trips);
  if (!of_trip.has_elements || of_trip.elements.empty() || !count || *count > rules::kMaxElements ||
      *count * static_cast<int64_t>(of_trip.elements.size()) > rules::kMaxElements) {
    return rules::KnowledgeId::kNone;
  }
  Knowledge stacked;
  stacked.has_elements = true;
  for (int64_t trip = 0; trip < *count; ++trip) {
    for (const Element& e : of_trip.elements) stacked.elements.push_back(run.OfTrip(e, trip));
  }
  return tables().Intern(std::move(stacked));
}

}  // namespace symshape::engine
