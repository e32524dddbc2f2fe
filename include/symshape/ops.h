// What this build knows: operators, and the diagnostics that an analysis can have.
#ifndef SYMSHAPE_OPS_H_
#define SYMSHAPE_OPS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "symshape/analysis.h"

namespace symshape {

struct OperatorRule {
  std::string_view domain;  // "" is ai.onnx
  std::string_view op;
  int since;         // the first opset version it covers
  int until;         // the last one; 0: all that follow
  std::string file;  // in lib: "rules/pool.cc"
  int rows;          // in tests/rules that prove it
  bool values;       // whether rows show that it tells elements, not only shapes
};

// Operators that have a rule of their own, by domain and name. Others are inferred from a
// function's body, or by onnx.
std::vector<OperatorRule> OperatorRules();
// Those of one operator, "Attention" in any domain, "com.microsoft::Attention" (or with a point)
// in one; all of them for "".
// Errors: kNotFound, with the nearest name.
absl::StatusOr<std::vector<OperatorRule>> FindOperatorRules(std::string_view op);

struct DiagnosticPage {
  std::string_view id;
  Severity severity;
  std::string_view sentence;  // what it says
  std::string_view remedy;    // what to do about it
};

std::vector<DiagnosticPage> DiagnosticPages();
// Errors: kNotFound, with the nearest id.
absl::StatusOr<DiagnosticPage> FindDiagnosticPage(std::string_view id);

}  // namespace symshape

#endif  // SYMSHAPE_OPS_H_
