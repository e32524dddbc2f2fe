#include "queries/simplify.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "queries/cases.h"
#include "queries/threshold.h"

namespace symshape::queries {
namespace {

constexpr int64_t kPrimes[] = {2, 3, 5, 7};
constexpr int64_t kLargestModulus = 64;

bool IsComparison(const Fact& fact) {
  return fact.kind == Fact::Kind::kEq || fact.kind == Fact::Kind::kNe ||
         fact.kind == Fact::Kind::kGe;
}

// a / factor, where that is exact at every size.
std::optional<Dim> Quotient(Context& context, Dim a, Dim factor) {
  const Dim quotient = context.FloorDiv(a, factor);
  if (context.Mul(quotient, factor) != a) return std::nullopt;
  return quotient;
}

// One clause while it is rewritten. Facts that are still to be looked at lie in todo_.
class Simplifier {
 public:
  Simplifier(Context& context, const std::vector<Fact>& broadcasts)
      : context_(context), broadcasts_(broadcasts) {}

  Clauses Run(const Clause& clause) {
    todo_.push_back(clause);
    while (!todo_.empty() && ++steps_ < kMaxSteps) {
      Clause next = std::move(todo_.back());
      todo_.pop_back();
      Rewrite(std::move(next));
    }
    for (Clause& rest : todo_) result_.push_back(std::move(rest));
    return std::move(result_);
  }

 private:
  static constexpr int kMaxSteps = 64;
  static constexpr size_t kMaxOpened = 4;  // clauses out of one

  // Rewrites the first fact that can be, and looks at what comes of it again.
  void Rewrite(Clause clause) {
    for (size_t i = 0; i < clause.size(); ++i) {
      if (SplitProduct(clause, i) || SplitBroadcast(clause, i) || CancelFactor(clause, i) ||
          OpenBroadcast(clause, i) || SpellBroadcast(clause, i) || OpenMaximum(clause, i) ||
          DropElement(clause, i) || ReadUnderOthers(clause, i)) {
        return;
      }
      CancelTerms(clause[i]);
      CancelNumbers(clause[i]);
      if (std::optional<Fact> divides = AsDivides(clause[i])) clause[i] = *divides;
      if (DividesAll(clause[i])) clause[i] = {Fact::Kind::kNe, clause[i].a, Dim::Inline(0)};
      if (std::optional<Fact> simpler = AsThreshold(context_, {clause[i]})) clause[i] = *simpler;
    }
    Reduce(std::move(clause));
  }

  // s*q >= 1 with s >= 0 says s >= 1 and q >= 1; s*q == 0 says s == 0 or q == 0.
  bool SplitProduct(const Clause& clause, size_t i) {
    const Fact& fact = clause[i];
    const std::optional<int64_t> b = context_.ConstantOf(fact.b);
    const bool positive = fact.kind == Fact::Kind::kGe && b == 1;
    const bool zero = fact.kind == Fact::Kind::kEq && b == 0;
    if (!positive && !zero) return false;
    for (Dim factor : context_.FactorsOf(fact.a)) {
      if (factor == fact.a || context_.Bounds(factor).lo < 0) continue;
      const std::optional<Dim> rest = Quotient(context_, fact.a, factor);
      if (!rest.has_value() || context_.ConstantOf(*rest).has_value()) continue;
      Clause first = clause;
      first[i].a = factor;
      if (positive) {
        Clause second = clause;
        second[i].a = *rest;
        todo_.push_back(std::move(second));
      } else {
        first.push_back({fact.kind, *rest, fact.b});
      }
      todo_.push_back(std::move(first));
      return true;
    }
    return false;
  }

  // What sizes broadcast to is at least 1 only where each of them is.
  bool SplitBroadcast(const Clause& clause, size_t i) {
    const Fact& fact = clause[i];
    if (fact.kind != Fact::Kind::kGe || fact.b != Dim::Inline(1)) return false;
    const std::vector<Dim> sizes = context_.BroadcastIn(fact.a);
    for (Dim size : sizes) {
      if (context_.Decide({Fact::Kind::kGe, size, Dim::Inline(0)}) != Tri::kYes) return false;
    }
    for (Dim size : sizes) {
      Clause one = clause;
      one[i].a = size;
      todo_.push_back(std::move(one));
    }
    return !sizes.empty();
  }

  // s*a >= s*b with s >= 0 says s == 0 or a >= b; == likewise.
  bool CancelFactor(const Clause& clause, size_t i) {
    const Fact& fact = clause[i];
    if (fact.kind != Fact::Kind::kEq && fact.kind != Fact::Kind::kGe) return false;
    const Dim zero = Dim::Inline(0);
    for (Dim factor : context_.FactorsOf(fact.a == zero ? fact.b : fact.a)) {
      if (factor == fact.a || factor == fact.b || context_.Bounds(factor).lo < 0) continue;
      const std::optional<Dim> a = Quotient(context_, fact.a, factor);
      if (!a.has_value()) continue;
      const std::optional<Dim> b = Quotient(context_, fact.b, factor);
      if (!b.has_value()) continue;
      Clause cancelled = clause;
      cancelled[i] = {fact.kind, *a, *b};
      cancelled.insert(cancelled.begin(), {Fact::Kind::kEq, factor, zero});
      todo_.push_back(std::move(cancelled));
      return true;
    }
    return false;
  }

  // Whether `dim` is what x and y broadcast to.
  bool IsBroadcastOf(Dim dim, Dim x, Dim y) {
    const Dim written =
        context_.Mul(context_.Max(x, y), context_.Min(Dim::Inline(1), context_.Min(x, y)));
    return dim == written || dim == context_.Broadcast(x, y);
  }

  // What x and y broadcast to is x where y is x or 1; it is 1 where both are.
  bool OpenBroadcast(const Clause& clause, size_t i) {
    const Fact& fact = clause[i];
    if (fact.kind != Fact::Kind::kEq) return false;
    const Dim one = Dim::Inline(1);
    for (const Fact& known : broadcasts_) {
      for (const auto& [x, y] : {std::pair(known.a, known.b), std::pair(known.b, known.a)}) {
        for (const auto& [side, other] : {std::pair(fact.a, fact.b), std::pair(fact.b, fact.a)}) {
          if ((other != x && other != one) || !IsBroadcastOf(side, x, y)) continue;
          Clause opened = clause;
          if (other == x) {
            opened[i] = {Fact::Kind::kEq, y, x};
            opened.insert(opened.begin() + static_cast<ptrdiff_t>(i) + 1,
                          {Fact::Kind::kEq, y, one});
          } else if (side != x && absl::c_linear_search(clause, Fact{Fact::Kind::kEq, x, one})) {
            opened.erase(opened.begin() + static_cast<ptrdiff_t>(i));
          } else {
            continue;
          }
          todo_.push_back(std::move(opened));
          return true;
        }
      }
    }
    return false;
  }

  // That two sizes fit each other, as the three ways in which they can, where that becomes shorter:
  // one of them is impossible, or a side is itself what two sizes broadcast to.
  bool SpellBroadcast(const Clause& clause, size_t i) {
    const Fact& fact = clause[i];
    if (fact.kind != Fact::Kind::kBroadcast) return false;
    const Dim one = Dim::Inline(1);
    Clause ways;
    bool worth_it = absl::c_any_of(broadcasts_, [&](const Fact& known) {
      return IsBroadcastOf(fact.a, known.a, known.b) || IsBroadcastOf(fact.b, known.a, known.b);
    });
    for (const Fact& way :
         {Fact{Fact::Kind::kEq, fact.a, fact.b}, Fact{Fact::Kind::kEq, fact.a, one},
          Fact{Fact::Kind::kEq, fact.b, one}}) {
      const bool possible = context_.Decide(way) != Tri::kNo;
      worth_it = worth_it || !possible;
      if (possible) ways.push_back(way);
    }
    if (!worth_it || ways.empty()) return false;
    Clause spelled = clause;
    spelled.erase(spelled.begin() + static_cast<ptrdiff_t>(i));
    spelled.insert(spelled.begin() + static_cast<ptrdiff_t>(i), ways.begin(), ways.end());
    todo_.push_back(std::move(spelled));
    return true;
  }

  // -x for each x of which -d is the largest.
  std::vector<Dim> LeastOf(Dim d) {
    std::vector<Dim> elements = context_.ElementsOf(context_.Neg(d));
    for (Dim& element : elements) element = context_.Neg(element);
    return elements;
  }

  // a == b says a >= b where b is never smaller. Only for what OpenMaximum opens then.
  std::optional<Fact> AsAtLeast(const Fact& fact) {
    if (fact.kind == Fact::Kind::kGe) return fact;
    if (fact.kind != Fact::Kind::kEq) return std::nullopt;
    for (const auto& [a, b] : {std::pair(fact.a, fact.b), std::pair(fact.b, fact.a)}) {
      if (LeastOf(a).size() * context_.ElementsOf(b).size() == 1) continue;
      if (context_.Decide({Fact::Kind::kGe, b, a}) == Tri::kYes) return Fact{Fact::Kind::kGe, a, b};
    }
    return std::nullopt;
  }

  // a >= max(x, y) says a >= x and a >= y; min(x, y) >= b says x >= b and y >= b.
  bool OpenMaximum(const Clause& clause, size_t i) {
    const std::optional<Fact> fact = AsAtLeast(clause[i]);
    if (!fact.has_value()) return false;
    const std::vector<Dim> larger = LeastOf(fact->a);
    const std::vector<Dim> smaller = context_.ElementsOf(fact->b);
    const size_t count = larger.size() * smaller.size();
    if (count == 1 || count > kMaxOpened) return false;
    std::vector<Fact> parts;
    for (Dim a : larger) {
      for (Dim b : smaller) {
        const Fact part{Fact::Kind::kGe, a, b};
        if (context_.Decide(part) != Tri::kYes) parts.push_back(part);
      }
    }
    if (parts.size() > 1 && clause.size() > 1) return false;  // longer than it was
    for (const Fact& part : parts) {
      Clause opened = clause;
      opened[i] = part;
      todo_.push_back(std::move(opened));
    }
    return true;
  }

  // max(x, y) >= b says y >= b where x is below b.
  bool DropElement(const Clause& clause, size_t i) {
    const Fact& fact = clause[i];
    if (fact.kind != Fact::Kind::kGe) return false;
    std::vector<Dim> elements = context_.ElementsOf(fact.a);
    if (elements.size() < 2) return false;
    std::erase_if(elements, [&](Dim element) {
      return context_.Decide({Fact::Kind::kGe, element, fact.b}) == Tri::kNo;
    });
    if (elements.size() != 1) return false;
    Clause shorter = clause;
    shorter[i].a = elements[0];
    todo_.push_back(std::move(shorter));
    return true;
  }

  // "h <= 4 or max(4, h) == w" says "h <= 4 or h == w": a fact counts only where the others are
  // false.
  bool ReadUnderOthers(const Clause& clause, size_t i) {
    if (clause.size() < 2 || !HasMaximum(context_, clause[i])) return false;
    context_.Push();
    for (size_t k = 0; k < clause.size(); ++k) {
      const auto opposite = k == i ? std::nullopt : Opposite(context_, clause[k]);
      if (opposite.has_value()) context_.Assume(*opposite, {}).IgnoreError();
    }
    const Fact read{clause[i].kind, context_.Resolve(clause[i].a), context_.Resolve(clause[i].b)};
    context_.Pop();
    if (read == clause[i] || HasMaximum(context_, read)) return false;
    Clause shorter = clause;
    shorter[i] = read;
    todo_.push_back(std::move(shorter));
    return true;
  }

  // b*t >= b*t + s - t says nothing of b.
  void CancelTerms(Fact& fact) {
    if (!IsComparison(fact)) return;
    const Fact cancelled{fact.kind, context_.Sub(fact.a, fact.b), Dim::Inline(0)};
    if (SymbolsOf(context_, {cancelled}).size() < SymbolsOf(context_, {fact}).size())
      fact = cancelled;
  }

  // Whether `factor` may divide both sides at all sizes: to build a quotient takes longer than to see
  // that there is none at a few sizes.
  bool MayDivide(const Fact& fact, int64_t factor) {
    return absl::c_all_of(context_.ExamplesOf(fact.a, fact.b), [factor](const auto& example) {
      return example.first % factor == 0 && example.second % factor == 0;
    });
  }

  // 36*a == 9*b says 4*a == b.
  void CancelNumbers(Fact& fact) {
    if (!IsComparison(fact)) return;
    for (int64_t prime : kPrimes) {
      for (;;) {
        if (context_.ConstantOf(fact.a) == 0 && context_.ConstantOf(fact.b) == 0) return;
        if (!MayDivide(fact, prime)) break;
        const Dim factor = context_.Constant(prime);
        const std::optional<Dim> a = Quotient(context_, fact.a, factor);
        const std::optional<Dim> b = Quotient(context_, fact.b, factor);
        if (!a.has_value() || !b.has_value()) break;
        fact = {fact.kind, *a, *b};
      }
    }
  }

  // h*w - b*(h*w//b) == 0 is written as (h*w) % b == 0, which is read as a fact of its own.
  std::optional<Fact> AsWritten(const Fact& fact) {
    const absl::StatusOr<std::vector<Fact>> read = context_.ParseFacts(context_.Print(fact));
    const bool divides =
        read.ok() && read->size() == 1 && read->front().kind == Fact::Kind::kDivides;
    return divides ? std::optional(read->front()) : std::nullopt;
  }

  // Of one symbol: s % m == 0 and (-s) % m == 0 say the same. Of several: what is written as a
  // remainder.
  std::optional<Fact> AsRemainder(Dim zero) {
    const std::vector<Dim> symbols = context_.SymbolsOf(zero);
    if (symbols.size() != 1) return AsWritten({Fact::Kind::kEq, zero, Dim::Inline(0)});
    const Dim negative = context_.Neg(zero);
    if (zero == symbols[0] || negative == symbols[0]) return std::nullopt;  // as short as can be
    const auto examples = context_.ExamplesOf(zero, symbols[0]);
    for (int64_t m = 2; m <= kLargestModulus; ++m) {
      // To build a remainder takes longer than to see that it is none at a few sizes.
      const bool possible = absl::c_all_of(examples, [m](const auto& example) {
        const auto [rest, size] = example;
        const bool same = (rest - size % m) % m == 0 || (rest + size % m) % m == 0;
        return rest > -m && rest < m && same;
      });
      if (!possible) continue;
      const Dim modulus = context_.Constant(m);
      for (Dim signed_symbol : {symbols[0], context_.Neg(symbols[0])}) {
        const Dim remainder = context_.Mod(signed_symbol, modulus);
        if (remainder == zero || remainder == negative) {
          return Fact{Fact::Kind::kDivides, modulus, symbols[0]};
        }
      }
    }
    return std::nullopt;
  }

  // x == m*(x//m), x == m*ceil(x/m): x % m == 0. So for a size s in the place of m; where s is 0,
  // neither has a value, so that none of them holds.
  std::optional<Fact> AsDivides(const Fact& fact) {
    if (fact.kind != Fact::Kind::kEq) return std::nullopt;
    if (context_.ConstantOf(fact.a).has_value() || context_.ConstantOf(fact.b).has_value()) {
      return AsRemainder(context_.Sub(fact.a, fact.b));
    }
    for (const auto& [x, multiple] : {std::pair(fact.a, fact.b), std::pair(fact.b, fact.a)}) {
      for (Dim symbol : context_.SymbolsOf(multiple)) {
        if (x != symbol && context_.Mul(context_.FloorDiv(x, symbol), symbol) == multiple) {
          return Fact{Fact::Kind::kDivides, symbol, x};
        }
      }
      for (int64_t m : ModuliOf(x, multiple)) {
        const Dim modulus = context_.Constant(m);
        if (context_.Mul(context_.FloorDiv(x, modulus), modulus) == multiple ||
            context_.Mul(context_.CeilDiv(x, modulus), modulus) == multiple) {
          return Fact{Fact::Kind::kDivides, modulus, x};
        }
      }
    }
    return std::nullopt;
  }

  // The numbers m of which x, rounded to a multiple of m, may be `multiple`. To build that costs
  // more than all else here, and a few sizes that the facts allow rule out nearly all of them.
  std::vector<int64_t> ModuliOf(Dim x, Dim multiple) {
    std::vector<int64_t> moduli(kLargestModulus - 1);
    std::iota(moduli.begin(), moduli.end(), 2);
    for (const auto& [a, b] : context_.ExamplesOf(x, multiple)) {
      int64_t gap;
      if (__builtin_sub_overflow(a, b, &gap)) continue;
      std::erase_if(moduli, [&, b = b](int64_t m) { return b % m != 0 || gap <= -m || gap >= m; });
    }
    return moduli;
  }

  // n divides n*q wherever n is not 0.
  bool DividesAll(const Fact& fact) {
    return fact.kind == Fact::Kind::kDivides && Quotient(context_, fact.b, fact.a).has_value();
  }

  // Without facts that are false, or that imply another one.
  void Reduce(Clause clause) {
    Clause open;
    for (const Fact& fact : clause) {
      if (context_.Decide(fact) != Tri::kNo && !absl::c_linear_search(open, fact)) {
        open.push_back(fact);
      }
    }
    for (size_t i = 0; i < open.size() && open.size() > 1;) {
      Clause others = open;
      others.erase(others.begin() + static_cast<ptrdiff_t>(i));
      if (FollowsFrom(context_, {open[i]}, others)) {
        open = std::move(others);
      } else {
        ++i;
      }
    }
    if (open.empty()) open = std::move(clause);  // false at every size: as it was
    if (Follows(context_, open)) return;
    if (open.size() > 1 || open[0].kind == Fact::Kind::kBroadcast) {
      if (std::optional<Fact> simpler = AsThreshold(context_, open)) open = {*simpler};
    }
    if (const auto range = AsRange(context_, {open})) {
      result_.insert(result_.end(), range->begin(), range->end());
    } else {
      result_.push_back(std::move(open));
    }
  }

  Context& context_;
  const std::vector<Fact>& broadcasts_;
  Clauses todo_;
  Clauses result_;
  int steps_ = 0;
};

}  // namespace

Clauses Simplify(Context& context, const Clause& clause, const std::vector<Fact>& broadcasts) {
  if (Follows(context, clause)) return {};
  return Simplifier(context, broadcasts).Run(clause);
}

Clauses Simplify(Context& context, const Clauses& clauses, std::vector<Fact> broadcasts) {
  // What a size is at least goes first: the others are shorter where it is known.
  std::vector<size_t> order(clauses.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_partition(order.begin(), order.end(), [&](size_t i) {
    return clauses[i].size() == 1 && clauses[i][0].kind == Fact::Kind::kGe;
  });
  std::vector<Clauses> simple(clauses.size());
  context.Push();
  for (size_t i : order) {
    const Clause clause = Resolved(context, clauses[i]);
    simple[i] = Simplify(context, clause, broadcasts);
    if (clause.size() == 1 && clause[0].kind == Fact::Kind::kBroadcast) {
      broadcasts.push_back(clause[0]);
    }
    for (const Clause& each : simple[i]) {
      if (each.size() == 1) context.Assume(each[0], {}).IgnoreError();
    }
  }
  context.Pop();
  Clauses all;
  for (Clauses& each : simple) absl::c_move(each, std::back_inserter(all));
  const std::vector<bool> implied = Implied(context, all);
  Clauses kept;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!implied[i]) kept.push_back(std::move(all[i]));
  }
  return kept;
}

}  // namespace symshape::queries
