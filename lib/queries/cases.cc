#include "queries/cases.h"

#include <optional>
#include <vector>

#include "absl/algorithm/container.h"

namespace symshape::queries {
namespace {

constexpr int kMaxDepth = 10;     // of splits
constexpr int kMaxSteps = 2000;   // of one proof
constexpr int kMaxLeafDepth = 5;  // of comparisons, where each case is looked at

using Comparison = std::pair<Dim, Dim>;

Fact Resolved(Context& context, const Fact& fact) {
  return {fact.kind, context.Resolve(fact.a), context.Resolve(fact.b)};
}

// The first one under a maximum in `clause` of which nobody knows how it turns out.
std::optional<Comparison> OpenComparison(Context& context, const Clause& clause) {
  for (const Fact& fact : clause) {
    for (Dim side : {fact.a, fact.b}) {
      for (const std::vector<Dim>& dims : context.ComparedIn(side)) {
        for (size_t i = 1; i < dims.size(); ++i) {
          for (size_t k = 0; k < i; ++k) {
            if (context.Decide({Fact::Kind::kGe, dims[i], dims[k]}) == Tri::kUnknown) {
              return Comparison{dims[i], dims[k]};
            }
          }
        }
      }
    }
  }
  return std::nullopt;
}

std::pair<Fact, Fact> BothWays(Context& context, const Comparison& c) {
  const Dim more = context.Add(c.first, Dim::Inline(1));
  return {{Fact::Kind::kGe, c.first, c.second}, {Fact::Kind::kGe, c.second, more}};
}

class Proof {
 public:
  explicit Proof(Context& context) : context_(context) {}

  // True where no sizes satisfy all clauses.
  bool Impossible(const Clauses& clauses, int depth = 0) {
    if (++steps_ > kMaxSteps) return false;
    Clauses open;
    for (const Clause& clause : clauses) {
      const std::optional<Clause> rest = Open(clause);
      if (!rest.has_value()) continue;
      if (rest->empty()) return true;
      open.push_back(*rest);
    }
    context_.Push();
    const bool impossible = AssumeSingles(open, depth);
    context_.Pop();
    return impossible;
  }

 private:
  // The facts that may hold; nullopt where one does.
  std::optional<Clause> Open(const Clause& clause) {
    Clause rest;
    for (const Fact& fact : clause) {
      const Tri holds = context_.Decide(fact);
      if (holds == Tri::kYes) return std::nullopt;
      if (holds == Tri::kUnknown) rest.push_back(Resolved(context_, fact));
    }
    return rest;
  }

  // A fact with a maximum in it tells more once it is known which side that is: it waits.
  bool AssumeSingles(const Clauses& open, int depth) {
    Clauses waiting;
    bool told = false;
    for (const Clause& clause : open) {
      if (clause.size() > 1 || OpenComparison(context_, clause).has_value()) {
        waiting.push_back(clause);
      } else if (!context_.Assume(clause[0], {}).ok()) {
        return true;
      } else {
        told = true;
      }
    }
    if (waiting.empty()) return false;
    if (told) return Impossible(waiting, depth);
    return depth < kMaxDepth && Split(waiting, depth);
  }

  bool Split(const Clauses& waiting, int depth) {
    for (const Clause& clause : waiting) {
      const std::optional<Comparison> comparison = OpenComparison(context_, clause);
      if (!comparison.has_value()) continue;
      const auto [one, other] = BothWays(context_, *comparison);
      return With(one, waiting, depth) && With(other, waiting, depth);
    }
    const Clauses others(waiting.begin() + 1, waiting.end());
    return absl::c_all_of(waiting[0], [&](const Fact& f) { return With(f, others, depth); });
  }

  bool With(const Fact& fact, const Clauses& clauses, int depth) {
    context_.Push();
    const bool impossible = !context_.Assume(fact, {}).ok() || Impossible(clauses, depth + 1);
    context_.Pop();
    return impossible;
  }

  Context& context_;
  int steps_ = 0;
};

}  // namespace

bool HasMaximum(const Context& context, const Fact& fact) {
  return !context.ComparedIn(fact.a).empty() || !context.ComparedIn(fact.b).empty();
}

Clause Spelled(const Clause& clause) {
  Clause spelled;
  for (const Fact& fact : clause) {
    spelled.push_back(fact);
    if (fact.kind != Fact::Kind::kBroadcast) continue;
    spelled.back().kind = Fact::Kind::kEq;
    for (Dim side : {fact.a, fact.b}) spelled.push_back({Fact::Kind::kEq, side, Dim::Inline(1)});
  }
  return spelled;
}

bool FollowsByCases(Context& context, const Clauses& given, const Clause& clause) {
  if (context.IsRefuted(given, clause)) return false;
  Clauses all;
  const Dim zero = Dim::Inline(0);
  for (const Clause& each : given) {
    all.push_back(Spelled(each));
    // Where the algebra knows that the rest is 0, it says so of no divisor that is 0.
    const bool divides = each.size() == 1 && each[0].kind == Fact::Kind::kDivides;
    if (divides) all.push_back({{Fact::Kind::kNe, each[0].a, zero}});
  }
  for (const Fact& fact : Spelled(clause)) {
    const std::optional<Fact> opposite = Opposite(context, fact);
    if (opposite.has_value()) {
      all.push_back({*opposite});
    } else if (fact.kind == Fact::Kind::kDivides) {
      all.push_back(
          {{Fact::Kind::kEq, fact.a, zero}, {Fact::Kind::kNe, context.Mod(fact.b, fact.a), zero}});
    }
  }
  return Proof(context).Impossible(all);
}

void ForEachCase(Context& context, const Clause& clause,
                 absl::FunctionRef<void(const Clause& assumed, const Clause& resolved)> leaf) {
  Clause assumed;
  const auto visit = [&](const auto& self, Clause facts) -> void {
    for (Fact& fact : facts) fact = Resolved(context, fact);
    const auto comparison = OpenComparison(context, facts);
    if (!comparison.has_value() || assumed.size() >= kMaxLeafDepth) return leaf(assumed, facts);
    const auto [one, other] = BothWays(context, *comparison);
    for (const Fact& way : {one, other}) {
      context.Push();
      if (context.Assume(way, {}).ok()) {
        assumed.push_back(way);
        self(self, facts);
        assumed.pop_back();
      }
      context.Pop();
    }
  };
  visit(visit, clause);
}

}  // namespace symshape::queries
