// How a contract's conditions become fewer, and shorter.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "queries/cases.h"
#include "queries/contract.h"
#include "queries/shortest.h"
#include "queries/simplify.h"
#include "queries/threshold.h"

namespace symshape::queries {
namespace {

using engine::Requirement;

constexpr size_t kReadable = 40;  // characters

bool HaveMaximum(const Context& context, const Clauses& clauses) {
  return absl::c_any_of(clauses, [&](const Clause& clause) {
    return absl::c_any_of(clause, [&](const Fact& fact) { return HasMaximum(context, fact); });
  });
}

bool IsSingle(const std::vector<Clauses>& ways) { return ways.size() == 1 && ways[0].size() == 1; }

}  // namespace

void Contract::DropWhatFollows() {
  Clauses singles;
  for (const Condition& condition : conditions_) {
    if (IsSingle(condition.ways)) singles.push_back(condition.ways[0][0]);
  }
  const std::vector<bool> implied = Implied(*context_, singles);
  MergeCauses(singles, implied);
  size_t next = 0;
  std::erase_if(conditions_, [&](const Condition& condition) {
    return IsSingle(condition.ways) && implied[next++];
  });
  // An If is read under all that holds besides.
  context_->Push();
  for (const Condition& condition : conditions_) {
    if (IsSingle(condition.ways) && condition.ways[0][0].size() == 1) {
      context_->Assume(condition.ways[0][0][0], {}).IgnoreError();
    }
  }
  std::erase_if(conditions_, [&](const Condition& condition) {
    return !IsSingle(condition.ways) && absl::c_any_of(condition.ways, [&](const Clauses& way) {
      return absl::c_all_of(way, [&](const Clause& c) { return Follows(*context_, c); });
    });
  });
  context_->Pop();
}

// All clauses of the conditions of one way besides.
Clauses Contract::OthersOf(size_t index) const {
  Clauses others;
  for (size_t k = 0; k < conditions_.size(); ++k) {
    if (k == index || conditions_[k].ways.size() > 1) continue;
    others.insert(others.end(), conditions_[k].ways[0].begin(), conditions_[k].ways[0].end());
  }
  return others;
}

// A condition with a maximum of which the others tell what it is: nullopt where they do not.
std::optional<Clauses> Contract::ReadUnderOthers(size_t index) {
  const std::vector<Clauses>& ways = conditions_[index].ways;
  if (ways.size() > 1) return std::nullopt;
  if (!HaveMaximum(*context_, ways[0])) return std::nullopt;
  context_->Push();
  for (const Clause& clause : OthersOf(index)) {
    if (clause.size() == 1) context_->Assume(clause[0], {}).IgnoreError();
  }
  Clauses read = ways[0];
  for (Clause& clause : read) {
    for (Fact& fact : clause)
      fact = {fact.kind, context_->Resolve(fact.a), context_->Resolve(fact.b)};
  }
  const bool told = !HaveMaximum(*context_, read);
  if (told) read = Simplify(*context_, read);
  context_->Pop();
  return told ? std::optional<Clauses>(std::move(read)) : std::nullopt;
}

// Short, and without maxima: "max(S, T)*min(1, S, T) == S" may be "T == S or T == 1".
bool Contract::IsReadable(const std::vector<Clauses>& ways) {
  const auto has_maximum = [this](const Clauses& way) { return HaveMaximum(*context_, way); };
  return TextKept(*context_, ways).size() < kReadable && absl::c_none_of(ways, has_maximum);
}

// One after the other, each as the others are by then: all of them together go on saying the same.
bool Contract::Shorten() {
  bool changed = false;
  for (size_t i = 0; i < conditions_.size(); ++i) {
    std::optional<Clauses> shorter = ReadUnderOthers(i);
    if (!shorter.has_value()) {
      const std::vector<Clauses>& ways = conditions_[i].ways;
      if (IsReadable(ways) || absl::c_linear_search(shortest_, ways)) continue;
      shorter = Shortest(*context_, ways, OthersOf(i));
      if (!shorter.has_value()) {
        shortest_.push_back(ways);
        continue;
      }
      shorter = Simplify(*context_, *shorter);
      for (const Clause& clause : *shorter) shortest_.push_back({{clause}});
    }
    changed = true;
    const Condition whole = std::move(conditions_[i]);
    conditions_.erase(conditions_.begin() + static_cast<ptrdiff_t>(i));
    for (size_t k = 0; k < shorter->size(); ++k) {
      conditions_.insert(conditions_.begin() + static_cast<ptrdiff_t>(i + k),
                         {{{(*shorter)[k]}}, "", whole.causes});
    }
    i += shorter->size() - 1;
  }
  return changed;
}

// Whether it needs no second look: "seq >= 8", "height % 32 == 0", whatever else is short and of
// several sizes.
bool Contract::IsPlain(const Condition& condition) {
  if (!IsReadable(condition.ways)) return false;
  const auto symbols_and_numbers = [&](const Fact& fact) {
    return absl::c_all_of(std::array{fact.a, fact.b}, [&](Dim side) {
      return context_->ConstantOf(side).has_value() || context_->SymbolName(side).has_value();
    });
  };
  return absl::c_all_of(condition.ways[0], [&](const Clause& clause) {
    return SymbolsOf(*context_, clause).size() > 1 || absl::c_all_of(clause, symbols_and_numbers);
  });
}

// The conditions of one way that speak of the same symbols as number `first`, from it on: their
// numbers.
std::vector<size_t> Contract::Alike(size_t first) const {
  const auto symbols = [&](const Condition& condition) {
    Clause facts;
    for (const Clause& clause : condition.ways[0])
      facts.insert(facts.end(), clause.begin(), clause.end());
    return SymbolsOf(*context_, facts);
  };
  std::vector<size_t> alike;
  for (size_t i = first; i < conditions_.size(); ++i) {
    const bool one_way = conditions_[i].ways.size() == 1;
    if (one_way && symbols(conditions_[i]) == symbols(conditions_[first])) alike.push_back(i);
  }
  return alike;
}

// Several conditions on the same sizes may be short together where one of them is not by itself.
bool Contract::Join() {
  bool changed = false;
  for (size_t i = 0; i < conditions_.size(); ++i) {
    if (conditions_[i].ways.size() > 1) continue;
    const std::vector<size_t> alike = Alike(i);
    const bool plain = absl::c_all_of(alike, [&](size_t k) { return IsPlain(conditions_[k]); });
    if (alike.size() < 2 || plain) continue;
    std::vector<Condition> joined;
    Clauses together, others;
    for (size_t k = 0; k < conditions_.size(); ++k) {
      if (conditions_[k].ways.size() > 1) continue;
      const bool is_one = absl::c_linear_search(alike, k);
      Clauses& to = is_one ? together : others;
      to.insert(to.end(), conditions_[k].ways[0].begin(), conditions_[k].ways[0].end());
      if (is_one) joined.push_back(conditions_[k]);
    }
    std::optional<Clauses> shorter = AsRange(*context_, together);
    if (!shorter.has_value()) shorter = Shortest(*context_, {together}, others);
    if (!shorter.has_value()) continue;
    shorter = Simplify(*context_, *shorter);
    if (*shorter == together) continue;
    changed = true;
    for (size_t k = alike.size(); k-- > 0;) {
      conditions_.erase(conditions_.begin() + static_cast<ptrdiff_t>(alike[k]));
    }
    for (size_t k = 0; k < shorter->size(); ++k) {
      conditions_.insert(conditions_.begin() + static_cast<ptrdiff_t>(i + k),
                         {{{(*shorter)[k]}}, "", CausesOf((*shorter)[k], joined, others)});
    }
    i += shorter->size() - 1;
  }
  return changed;
}

// Of the conditions that became `clause` and others, the causes of those that say it by themselves;
// where none does, of all.
std::vector<const Requirement*> Contract::CausesOf(const Clause& clause,
                                                   const std::vector<Condition>& joined,
                                                   const Clauses& others) {
  std::vector<const Requirement*> all, own;
  for (const Condition& condition : joined) {
    Clauses given = others;
    given.insert(given.end(), condition.ways[0].begin(), condition.ways[0].end());
    const bool says_it = FollowsByCases(*context_, given, clause);
    for (const Requirement* cause : condition.causes) {
      if (!absl::c_linear_search(all, cause)) all.push_back(cause);
      if (says_it && !absl::c_linear_search(own, cause)) own.push_back(cause);
    }
  }
  return own.empty() ? all : own;
}

// A condition that only repeats another one, in other words, has causes of the same.
void Contract::MergeCauses(const Clauses& singles, const std::vector<bool>& implied) {
  std::vector<Condition*> conditions;
  for (Condition& condition : conditions_) {
    if (IsSingle(condition.ways)) conditions.push_back(&condition);
  }
  for (size_t i = 0; i < singles.size(); ++i) {
    for (size_t k = 0; k < singles.size() && implied[i]; ++k) {
      if (implied[k] || !FollowsFrom(*context_, singles[k], singles[i]) ||
          !FollowsFrom(*context_, singles[i], singles[k])) {
        continue;
      }
      for (const Requirement* cause : conditions[i]->causes) {
        if (!absl::c_linear_search(conditions[k]->causes, cause)) {
          conditions[k]->causes.push_back(cause);
        }
      }
    }
  }
}

}  // namespace symshape::queries
