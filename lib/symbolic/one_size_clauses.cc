// Clauses about one size: at which of its sizes they hold is computed, too.
#include <limits>
#include <utility>

#include "absl/algorithm/container.h"
#include "symbolic/one_size.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

using Truth = std::optional<Lines>;  // 1 where it holds, else 0; nullopt where that is not known

Truth Not(const Truth& a) {
  return a.has_value() ? Lines::Sum(Lines::Constant(1), *a, -1) : std::nullopt;
}
Truth And(const Truth& a, const Truth& b) {
  return a.has_value() && b.has_value() ? Lines::Product(*a, *b) : std::nullopt;
}
Truth Or(const Truth& a, const Truth& b) {
  return a.has_value() && b.has_value() ? Lines::Max(*a, *b) : std::nullopt;
}
// a - b >= 0
Truth IsAtLeast(const Lines& a, const Lines& b) {
  const Truth difference = Lines::Sum(a, b, -1);
  return difference.has_value() ? difference->IsAtLeastZero() : std::nullopt;
}
Truth IsEqual(const Lines& a, const Lines& b) { return And(IsAtLeast(a, b), IsAtLeast(b, a)); }

// Facts that are about one symbol, the same in all.
class Facts {
 public:
  explicit Facts(Solver& solver) : s_(solver) {}

  const std::optional<uint32_t>& symbol() const { return symbol_; }

  Truth TruthOf(absl::Span<const Fact> clause) {
    Truth any = Lines::Constant(0);
    for (const Fact& fact : clause) {
      const OfOneSize* truth = Known(fact);
      if (truth == nullptr || symbol_.value_or(truth->symbol) != truth->symbol) return std::nullopt;
      symbol_ = truth->symbol;
      any = any.has_value() ? Lines::Max(*any, truth->lines) : std::nullopt;
    }
    return any;
  }

 private:
  // Of a fact, and kept. nullptr where it is of no or several symbols, or of anything else.
  const OfOneSize* Known(const Fact& fact) {
    OneSizeCache& cache = s_.one_sizes;
    auto known = cache.of_fact.find(fact);
    if (known == cache.of_fact.end()) {
      if (cache.IsFull()) return nullptr;
      const OfOneSize *a = ReadOfOneSize(s_, fact.a), *b = ReadOfOneSize(s_, fact.b);
      std::optional<OfOneSize> made;
      if (const OfOneSize* any = a != nullptr ? a : b) {
        Truth truth;
        if (a == nullptr || b == nullptr || a->symbol == b->symbol) {
          truth = TruthOf(fact.kind, Side(fact.a, a), Side(fact.b, b));
        }
        if (truth.has_value()) made = {any->symbol, *std::move(truth)};
      }
      cache.Count(made);
      known = cache.of_fact.emplace(fact, std::move(made)).first;
    }
    return known->second.has_value() ? &*known->second : nullptr;
  }

  std::optional<Lines> Side(Dim d, const OfOneSize* of) const {
    if (of != nullptr) return of->lines;
    return s_.store.IsConstant(d) ? std::optional(Lines::Constant(s_.store.View(d).constant))
                                  : std::nullopt;
  }

  static Truth TruthOf(Fact::Kind kind, const std::optional<Lines>& a,
                       const std::optional<Lines>& b) {
    if (!a.has_value() || !b.has_value()) return std::nullopt;
    const Lines one = Lines::Constant(1);
    switch (kind) {
      case Fact::Kind::kGe:
        return IsAtLeast(*a, *b);
      case Fact::Kind::kEq:
        return IsEqual(*a, *b);
      case Fact::Kind::kNe:
        return Not(IsEqual(*a, *b));
      case Fact::Kind::kBroadcast:
        return Or(IsEqual(*a, *b), Or(IsEqual(*a, one), IsEqual(*b, one)));
      case Fact::Kind::kDivides:
        return Divides(*a, *b);
    }
    return std::nullopt;
  }

  static Truth Divides(const Lines& a, const Lines& b) {
    const std::optional<int64_t> divisor = a.AsConstant();
    if (!divisor.has_value() || *divisor < 1) return std::nullopt;
    const std::optional<Lines> quotient = Lines::FloorDiv(b, *divisor);
    const std::optional<Lines> rest =
        quotient.has_value() ? Lines::Sum(b, *quotient, -*divisor) : std::nullopt;
    return rest.has_value() ? IsEqual(*rest, Lines::Constant(0)) : std::nullopt;
  }

  Solver& s_;
  std::optional<uint32_t> symbol_;
};

// Of numbers alone.
bool IsFalse(const Solver& s, absl::Span<const Fact> clause) {
  return absl::c_all_of(clause, [&](const Fact& fact) {
    return s.store.IsConstant(fact.a) && s.store.IsConstant(fact.b) &&
           !Holds(fact.kind, s.store.View(fact.a).constant, s.store.View(fact.b).constant);
  });
}

bool Mentions(const Solver& s, absl::Span<const Fact> clause, uint32_t symbol) {
  const uint64_t mask = s.store.atom(s.store.symbols()[symbol].atom).mask;
  return absl::c_any_of(clause, [&](const Fact& fact) {
    return ((s.store.MaskOf(fact.a) | s.store.MaskOf(fact.b)) & mask) != 0;
  });
}

}  // namespace

std::optional<std::optional<Interval>> SizesOfOneSize(Solver& solver,
                                                      absl::Span<const std::vector<Fact>> clauses,
                                                      int64_t lo) {
  Facts facts(solver);
  Truth all = Lines::Constant(1);
  for (const std::vector<Fact>& clause : clauses) all = And(all, facts.TruthOf(clause));
  if (!all.has_value() || !facts.symbol().has_value() || lo < 0) return std::nullopt;
  std::optional<Interval> sizes;
  if (const auto range = all->OnesFrom(lo)) {
    sizes = {range->first,
             range->last == std::numeric_limits<int64_t>::max() ? Interval::kPlusInf : range->last};
  }
  return sizes;
}

namespace {

// Where all of `given` hold, among the sizes that are legal.
struct Given {
  Lines where;
  const LegalSizes* legal;
  bool are_told;  // nothing else is known of the symbol
};

// `facts` has read what is asked of its symbol. nullopt: that is not known.
std::optional<Given> WhereGiven(Solver& solver, Facts& facts,
                                absl::Span<const std::vector<Fact>> given) {
  if (!facts.symbol().has_value()) return std::nullopt;
  const LegalSizes* legal = LegalSizesOf(solver, *facts.symbol());
  if (legal == nullptr) return std::nullopt;
  Given result{Lines::Constant(1), legal, legal->are_told};
  for (const std::vector<Fact>& each : given) {
    if (IsFalse(solver, each)) {
      result.where = Lines::Constant(0);
      continue;
    }
    if (!Mentions(solver, each, *facts.symbol())) continue;
    Truth narrower = And(result.where, facts.TruthOf(each));
    result.are_told = result.are_told && narrower.has_value();
    if (narrower.has_value()) result.where = *std::move(narrower);
  }
  return result;
}

// Whether it holds at each of those sizes: nullopt where that is not known.
std::optional<bool> HoldsWhere(const Given& given, const Truth& truth) {
  const Truth open = And(given.where, Not(truth));
  const Truth closed = Not(open);  // 0 where it is open
  const std::optional<bool> fails =
      closed.has_value() ? closed->IsAnyZero(given.legal->where) : std::nullopt;
  if (!fails.has_value() || (*fails && !given.are_told)) return std::nullopt;
  return !*fails;
}

}  // namespace

std::optional<bool> FollowsOfOneSize(Solver& solver, absl::Span<const std::vector<Fact>> given,
                                     absl::Span<const Fact> clause) {
  Facts facts(solver);
  const Truth truth = facts.TruthOf(clause);
  if (!truth.has_value()) return std::nullopt;
  const std::optional<Given> where = WhereGiven(solver, facts, given);
  return where.has_value() ? HoldsWhere(*where, truth) : std::nullopt;
}

Tri DecideOfOneSize(Solver& solver, absl::Span<const std::vector<Fact>> given, const Fact& fact) {
  Facts facts(solver);
  const Truth truth = facts.TruthOf(absl::MakeConstSpan(&fact, 1));
  if (!truth.has_value()) return Tri::kUnknown;
  const std::optional<Given> where = WhereGiven(solver, facts, given);
  if (!where.has_value()) return Tri::kUnknown;
  if (HoldsWhere(*where, truth) == true) return Tri::kYes;
  return HoldsWhere(*where, Not(truth)) == true ? Tri::kNo : Tri::kUnknown;
}

}  // namespace symshape::symbolic
