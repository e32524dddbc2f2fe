// A contract as text for a terminal, and as JSON (docs/json.md).
#ifndef SYMSHAPE_REPORT_CONTRACT_H_
#define SYMSHAPE_REPORT_CONTRACT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/analysis.h"
#include "nlohmann/json.hpp"
#include "queries/contract.h"
#include "report/sources.h"

namespace symshape::report {

enum class ContractForm { kConditions, kReparam };  // H % 32 == 0, or H = 32*h

// The conditions on the inputs' sizes, with the nodes that need them.
std::string ContractText(const engine::Analysis& analysis, const queries::Contract& contract,
                         const Sources& sources, ContractForm form);

// Inputs, aliases and conditions; as kReparam also which axes are expressions.
std::string ContractJson(const engine::Analysis& analysis, const queries::Contract& contract,
                         const Sources& sources, ContractForm form, absl::string_view model);

// "MatMul-13 'attn/MatMul' (attn): inner dims: H and W are equal; 3 more nodes need it"
std::string CauseText(const engine::Analysis& analysis, const queries::Condition& condition,
                      const Sources& sources);

// A list of conditions for a larger object.
nlohmann::ordered_json ConditionsJson(const engine::Analysis& analysis,
                                      const std::vector<queries::Condition>& conditions,
                                      const Sources& sources);

// Identifiers that stand in expressions for names that are none.
nlohmann::ordered_json AliasesJson(const engine::Analysis& analysis);

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_CONTRACT_H_
