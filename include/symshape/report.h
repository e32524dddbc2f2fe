// An analysis as text for a terminal, and as JSON for programs.
#ifndef SYMSHAPE_REPORT_H_
#define SYMSHAPE_REPORT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "symshape/analysis.h"

namespace symshape {

struct ReportOptions {
  bool all_tensors = false;  // not only the graph's inputs and outputs; all conditions and notes
  bool errors_only = false;  // of the diagnostics
  bool strict = false;       // declarations that are wrong are errors
  bool color = false;        // text with ANSI escapes
};

// Inputs, outputs, long dims by letter with their definitions, conditions. Ends with a newline.
std::string ReportText(const Analysis& analysis, const ReportOptions& options = {});
// The diagnostics, a line each with indented notes: "model.onnx: warning: …". Without all_tensors
// those that ReportText shows as "was" are left out, and notes; with it, as Check, not at the same
// time as other members of `analysis`. "" where nothing is left.
std::string DiagnosticsText(const Analysis& analysis, std::string_view model,
                            const ReportOptions& options = {});
// "218 of 218 tensors", "210 of 218 tensors, 6 named, 2 without rank".
std::string SummaryText(const Analysis& analysis);
// All of it, always with all tensors; docs/json.md has the schema. On one line where several follow
// one another (JSON Lines).
enum class JsonLayout { kIndented, kOneLine };
std::string ReportJson(const Analysis& analysis, std::string_view model,
                       JsonLayout layout = JsonLayout::kIndented);

// The model's contract: the conditions on its inputs' sizes under which it runs, a line each with
// the node that needs it; and as JSON. kReparam writes H = 32*h for H % 32 == 0.
enum class ContractForm : uint8_t { kConditions, kReparam };
std::string ContractText(const Analysis& analysis, ContractForm form = ContractForm::kConditions);
std::string ContractJson(const Analysis& analysis, std::string_view model,
                         ContractForm form = ContractForm::kConditions);

// What the file declares, held against what was proved.
enum class FindingsFormat : uint8_t { kText, kJson, kGithub, kSarif };
struct Findings {
  int count = 0;
  std::string text;
};
// Not at the same time as other members of `analysis`, as are those below: they build dims.
Findings Check(const Analysis& analysis, std::string_view model,
               FindingsFormat format = FindingsFormat::kText, bool color = false);

// From the inputs to one axis of a tensor, a line for each node that makes a dim on the way.
// Errors: kNotFound         no such tensor, with the nearest name
//         kInvalidArgument  no such axis
absl::StatusOr<std::string> ExplainAxis(const Analysis& analysis, std::string_view tensor,
                                        int axis);
// Which nodes need a condition such as "H % 32 == 0", or at which legal sizes it is false.
// Errors: kInvalidArgument  it cannot be read, or names what no input has
absl::StatusOr<std::string> ExplainFact(const Analysis& analysis, std::string_view fact);

}  // namespace symshape

#endif  // SYMSHAPE_REPORT_H_
