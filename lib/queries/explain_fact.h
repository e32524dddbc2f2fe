// Why a condition is needed. Why a dim is what it is: explain.h.
#ifndef SYMSHAPE_QUERIES_EXPLAIN_FACT_H_
#define SYMSHAPE_QUERIES_EXPLAIN_FACT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "queries/contract.h"
#include "queries/sizes.h"

namespace symshape::queries {

struct FactReason {
  std::string text;                          // what was asked, or one part of "... and ..."
  std::vector<const Condition*> conditions;  // from which it follows; none: it is not needed
  bool always = false;                       // it holds at every size
  std::vector<SizeMap> counterexamples;      // legal sizes at which it is false; at most one
};

// Why the contract says `text`, such as "H % 32 == 0", "batch == 0 or seq <= 64": whatever the
// contract prints. What "and" joins is judged part by part, unless it is one condition.
// Errors: kInvalidArgument  it is no fact, or about names that no input has
absl::StatusOr<std::vector<FactReason>> ExplainFact(const Contract& contract,
                                                    absl::string_view text);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_EXPLAIN_FACT_H_
