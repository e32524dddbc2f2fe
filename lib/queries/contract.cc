#include "queries/contract.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "queries/cases.h"
#include "queries/shortest.h"
#include "queries/simplify.h"
#include "queries/threshold.h"

namespace symshape::queries {
namespace {

using engine::Need;
using engine::Requirement;

constexpr size_t kReadable = 40;  // characters
constexpr int kMaxRounds = 4;     // in which conditions become shorter

// Of the sizes of now: "past == -4", where the inputs' sizes are at least 0.
bool NoSizeSatisfies(Context& context, const Condition& condition) {
  return absl::c_all_of(condition.ways, [&](const Clauses& way) {
    return absl::c_any_of(way, [&](const Clause& clause) { return IsFalse(context, clause); });
  });
}

bool HaveMaximum(const Context& context, const Clauses& clauses) {
  return absl::c_any_of(clauses, [&](const Clause& clause) {
    return absl::c_any_of(clause, [&](const Fact& fact) { return HasMaximum(context, fact); });
  });
}

bool IsSingle(const std::vector<Clauses>& ways) { return ways.size() == 1 && ways[0].size() == 1; }

}  // namespace

// The algebra of the analysis knows all that nodes require; this one only what is declared.
Contract::Contract(const engine::Analysis& analysis)
    : analysis_(analysis), context_(std::make_unique<Context>()) {
  CopySymbols();
  for (const Fact& fact : analysis.declared_facts()) context_->Assume(Copy(fact), {}).IgnoreError();
  Collect();
  DropWhatFollows();
  for (int round = 0; round < kMaxRounds; ++round) {
    const bool joined = Join(), shortened = Shorten();
    if (!joined && !shortened) break;
    DropWhatFollows();
  }
  std::vector<Condition> all = std::move(conditions_);
  conditions_.clear();
  for (Condition& condition : all) {
    if (!IsDefined(condition.ways)) continue;
    if (NoSizeSatisfies(*context_, condition)) {
      condition.ways = {{{{Fact::Kind::kEq, Dim::Inline(0), Dim::Inline(1)}}}};  // with no symbol
    }
    condition.when = TextOf(condition.ways);
    const auto same =
        absl::c_find_if(conditions_, [&](const Condition& c) { return c.when == condition.when; });
    if (same == conditions_.end()) {
      conditions_.push_back(std::move(condition));
    } else {
      same->causes.insert(same->causes.end(), condition.causes.begin(), condition.causes.end());
    }
  }
}

void Contract::CopySymbols() {
  const Context& from = analysis_.context();
  for (Dim symbol : analysis_.input_symbols()) {
    const absl::string_view name = *from.SymbolName(symbol);
    const std::string printed(from.AliasOf(symbol).value_or(name));
    ordered_symbols_.push_back(context_->Symbol(printed));
    symbols_.emplace(symbol, ordered_symbols_.back());
    names_.emplace(name, printed);
  }
}

// By way of its text, which reads back as the same dim.
Dim Contract::Copy(Dim dim) const {
  const Context& from = analysis_.context();
  if (const std::optional<int64_t> constant = from.ConstantOf(dim)) {
    return context_->Constant(*constant);
  }
  if (const auto symbol = symbols_.find(dim); symbol != symbols_.end()) return symbol->second;
  const absl::StatusOr<Dim> read = context_->Parse(from.Print(dim));
  return read.ok() ? *read : context_->Fresh("unread");
}

// Whether it speaks of the inputs' symbols alone: what is past the algebra's limits, which are
// reached earlier without the facts of the analysis, is a symbol of its own that no reader knows.
bool Contract::IsDefined(const std::vector<Clauses>& ways) const {
  const auto is_input = [&](Dim s) { return absl::c_linear_search(ordered_symbols_, s); };
  return absl::c_all_of(ways, [&](const Clauses& way) {
    return absl::c_all_of(way, [&](const Clause& clause) {
      return absl::c_all_of(SymbolsOf(*context_, clause), is_input);
    });
  });
}

Fact Contract::Copy(const Fact& fact) const { return {fact.kind, Copy(fact.a), Copy(fact.b)}; }

Clause Contract::Copy(const Need& need) const {
  Clause clause;
  for (const Fact& fact : need.unless) clause.push_back(Copy(fact));
  clause.push_back(Copy(need.fact));
  return clause;
}

Clauses Contract::Copy(const std::vector<Need>& needs) const {
  Clauses clauses;
  for (const Need& need : needs) clauses.push_back(Copy(need));
  return clauses;
}

bool Contract::OverInputs(const Requirement& requirement) const {
  const auto dim_over_inputs = [&](Dim dim) {
    return absl::c_all_of(analysis_.context().SymbolsOf(dim),
                          [&](Dim symbol) { return analysis_.IsInputSymbol(symbol); });
  };
  const auto over_inputs = [&](const Fact& fact) {
    return dim_over_inputs(fact.a) && dim_over_inputs(fact.b);
  };
  return absl::c_all_of(requirement.ways, [&](const std::vector<Need>& needs) {
    return absl::c_all_of(needs, [&](const Need& need) {
      return over_inputs(need.fact) && absl::c_all_of(need.unless, over_inputs);
    });
  });
}

// Each under the single facts of those before it, which a reader has read by then.
void Contract::Collect() {
  std::vector<Fact> broadcasts;
  context_->Push();
  for (const Requirement& requirement : analysis_.requirements()) {
    if (!OverInputs(requirement)) {
      AddNecessary(requirement);
      continue;
    }
    if (requirement.conditional) {
      if (requirement.ways.size() > 1) continue;
      const std::vector<Clauses> ways{Copy(requirement.ways[0])};
      if (IsDefined(ways)) conditional_.push_back({ways, TextOf(ways), {&requirement}});
    } else if (requirement.ways.size() > 1) {
      AddEither(requirement);
    } else {
      const Clause clause = Copy(requirement.ways[0][0]);
      AddClauses(Simplify(*context_, clause, broadcasts), requirement);
      if (clause.size() == 1 && clause[0].kind == Fact::Kind::kBroadcast) {
        broadcasts.push_back(clause[0]);
        context_->Assume(clause[0], {}).IgnoreError();
      }
    }
  }
  context_->Pop();
}

// A requirement on sizes that data decides: what no data mends.
void Contract::AddNecessary(const Requirement& requirement) {
  if (requirement.conditional || requirement.ways.size() > 1) return;
  const Need& need = requirement.ways[0][0];
  if (const std::optional<Clause> told = WithWhatIsRequired(need)) {
    AddClauses(Simplify(*context_, *told), requirement);
  }
  const std::optional<Ranges> ranges = RangesIn(need);
  if (!ranges.has_value()) return;
  for (const Clause& necessary : Necessary(*context_, Copy(need), *ranges)) {
    AddClauses(Simplify(*context_, necessary), requirement);
  }
}

// With the sizes that all that is required tells in place of the symbols that data decides: where a
// Reshape to [batch, seq, -1] has to give 32 columns, its input has 32*batch*seq elements. nullopt
// where one is not told.
std::optional<Clause> Contract::WithWhatIsRequired(const Need& need) {
  const Context& from = analysis_.context();
  if (today_ == nullptr) today_ = std::make_unique<Context>(from.Fork());
  const auto is_input = [&](Dim symbol) { return analysis_.IsInputSymbol(symbol); };
  Clause clause = Copy(need);
  std::vector<Dim> dims{need.fact.a, need.fact.b};
  for (const Fact& fact : need.unless) dims.insert(dims.end(), {fact.a, fact.b});
  for (Dim dim : dims) {
    for (Dim symbol : from.SymbolsOf(dim)) {
      if (is_input(symbol)) continue;
      const Dim size = today_->Resolve(symbol);
      if (!absl::c_all_of(from.SymbolsOf(size), is_input)) return std::nullopt;
      clause = Substituted(*context_, clause, Copy(symbol), Copy(size));
    }
  }
  return clause;
}

// Of the symbols that data decides in `need`, and of those in their ranges; nullopt where one has
// none.
std::optional<Ranges> Contract::RangesIn(const Need& need) const {
  const Context& from = analysis_.context();
  Ranges ranges;
  std::vector<Dim> open{need.fact.a, need.fact.b};
  for (const Fact& fact : need.unless) open.insert(open.end(), {fact.a, fact.b});
  for (size_t next = 0; next < open.size(); ++next) {
    for (Dim symbol : from.SymbolsOf(open[next])) {
      if (analysis_.IsInputSymbol(symbol)) continue;
      const engine::Analysis::Range* range = analysis_.RangeOf(symbol);
      if (range == nullptr) return std::nullopt;
      const Dim copy =
          context_->Symbol(*from.SymbolName(symbol), {range->least, Interval::kPlusInf});
      // Copied when all symbols are there, with what they are at least.
      const bool is_new = ranges.try_emplace(copy, Range{range->least, range->greatest}).second;
      if (is_new && !range->greatest.is_none()) open.push_back(range->greatest);
    }
  }
  for (auto& [symbol, range] : ranges) {
    if (!range.greatest.is_none()) range.greatest = Copy(range.greatest);
  }
  return ranges;
}

void Contract::AddEither(const Requirement& requirement) {
  std::vector<Clauses> ways;
  for (const std::vector<Need>& needs : requirement.ways) {
    Clauses clauses = Simplify(*context_, Copy(needs));
    if (clauses.empty()) return;  // nothing is needed that way
    if (!absl::c_linear_search(ways, clauses)) ways.push_back(std::move(clauses));
  }
  if (ways.size() == 1) {
    AddClauses(std::move(ways[0]), requirement);
    return;
  }
  // One clause each: their facts together are one, too.
  if (absl::c_all_of(ways, [](const Clauses& way) { return way.size() == 1; })) {
    Clause either;
    for (const Clauses& way : ways) either.insert(either.end(), way[0].begin(), way[0].end());
    AddClauses(Simplify(*context_, either), requirement);
    return;
  }
  conditions_.push_back({std::move(ways), "", {&requirement}});
}

void Contract::AddClauses(Clauses clauses, const Requirement& requirement) {
  for (Clause& clause : clauses) {
    if (clause.size() == 1) context_->Assume(clause[0], {}).IgnoreError();
    const std::vector<Clauses> ways{{std::move(clause)}};
    const auto same =
        absl::c_find_if(conditions_, [&](const Condition& c) { return c.ways == ways; });
    if (same == conditions_.end()) {
      conditions_.push_back({ways, "", {&requirement}});
    } else if (!absl::c_linear_search(same->causes, &requirement)) {
      same->causes.push_back(&requirement);
    }
  }
}

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

// One after the other, each as the others are by then: all of them together go on saying the same.
// Short, and without maxima: "max(S, T)*min(1, S, T) == S" may be "T == S or T == 1".
bool Contract::IsReadable(const std::vector<Clauses>& ways) const {
  const auto has_maximum = [this](const Clauses& way) { return HaveMaximum(*context_, way); };
  return TextOf(ways).size() < kReadable && absl::c_none_of(ways, has_maximum);
}

bool Contract::Shorten() {
  bool changed = false;
  for (size_t i = 0; i < conditions_.size(); ++i) {
    std::optional<Clauses> shorter = ReadUnderOthers(i);
    if (!shorter.has_value()) {
      if (IsReadable(conditions_[i].ways)) continue;
      shorter = Shortest(*context_, conditions_[i].ways, OthersOf(i));
      if (!shorter.has_value()) continue;
      shorter = Simplify(*context_, *shorter);
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
bool Contract::IsPlain(const Condition& condition) const {
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

std::string Contract::TextOf(const std::vector<Clauses>& ways) const {
  const Context& context = *context_;
  if (ways.size() == 1) return Text(context, ways[0]);
  return absl::StrJoin(ways, " or ", [&](std::string* out, const Clauses& way) {
    absl::StrAppend(out, way.size() > 1 ? "(" : "", Text(context, way), way.size() > 1 ? ")" : "");
  });
}

Bindings Contract::Sizes(const Bindings& by_name) const {
  Bindings sizes;
  for (const auto& [name, size] : by_name) {
    const auto known = names_.find(name);
    sizes[known == names_.end() ? name : known->second] = size;
  }
  return sizes;
}

std::string Contract::FileName(const std::string& name) const {
  for (const auto& [of_file, of_contract] : names_) {
    if (of_contract == name) return of_file;
  }
  return name;
}

Tri Contract::Holds(const Condition& condition, const Bindings& sizes) const {
  Tri result = Tri::kNo;
  for (const Clauses& way : condition.ways) {
    const Tri holds = queries::Holds(*context_, way, sizes);
    if (holds == Tri::kYes) return Tri::kYes;
    if (holds == Tri::kUnknown) result = Tri::kUnknown;
  }
  return result;
}

std::vector<const Condition*> Contract::Broken(const Bindings& by_name) const {
  const Bindings sizes = Sizes(by_name);
  std::vector<const Condition*> broken;
  for (const Condition& condition : conditions_) {
    if (Holds(condition, sizes) == Tri::kNo) broken.push_back(&condition);
  }
  return broken;
}

}  // namespace symshape::queries
