// Implements symshape/ops.h.
#include "symshape/ops.h"

#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/nearest.h"
#include "engine/infer.h"
#include "rules/row_counts.h"
#include "rules/table.h"

namespace symshape {
namespace {

DiagnosticPage ToPage(const diagnostics::Row& row) {
  return {internal::ToStd(row.id), static_cast<Severity>(row.severity),
          internal::ToStd(row.sentence), internal::ToStd(row.remedy)};
}

absl::string_view DomainName(const OperatorRule& rule) {
  return rule.domain.empty() ? absl::string_view("ai.onnx") : internal::ToAbsl(rule.domain);
}

}  // namespace

std::vector<OperatorRule> OperatorRules() {
  absl::flat_hash_map<absl::string_view, rules::RowCount> counts;
  for (const rules::RowCount& count : rules::RowCounts()) counts.emplace(count.op, count);
  std::vector<OperatorRule> result;
  const auto add = [&](absl::string_view domain, absl::string_view op, int since,
                       std::string file) {
    const std::string name = domain.empty() ? std::string(op) : absl::StrCat(domain, ".", op);
    const auto count = counts.find(name);
    const bool proved = count != counts.end();
    result.push_back({internal::ToStd(domain), internal::ToStd(op), since, 0, std::move(file),
                      proved ? count->second.rows : 0, proved && count->second.values > 0});
  };
  for (const rules::Family& family : rules::Families()) {
    for (const rules::Rule& rule : family.rules) {
      add(rule.domain, rule.op, rule.since, absl::StrCat("rules/", family.file));
    }
  }
  for (absl::string_view op : engine::kControlFlow) {
    add("", op, 1,
        op == "SequenceMap" ? "engine/sequence_map.cc"
        : op == "Loop"      ? "engine/loop.cc"
        : op == "Scan"      ? "engine/scan.cc"
                            : "engine/control_flow.cc");
  }
  std::sort(result.begin(), result.end(), [](const OperatorRule& a, const OperatorRule& b) {
    return std::tie(a.domain, a.op, a.since) < std::tie(b.domain, b.op, b.since);
  });
  for (size_t i = 0; i + 1 < result.size(); ++i) {
    const OperatorRule& next = result[i + 1];
    if (result[i].domain == next.domain && result[i].op == next.op) {
      result[i].until = next.since - 1;
    }
  }
  return result;
}

absl::StatusOr<std::vector<OperatorRule>> FindOperatorRules(std::string_view op) {
  std::vector<OperatorRule> rules = OperatorRules();
  if (op.empty()) return rules;
  std::vector<absl::string_view> names;
  for (const OperatorRule& rule : rules) names.push_back(internal::ToAbsl(rule.op));
  std::erase_if(rules, [&](const OperatorRule& rule) {
    return rule.op != op && absl::StrCat(DomainName(rule), "::", internal::ToAbsl(rule.op)) != op &&
           absl::StrCat(DomainName(rule), ".", internal::ToAbsl(rule.op)) != op;
  });
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
