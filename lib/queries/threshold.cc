#include "queries/threshold.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"

namespace symshape::queries {
namespace {

constexpr int64_t kMostSizes = 4096;  // that are looked at one by one
constexpr int64_t kSizesBeyond = 70;  // that have to agree before a proof is tried

class OneSize {
 public:
  OneSize(Context& context, const Clauses& clauses, Dim symbol)
      : context_(context), clauses_(clauses), symbol_(symbol), name_(*context.SymbolName(symbol)) {}

  std::optional<Fact> Threshold() {
    const Interval bounds = context_.Bounds(symbol_);
    if (const auto sizes = context_.SizesOfOneSize(clauses_, bounds.lo)) {
      return sizes->has_value() ? AsOneFact(**sizes, bounds.lo) : std::nullopt;
    }
    if (bounds.lo < 0 || bounds.lo > kMostSizes) return std::nullopt;
    const std::optional<bool> first = At(bounds.lo);
    if (!first.has_value()) return std::nullopt;
    const std::optional<int64_t> change = FirstNot(*first, bounds.lo);
    if (!change.has_value()) return *first ? UpToANumber() : std::nullopt;
    if (*first) return UpTo(*change - 1, bounds.lo);
    if (AllBeyond(*change, true)) return From(*change);
    if (AllBeyond(*change + 1, false)) return Only(*change);
    return std::nullopt;
  }

  std::optional<std::pair<Fact, Fact>> Range() {
    const Interval bounds = context_.Bounds(symbol_);
    if (const auto sizes = context_.SizesOfOneSize(clauses_, bounds.lo)) {
      const bool has_both = sizes->has_value() && (*sizes)->lo > bounds.lo &&
                            (*sizes)->hi < Interval::kPlusInf && (*sizes)->lo < (*sizes)->hi;
      if (!has_both) return std::nullopt;
      return std::pair(AtLeast((*sizes)->lo), AtMost((*sizes)->hi));
    }
    if (bounds.lo < 0 || bounds.lo > kMostSizes || At(bounds.lo) != false) return std::nullopt;
    const std::optional<int64_t> first = FirstNot(false, bounds.lo);
    if (!first.has_value()) return std::nullopt;
    const std::optional<int64_t> beyond = FirstNot(true, *first);
    const bool one = beyond == *first + 1;
    if (!beyond.has_value() || one || !AllBeyond(*beyond, false) || !Proved(*beyond, false)) {
      return std::nullopt;
    }
    return std::pair(AtLeast(*first), AtMost(*beyond - 1));
  }

 private:
  // All sizes from `lowest` on that lie in `sizes`.
  std::optional<Fact> AsOneFact(Interval sizes, int64_t lowest) const {
    if (sizes.lo == sizes.hi) return Fact{Fact::Kind::kEq, symbol_, context_.Constant(sizes.lo)};
    const bool from = sizes.lo > lowest, to = sizes.hi < Interval::kPlusInf;
    if (from == to) return std::nullopt;
    return from ? AtLeast(sizes.lo) : AtMost(sizes.hi);
  }

  // Of a size and those that follow: the next one asked for is one of them, as a rule.
  std::optional<bool> At(int64_t size) {
    if (size > INT64_MAX - static_cast<int64_t>(Truth::kBlock)) return std::nullopt;
    if (size < first_ || size - first_ >= static_cast<int64_t>(Truth::kBlock)) {
      std::array<int64_t, Truth::kBlock> sizes;
      std::iota(sizes.begin(), sizes.end(), size);
      first_ = size;
      if (!truth_.has_value()) truth_.emplace(context_, clauses_, absl::MakeConstSpan(&symbol_, 1));
      block_ = truth_->AtAll(sizes, sizes.size());
    }
    const Truth::Set at = Truth::Set{1} << (size - first_);
    if (((block_.holds | block_.fails) & at) == 0) return std::nullopt;
    return (block_.holds & at) != 0;
  }

  // The first size from `start` on where it is not `truth`.
  std::optional<int64_t> FirstNot(bool truth, int64_t start) {
    for (int64_t size = start; size <= kMostSizes; ++size) {
      const std::optional<bool> at = At(size);
      if (!at.has_value()) return std::nullopt;
      if (*at != truth) return size;
    }
    return std::nullopt;
  }

  bool AllBeyond(int64_t start, bool truth) {
    for (int64_t i = 0; i < kSizesBeyond; ++i) {
      if (At(start + i) != truth) return false;
    }
    for (int64_t size = start; size < (int64_t{1} << 20); size = 2 * size + 1) {
      const std::optional<bool> at = At(size);
      if (!at.has_value()) break;  // too large to tell
      if (*at != truth) return false;
    }
    return true;
  }

  bool ProvedOf(const Clauses& clauses, bool truth) {
    if (!truth)
      return absl::c_any_of(clauses, [&](const Clause& c) { return IsFalse(context_, c); });
    return absl::c_all_of(clauses, [&](const Clause& c) { return Follows(context_, c); });
  }
  bool ProvedWhere(const Fact& fact, bool truth) {
    context_.Push();
    const bool proved = context_.Assume(fact, {}).ok() && ProvedOf(clauses_, truth);
    context_.Pop();
    return proved;
  }

  // Whether they are true, or false, wherever size >= start, where AllBeyond has found nothing
  // else: what it has looked at one by one need not be proved again.
  bool Proved(int64_t start, bool truth) {
    return ProvedFrom(start, truth) || ProvedFrom(start + kSizesBeyond, truth);
  }

  // With start + t in place of the size, and t at least 0, a polynomial often has no term below 0
  // left.
  bool ProvedFrom(int64_t start, bool truth) {
    if (ProvedWhere(AtLeast(start), truth)) return true;
    const Dim size = context_.Add(context_.Fresh("more"), context_.Constant(start));
    Clauses beyond;
    for (const Clause& clause : clauses_) {
      beyond.push_back(Substituted(context_, clause, symbol_, size));
    }
    return ProvedOf(beyond, truth);
  }

  // Too large to be looked at one by one: up to a number that stands in them.
  std::optional<Fact> UpToANumber() {
    for (int64_t number : Numbers()) {
      const bool changes = At(number) == true && At(number + 1) == false;
      if (changes && AllBeyond(number + 1, false) && ProvedWhere(AtMost(number), true) &&
          Proved(number + 1, false)) {
        return AtMost(number);
      }
    }
    return std::nullopt;
  }

  // By how much the sides, and what maxima compare, differ where the size is 0.
  std::vector<int64_t> Numbers() const {
    std::vector<int64_t> numbers;
    const auto add = [&](Dim a, Dim b) {
      const auto x = context_.Evaluate(a, {{name_, 0}}), y = context_.Evaluate(b, {{name_, 0}});
      if (!x.has_value() || !y.has_value() || *x == Interval::kMinusInf) return;
      const int64_t number = std::max(*x - *y, *y - *x);
      if (number > kMostSizes) numbers.push_back(number);
    };
    for (const Clause& clause : clauses_) {
      for (const Fact& fact : clause) {
        add(fact.a, fact.b);
        for (Dim side : {fact.a, fact.b}) {
          for (const std::vector<Dim>& compared : context_.ComparedIn(side)) {
            for (Dim dim : compared) add(compared[0], dim);
          }
        }
      }
    }
    return numbers;
  }

  std::optional<Fact> From(int64_t t) {
    if (!Proved(t, true)) return std::nullopt;
    return AtLeast(t);
  }
  std::optional<Fact> UpTo(int64_t t, int64_t lowest) {
    if (!AllBeyond(t + 1, false) || !Proved(t + 1, false)) return std::nullopt;
    if (t == lowest) return Fact{Fact::Kind::kEq, symbol_, context_.Constant(t)};
    return AtMost(t);
  }
  std::optional<Fact> Only(int64_t t) {
    if (!Proved(t + 1, false)) return std::nullopt;
    return Fact{Fact::Kind::kEq, symbol_, context_.Constant(t)};
  }
  Fact AtLeast(int64_t t) const { return {Fact::Kind::kGe, symbol_, context_.Constant(t)}; }
  Fact AtMost(int64_t t) const { return {Fact::Kind::kGe, context_.Constant(t), symbol_}; }

  Context& context_;
  const Clauses& clauses_;
  const Dim symbol_;
  const std::string name_;
  std::optional<Truth> truth_;  // once it is asked for
  int64_t first_ = INT64_MAX;   // size of the block
  Truth::Block block_{};
};

// "seq + past <= 64": both symbols vanish where one is replaced by their sum minus the other.
std::optional<Fact> OfSum(Context& context, const Clause& clause, Dim a, Dim b) {
  const int64_t lowest = context.Bounds(a).lo + context.Bounds(b).lo;
  const Dim sum = context.Fresh("sum", {lowest, Interval::kPlusInf});
  const Clause over_sum = Substituted(context, clause, b, context.Sub(sum, a));
  const std::vector<Dim> symbols = SymbolsOf(context, over_sum);
  if (symbols.size() != 1 || symbols[0] != sum) return std::nullopt;
  const std::optional<Fact> found = OneSize(context, {over_sum}, sum).Threshold();
  if (!found.has_value()) return std::nullopt;
  return Substituted(context, {*found}, sum, context.Add(a, b))[0];
}

}  // namespace

std::optional<Fact> AsThreshold(Context& context, const Clause& clause) {
  const std::vector<Dim> symbols = SymbolsOf(context, clause);
  if (symbols.size() == 1) return OneSize(context, {clause}, symbols[0]).Threshold();
  if (symbols.size() == 2) return OfSum(context, clause, symbols[0], symbols[1]);
  return std::nullopt;
}

std::optional<Clauses> AsRange(Context& context, const Clauses& clauses) {
  std::vector<Dim> symbols;
  for (const Clause& clause : clauses) {
    const std::vector<Dim> of = SymbolsOf(context, clause);
    symbols.insert(symbols.end(), of.begin(), of.end());
  }
  if (symbols.empty() || absl::c_any_of(symbols, [&](Dim s) { return s != symbols[0]; })) {
    return std::nullopt;
  }
  OneSize size(context, clauses, symbols[0]);
  if (const std::optional<Fact> one = size.Threshold()) return Clauses{{*one}};
  const auto both = size.Range();
  return both.has_value() ? std::optional(Clauses{{both->first}, {both->second}}) : std::nullopt;
}

}  // namespace symshape::queries
