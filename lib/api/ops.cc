// Implements symshape/ops.h.
#include "symshape/ops.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/nearest.h"
#include "engine/infer.h"
#include "rules/table.h"

namespace symshape {
namespace {

DiagnosticPage ToPage(const diagnostics::Row& row) {
  return {internal::ToStd(row.id), static_cast<Severity>(row.severity),
          internal::ToStd(row.sentence), internal::ToStd(row.remedy)};
}

}  // namespace

std::vector<OperatorRule> OperatorRules() {
  std::vector<OperatorRule> result;
  for (const rules::Family& family : rules::Families()) {
    for (const rules::Rule& rule : family.rules) {
      result.push_back({internal::ToStd(rule.domain), internal::ToStd(rule.op), rule.since,
                        absl::StrCat("rules/", family.file)});
    }
  }
  for (absl::string_view op : engine::kControlFlow) {
    result.push_back({"", internal::ToStd(op), 1, "engine/control_flow.cc"});
  }
  std::sort(result.begin(), result.end(), [](const OperatorRule& a, const OperatorRule& b) {
    return std::tie(a.domain, a.op, a.since) < std::tie(b.domain, b.op, b.since);
  });
  return result;
}

absl::StatusOr<std::vector<OperatorRule>> FindOperatorRules(std::string_view op) {
  std::vector<OperatorRule> rules = OperatorRules();
  if (op.empty()) return rules;
  std::vector<absl::string_view> names;
  for (const OperatorRule& rule : rules) names.push_back(internal::ToAbsl(rule.op));
  std::erase_if(rules, [&](const OperatorRule& rule) { return rule.op != op; });
  if (!rules.empty()) return rules;
  const absl::string_view wanted = internal::ToAbsl(op);
  return absl::NotFoundError(
      absl::StrCat("no rule for '", wanted, "'", diagnostics::DidYouMean(wanted, names)));
}

std::vector<DiagnosticPage> DiagnosticPages() {
  std::vector<DiagnosticPage> pages;
  for (const diagnostics::Row& row : diagnostics::Table()) pages.push_back(ToPage(row));
  return pages;
}

absl::StatusOr<DiagnosticPage> FindDiagnosticPage(std::string_view id) {
  const absl::string_view wanted = internal::ToAbsl(id);
  if (const diagnostics::Row* row = diagnostics::FindRow(wanted)) return ToPage(*row);
  std::vector<absl::string_view> ids;
  for (const diagnostics::Row& row : diagnostics::Table()) ids.push_back(row.id);
  return absl::NotFoundError(
      absl::StrCat("no diagnostic '", wanted, "'", diagnostics::DidYouMean(wanted, ids)));
}

}  // namespace symshape
