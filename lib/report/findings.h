// What `symshape check` found, in the forms that people and programs read.
#ifndef SYMSHAPE_REPORT_FINDINGS_H_
#define SYMSHAPE_REPORT_FINDINGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "queries/check.h"

namespace symshape::report {

// "m.onnx: warning: 'conf' declares [1, 16800, 2], true only at some sizes  [declared-shape]", with
// what is inferred, where it is true and what to do below. "" for none.
std::string FindingsText(const std::vector<queries::Finding>& findings, absl::string_view model,
                         bool color);
std::string FindingsJson(const std::vector<queries::Finding>& findings, absl::string_view model);
// Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
std::string FindingsGithub(const std::vector<queries::Finding>& findings, absl::string_view model);
// SARIF 2.1.0, which code scanning services read.
std::string FindingsSarif(const std::vector<queries::Finding>& findings, absl::string_view model,
                          absl::string_view version);

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_FINDINGS_H_
