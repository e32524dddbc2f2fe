#include "queries/explain_fact.h"

#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "diagnostics/nearest.h"

namespace symshape::queries {
namespace {

using Texts = std::vector<absl::string_view>;

// `text` at each `word` that stands in no bracket.
Texts SplitAt(absl::string_view text, absl::string_view word) {
  Texts parts;
  int depth = 0;
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += (text[i] == '(') - (text[i] == ')');
    if (depth != 0 || !absl::StartsWith(text.substr(i), word)) continue;
    parts.push_back(absl::StripAsciiWhitespace(text.substr(from, i - from)));
    from = i + word.size();
  }
  parts.push_back(absl::StripAsciiWhitespace(text.substr(from)));
  return parts;
}

// Without the brackets around all of it: not those of "(H + 1)//2 >= (W + 1)//2".
absl::string_view Unbracketed(absl::string_view text) {
  if (!absl::StartsWith(text, "(") || !absl::EndsWith(text, ")")) return text;
  int depth = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    depth += (text[i] == '(') - (text[i] == ')');
    if (depth == 0) return text;
  }
  return absl::StripAsciiWhitespace(text.substr(1, text.size() - 2));
}

// "1 <= seq <= 512" is two clauses, "batch == 0 or seq <= 64" one of two facts.
absl::StatusOr<Clauses> ReadClauses(Context& context, absl::string_view text) {
  const absl::StatusOr<std::vector<Fact>> facts = context.ParseFacts(text);
  Clauses clauses;
  if (facts.ok()) {
    for (const Fact& fact : *facts) clauses.push_back({fact});
    return clauses;
  }
  const Texts parts = SplitAt(text, " or ");
  if (parts.size() == 1) return facts.status();
  Clause& clause = clauses.emplace_back();
  for (absl::string_view part : parts) {
    const absl::StatusOr<std::vector<Fact>> fact = context.ParseFacts(Unbracketed(part));
    if (!fact.ok()) return fact.status();
    if (fact->size() != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", part,
                       "': beside an 'or' stands one comparison, unless it is as "
                       "symshape contract prints it"));
    }
    clause.push_back((*fact)[0]);
  }
  return clauses;
}

absl::Status CheckNames(const Contract& contract, const Clauses& clauses) {
  const Context& context = contract.context();
  std::vector<absl::string_view> known;
  for (Dim symbol : contract.symbols()) known.push_back(*context.SymbolName(symbol));
  for (const Clause& clause : clauses) {
    for (Dim symbol : SymbolsOf(context, clause)) {
      if (absl::c_linear_search(contract.symbols(), symbol)) continue;
      const absl::string_view name = *context.SymbolName(symbol);
      return absl::InvalidArgumentError(absl::StrCat("no input has an axis named '", name, "'",
                                                     diagnostics::DidYouMean(name, known)));
    }
  }
  return absl::OkStatus();
}

// The first from which it follows: by each of its ways, if there are several.
const Condition* ThatSays(const Contract& contract, const Clause& clause) {
  const auto says = [&](const Clauses& way) {
    return absl::c_any_of(
        way, [&](const Clause& given) { return FollowsFrom(contract.context(), given, clause); });
  };
  const auto found = absl::c_find_if(contract.conditions(), [&](const Condition& condition) {
    return absl::c_all_of(condition.ways, says);
  });
  return found == contract.conditions().end() ? nullptr : &*found;
}

// Whether it holds where all these conditions do.
bool FollowsFromAll(Context& context, const std::vector<const Condition*>& given,
                    const Clause& clause) {
  context.Push();
  for (const Condition* condition : given) {
    for (const Clause& each : condition->ways[0]) {
      if (each.size() == 1) context.Assume(each[0], {}).IgnoreError();
    }
  }
  const bool follows = Follows(context, Resolved(context, clause));
  context.Pop();
  return follows;
}

// Those that say it together: none of them can be left out. Empty where they do not.
std::vector<const Condition*> ThatSayTogether(const Contract& contract, const Clause& clause) {
  std::vector<const Condition*> given;
  for (const Condition& condition : contract.conditions()) {
    if (condition.ways.size() == 1) given.push_back(&condition);
  }
  if (!FollowsFromAll(contract.context(), given, clause)) return {};
  for (size_t i = given.size(); i-- > 0;) {
    std::vector<const Condition*> fewer = given;
    fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
    if (FollowsFromAll(contract.context(), fewer, clause)) given = std::move(fewer);
  }
  return given;
}

std::vector<SizeMap> WhereFalse(const Contract& contract, const Clause& clause) {
  Clause opposites;
  for (const Fact& fact : clause) {
    const std::optional<Fact> opposite = Opposite(contract.context(), fact);
    if (!opposite.has_value()) return {};
    opposites.push_back(*opposite);
  }
  return LegalSizes(contract, {.count = 1, .smallest = 0, .also = opposites});
}

absl::StatusOr<FactReason> ExplainPart(const Contract& contract, absl::string_view text) {
  FactReason reason;
  reason.text = std::string(text);
  for (const Condition& condition : contract.conditions()) {
    if (condition.when == text) reason.conditions.push_back(&condition);
  }
  if (!reason.conditions.empty()) return reason;
  const absl::StatusOr<Clauses> clauses = ReadClauses(contract.context(), text);
  if (!clauses.ok()) return clauses.status();
  if (absl::Status s = CheckNames(contract, *clauses); !s.ok()) return s;
  reason.always = true;
  for (const Clause& clause : *clauses) {
    if (Follows(contract.context(), clause)) continue;
    reason.always = false;
    const Condition* const alone = ThatSays(contract, clause);
    const std::vector<const Condition*> conditions =
        alone != nullptr ? std::vector{alone} : ThatSayTogether(contract, clause);
    if (conditions.empty()) {  // then all of `text` is not needed
      reason.conditions.clear();
      reason.counterexamples = WhereFalse(contract, clause);
      return reason;
    }
    for (const Condition* each : conditions) {
      if (!absl::c_linear_search(reason.conditions, each)) reason.conditions.push_back(each);
    }
  }
  return reason;
}

}  // namespace

absl::StatusOr<std::vector<FactReason>> ExplainFact(const Contract& contract,
                                                    absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const bool whole =
      absl::c_any_of(contract.conditions(), [&](const Condition& c) { return c.when == text; });
  std::vector<FactReason> reasons;
  for (absl::string_view part : whole ? Texts{text} : SplitAt(text, " and ")) {
    absl::StatusOr<FactReason> reason = ExplainPart(contract, whole ? part : Unbracketed(part));
    if (!reason.ok()) return reason.status();
    reasons.push_back(*std::move(reason));
  }
  return reasons;
}

}  // namespace symshape::queries
