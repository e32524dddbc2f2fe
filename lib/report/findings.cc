#include "report/findings.h"

#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
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

// A property ends at a comma, and all of them at a colon.
std::string GithubProperty(absl::string_view text) {
  return absl::StrReplaceAll(GithubEscaped(text), {{":", "%3A"}, {",", "%2C"}});
}

// A file's name as a URI (RFC 3986): what is not unreserved is escaped.
std::string Uri(absl::string_view path) {
  std::string uri = absl::StartsWith(path, "/") ? "file://" : "";
  for (const char c : path) {
    if (absl::ascii_isalnum(c) || absl::StrContains("-._~/", c)) {
      uri += c;
    } else {
      absl::StrAppend(&uri, "%", absl::AsciiStrToUpper(absl::BytesToHexString({&c, 1})));
    }
  }
  return uri;
}

const std::string& Where(const Finding& finding) {
  return finding.tensor.empty() ? finding.node : finding.tensor;
}

// Consumers ask for a line, although the file has none, and tell results of one line apart by a
// fingerprint: the `count`th of its rule in one place.
ordered_json SarifResult(const Finding& finding, absl::string_view model, int count) {
  const ordered_json place = {{"artifactLocation", {{"uri", Uri(model)}}},
                              {"region", {{"startLine", 1}}}};
  const ordered_json name = {{"fullyQualifiedName", Where(finding)}};
  const ordered_json location = {{"physicalLocation", place},
                                 {"logicalLocations", ordered_json::array({name})}};
  return {{"ruleId", std::string(finding.row->id)},
          {"level", std::string(Name(finding.row->severity))},
          {"message", {{"text", WithSizes(finding)}}},
          {"locations", ordered_json::array({location})},
          {"partialFingerprints",
           {{"primaryLocationLineHash", absl::StrCat(Where(finding), ":", count)}}}};
}

}  // namespace

std::string FindingsText(const std::vector<Finding>& findings, absl::string_view model,
                         bool color) {
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
                    " file=", GithubProperty(model), ",title=", finding.row->id,
                    "::", GithubEscaped(WithSizes(finding)), "\n");
  }
  return text;
}

std::string FindingsSarif(const std::vector<Finding>& findings, absl::string_view model,
                          absl::string_view version) {
  ordered_json rules = ordered_json::array();
  ordered_json results = ordered_json::array();
  std::map<absl::string_view, std::map<std::string, int>> counts;  // by id and place
  for (const Finding& finding : findings) {
    const diagnostics::Row& row = *finding.row;
    if (!counts.contains(row.id)) {
      rules.push_back({{"id", std::string(row.id)},
                       {"shortDescription", {{"text", std::string(row.sentence)}}},
                       {"fullDescription", {{"text", std::string(row.sentence)}}},
                       {"help", {{"text", std::string(row.remedy)}}}});
    }
    results.push_back(SarifResult(finding, model, ++counts[row.id][Where(finding)]));
  }
  const ordered_json driver = {
      {"name", "symshape"}, {"semanticVersion", std::string(version)}, {"rules", rules}};
  return Dump({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
               {"version", "2.1.0"},
               {"runs", {{{"tool", {{"driver", driver}}}, {"results", results}}}}});
}

}  // namespace symshape::report
