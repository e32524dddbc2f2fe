// Why a dim is what it is, and why a condition is needed, as text.
#ifndef SYMSHAPE_REPORT_EXPLANATION_H_
#define SYMSHAPE_REPORT_EXPLANATION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "queries/explain.h"
#include "queries/explain_fact.h"
#include "report/sources.h"

namespace symshape::report {

// "loc axis 1 is A", then a line for each step from the inputs on: dim, node, operands, result.
std::string DerivationText(const engine::Analysis& analysis, absl::string_view tensor, int axis,
                           const std::vector<queries::Step>& steps, const Sources& sources);

std::string FactText(const engine::Analysis& analysis, const queries::FactReason& reason,
                     const Sources& sources);

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_EXPLANATION_H_
