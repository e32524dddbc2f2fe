// An analysis as text for a terminal.
#ifndef SYMSHAPE_REPORT_TERMINAL_H_
#define SYMSHAPE_REPORT_TERMINAL_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "engine/analysis.h"
#include "queries/contract.h"
#include "queries/summary.h"
#include "queries/tensors.h"

namespace symshape::report {

struct TextOptions {
  bool all_tensors = false;  // besides the inputs and outputs, all tensors and all conditions
  bool errors_only = false;  // of the diagnostics
  bool strict = false;       // declarations that are wrong are errors
  bool color = false;
};

// Inputs, outputs, long dims by letter, conditions.
std::string Text(const engine::Analysis& analysis, const queries::Tensors& tensors,
                 const queries::Contract& contract, const TextOptions& options);

// The diagnostics, each line after the first indented: "model: warning: …  [id]". What Text shows
// as "was" is left out but for `all_tensors`, as are notes; with it, declared sizes have those at
// which they are true, which needs the `contract` (else nullptr).
std::string Diagnostics(const engine::Analysis& analysis,
                        absl::FunctionRef<const queries::Tensors&()> tensors,
                        const queries::Contract* contract, absl::string_view model,
                        const TextOptions& options);

// "218 of 218 tensors"; "210 of 218 tensors, 6 named, 2 without rank".
std::string Text(const queries::Summary& summary);

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_TERMINAL_H_
