// With size = period*k + r the roundings of a size come apart: ((size + 7)//8) is 4*k + (r + 7)//8 where the
// period is 32. So each r from 0 to the period's end is a case of its own, which the algebra decides.
#include "queries/periods.h"

#include <string>

#include "absl/algorithm/container.h"
#include "queries/cases.h"

namespace symshape::queries {
namespace {

constexpr int64_t kLongest = 128;   // period
constexpr int64_t kSizes = 1024;    // that have to agree before a proof is tried

Clause At(Context& context, const Clause& clause, Dim symbol, Dim size) {
  Clause result;
  for (const Fact& fact : clause) {
    result.push_back({fact.kind, context.Substitute(fact.a, {{symbol, size}}),
                      context.Substitute(fact.b, {{symbol, size}})});
  }
  return result;
}

std::vector<bool> TruthOf(const Context& context, const Clauses& clauses, const std::string& name) {
  std::vector<bool> truth;
  for (int64_t size = 0; size < kSizes; ++size) {
    truth.push_back(Holds(context, clauses, Bindings{{name, size}}) == Tri::kYes);
  }
  return truth;
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

}  // namespace

bool FollowsByPeriods(Context& context, const Clauses& given, const Clause& clause) {
  const std::vector<Dim> symbols = SymbolsOf(context, clause);
  if (symbols.size() != 1) return false;
  Clauses of_symbol;
  absl::c_copy_if(given, std::back_inserter(of_symbol),
                  [&](const Clause& each) { return SymbolsOf(context, each) == symbols; });
  if (of_symbol.empty()) return false;
  const std::string name(*context.SymbolName(symbols[0]));
  const std::vector<bool> where = TruthOf(context, of_symbol, name);
  const std::vector<bool> asked = TruthOf(context, {clause}, name);
  for (size_t size = 0; size < where.size(); ++size) {
    if (where[size] && !asked[size]) return false;
  }
  const int64_t period = PeriodOf(where, asked);
  const Dim periods = context.Mul(context.Constant(period), context.Fresh("periods"));
  for (int64_t rest = 0; rest < period; ++rest) {
    const Dim size = context.Add(periods, context.Constant(rest));
    Clauses there;
    for (const Clause& each : of_symbol) there.push_back(At(context, each, symbols[0], size));
    if (!FollowsByCases(context, there, At(context, clause, symbols[0], size))) return false;
  }
  return period > 0;
}

}  // namespace symshape::queries
