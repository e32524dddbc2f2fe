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

bool OverInputs(const engine::Analysis& analysis, const Requirement& requirement) {
  const auto over_inputs = [&](Dim dim) {
    return absl::c_all_of(analysis.context().SymbolsOf(dim),
                          [&](Dim symbol) { return analysis.IsInputSymbol(symbol); });
  };
  return over_inputs(requirement.fact.a) && over_inputs(requirement.fact.b) &&
         absl::c_all_of(requirement.unless_zero, over_inputs);
}

std::string Text(const Context& context, const Requirement& requirement) {
  std::string text;
  for (Dim dim : requirement.unless_zero) {
    // A product is 0 where one of its factors is; the printed form needs no brackets: `==` binds last.
    absl::StrAppend(&text, context.Print(dim), " == 0 or ");
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
  for (Dim dim : requirement.unless_zero) {
    const std::optional<int64_t> value = context.Evaluate(dim, sizes);
    if (value == 0) return Tri::kYes;
    known = known && value.has_value();
  }
  const std::optional<int64_t> a = context.Evaluate(requirement.fact.a, sizes);
  const std::optional<int64_t> b = context.Evaluate(requirement.fact.b, sizes);
  if (!a.has_value() || !b.has_value()) return Tri::kUnknown;
  if (Holds(requirement.fact.kind, *a, *b)) return Tri::kYes;
  return known ? Tri::kNo : Tri::kUnknown;
}

}  // namespace symshape::queries
