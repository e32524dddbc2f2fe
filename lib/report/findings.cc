#include "report/findings.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "nlohmann/json.hpp"
#include "report/layout.h"

namespace symshape::report {
namespace {

using diagnostics::Severity;
using nlohmann::ordered_json;
using queries::Finding;

// "'conf' declares [1, 16800, 2], but is [1, A, 2]"
std::string Sentence(const Finding& finding) {
  std::string text;
  if (!finding.node.empty()) absl::StrAppend(&text, "node '", finding.node, "' ");
  if (!finding.tensor.empty()) absl::StrAppend(&text, "'", finding.tensor, "' ");
  if (!finding.declared.empty()) absl::StrAppend(&text, "declares ", finding.declared);
  if (!finding.inferred.empty()) absl::StrAppend(&text, ", but is ", finding.inferred);
  if (!finding.detail.empty()) {
    absl::StrAppend(&text, finding.declared.empty() ? "" : "; ", finding.detail);
  }
  return text;
}

std::string WithSizes(const Finding& finding) {
  return absl::StrCat(Sentence(finding),
                      finding.true_at.empty() ? "" : absl::StrCat("; true at ", finding.true_at));
}

std::string Dump(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string GithubEscaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}});
}

}  // namespace

std::string FindingsText(const std::vector<Finding>& findings, absl::string_view model, bool color) {
  std::string text;
  for (const Finding& finding : findings) {
    const Severity severity = finding.row->severity;
    const Style style = severity == Severity::kError ? Style::kRed : Style::kYellow;
    absl::StrAppend(&text, model, ": ", Styled(Name(severity), style, color), ": ",
                    Sentence(finding), "  [", finding.row->id, "]\n");
    if (!finding.true_at.empty()) absl::StrAppend(&text, "    true at   ", finding.true_at, "\n");
  }
  std::set<absl::string_view> ids;
  for (const Finding& finding : findings) {
    if (!ids.insert(finding.row->id).second) continue;
    absl::StrAppend(&text, finding.row->id, ": ", finding.row->remedy, "\n");
  }
  return text;
}

std::string FindingsJson(const std::vector<Finding>& findings, absl::string_view model) {
  ordered_json list = ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"id", std::string(finding.row->id)},
                    {"severity", std::string(Name(finding.row->severity))},
                    {"tensor", finding.tensor},
                    {"node", finding.node},
                    {"declared", finding.declared},
                    {"inferred", finding.inferred},
                    {"true_at", finding.true_at},
                    {"message", Sentence(finding)},
                    {"remedy", std::string(finding.row->remedy)}});
  }
  return Dump({{"v", 1}, {"model", std::string(model)}, {"findings", list}});
}

std::string FindingsGithub(const std::vector<Finding>& findings, absl::string_view model) {
  std::string text;
  for (const Finding& finding : findings) {
    const Severity severity = finding.row->severity;
    absl::StrAppend(&text, "::", severity == Severity::kNote ? "notice" : Name(severity),
                    " file=", GithubEscaped(model), ",title=", finding.row->id,
                    "::", GithubEscaped(WithSizes(finding)), "\n");
  }
  return text;
}

std::string FindingsSarif(const std::vector<Finding>& findings, absl::string_view model) {
  ordered_json rules = ordered_json::array();
  ordered_json results = ordered_json::array();
  std::set<absl::string_view> ids;
  for (const Finding& finding : findings) {
    const diagnostics::Row& row = *finding.row;
    if (ids.insert(row.id).second) {
      rules.push_back({{"id", std::string(row.id)},
                       {"shortDescription", {{"text", std::string(row.sentence)}}},
                       {"help", {{"text", std::string(row.remedy)}}}});
    }
    const std::string& where = finding.tensor.empty() ? finding.node : finding.tensor;
    results.push_back(
        {{"ruleId", std::string(row.id)},
         {"level", std::string(Name(row.severity))},
         {"message", {{"text", WithSizes(finding)}}},
         {"locations",
          {{{"physicalLocation", {{"artifactLocation", {{"uri", std::string(model)}}}}},
            {"logicalLocations", {{{"fullyQualifiedName", where}}}}}}}});
  }
  const ordered_json driver = {{"name", "symshape"}, {"rules", rules}};
  return Dump({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
               {"version", "2.1.0"},
               {"runs", {{{"tool", {{"driver", driver}}}, {"results", results}}}}});
}

}  // namespace symshape::report
