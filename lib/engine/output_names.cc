// Names that the user gives the outputs' axes: claims in place of what the file says there, so they
// are held against what was inferred. Those that are true, or stand for nothing else, the writer
// keeps.
#include <map>

#include "absl/strings/str_cat.h"
#include "engine/input_axes.h"
#include "engine/walk.h"

namespace symshape::engine {

using graph::DeclaredDim;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

namespace {

// What a name on an output says of the dim: an input's axis, or an expression over them. nullopt: a
// name of its own.
std::optional<Dim> Meaning(const Analysis& analysis, const std::string& name) {
  Context& context = analysis.context();
  const absl::StatusOr<std::vector<std::string>> names = Context::NamesIn(name);
  if (!names.ok() || names->empty()) return std::nullopt;
  for (const std::string& part : *names) {
    const std::optional<Dim> symbol = context.FindSymbol(part);
    if (!symbol.has_value() || !analysis.IsInputSymbol(*symbol)) return std::nullopt;
  }
  const absl::StatusOr<Dim> meaning = context.Parse(name);
  return meaning.ok() ? std::optional<Dim>(*meaning) : std::nullopt;
}

}  // namespace

// After the walk, as an axis may be counted from the end of a shape that the file does not declare.
absl::Status Walk::NameOutputs() {
  if (options_.dynamic_axes.empty()) return absl::OkStatus();
  const graph::Graph& main = *model_.main;
  std::map<absl::string_view, size_t> outputs;
  for (size_t i = 0; i < main.outputs.size(); ++i) {
    outputs.emplace(main.values[graph::Index(main.outputs[i])].name, i);
  }
  for (graph::ValueId input : main.inputs) outputs.erase(main.values[graph::Index(input)].name);
  for (const AxisName& name : options_.dynamic_axes) {
    const auto output = outputs.find(name.tensor);
    if (output == outputs.end()) continue;
    if (absl::Status s = NameOutput(name, output->second); !s.ok()) return s;
  }
  // Views of names, which no longer move.
  for (const NamedOutput& named : analysis_->named_outputs_) {
    DeclaredDim& claim = analysis_->claimed_dims_[main.outputs[named.output]][named.axis];
    claim.kind = named.name.empty() ? DeclaredDim::Kind::kUnset : DeclaredDim::Kind::kParam;
    claim.param = named.name;
  }
  CheckOutputNames();
  return absl::OkStatus();
}

absl::Status Walk::NameOutput(const AxisName& name, size_t output) {
  const graph::ValueId value = model_.main->outputs[output];
  const auto known = analysis_->DimsOf(analysis_->info(*model_.main, value));
  const auto declared = analysis_->ClaimedDims(*model_.main, value);
  if (!known.has_value() && !declared.has_value()) {
    diagnostics::Diagnostic d;
    d.id = "rank-lost";
    d.severity = diagnostics::Severity::kWarning;
    d.tensor = name.tensor;
    d.message = {
        absl::StrCat("was to get a name for axis ", name.axis, ", but its rank is unknown")};
    Report(std::move(d));
    return absl::OkStatus();
  }
  const int rank = static_cast<int>(known.has_value() ? known->size() : declared->size());
  if (name.axis < -rank || name.axis >= rank) {
    return absl::InvalidArgumentError(absl::StrCat(
        "dynamic axes: output '", name.tensor, "' has rank ", rank, ", so no axis ", name.axis));
  }
  std::vector<DeclaredDim>& claims = analysis_->claimed_dims_[value];
  if (claims.empty() && declared.has_value()) claims.assign(declared->begin(), declared->end());
  claims.resize(rank);
  const int axis = name.axis < 0 ? name.axis + rank : name.axis;
  std::erase_if(analysis_->named_outputs_, [&](const NamedOutput& earlier) {
    return earlier.output == output && earlier.axis == axis;
  });
  analysis_->named_outputs_.push_back({output, axis, name.name});
  return absl::OkStatus();
}

void Walk::CheckOutputNames() {
  std::map<std::string, Dim> meanings;
  for (const NamedOutput& named : analysis_->named_outputs_) {
    const graph::ValueId value = model_.main->outputs[named.output];
    const auto dims = analysis_->DimsOf(analysis_->info(*model_.main, value));
    if (!dims.has_value()) continue;
    const Dim dim = (*dims)[named.axis];
    diagnostics::Diagnostic d;
    d.severity = diagnostics::Severity::kWarning;
    d.tensor = std::string(model_.main->values[graph::Index(value)].name);
    if (context().ConstantOf(dim).has_value()) {
      d.id = "output-fixed";
      d.message = {absl::StrCat("axis ", named.axis, named.name.empty() ? "" : " '", named.name,
                                named.name.empty() ? "" : "'", " was to be dynamic, but is "),
                   dim, " at every size"};
      Report(std::move(d));
      continue;
    }
    if (named.name.empty() || analysis_->IsLocal(dim)) continue;
    const std::optional<Dim> meaning = Meaning(*analysis_, named.name);
    const Dim meant = meaning.value_or(meanings.emplace(named.name, dim).first->second);
    if (context().Decide({Fact::Kind::kEq, dim, meant}) == Tri::kYes) continue;
    d.id = "declared-name";
    d.message = {absl::StrCat("axis ", named.axis, " was called '", named.name, "', but is "), dim};
    if (!meaning.has_value()) {
      d.notes.push_back({absl::StrCat("'", named.name, "' is "), meant, " elsewhere"});
    }
    Report(std::move(d));
  }
}

}  // namespace symshape::engine
