// An analysis as JSON; docs/json.md has the schema.
#ifndef SYMSHAPE_REPORT_JSON_H_
#define SYMSHAPE_REPORT_JSON_H_

#include <string>

#include "absl/strings/string_view.h"
#include "engine/analysis.h"
#include "queries/contract.h"
#include "queries/tensors.h"
#include "report/sources.h"

namespace symshape::report {

enum class JsonLayout { kIndented, kOneLine };  // indented by two

// One object, with a newline at the end. Bytes that are no UTF-8 become U+FFFD.
std::string Json(const engine::Analysis& analysis, const queries::Tensors& tensors,
                 const queries::Contract& contract, const Sources& sources, absl::string_view model,
                 JsonLayout layout);

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_JSON_H_
