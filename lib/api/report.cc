// Implements symshape/report.h.
#include "symshape/report.h"

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "queries/check.h"
#include "queries/explain.h"
#include "queries/explain_fact.h"
#include "queries/summary.h"
#include "report/contract.h"
#include "report/explanation.h"
#include "report/findings.h"
#include "report/json.h"
#include "report/terminal.h"
#include "symbolic/guard.h"
#include "symshape/version.h"

namespace symshape {
namespace {

const internal::State& StateOf(const Analysis& analysis) {
  return internal::Access::StateOf(analysis);
}

report::TextOptions ToText(const ReportOptions& options) {
  return {.all_tensors = options.all_tensors,
          .errors_only = options.errors_only,
          .strict = options.strict,
          .color = options.color};
}

report::Sources SourcesOf(const internal::State& state) {
  return report::Sources(state.model, state.bytes);
}

report::ContractForm ToForm(ContractForm form) {
  return form == ContractForm::kReparam ? report::ContractForm::kReparam
                                        : report::ContractForm::kConditions;
}

}  // namespace

std::string ReportText(const Analysis& analysis, const ReportOptions& options) {
  const internal::State& state = StateOf(analysis);
  return report::Text(*state.analysis, state.tensors(), state.contract(), ToText(options));
}

std::string DiagnosticsText(const Analysis& analysis, std::string_view model,
                            const ReportOptions& options) {
  const internal::State& state = StateOf(analysis);
  // The contract takes longer than the inference: only where it is asked for.
  const auto tensors = [&]() -> const queries::Tensors& { return state.tensors(); };
  return report::Diagnostics(*state.analysis, tensors,
                             options.all_tensors ? &state.contract() : nullptr,
                             internal::ToAbsl(model), ToText(options));
}

std::string SummaryText(const Analysis& analysis) {
  const internal::State& state = StateOf(analysis);
  return report::Text(queries::Summarize(*state.analysis, state.tensors()));
}

std::string ContractText(const Analysis& analysis, ContractForm form) {
  const internal::State& state = StateOf(analysis);
  return report::ContractText(*state.analysis, state.contract(), SourcesOf(state), ToForm(form));
}

std::string ContractJson(const Analysis& analysis, std::string_view model, ContractForm form) {
  const internal::State& state = StateOf(analysis);
  return report::ContractJson(*state.analysis, state.contract(), SourcesOf(state), ToForm(form),
                              internal::ToAbsl(model));
}

Findings Check(const Analysis& analysis, std::string_view model, FindingsFormat format,
               bool color) {
  const internal::State& state = StateOf(analysis);
  const std::vector<queries::Finding> found =
      queries::Check(*state.analysis, state.tensors(), state.contract());
  const absl::string_view name = internal::ToAbsl(model);
  Findings findings{static_cast<int>(found.size()), ""};
  switch (format) {
    case FindingsFormat::kText:
      findings.text = report::FindingsText(found, name, color);
      break;
    case FindingsFormat::kJson:
      findings.text = report::FindingsJson(found, name);
      break;
    case FindingsFormat::kGithub:
      findings.text = report::FindingsGithub(found, name);
      break;
    case FindingsFormat::kSarif:
      findings.text = report::FindingsSarif(found, name, Version());
      break;
  }
  return findings;
}

absl::StatusOr<std::string> ExplainAxis(const Analysis& analysis, std::string_view tensor,
                                        int axis) {
  return internal::Guard([&]() -> absl::StatusOr<std::string> {
    const internal::State& state = StateOf(analysis);
    const absl::StatusOr<queries::TensorRef> ref = state.tensors().Find(internal::ToAbsl(tensor));
    if (!ref.ok()) return ref.status();
    const auto dims = state.analysis->DimsOf(state.analysis->info(*ref->graph, ref->value));
    if (!dims.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the rank of '", internal::ToAbsl(tensor), "' is unknown"));
    }
    const int rank = static_cast<int>(dims->size());
    if (axis < -rank || axis >= rank) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", internal::ToAbsl(tensor), "' has rank ", rank, ", so no axis ", axis));
    }
    if (axis < 0) axis += rank;
    return report::DerivationText(*state.analysis, internal::ToAbsl(tensor), axis,
                                  queries::Derive(*state.analysis, *ref, axis), SourcesOf(state));
  });
}

absl::StatusOr<std::string> ExplainFact(const Analysis& analysis, std::string_view fact) {
  return internal::Guard([&]() -> absl::StatusOr<std::string> {
    const internal::State& state = StateOf(analysis);
    const absl::StatusOr<std::vector<queries::FactReason>> reasons =
        queries::ExplainFact(state.contract(), internal::ToAbsl(fact));
    if (!reasons.ok()) return reasons.status();
    std::string text;
    for (const queries::FactReason& reason : *reasons) {
      text += report::FactText(*state.analysis, reason, SourcesOf(state));
    }
    return text;
  });
}

std::string ReportJson(const Analysis& analysis, std::string_view model, JsonLayout layout) {
  const internal::State& state = StateOf(analysis);
  return report::Json(*state.analysis, state.tensors(), state.contract(), SourcesOf(state),
                      internal::ToAbsl(model),
                      layout == JsonLayout::kOneLine ? report::JsonLayout::kOneLine
                                                     : report::JsonLayout::kIndented);
}

}  // namespace symshape
