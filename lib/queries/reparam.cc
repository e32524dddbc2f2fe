#include "queries/reparam.h"

#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "queries/simplify.h"

namespace symshape::queries {
namespace {

// "H" gives "h", "height" gives "height_32".
std::string NewName(const Context& context, absl::string_view name, int64_t modulus) {
  std::string lower = absl::AsciiStrToLower(name);
  if (lower != name && !context.FindSymbol(lower).has_value()) return lower;
  std::string made = absl::StrCat(name, "_", modulus);
  while (context.FindSymbol(made).has_value()) absl::StrAppend(&made, "_");
  return made;
}

// symbol % modulus == 0, and nothing else.
std::optional<std::pair<Dim, int64_t>> Divisible(const Context& context,
                                                 const Condition& condition) {
  if (condition.ways.size() != 1 || condition.ways[0].size() != 1 ||
      condition.ways[0][0].size() != 1) {
    return std::nullopt;
  }
  const Fact& fact = condition.ways[0][0][0];
  const std::optional<int64_t> modulus = context.ConstantOf(fact.a);
  if (fact.kind != Fact::Kind::kDivides || !modulus || !context.SymbolName(fact.b)) {
    return std::nullopt;
  }
  return std::pair(fact.b, *modulus);
}

}  // namespace

Reparametrized Reparametrize(const Contract& contract) {
  Context& context = contract.context();
  Reparametrized result;
  std::vector<std::pair<Dim, Dim>> replaced;
  for (const Condition& condition : contract.conditions()) {
    const auto divisible = Divisible(context, condition);
    if (!divisible.has_value()) continue;
    const auto& [symbol, modulus] = *divisible;
    if (absl::c_any_of(replaced, [s = symbol](const auto& r) { return r.first == s; })) continue;
    const std::string name(*context.SymbolName(symbol));
    const Dim expression =
        context.Mul(context.Constant(modulus), context.Symbol(NewName(context, name, modulus)));
    replaced.emplace_back(symbol, expression);
    result.axes.push_back({name, context.Print(expression), &condition});
  }
  for (const Condition& condition : contract.conditions()) {
    Condition rewritten{{}, "", condition.causes};
    bool always = false;
    for (const Clauses& way : condition.ways) {
      Clauses clauses;
      for (const Clause& clause : way) {
        Clause over_new;
        for (const Fact& fact : clause) {
          over_new.push_back({fact.kind, context.Substitute(fact.a, replaced),
                              context.Substitute(fact.b, replaced)});
        }
        clauses.push_back(std::move(over_new));
      }
      clauses = Simplify(context, clauses);
      always = always || clauses.empty();
      rewritten.ways.push_back(std::move(clauses));
    }
    if (always) continue;
    rewritten.when = contract.TextOf(rewritten.ways);
    result.conditions.push_back(std::move(rewritten));
  }
  return result;
}

}  // namespace symshape::queries
