#include "queries/points.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace symshape::queries {
namespace {

constexpr int64_t kMostSizes = 4096;

// Narrows `range`, of what `symbol` may be, where the fact compares it with a number.
void Narrow(const Context& context, const Fact& fact, Dim symbol, Interval& range) {
  const std::optional<int64_t> a = context.ConstantOf(fact.a), b = context.ConstantOf(fact.b);
  const bool is_order = fact.kind == Fact::Kind::kGe;
  if (!is_order && fact.kind != Fact::Kind::kEq) return;
  if (fact.a == symbol && b.has_value()) {
    range.lo = std::max(range.lo, *b);
    if (!is_order) range.hi = std::min(range.hi, *b);
  } else if (fact.b == symbol && a.has_value()) {
    range.hi = std::min(range.hi, *a);
    if (!is_order) range.lo = std::max(range.lo, *a);
  }
}

}  // namespace

bool FollowsAtAllSizes(Context& context, const Clauses& given, const Clause& clause) {
  const std::vector<Dim> symbols = SymbolsOf(context, clause);
  if (symbols.size() != 1) return false;
  Interval range = context.Bounds(symbols[0]);
  Clauses of_symbol;
  for (const Clause& each : given) {
    if (SymbolsOf(context, each) != symbols) continue;
    of_symbol.push_back(each);
    if (each.size() == 1) Narrow(context, each[0], symbols[0], range);
  }
  if (range.lo < 0 || range.hi - kMostSizes >= range.lo) return false;
  Truth of_given(context, of_symbol, symbols), of_clause(context, {clause}, symbols);
  std::array<int64_t, Truth::kBlock> sizes;
  for (int64_t first = range.lo; first <= range.hi; first += Truth::kBlock) {
    const auto count =
        static_cast<size_t>(std::min(range.hi - first + 1, static_cast<int64_t>(Truth::kBlock)));
    std::iota(sizes.begin(), sizes.end(), first);
    const absl::Span<const int64_t> block = absl::MakeConstSpan(sizes).first(count);
    const Truth::Set all = ~Truth::Set{0} >> (Truth::kBlock - count);
    const Truth::Set proved =
        of_clause.AtAll(block, count).holds | of_given.AtAll(block, count).fails;
    if (proved != all) return false;
  }
  return true;
}

}  // namespace symshape::queries
