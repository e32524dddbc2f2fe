// Clauses about one size: at which of its sizes they hold is computed, too.
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
    for (const Fact& fact : clause) any = Or(any, TruthOf(fact));
    return any;
  }

 private:
  Truth TruthOf(const Fact& fact) {
    const Truth a = Read(fact.a), b = Read(fact.b);
    if (!a.has_value() || !b.has_value()) return std::nullopt;
    const Lines one = Lines::Constant(1);
    switch (fact.kind) {
      case Fact::Kind::kGe:
        return IsAtLeast(*a, *b);
      case Fact::Kind::kEq:
        return IsEqual(*a, *b);
      case Fact::Kind::kNe:
        return Not(IsEqual(*a, *b));
      case Fact::Kind::kBroadcast:
        return Or(IsEqual(*a, *b), Or(IsEqual(*a, one), IsEqual(*b, one)));
      case Fact::Kind::kDivides: {
        if (!s_.store.IsConstant(fact.a) || s_.store.View(fact.a).constant < 1) return std::nullopt;
        const int64_t divisor = s_.store.View(fact.a).constant;
        const Truth quotient = Lines::FloorDiv(*b, divisor);
        const Truth rest =
            quotient.has_value() ? Lines::Sum(*b, *quotient, -divisor) : std::nullopt;
        return rest.has_value() ? IsEqual(*rest, Lines::Constant(0)) : std::nullopt;
      }
    }
    return std::nullopt;
  }

  Truth Read(Dim d) {
    if (s_.store.IsConstant(d)) return Lines::Constant(s_.store.View(d).constant);
    const OfOneSize* of = ReadOfOneSize(s_, d);
    if (of == nullptr || (symbol_.has_value() && symbol_ != of->symbol)) return std::nullopt;
    symbol_ = of->symbol;
    return of->lines;
  }

  Solver& s_;
  std::optional<uint32_t> symbol_;
};

bool Mentions(const Solver& s, absl::Span<const Fact> clause, uint32_t symbol) {
  const uint64_t mask = s.store.atom(s.store.symbols()[symbol].atom).mask;
  return absl::c_any_of(clause, [&](const Fact& fact) {
    return ((s.store.MaskOf(fact.a) | s.store.MaskOf(fact.b)) & mask) != 0;
  });
}

}  // namespace

std::optional<bool> FollowsOfOneSize(Solver& solver, absl::Span<const std::vector<Fact>> given,
                                     absl::Span<const Fact> clause) {
  Facts facts(solver);
  Truth open = Not(facts.TruthOf(clause));
  if (!open.has_value() || !facts.symbol().has_value()) return std::nullopt;
  const LegalSizes* legal = LegalSizesOf(solver, *facts.symbol());
  if (legal == nullptr) return std::nullopt;
  bool are_told = legal->are_told;
  for (const std::vector<Fact>& each : given) {
    if (!Mentions(solver, each, *facts.symbol())) continue;
    Truth narrower = And(open, facts.TruthOf(each));
    are_told = are_told && narrower.has_value();
    if (narrower.has_value()) open = std::move(narrower);
  }
  // Where it is open, 1 - open is 0.
  const Truth closed = Not(open);
  const std::optional<bool> fails =
      closed.has_value() ? closed->IsAnyZero(legal->where) : std::nullopt;
  if (!fails.has_value() || (*fails && !are_told)) return std::nullopt;
  return !*fails;
}

}  // namespace symshape::symbolic
