#include "queries/necessary.h"

#include <optional>

#include "absl/algorithm/container.h"

namespace symshape::queries {
namespace {

constexpr int kMaxSymbols = 8;     // that are put away in one fact
constexpr size_t kMaxClauses = 8;  // an == is two facts, so that clauses multiply

// a >= b holds at some values of the data's symbols only where it holds with the greatest of each
// that a - b grows with, and with the least of each that it falls with.
std::optional<Fact> AtTheBest(Context& context, const Fact& fact, const Ranges& ranges) {
  Dim difference = context.Sub(fact.a, fact.b);
  for (int i = 0; i < kMaxSymbols; ++i) {
    const std::vector<Dim> symbols = context.SymbolsOf(difference);
    const auto data = absl::c_find_if(symbols, [&](Dim s) { return ranges.contains(s); });
    if (data == symbols.end()) return Fact{Fact::Kind::kGe, difference, Dim::Inline(0)};
    const Dim next = context.Add(*data, Dim::Inline(1));
    const Dim step = context.Sub(context.Substitute(difference, {{*data, next}}), difference);
    Dim best;
    if (context.Decide({Fact::Kind::kGe, step, Dim::Inline(0)}) == Tri::kYes) {
      best = ranges.at(*data).greatest;
    } else if (context.Decide({Fact::Kind::kGe, Dim::Inline(0), step}) == Tri::kYes) {
      best = context.Constant(ranges.at(*data).least);
    }
    if (best.is_none()) return std::nullopt;
    difference = context.Substitute(difference, {{*data, best}});
  }
  return std::nullopt;
}

// Facts that all hold where `fact` does; none where nothing can be said.
std::vector<Fact> FactsOf(Context& context, const Fact& fact, const Ranges& ranges) {
  const std::vector<Dim> symbols = SymbolsOf(context, {fact});
  if (absl::c_none_of(symbols, [&](Dim s) { return ranges.contains(s); })) return {fact};
  std::vector<Fact> facts;
  const auto add = [&](Dim a, Dim b) {
    const auto best = AtTheBest(context, {Fact::Kind::kGe, a, b}, ranges);
    if (best.has_value() && context.Decide(*best) != Tri::kYes) facts.push_back(*best);
  };
  if (fact.kind == Fact::Kind::kGe || fact.kind == Fact::Kind::kEq) add(fact.a, fact.b);
  if (fact.kind == Fact::Kind::kEq) add(fact.b, fact.a);
  return facts;
}

}  // namespace

Clauses Necessary(Context& context, const Clause& clause, const Ranges& ranges) {
  Clauses clauses{{}};
  for (const Fact& fact : clause) {
    const std::vector<Fact> facts = FactsOf(context, fact, ranges);
    Clauses longer;
    for (const Clause& so_far : clauses) {
      for (const Fact& each : facts) {
        longer.push_back(so_far);
        longer.back().push_back(each);
      }
    }
    clauses = std::move(longer);
    if (clauses.size() > kMaxClauses) return {};
  }
  return clauses;
}

}  // namespace symshape::queries
