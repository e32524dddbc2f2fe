#include "queries/conditions.h"

#include <cstdint>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace symshape::queries {
namespace {

using engine::Requirement;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

bool OverInputs(const engine::Analysis& analysis, const Fact& fact) {
  const auto over_inputs = [&](Dim dim) {
    return absl::c_all_of(analysis.context().SymbolsOf(dim),
                          [&](Dim symbol) { return analysis.IsInputSymbol(symbol); });
  };
  return over_inputs(fact.a) && over_inputs(fact.b);
}

bool OverInputs(const engine::Analysis& analysis, const Requirement& requirement) {
  return OverInputs(analysis, requirement.fact) &&
         absl::c_all_of(requirement.unless,
                        [&](const Fact& fact) { return OverInputs(analysis, fact); });
}

std::string Text(const Context& context, const Requirement& requirement) {
  std::string text;
  for (const Fact& fact : requirement.unless) {
    // No brackets: comparisons bind more tightly than `or`.
    absl::StrAppend(&text, context.Print(fact), " or ");
  }
  return absl::StrCat(text, context.Print(requirement.fact));
}

bool Holds(Fact::Kind kind, int64_t a, int64_t b) {
  switch (kind) {
    case Fact::Kind::kEq:
      return a == b;
    case Fact::Kind::kNe:
      return a != b;
    case Fact::Kind::kGe:
      return a >= b;
    case Fact::Kind::kDivides:
      return a != 0 && (a == -1 || b % a == 0);  // int64 min % -1 traps
    case Fact::Kind::kBroadcast:
      return a == b || a == 1 || b == 1;
  }
  return true;
}

}  // namespace

std::vector<Condition> ConditionsOf(const engine::Analysis& analysis) {
  std::vector<Condition> result;
  absl::flat_hash_set<std::string> seen;
  for (const bool conditional : {false, true}) {
    for (const Requirement& requirement : analysis.requirements()) {
      if (requirement.conditional != conditional || !OverInputs(analysis, requirement)) continue;
      std::string text = Text(analysis.context(), requirement);
      if (!seen.insert(text).second) continue;
      result.push_back({&requirement, std::move(text)});
    }
  }
  return result;
}

Tri Holds(const Context& context, const Requirement& requirement,
          const symbolic::Bindings& sizes) {
  bool known = true;
  const auto holds = [&](const Fact& fact) {
    const std::optional<int64_t> a = context.Evaluate(fact.a, sizes);
    const std::optional<int64_t> b = context.Evaluate(fact.b, sizes);
    known = known && a.has_value() && b.has_value();
    return a.has_value() && b.has_value() && Holds(fact.kind, *a, *b);
  };
  if (holds(requirement.fact) || absl::c_any_of(requirement.unless, holds)) return Tri::kYes;
  return known ? Tri::kNo : Tri::kUnknown;
}

}  // namespace symshape::queries
