// An analysis as text for a terminal, and as JSON for programs.
#ifndef SYMSHAPE_REPORT_H_
#define SYMSHAPE_REPORT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "symshape/analysis.h"

namespace symshape {

struct ReportOptions {
  bool all_tensors = false;  // not only the graph's inputs and outputs; all conditions and notes
  bool errors_only = false;  // of the diagnostics
  bool color = false;        // text with ANSI escapes
};

// Inputs, outputs, long dims by letter with their definitions, conditions. Ends with a newline.
std::string ReportText(const Analysis& analysis, const ReportOptions& options = {});
// The diagnostics, a line each with indented notes: "model.onnx: warning: …". Without all_tensors those
// that ReportText shows as "was" are left out, and notes. "" where nothing is left.
std::string DiagnosticsText(const Analysis& analysis, std::string_view model,
                            const ReportOptions& options = {});
// "218 of 218 tensors", "210 of 218 tensors, 6 named, 2 without rank".
std::string SummaryText(const Analysis& analysis);
// All of it, always with all tensors; docs/json.md has the schema.
std::string ReportJson(const Analysis& analysis, std::string_view model);


// The model's contract: the conditions on its inputs' sizes under which it runs, a line each with the
// node that needs it; and as JSON.
std::string ContractText(const Analysis& analysis);
std::string ContractJson(const Analysis& analysis, std::string_view model);

}  // namespace symshape

#endif  // SYMSHAPE_REPORT_H_
