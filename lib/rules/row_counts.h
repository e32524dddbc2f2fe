// RowCounts: how much of tests/rules proves each operator. Counted when the build is configured.
#ifndef SYMSHAPE_RULES_ROW_COUNTS_H_
#define SYMSHAPE_RULES_ROW_COUNTS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace symshape::rules {

struct RowCount {
  absl::string_view op;  // as rows have it: "MaxPool", "com.microsoft.Gelu"
  int rows;
  int values;  // rows that tell elements of an output
};
absl::Span<const RowCount> RowCounts();  // by op

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_ROW_COUNTS_H_
