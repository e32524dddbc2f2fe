#include "symbolic/one_size.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/algorithm/container.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxInequalities = 256;  // that are looked at for each question

class Reader {
 public:
  explicit Reader(Solver& solver) : s_(solver), of_node_(solver.one_sizes.of_node) {}

  // nullptr where it is of no or several symbols, or of anything else.
  const OfOneSize* Read(Dim d) {
    if (d.is_inline() || std::popcount(s_.store.MaskOf(d)) != 1) return nullptr;
    auto known = of_node_.find(d.node());
    if (known == of_node_.end()) {
      if (s_.one_sizes.IsFull()) return nullptr;
      const AtomId* atom = s_.store.OnlyAtom(d);
      std::optional<OfOneSize> made = atom != nullptr ? OfAtom(*atom) : OfSum(d);
      s_.one_sizes.Count(made);
      known = of_node_.emplace(d.node(), std::move(made)).first;
    }
    return known->second.has_value() ? &*known->second : nullptr;
  }

 private:
  std::optional<OfOneSize> OfSum(Dim d) {
    const PolyView p = s_.store.View(d);
    std::optional<OfOneSize> sum;
    for (const Term& t : p.terms) {
      const Mono& m = s_.store.mono(t.mono);
      const OfOneSize* term = m.degree == 1 ? Read(s_.store.atom(m.atoms[0]).dim) : nullptr;
      if (term == nullptr) return std::nullopt;
      if (!sum.has_value()) sum = OfOneSize{term->symbol, Lines::Constant(p.constant)};
      if (!Set(sum, term->symbol, Lines::Sum(sum->lines, term->lines, t.coeff))) break;
    }
    return sum;
  }

  std::optional<OfOneSize> OfAtom(AtomId id) {
    const Atom& a = s_.store.atom(id);
    switch (a.kind) {
      case AtomKind::kSymbol:
        if (s_.store.symbols()[a.symbol].op != 0) return std::nullopt;
        return OfOneSize{a.symbol, Lines::Size()};
      case AtomKind::kFloorDiv:
        return OfQuotient(a.args[0], a.args[1]);
      case AtomKind::kMax:
        return OfMaximum(s_.store.args(id));
      case AtomKind::kBroadcast:
        return std::nullopt;  // has no value where its elements do not fit
    }
    return std::nullopt;
  }

  std::optional<OfOneSize> OfQuotient(Dim numerator, Dim divisor) {
    const OfOneSize* of = Read(numerator);
    if (of == nullptr || !s_.store.IsConstant(divisor)) return std::nullopt;
    const int64_t d = s_.store.View(divisor).constant;
    std::optional<OfOneSize> result = *of;
    if (d < 1 || !Set(result, of->symbol, Lines::FloorDiv(of->lines, d))) return std::nullopt;
    return result;
  }

  std::optional<OfOneSize> OfMaximum(absl::Span<const Dim> elements) {
    std::optional<OfOneSize> largest;
    std::optional<int64_t> number;
    for (Dim e : elements) {
      if (s_.store.IsConstant(e)) {
        number = s_.store.View(e).constant;  // there is one at most
        continue;
      }
      const OfOneSize* element = Read(e);
      if (element == nullptr) return std::nullopt;
      if (!largest.has_value()) {
        largest = *element;
      } else if (!Set(largest, element->symbol, Lines::Max(largest->lines, element->lines))) {
        return std::nullopt;
      }
    }
    if (largest.has_value() && number.has_value()) {
      Set(largest, largest->symbol, Lines::Max(largest->lines, Lines::Constant(*number)));
    }
    return largest;
  }

  // False, and nullopt, where that is of another symbol, or is none.
  static bool Set(std::optional<OfOneSize>& of, uint32_t symbol, std::optional<Lines> lines) {
    if (of->symbol == symbol && lines.has_value()) {
      of->lines = *std::move(lines);
    } else {
      of.reset();
    }
    return of.has_value();
  }

  Solver& s_;
  decltype(OneSizeCache::of_node)& of_node_;
};

// The sizes of one symbol, narrowed by what is known of it.
//
// What is neither a bound nor an inequality is not used. While facts are looked at again, what is
// found by means of one must not be taken for what follows from the others.
class Sizes {
 public:
  Sizes(Solver& solver, uint32_t symbol)
      : s_(solver), symbol_(symbol), atom_(solver.store.symbols()[symbol].atom) {}

  // nullptr where they may be below 0.
  const LegalSizes* Legal() {
    const SymbolState now = s_.StateOf(symbol_);
    const bool is_free = !s_.state.substitution.contains(atom_);
    if (!is_free || now.domain.lo < 0 || s_.state.inequalities.size() > kMaxInequalities) {
      return nullptr;
    }
    const uint64_t key = Key();
    const auto [kept, is_new] =
        s_.one_sizes.legal.try_emplace(symbol_, LegalSizes{key, where_, false});
    if (is_new || kept->second.key != key) {
      NarrowBy(now);
      kept->second = {key, std::move(where_), told_all_};
    }
    return &kept->second;
  }

 private:
  // Of all that Legal reads.
  uint64_t Key() const {
    uint64_t key = s_.epoch;
    const auto add = [&key](uint64_t x) { key = (key ^ x) * 0x9e3779b97f4a7c15u; };
    for (Dim d : s_.state.inequalities) add(d.bits());
    for (const auto& [atom, range] : s_.supposed) add(atom);
    return key;
  }

  void NarrowBy(const SymbolState& now) {
    where_ = Lines::IsWithin(now.domain.lo, now.domain.hi);
    const Congruence c = now.congruence;
    if (c.modulus > 1) {
      Keep(Lines::IsCongruent(c.modulus, ModInt(c.remainder, c.modulus)));
    } else if (c.modulus == 0) {
      told_all_ = false;  // one size alone, which its bounds tell, too
    }
    for (Dim d : s_.state.inequalities) KeepWithin(d, {0, Interval::kPlusInf});
    for (const auto& [atom, range] : s_.supposed) KeepWithin(s_.store.atom(atom).dim, range);
    told_all_ = told_all_ && !IsToldMore();
  }

  void Keep(std::optional<Lines> sizes) {
    if (sizes.has_value()) sizes = Lines::Product(where_, *sizes);
    told_all_ = told_all_ && sizes.has_value();
    if (sizes.has_value()) where_ = *std::move(sizes);
  }

  // factor*f + number >= 0
  void KeepAtLeastZero(const Lines& f, int64_t factor, int64_t number) {
    const std::optional<Lines> side = Lines::Sum(Lines::Constant(number), f, factor);
    Keep(side.has_value() ? side->IsAtLeastZero() : std::nullopt);
  }

  void KeepWithin(const Lines& f, Interval range) {
    if (range.lo != Interval::kMinusInf) KeepAtLeastZero(f, 1, -range.lo);
    if (range.hi != Interval::kPlusInf) KeepAtLeastZero(f, -1, range.hi);
  }

  void KeepWithin(Dim d, Interval range) {
    if (!Mentions(d)) return;
    const OfOneSize* of = Reader(s_).Read(d);
    if (of != nullptr && of->symbol == symbol_) {
      KeepWithin(of->lines, range);
    } else {
      told_all_ = false;
    }
  }

  bool Mentions(Dim d) const { return (s_.store.MaskOf(d) & s_.store.atom(atom_).mask) != 0; }

  // Whether something else is known of the symbol.
  bool IsToldMore() const {
    const State& now = s_.state;
    const auto any = [](const auto& facts, auto mentions) {
      return absl::c_any_of(facts, mentions);
    };
    const auto mentions = [this](Dim d) { return Mentions(d); };
    return !now.mono_rules.empty() || any(now.disequalities, mentions) ||
           any(now.equations, mentions) ||
           any(now.broadcasts,
               [this](const auto& f) { return Mentions(f.first) || Mentions(f.second); }) ||
           any(now.exact,
               [this](const ExactFact& f) {
                 return Mentions(f.numerator) || Mentions(f.divisor);
               }) ||
           any(now.substitution, [this](const auto& f) {
             return Mentions(s_.store.atom(f.first).dim) || Mentions(f.second);
           });
  }

  Solver& s_;
  const uint32_t symbol_;
  const AtomId atom_;
  Lines where_ = Lines::Constant(1);
  bool told_all_ = true;
};

}  // namespace

const OfOneSize* ReadOfOneSize(Solver& solver, Dim d) { return Reader(solver).Read(d); }

const LegalSizes* LegalSizesOf(Solver& solver, uint32_t symbol) {
  return Sizes(solver, symbol).Legal();
}

namespace {

// A line against bounds alone is what intervals are for.
bool IsWorthIt(const Solver& solver, Dim d) {
  const uint64_t mask = solver.store.MaskOf(d);
  return std::popcount(mask) == 1 && (solver.store.node(d).has_compound ||
                                      absl::c_any_of(solver.state.inequalities, [&](Dim known) {
                                        return solver.store.MaskOf(known) == mask &&
                                               solver.store.node(known).has_compound;
                                      }));
}

// Where `fails(lines, legal sizes)` tells whether it is not so at one of them.
template <typename Fails>
std::optional<bool> AtAllSizes(Solver& solver, Dim d, Fails fails) {
  if (!IsWorthIt(solver, d)) return std::nullopt;
  const OfOneSize* of = ReadOfOneSize(solver, d);
  const LegalSizes* legal = of != nullptr ? LegalSizesOf(solver, of->symbol) : nullptr;
  if (legal == nullptr) return std::nullopt;
  const std::optional<bool> any = fails(of->lines, legal->where);
  if (!any.has_value() || (*any && !legal->are_told)) return std::nullopt;
  return !*any;
}

}  // namespace

std::optional<bool> IsAtLeastZeroOfOneSize(Solver& solver, Dim d) {
  return AtAllSizes(solver, d,
                    [](const Lines& f, const Lines& where) { return f.IsAnyBelowZero(where); });
}

std::optional<bool> IsNeverZeroOfOneSize(Solver& solver, Dim d) {
  return AtAllSizes(solver, d,
                    [](const Lines& f, const Lines& where) { return f.IsAnyZero(where); });
}

}  // namespace symshape::symbolic
