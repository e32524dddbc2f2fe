// Implements symshape/analysis.h.
#include "symshape/analysis.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "graph/node_name.h"
#include "queries/describe.h"
#include "queries/eval.h"
#include "queries/sizes.h"
#include "queries/solve.h"
#include "symbolic/guard.h"

namespace symshape {
namespace {

using internal::Access;
using internal::State;
using queries::TensorRef;

Known KnownOf(engine::Exactness exactness) {
  switch (exactness) {
    case engine::Exactness::kExact:
      return Known::kExact;
    case engine::Exactness::kNamed:
      return Known::kNamed;
    case engine::Exactness::kUnknownRank:
      return Known::kNoRank;
    case engine::Exactness::kUnknownType:
      return Known::kNothing;
  }
  return Known::kNothing;
}

std::optional<Shape> MakeShape(const State& state, TensorRef tensor) {
  const rules::Info info = state.analysis->info(*tensor.graph, tensor.value);
  const std::optional<absl::Span<const symbolic::Dim>> dims = state.analysis->DimsOf(info);
  if (!dims.has_value()) return std::nullopt;
  return Access::MakeShape(state.context(), *dims);
}

Tensor MakeTensor(const State& state, TensorRef ref) {
  const engine::Analysis& analysis = *state.analysis;
  Tensor tensor;
  tensor.name = state.tensors().NameOf(ref);
  tensor.type = queries::TypeText(analysis.tables(), analysis.info(*ref.graph, ref.value).type);
  tensor.shape = MakeShape(state, ref);
  tensor.known = KnownOf(analysis.ExactnessOf(*ref.graph, ref.value));
  tensor.stale = queries::StaleClaim(analysis, ref);
  return tensor;
}

std::vector<Tensor> MakeTensors(const State& state, const std::vector<TensorRef>& refs) {
  std::vector<Tensor> tensors;
  tensors.reserve(refs.size());
  for (const TensorRef& ref : refs) tensors.push_back(MakeTensor(state, ref));
  return tensors;
}

Condition MakeCondition(const State& state, const queries::Condition& condition) {
  const engine::Requirement& requirement = *condition.causes[0];
  const graph::Node& node = requirement.graph->nodes[requirement.node];
  const graph::Operator& op = state.model.op(node);
  return {.when = condition.when,
          .node = graph::NodeName(node, op),
          .op = graph::OperatorName(op),
          .because = diagnostics::Render(requirement.message, state.context()),
          .also = static_cast<int>(requirement.also.size() + condition.causes.size() - 1),
          .conditional = requirement.conditional};
}

Sizes ByFileNames(const queries::Contract& contract, const queries::SizeMap& found) {
  Sizes sizes;
  for (const auto& [name, size] : found) sizes[contract.FileName(name)] = size;
  return sizes;
}

std::optional<int64_t> Bound(int64_t value, int64_t none) {
  return value == none ? std::nullopt : std::optional<int64_t>(value);
}

}  // namespace

std::string_view Name(Severity severity) {
  return internal::ToStd(diagnostics::Name(static_cast<diagnostics::Severity>(severity)));
}

Analysis::Analysis(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Analysis::Analysis(Analysis&&) noexcept = default;
Analysis& Analysis::operator=(Analysis&&) noexcept = default;
Analysis::~Analysis() = default;

std::vector<Tensor> Analysis::inputs() const {
  return MakeTensors(*state_, state_->tensors().inputs());
}
std::vector<Tensor> Analysis::outputs() const {
  return MakeTensors(*state_, state_->tensors().outputs());
}
std::vector<Tensor> Analysis::tensors() const {
  return MakeTensors(*state_, state_->tensors().all());
}

absl::StatusOr<std::optional<Shape>> Analysis::ShapeOf(std::string_view name) const {
  return internal::Guard([&]() -> absl::StatusOr<std::optional<Shape>> {
    const absl::StatusOr<TensorRef> tensor = state_->tensors().Find(internal::ToAbsl(name));
    if (!tensor.ok()) return tensor.status();
    return MakeShape(*state_, *tensor);
  });
}

absl::StatusOr<std::vector<int64_t>> Analysis::Evaluate(std::string_view name,
                                                        const Sizes& sizes) const {
  return internal::Guard([&]() -> absl::StatusOr<std::vector<int64_t>> {
    const absl::StatusOr<std::optional<Shape>> shape = ShapeOf(name);
    if (!shape.ok()) return shape.status();
    if (const absl::Status checked = CheckSizes(sizes); !checked.ok()) return checked;
    if (!shape->has_value()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the rank of '", internal::ToAbsl(name), "' is unknown"));
    }
    const std::vector<Condition> broken = Broken(sizes);
    if (!broken.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the model does not run at these sizes: ",
                       broken[0].when == "False" ? "" : absl::StrCat(broken[0].when, " is false, "),
                       broken[0].op, " '", broken[0].node, "'"));
    }
    return (*shape)->Evaluate(sizes);
  });
}

std::vector<Condition> Analysis::conditions() const {
  std::vector<Condition> conditions;
  for (const auto* list : {&state_->contract().conditions(), &state_->contract().conditional()}) {
    for (const queries::Condition& c : *list) conditions.push_back(MakeCondition(*state_, c));
  }
  return conditions;
}

std::vector<Condition> Analysis::Broken(const Sizes& sizes) const {
  std::vector<Condition> broken;
  for (const queries::Condition* c : state_->contract().Broken(internal::ToBindings(sizes))) {
    broken.push_back(MakeCondition(*state_, *c));
  }
  return broken;
}

std::vector<Sizes> Analysis::LegalSizes(int count, uint64_t seed, bool empty) const {
  const queries::Contract& contract = state_->contract();
  std::vector<Sizes> result;
  for (const queries::SizeMap& found :
       queries::LegalSizes(contract, {.count = count, .seed = seed, .smallest = empty ? 0 : 1})) {
    result.push_back(ByFileNames(contract, found));
  }
  return result;
}

std::vector<NearestSize> Analysis::Nearest(const Sizes& sizes) const {
  const queries::Contract& contract = state_->contract();
  const symbolic::Bindings renamed = contract.Sizes(internal::ToBindings(sizes));
  std::vector<NearestSize> result;
  for (const queries::Nearest& n :
       queries::NearestLegal(contract, queries::SizeMap(renamed.begin(), renamed.end()))) {
    result.push_back({contract.FileName(n.symbol), n.below, n.above});
  }
  return result;
}

std::optional<Sizes> Analysis::LegalNearby(const Sizes& sizes) const {
  const queries::Contract& contract = state_->contract();
  const symbolic::Bindings renamed = contract.Sizes(internal::ToBindings(sizes));
  const std::optional<queries::SizeMap> found =
      queries::LegalNearby(contract, queries::SizeMap(renamed.begin(), renamed.end()));
  return found.has_value() ? std::optional<Sizes>(ByFileNames(contract, *found)) : std::nullopt;
}

Sizes Analysis::OnlySizes() const {
  const queries::Contract& contract = state_->contract();
  return ByFileNames(contract, queries::OnlySizes(contract));
}

absl::Status Analysis::CheckSizes(const Sizes& sizes) const {
  return internal::Guard([&]() -> absl::Status {
    return queries::CheckSizes(*state_->analysis, internal::ToBindings(sizes));
  });
}

std::vector<Symbol> Analysis::symbols() const {
  std::vector<Symbol> symbols;
  for (const auto& [symbol, bounds] : state_->bounds()) {
    symbols.push_back({.name = std::string(*state_->context().SymbolName(symbol)),
                       .of_input = state_->analysis->IsInputSymbol(symbol),
                       .min = Bound(bounds.lo, symbolic::Interval::kMinusInf),
                       .max = Bound(bounds.hi, symbolic::Interval::kPlusInf)});
  }
  return symbols;
}

std::vector<Diagnostic> Analysis::diagnostics() const {
  std::vector<Diagnostic> result;
  for (const diagnostics::Diagnostic& d : state_->analysis->diagnostics()) {
    Diagnostic& added = result.emplace_back();
    added.id = std::string(d.id);
    added.severity = static_cast<Severity>(d.severity);
    added.node = d.node;
    added.op = d.op;
    added.tensor = d.tensor;
    added.message = diagnostics::Render(d.message, state_->context());
    for (const diagnostics::Message& note : d.notes) {
      added.notes.push_back(diagnostics::Render(note, state_->context()));
    }
  }
  return result;
}

}  // namespace symshape
