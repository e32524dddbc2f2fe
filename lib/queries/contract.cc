#include "queries/contract.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "queries/simplify.h"

namespace symshape::queries {
namespace {

using engine::Need;
using engine::Requirement;

constexpr int kMaxRounds = 4;  // in which conditions become shorter

// Of the sizes of now: "past == -4", where the inputs' sizes are at least 0.
bool NoSizeSatisfies(Context& context, const Condition& condition) {
  return absl::c_all_of(condition.ways, [&](const Clauses& way) {
    return absl::c_any_of(way, [&](const Clause& clause) { return IsFalse(context, clause); });
  });
}

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
    condition.when = TextKept(*context_, condition.ways);
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

Dim Contract::Copy(Dim dim) const {
  if (dim.is_inline()) return dim;
  if (const auto symbol = symbols_.find(dim); symbol != symbols_.end()) return symbol->second;
  if (std::exchange(copied_at_, context_->epoch()) != context_->epoch()) copied_.clear();
  const auto [copy, is_new] = copied_.try_emplace(dim);
  if (!is_new) return copy->second;
  return copy->second = context_->Import(analysis_.context(), dim, [this](Dim symbol) {
    const auto input = symbols_.find(symbol);
    if (input != symbols_.end()) return input->second;
    return context_->Symbol(analysis_.context().Print(symbol));
  });
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
  for (const Need& need : needs) {
    Clause clause = Copy(need);
    if (!absl::c_linear_search(clauses, clause)) clauses.push_back(std::move(clause));
  }
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
      if (!IsDefined(ways)) continue;
      conditional_.push_back({ways, TextKept(*context_, ways), {&requirement}});
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

// Whether an earlier round's walk of the same If found it, with what was not known then besides.
bool Contract::IsToldBefore(const Requirement& requirement) {
  const auto has_all = [](const std::vector<Need>& of, const std::vector<Need>& needs) {
    return absl::c_all_of(needs, [&](const Need& n) { return absl::c_linear_search(of, n); });
  };
  std::vector<const Requirement*>& earlier = eithers_[{requirement.graph, requirement.node}];
  const bool is_told = absl::c_any_of(earlier, [&](const Requirement* told) {
    return absl::c_equal(told->ways, requirement.ways, has_all);
  });
  earlier.push_back(&requirement);
  return is_told;
}

void Contract::AddEither(const Requirement& requirement) {
  if (IsToldBefore(requirement)) return;
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

std::string Contract::TextOf(const std::vector<Clauses>& ways) const {
  return Text(*context_, ways);
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
