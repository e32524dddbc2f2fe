#include "queries/prove.h"

#include <algorithm>
#include <numeric>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "queries/cases.h"
#include "queries/one_symbol.h"
#include "queries/points.h"

namespace symshape::queries {
namespace {

// With more, clauses that follow from several others together stay: that takes a walk over all of
// them for each.
constexpr size_t kMaxTogether = 40;

// Facts in a scope of their own.
class Scope {
 public:
  explicit Scope(Context& context) : context_(context) { context_.Push(); }
  ~Scope() { context_.Pop(); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  // False where it contradicts what is known.
  bool Assume(const Fact& fact) { return context_.Assume(fact, {}).ok(); }

 private:
  Context& context_;
};

// Of all clauses but `left_out`, what single facts tell: a clause of which all facts but one are
// false is that one. False where they contradict each other.
bool AssumeOthers(Context& context, Scope& scope, const Clauses& clauses,
                  const std::vector<bool>& dropped, size_t left_out) {
  for (size_t i = 0; i < clauses.size(); ++i) {
    if (i == left_out || dropped[i]) continue;
    const Fact* open = nullptr;
    bool single = true;
    for (const Fact& fact : clauses[i]) {
      if (context.Decide(fact) == Tri::kNo) continue;
      single = single && open == nullptr;
      open = &fact;
    }
    if (single && open != nullptr && !scope.Assume(*open)) return false;
  }
  return true;
}

// "x % n == 0" is decided of the sizes at which n is not 0; where it is, the fact does not hold.
bool Always(Context& context, const Fact& fact) {
  if (context.Decide(fact) != Tri::kYes) return false;
  return fact.kind != Fact::Kind::kDivides ||
         context.Decide({Fact::Kind::kNe, fact.a, Dim::Inline(0)}) == Tri::kYes;
}

Clauses Others(const Clauses& clauses, const std::vector<bool>& dropped, size_t left_out) {
  Clauses others;
  for (size_t i = 0; i < clauses.size(); ++i) {
    if (i != left_out && !dropped[i]) others.push_back(clauses[i]);
  }
  return others;
}

// Of "% 16", "% 8" and "% 4" the one stays that says most, if it can be read.
void DropRepeated(Context& context, const Clauses& clauses, const std::vector<size_t>& order,
                  std::vector<bool>& dropped) {
  for (size_t i : order) {
    for (size_t k = 0; k < clauses.size() && !dropped[i]; ++k) {
      const bool readable =
          absl::c_none_of(clauses[k], [&](const Fact& f) { return HasMaximum(context, f); });
      if (k == i || dropped[k] || !readable) continue;
      const Clauses given{clauses[k]};
      if (const auto told = context.FollowsOfOneSize(given, clauses[i])) {
        dropped[i] = *told;
        continue;
      }
      dropped[i] = FollowsAtAllSizes(context, given, clauses[i]) ||
                   FollowsForOneSymbol(context, given, clauses[i]);
    }
  }
}

}  // namespace

Clause Resolved(Context& context, Clause clause) {
  for (Fact& fact : clause) fact = {fact.kind, context.Resolve(fact.a), context.Resolve(fact.b)};
  return clause;
}

Clause Substituted(Context& context, const Clause& clause, Dim symbol, Dim by) {
  Clause result;
  for (const Fact& fact : clause) {
    result.push_back({fact.kind, context.Substitute(fact.a, {{symbol, by}}),
                      context.Substitute(fact.b, {{symbol, by}})});
  }
  return result;
}

std::optional<Fact> Opposite(Context& context, const Fact& fact) {
  switch (fact.kind) {
    case Fact::Kind::kEq:
      return Fact{Fact::Kind::kNe, fact.a, fact.b};
    case Fact::Kind::kNe:
      return Fact{Fact::Kind::kEq, fact.a, fact.b};
    case Fact::Kind::kGe:
      return Fact{Fact::Kind::kGe, fact.b, context.Add(fact.a, Dim::Inline(1))};
    case Fact::Kind::kDivides:
      if (context.ConstantOf(fact.a).value_or(0) < 1) return std::nullopt;  // x % 0 is neither
      return Fact{Fact::Kind::kGe, context.Mod(fact.b, fact.a), Dim::Inline(1)};
    case Fact::Kind::kBroadcast:
      return std::nullopt;
  }
  return std::nullopt;
}

bool Follows(Context& context, const Clause& clause) {
  if (context.IsRefuted({}, clause)) return false;
  if (const auto told = context.FollowsOfOneSize({}, clause)) return *told;
  const auto always = [&](const Fact& fact) { return Always(context, fact); };
  if (absl::c_any_of(clause, always)) return true;
  Scope scope(context);
  for (const Fact& fact : clause) {
    const std::optional<Fact> opposite = Opposite(context, fact);
    if (opposite.has_value() && !scope.Assume(*opposite)) return true;
  }
  return absl::c_any_of(clause, always);
}

bool IsFalse(Context& context, const Clause& clause) {
  return absl::c_all_of(clause, [&](const Fact& f) { return context.Decide(f) == Tri::kNo; });
}

bool FollowsFrom(Context& context, const Clause& given, const Clause& clause) {
  if (context.IsRefuted({given}, clause)) return false;
  if (const auto told = context.FollowsOfOneSize({given}, clause)) return *told;
  return absl::c_all_of(given, [&](const Fact& fact) {
    Scope scope(context);
    return !scope.Assume(fact) || Follows(context, clause);
  });
}

std::vector<bool> Implied(Context& context, const Clauses& clauses) {
  std::vector<size_t> longest_first(clauses.size());
  std::iota(longest_first.rbegin(), longest_first.rend(), size_t{0});  // of equals the first stays
  std::vector<size_t> lengths;
  for (const Clause& clause : clauses) lengths.push_back(TextKept(context, clause).size());
  absl::c_stable_sort(longest_first, [&](size_t a, size_t b) { return lengths[a] > lengths[b]; });
  std::vector<bool> dropped(clauses.size(), false);
  const bool together = clauses.size() <= kMaxTogether;
  if (together) DropRepeated(context, clauses, longest_first, dropped);
  for (size_t i : longest_first) {
    if (dropped[i]) continue;
    const Clauses others = Others(clauses, dropped, i);
    if (context.IsRefuted(others, clauses[i])) continue;
    if (const auto told = context.FollowsOfOneSize(others, clauses[i])) {
      dropped[i] = *told;
      continue;
    }
    bool follows = together && FollowsAtAllSizes(context, others, clauses[i]);
    follows = follows || Follows(context, clauses[i]);
    if (!follows && together) {
      Scope scope(context);
      follows = AssumeOthers(context, scope, clauses, dropped, i) &&
                Follows(context, Resolved(context, clauses[i]));
    }
    for (size_t k = 0; k < clauses.size() && !follows; ++k) {
      const bool worth_it = together || clauses[k].size() == 1;
      if (k == i || dropped[k] || !worth_it) continue;
      follows = FollowsFrom(context, clauses[k], clauses[i]);
    }
    if (!follows && together) follows = FollowsForOneSymbol(context, others, clauses[i]);
    dropped[i] = follows;
  }
  return dropped;
}

namespace {

std::vector<std::string> NamesOf(const Context& context, absl::Span<const Dim> symbols) {
  std::vector<std::string> names;
  for (Dim symbol : symbols) names.emplace_back(*context.SymbolName(symbol));
  return names;
}

}  // namespace

Tri Holds(const Context& context, const Fact& fact, const Bindings& sizes) {
  const auto a = context.Evaluate(fact.a, sizes), b = context.Evaluate(fact.b, sizes);
  if (!a.has_value() || !b.has_value()) return Tri::kUnknown;
  return symbolic::Holds(fact.kind, *a, *b) ? Tri::kYes : Tri::kNo;
}

Tri Holds(const Context& context, const Clauses& clauses, const Bindings& sizes) {
  Tri all = Tri::kYes;
  for (const Clause& clause : clauses) {
    Tri any = Tri::kNo;
    for (size_t i = 0; i < clause.size() && any != Tri::kYes; ++i) {
      if (const Tri one = Holds(context, clause[i], sizes); one != Tri::kNo) any = one;
    }
    if (any == Tri::kNo) return Tri::kNo;
    if (any == Tri::kUnknown) all = Tri::kUnknown;
  }
  return all;
}

Truth::Truth(const Context& context, const Clauses& clauses, absl::Span<const Dim> symbols)
    : evaluator_(context, NamesOf(context, symbols)) {
  for (const Clause& clause : clauses) {
    clauses_.emplace_back();
    for (const Fact& fact : clause) {
      clauses_.back().push_back({fact.kind, evaluator_.Read(fact.a), evaluator_.Read(fact.b)});
    }
  }
}

Truth::Block Truth::Of(const Sides& fact) {
  const symbolic::Evaluator::Column a = evaluator_.Of(fact.a), b = evaluator_.Of(fact.b);
  const Set known = a.known & b.known;
  Set holds = 0;
  if (fact.kind == Fact::Kind::kGe) {
    for (size_t at = 0; at < count_; ++at) holds |= Set{a.values[at] >= b.values[at]} << at;
  } else if (fact.kind == Fact::Kind::kEq) {
    for (size_t at = 0; at < count_; ++at) holds |= Set{a.values[at] == b.values[at]} << at;
  } else {
    for (size_t at = 0; at < count_; ++at) {
      holds |= Set{symbolic::Holds(fact.kind, a.values[at], b.values[at])} << at;
    }
  }
  return {holds & known, known & ~holds};
}

Truth::Block Truth::AtAll(absl::Span<const int64_t> sizes, size_t count) {
  count_ = count;
  evaluator_.MoveTo(sizes, count);
  const Set all = ~Set{0} >> (kBlock - count);
  Block result{all, 0};
  for (const std::vector<Sides>& clause : clauses_) {
    Block any{0, all};
    for (size_t i = 0; i < clause.size() && any.holds != all; ++i) {
      const Block one = Of(clause[i]);
      any = {any.holds | one.holds, any.fails & one.fails};
    }
    result = {result.holds & any.holds, result.fails | any.fails};
    if (result.fails == all) break;
  }
  return result;
}

namespace {

using Print = absl::FunctionRef<std::string(const Fact&)>;

std::string TextOf(const Context& context, const Clause& clause, Print print) {
  std::vector<std::string> facts;  // what differs inside may print the same
  for (const Fact& fact : clause) {
    const std::optional<int64_t> a = context.ConstantOf(fact.a), b = context.ConstantOf(fact.b);
    if (a.has_value() && b.has_value() && !symbolic::Holds(fact.kind, *a, *b)) continue;
    if (fact.kind == Fact::Kind::kNe && fact.a == fact.b) continue;
    std::string text = print(fact);
    if (!absl::c_linear_search(facts, text)) facts.push_back(std::move(text));
  }
  return facts.empty() ? "False" : absl::StrJoin(facts, " or ");
}

std::string TextOf(const Context& context, const Clauses& clauses, Print print) {
  return absl::StrJoin(clauses, " and ", [&](std::string* out, const Clause& clause) {
    const std::string text = TextOf(context, clause, print);
    const bool brackets = clauses.size() > 1 && absl::StrContains(text, " or ");
    absl::StrAppend(out, brackets ? "(" : "", text, brackets ? ")" : "");
  });
}

std::string TextOf(const Context& context, const std::vector<Clauses>& ways, Print print) {
  if (ways.size() == 1) return TextOf(context, ways[0], print);
  return absl::StrJoin(ways, " or ", [&](std::string* out, const Clauses& way) {
    const bool brackets = way.size() > 1;
    absl::StrAppend(out, brackets ? "(" : "", TextOf(context, way, print), brackets ? ")" : "");
  });
}

}  // namespace

template <typename Condition>
std::string Text(const Context& context, const Condition& condition) {
  return TextOf(context, condition, [&](const Fact& fact) { return context.Print(fact); });
}
template std::string Text(const Context& context, const Clause& clause);
template std::string Text(const Context& context, const Clauses& clauses);
template std::string Text(const Context& context, const std::vector<Clauses>& ways);

template <typename Condition>
std::string TextKept(Context& context, const Condition& condition) {
  return TextOf(context, condition, [&](const Fact& fact) { return context.Printed(fact); });
}
template std::string TextKept(Context& context, const Clause& clause);
template std::string TextKept(Context& context, const Clauses& clauses);
template std::string TextKept(Context& context, const std::vector<Clauses>& ways);

std::vector<Dim> SymbolsOf(const Context& context, const Clause& clause) {
  std::vector<Dim> symbols;
  for (const Fact& fact : clause) {
    for (Dim side : {fact.a, fact.b}) {
      for (Dim symbol : context.SymbolsOf(side)) {
        if (!absl::c_linear_search(symbols, symbol)) symbols.push_back(symbol);
      }
    }
  }
  absl::c_sort(symbols, [](Dim a, Dim b) { return a.bits() < b.bits(); });
  return symbols;
}

}  // namespace symshape::queries
