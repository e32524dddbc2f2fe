// Scan: a body that runs once for each slice of its operands, with states that keep their shapes.
// The body itself: loop_run.h.
#include <algorithm>

#include "engine/loop_run.h"

namespace symshape::engine {

using rules::Info;
using rules::ShapeId;
using rules::Type;
using symbolic::Dim;
using symbolic::Expr;

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
    if (!batched || whole.shape == ShapeId::kUnknownRank || tables().dims(whole.shape).empty())
      continue;
    const Dim first = tables().dims(whole.shape)[0];
    if (batch) {
      Require(frame, node, {symbolic::Fact::Kind::kEq, first, *batch}, {},
              {"batches of ", first, " and ", *batch, " are equal"});
    } else {
      batch = first;
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

  LoopRun run(*this, frame, node, *body, initial, LoopRun::Shapes::kKept);
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
  // Source: onnxruntime core/providers/cpu/controlflow/scan_utils.cc: a state is made once, of one
  // shape.
  const Dim none = context().Constant(0);
  std::vector<symbolic::Fact> never = {{symbolic::Fact::Kind::kEq, trips, none}};
  if (batch) never.push_back({symbolic::Fact::Kind::kEq, *batch, none});
  run.RequireOfATrip(never);
}

}  // namespace symshape::engine
