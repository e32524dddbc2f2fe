// Witnesses: a few sizes at which a question is tried before it is proved. A fact that fails at
// sizes that satisfy all that is known has no proof, and most questions without a proof show it so,
// in a hundredth of the time that it takes all tiers to give up.
//
// Which sizes counts for speed alone: one too few leaves the question to the proofs.
#include <algorithm>
#include <functional>

#include "symbolic/scramble.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

using Set = WitnessSet;
using Values = Witnessed;

constexpr int kCount = kWitnesses;
constexpr Set kAll = (Set{1} << kCount) - 1;

// Where facts tend to fail: at 0, 1 and 2, where symbols differ, at multiples of what nets divide
// by and beside them.
int64_t Choose(uint32_t symbol, SymbolKind kind, int witness) {
  const uint64_t r = Scramble(uint64_t{symbol} * kCount + witness);
  // What data decides is at most a product of sizes, as a rule: small, it satisfies that.
  if (kind == SymbolKind::kFresh && witness > 1) witness = kCount - 1;
  const auto up_to = [&](uint64_t n) { return static_cast<int64_t>((r >> 8) % n); };
  const bool odd = r & 1;
  switch (witness) {
    case 0:
    case 1:
    case 2:
      return witness;
    case 3:
      return odd ? 0 : 1 + up_to(7);
    case 4:
      return odd ? 1 : 2 + up_to(50);
    case 5:
      return odd ? 0 : 64 * (1 + up_to(9));
    case 6:
      return 3 + up_to(13);
    case 7:
      return 2 + up_to(1000);
    case 8:
      return 64 * (1 + up_to(32));
    case 9:
      return 64 * (1 + up_to(32)) + 1;
    case 10:
      return 1 + up_to(100000);
    default:
      return up_to(3);
  }
}

Values ValuesOf(uint32_t symbol, const SymbolInfo& info) {
  const Interval declared = info.declared;
  Values out;
  out.known = kAll;
  for (int i = 0; i < kCount; ++i) {
    int64_t v = Choose(symbol, info.kind, i);
    if (declared.lo > 0 && !AddOk(v, declared.lo, &v)) v = declared.lo;
    out.at[i] = std::clamp(v, declared.lo, declared.hi);
  }
  return out;
}

bool Divided(int64_t a, int64_t b, int64_t* quotient) {
  if (b == 0 || (a == INT64_MIN && b == -1)) return false;
  *quotient = FloorDivInt(a, b);
  return true;
}

void TakeTimes(Values& product, const Values& factor) {
  product.known &= factor.known;
  for (int i = 0; i < kCount; ++i) {
    if (!MulOk(product.at[i], factor.at[i], &product.at[i])) product.known &= ~(Set{1} << i);
  }
}

void AddTimes(Values& sum, const Values& term, int64_t coeff) {
  sum.known &= term.known;
  for (int i = 0; i < kCount; ++i) {
    int64_t scaled;
    if (!MulOk(term.at[i], coeff, &scaled) || !AddOk(sum.at[i], scaled, &sum.at[i])) {
      sum.known &= ~(Set{1} << i);
    }
  }
}

// The witnesses at which the value is known and holds(number) is true.
template <typename Predicate>
Set Where(Set known, Predicate holds) {
  Set out = 0;
  for (int i = 0; i < kCount; ++i) {
    if ((known >> i & 1) != 0 && holds(i)) out |= Set{1} << i;
  }
  return out;
}

// The same for a relation that may be asked of any two numbers.
template <typename Relation>
Set WhereRelated(const Values& a, const Values& b, Relation related) {
  unsigned out = 0;
  for (int i = 0; i < kCount; ++i) out |= unsigned{related(a.at[i], b.at[i])} << i;
  return out & a.known & b.known;
}

Set WhereEqual(const Values& a, const Values& b) { return WhereRelated(a, b, std::equal_to<>()); }

Set WhereHolds(Fact::Kind kind, const Values& a, const Values& b) {
  switch (kind) {
    case Fact::Kind::kEq:
      return WhereEqual(a, b);
    case Fact::Kind::kNe:
      return WhereRelated(a, b, std::not_equal_to<>());
    case Fact::Kind::kGe:
      return WhereRelated(a, b, std::greater_equal<>());
    default:
      return Where(a.known & b.known, [&](int i) { return Holds(kind, a.at[i], b.at[i]); });
  }
}

}  // namespace

// op of the elements' values; a broadcast has one only where they fit.
Values Solver::WitnessedOf(AtomKind kind, absl::Span<const Values> args) {
  Values out = args[0];
  for (const Values& arg : args.subspan(1)) {
    out.known &= arg.known;
    for (int i = 0; i < kCount; ++i) {
      int64_t& v = out.at[i];
      const int64_t w = arg.at[i];
      if ((out.known >> i & 1) == 0) continue;
      bool fits = true;
      if (kind == AtomKind::kFloorDiv) {
        fits = Divided(v, w, &v);
      } else if (kind == AtomKind::kMax) {
        v = std::max(v, w);
      } else if (v == 1) {
        v = w;
      } else {
        fits = w == 1 || v == w;
      }
      if (!fits) out.known &= ~(Set{1} << i);
    }
  }
  return out;
}

// Under the substitutions of today. A symbol that is in none has the same value at all times, and
// so has an atom of such symbols.
const Values& Solver::WitnessedAtom(AtomId id) {
  const Atom a = store.atom(id);
  const bool is_fixed = (a.mask & state.substituted) == 0;
  WitnessCache::OfAtom& cached = is_fixed ? witnesses.fixed : witnesses.today;
  const uint32_t version = is_fixed ? 1 : state.substituted_version;
  if (id < cached.size() && cached[id].version == version) return cached[id];
  Values out;
  if (a.kind != AtomKind::kSymbol) {
    absl::InlinedVector<Values, 2> args;
    for (uint32_t i = 0; i < a.arg_count; ++i) args.push_back(WitnessedPoly(store.View(a.args[i])));
    out = WitnessedOf(a.kind, args);
  } else if (const auto it = state.substitution.find(id); it != state.substitution.end()) {
    out = WitnessedPoly(store.View(it->second));
  } else if (store.symbols()[a.symbol].op == 0) {
    out = ValuesOf(a.symbol, store.symbols()[a.symbol]);
  }
  out.version = version;
  if (id >= cached.size()) cached.resize(id + id / 2 + 16);
  return cached[id] = out;
}

Values Solver::WitnessedPoly(const PolyView& p) {
  Values out;
  out.known = kAll;
  out.at.fill(p.constant);
  for (const Term& t : p.terms) {
    const auto atoms = store.atoms_of(t.mono);
    if (atoms.size() == 1) {
      AddTimes(out, WitnessedAtom(atoms[0]), t.coeff);
      continue;
    }
    Values product = WitnessedAtom(atoms[0]);
    for (AtomId a : atoms.subspan(1)) TakeTimes(product, WitnessedAtom(a));
    AddTimes(out, product, t.coeff);
  }
  return out;
}

// Those at which the fact holds, and those at which it fails.
Tried Solver::TryAtWitnesses(const Fact& fact) {
  const Values a = WitnessedPoly(store.View(fact.a)), b = WitnessedPoly(store.View(fact.b));
  const Set holds = WhereHolds(fact.kind, a, b);
  return {holds, static_cast<Set>(a.known & b.known & ~holds)};
}

// What is kept of a fact may say less than it did.
Set Solver::StatedWitnesses() {
  const size_t facts = state.log.size();
  if (witnesses.stated.epoch == epoch && witnesses.stated_facts == facts) {
    return witnesses.stated.witnesses;
  }
  Set left = LegalWitnesses();
  for (size_t i = 0; i < facts && left != 0; ++i) left &= TryAtWitnesses(state.log[i].fact).holds;
  witnesses.stated = {epoch, left};
  witnesses.stated_facts = facts;
  return left;
}

std::vector<std::pair<int64_t, int64_t>> Solver::ExamplesOf(Dim a, Dim b) {
  const Values x = WitnessedPoly(store.View(a)), y = WitnessedPoly(store.View(b));
  const Set legal = StatedWitnesses() & x.known & y.known;
  std::vector<std::pair<int64_t, int64_t>> examples;
  for (int i = 0; i < kCount; ++i) {
    if ((legal >> i & 1) != 0) examples.emplace_back(x.at[i], y.at[i]);
  }
  return examples;
}

bool Solver::IsRefuted(absl::Span<const std::vector<Fact>> given, absl::Span<const Fact> clause) {
  Set left = StatedWitnesses();
  for (size_t i = 0; i < clause.size() && left != 0; ++i) left &= TryAtWitnesses(clause[i]).fails;
  for (size_t i = 0; i < given.size() && left != 0; ++i) {
    Set any = 0;
    for (size_t k = 0; k < given[i].size() && (left & ~any) != 0; ++k) {
      any |= TryAtWitnesses(given[i][k]).holds;
    }
    left &= any;
  }
  return left != 0;
}

bool Solver::FailsAtWitness(const Fact& fact) {
  const Set legal = LegalWitnesses();
  return legal != 0 && (TryAtWitnesses(fact).fails & legal) != 0;
}

bool Solver::IsOpenAtWitnesses(const Fact& fact) {
  const Set legal = LegalWitnesses();
  if (legal == 0) return false;
  const Tried tried = TryAtWitnesses(fact);
  return (tried.holds & legal) != 0 && (tried.fails & legal) != 0;
}

Set Solver::LegalWitnesses() {
  if (hypotheses > 0) {
    if (witnesses.supposed.epoch != epoch) {
      const Set legal = witnesses.legal_before & SatisfySupposed();
      witnesses.supposed = {epoch, legal};
    }
    return witnesses.supposed.witnesses;
  }
  if (witnesses.legal.epoch != epoch) {
    const Set legal = SatisfyDomains() & SatisfySubstitutions() & SatisfyFacts();
    witnesses.legal = {epoch, legal};
  }
  return witnesses.legal.witnesses;
}

// Under a hypothesis.
Set Solver::SatisfySupposed() {
  Set out = kAll;
  for (const auto& [atom, range] : supposed) {
    const Values values = WitnessedAtom(atom);
    const Interval bounds = range;
    out &= Where(values.known,
                 [&](int i) { return values.at[i] >= bounds.lo && values.at[i] <= bounds.hi; });
  }
  for (size_t i = witnesses.inequalities_before; i < state.inequalities.size(); ++i) {
    out &= TryAtWitnesses({Fact::Kind::kGe, state.inequalities[i], Dim::Inline(0)}).holds;
  }
  return out;
}

Set Solver::SatisfyDomains() {
  Set out = kAll;
  std::vector<uint32_t> symbols = state.symbols.Symbols();
  for (const auto& [id, dim] : state.substitution) {
    if (store.atom(id).kind == AtomKind::kSymbol) symbols.push_back(store.atom(id).symbol);
  }
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  for (uint32_t symbol : symbols) {
    const SymbolInfo& info = store.symbols()[symbol];
    const SymbolState now = StateOf(symbol);
    const Congruence c = now.congruence;
    const bool narrowed = now.domain != info.declared || c.modulus != 1;
    if (!narrowed && !state.substitution.contains(info.atom)) continue;
    const Values values = WitnessedAtom(info.atom);
    out &= Where(values.known, [&](int i) {
      const int64_t v = values.at[i];
      const bool congruent =
          c.modulus == 0 ? v == c.remainder : ModInt(v - c.remainder, c.modulus) == 0;
      return v >= now.domain.lo && v <= now.domain.hi && congruent;
    });
  }
  return out;
}

// A symbol takes the value of what stands for it; an atom of parts has one of its own.
Set Solver::SatisfySubstitutions() {
  Set out = kAll;
  for (const auto& [id, dim] : state.substitution) {
    const Atom& a = store.atom(id);
    if (a.kind == AtomKind::kSymbol) {
      if (store.symbols()[a.symbol].op != 0) return 0;
      continue;
    }
    out &= WhereEqual(WitnessedAtom(id), WitnessedPoly(store.View(dim)));
  }
  return out;
}

Set Solver::SatisfyFacts() {
  Set out = kAll;
  const auto add = [&](Fact::Kind kind, Dim a, Dim b) {
    if (out != 0) out &= TryAtWitnesses({kind, a, b}).holds;
  };
  const Dim zero = Dim::Inline(0);
  for (Dim d : state.inequalities) add(Fact::Kind::kGe, d, zero);
  for (Dim d : state.disequalities) add(Fact::Kind::kNe, d, zero);
  for (Dim d : state.equations) add(Fact::Kind::kEq, d, zero);
  for (const auto& [a, b] : state.broadcasts) add(Fact::Kind::kBroadcast, a, b);
  for (const ExactFact& e : state.exact) {
    const Values numerator = WitnessedPoly(store.View(e.numerator));
    const Values divisor = WitnessedPoly(store.View(e.divisor));
    out &= Where(numerator.known & divisor.known, [&](int i) {
      const int64_t d = divisor.at[i];
      return d >= 1 && ModInt(numerator.at[i], d) == ModInt(e.residue, d);
    });
  }
  for (const auto& [mono, dim] : state.mono_rules) {
    Values product;
    product.known = kAll;
    product.at.fill(1);
    for (AtomId a : store.atoms_of(mono)) TakeTimes(product, WitnessedAtom(a));
    out &= WhereEqual(product, WitnessedPoly(store.View(dim)));
  }
  return out;
}

}  // namespace symshape::symbolic
