// Implements symshape/report.h.
#include "symshape/report.h"

#include "api/state.h"
#include "queries/summary.h"
#include "report/json.h"
#include "report/terminal.h"

namespace symshape {
namespace {

const internal::State& StateOf(const Analysis& analysis) {
  return internal::Access::StateOf(analysis);
}

report::TextOptions ToText(const ReportOptions& options) {
  return {.all_tensors = options.all_tensors,
          .errors_only = options.errors_only,
          .color = options.color};
}

}  // namespace

std::string ReportText(const Analysis& analysis, const ReportOptions& options) {
  const internal::State& state = StateOf(analysis);
  return report::Text(*state.analysis, state.tensors, ToText(options));
}

std::string DiagnosticsText(const Analysis& analysis, std::string_view model,
                            const ReportOptions& options) {
  const internal::State& state = StateOf(analysis);
  return report::Diagnostics(*state.analysis, state.tensors, internal::ToAbsl(model),
                             ToText(options));
}

std::string SummaryText(const Analysis& analysis) {
  const internal::State& state = StateOf(analysis);
  return report::Text(queries::Summarize(*state.analysis, state.tensors));
}

std::string ContractText(const Analysis& analysis) {
  return report::Contract(*StateOf(analysis).analysis);
}

std::string ContractJson(const Analysis& analysis, std::string_view model) {
  return report::ContractJson(*StateOf(analysis).analysis, internal::ToAbsl(model));
}

std::string ReportJson(const Analysis& analysis, std::string_view model) {
  const internal::State& state = StateOf(analysis);
  return report::Json(*state.analysis, state.tensors, internal::ToAbsl(model));
}

}  // namespace symshape
