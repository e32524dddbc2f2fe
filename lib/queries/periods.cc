// With size = period*k + r the roundings of a size come apart: ((size + 7)//8) is 4*k + (r + 7)//8
// where the period is 32. So each r from 0 to the period's end is a case of its own, which the
// algebra decides.
#include "queries/periods.h"

#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "queries/cases.h"

namespace symshape::queries {
namespace {

constexpr int64_t kLongest = 128;  // period
constexpr size_t kSizes = 1024;    // that have to agree before a proof is tried

// The truth of both at the first sizes; nullopt where one contradicts the other.
std::optional<std::pair<std::vector<bool>, std::vector<bool>>> Compared(const Context& context,
                                                                        const Clauses& given,
                                                                        const Clause& clause,
                                                                        Dim symbol) {
  std::vector<bool> where, asked;
  std::vector<int64_t> sizes(Truth::kBlock);
  std::iota(sizes.begin(), sizes.end(), 0);
  Truth of_given(context, given, {symbol}), of_clause(context, {clause}, {symbol});
  while (where.size() < kSizes) {
    const Truth::Set given_at = of_given.AtAll(sizes, sizes.size()).holds;
    const Truth::Set asked_at = of_clause.AtAll(sizes, sizes.size()).holds;
    if ((given_at & ~asked_at) != 0) return std::nullopt;
    for (size_t i = 0; i < sizes.size(); ++i) {
      where.push_back((given_at >> i & 1) != 0);
      asked.push_back((asked_at >> i & 1) != 0);
      sizes[i] += static_cast<int64_t>(sizes.size());
    }
  }
  return std::pair(std::move(where), std::move(asked));
}

// The least period that both have in their last half; 0 where there is none.
int64_t PeriodOf(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (int64_t period = 2; period <= kLongest; ++period) {
    bool repeats = true;
    for (size_t i = a.size() / 2; i < a.size() && repeats; ++i) {
      const size_t before = i - static_cast<size_t>(period);
      repeats = a[i] == a[before] && b[i] == b[before];
    }
    if (repeats) return period;
  }
  return 0;
}

// What `clause` says of the symbol alone where all of `others` are false: nullopt where it says
// more.
std::optional<Clause> Of(const Context& context, const Clause& clause, Dim symbol,
                         const Clause& others) {
  Clause of;
  for (const Fact& fact : clause) {
    if (absl::c_linear_search(others, fact)) continue;
    if (SymbolsOf(context, {fact}) != std::vector<Dim>{symbol}) return std::nullopt;
    of.push_back(fact);
  }
  return of;
}

bool FollowsAt(Context& context, const Clauses& given, const Clause& clause, Dim symbol) {
  if (const auto told = context.FollowsOfOneSize(given, clause)) return *told;
  const auto truth = Compared(context, given, clause, symbol);
  if (!truth.has_value()) return false;
  const int64_t period = PeriodOf(truth->first, truth->second);
  const Dim periods = context.Mul(context.Constant(period), context.Fresh("periods"));
  for (int64_t rest = 0; rest < period; ++rest) {
    const Dim size = context.Add(periods, context.Constant(rest));
    Clauses there;
    for (const Clause& each : given) there.push_back(Substituted(context, each, symbol, size));
    if (!FollowsByCases(context, there, Substituted(context, clause, symbol, size))) return false;
  }
  return period > 0;
}

}  // namespace

bool FollowsByPeriods(Context& context, const Clauses& given, const Clause& clause) {
  if (context.IsRefuted(given, clause)) return false;
  const std::vector<Dim> symbols = SymbolsOf(context, clause);
  return absl::c_any_of(symbols, [&](Dim symbol) {
    Clause of, others;
    for (const Fact& fact : clause) {
      (SymbolsOf(context, {fact}) == std::vector<Dim>{symbol} ? of : others).push_back(fact);
    }
    Clauses of_symbol;
    for (const Clause& each : given) {
      std::optional<Clause> says = Of(context, each, symbol, others);
      if (says.has_value()) of_symbol.push_back(*std::move(says));
    }
    return !of.empty() && !of_symbol.empty() && FollowsAt(context, of_symbol, of, symbol);
  });
}

}  // namespace symshape::queries
