#include "queries/one_symbol.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"

namespace symshape::queries {
namespace {

bool IsOf(const Context& context, const Fact& fact, Dim symbol) {
  return SymbolsOf(context, {fact}) == std::vector<Dim>{symbol};
}

// What `clause` says of the symbol alone where all of `others` are false: nullopt where it says
// more.
std::optional<Clause> Of(const Context& context, const Clause& clause, Dim symbol,
                         const Clause& others) {
  Clause of;
  for (const Fact& fact : clause) {
    if (absl::c_linear_search(others, fact)) continue;
    if (!IsOf(context, fact, symbol)) return std::nullopt;
    of.push_back(fact);
  }
  return of;
}

}  // namespace

bool FollowsForOneSymbol(Context& context, const Clauses& given, const Clause& clause) {
  if (context.IsRefuted(given, clause)) return false;
  const std::vector<Dim> symbols = SymbolsOf(context, clause);
  return absl::c_any_of(symbols, [&](Dim symbol) {
    Clause of, others;
    for (const Fact& fact : clause) {
      (IsOf(context, fact, symbol) ? of : others).push_back(fact);
    }
    Clauses of_symbol;
    for (const Clause& each : given) {
      std::optional<Clause> says = Of(context, each, symbol, others);
      if (says.has_value()) of_symbol.push_back(*std::move(says));
    }
    return !of.empty() && context.FollowsOfOneSize(of_symbol, of) == true;
  });
}

}  // namespace symshape::queries
