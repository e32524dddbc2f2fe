// Witnesses: a few sizes at which a question is tried before it is proved. A fact that fails at
// sizes that satisfy all that is known has no proof, and most questions without a proof show it so,
// in a hundredth of the time that it takes all tiers to give up.
//
// Which sizes counts for speed alone: one too few leaves the question to the proofs.
#include <algorithm>
#include <bit>

#include "symbolic/scramble.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

using Set = WitnessSet;
using Values = Witnessed;

constexpr int kCount = kWitnesses;
constexpr Set kAll = ~Set{0};
constexpr size_t kMaxAtoms = 2000, kMaxFacts = 20000;  // that are kept: a megabyte of each
static_assert(sizeof(Set) * 8 == kCount);

// Where facts tend to fail: at 0, 1 and 2, where symbols differ, at multiples of what nets divide
// by and beside them. Most are tiny: sizes that have to fit each other do so by chance there.
int64_t Choose(uint32_t symbol, SymbolKind kind, int witness) {
  constexpr int kMultiples = 50;
  const uint64_t r = Scramble(uint64_t{symbol} * kCount + witness);
  const auto up_to = [&](uint64_t n) { return static_cast<int64_t>((r >> 8) % n); };
  const bool odd = r & 1;
  // What data decides is at most a product of sizes, as a rule: small, it satisfies that. Often
  // nothing is found at all.
  if (kind == SymbolKind::kFresh && witness > 2) return witness % 4 == 3 ? 0 : up_to(3);
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
      if (witness >= kMultiples) return (witness % 2 == 0 ? 64 : 32) * (1 + up_to(8));
      return witness % 4 == 3 ? up_to(3) : 1 + up_to(2 + witness % 4);
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

// The witnesses of `among` for which holds(number) is true.
template <typename Predicate>
Set Where(Set among, Predicate holds) {
  Set out = 0;
  for (; among != 0; among &= among - 1) {
    const int i = std::countr_zero(among);
    out |= Set{holds(i)} << i;
  }
  return out;
}

bool IsSmall(int64_t v) {
  constexpr int64_t kSmall = 1 << 24;
  return -kSmall < v && v < kSmall;
}

void SeeWhetherSmall(Values& values) {
  values.is_small = true;
  for (int i = 0; i < kCount; ++i) {
    if ((values.known >> i & 1) == 0) values.at[i] = 0;
    values.is_small = values.is_small && IsSmall(values.at[i]);
  }
}

void TakeTimes(Values& product, const Values& factor) {
  Set overflows = 0;
  for (int i = 0; i < kCount; ++i) {
    overflows |= Set{!MulOk(product.at[i], factor.at[i], &product.at[i])} << i;
  }
  product.known &= factor.known & ~overflows;
}

void AddTimes(Values& sum, const Values& term, int64_t coeff) {
  sum.known &= term.known;
  if (sum.is_small && term.is_small && IsSmall(coeff)) {  // so that none of kMaxTerms overflows
    for (int i = 0; i < kCount; ++i) sum.at[i] += coeff * term.at[i];
    return;
  }
  sum.is_small = false;
  Set overflows = 0;
  for (int i = 0; i < kCount; ++i) {
    int64_t scaled;
    const bool fits = MulOk(term.at[i], coeff, &scaled) && AddOk(sum.at[i], scaled, &sum.at[i]);
    overflows |= Set{!fits} << i;
  }
  sum.known &= ~overflows;
}

Set WhereHolds(Fact::Kind kind, const Values& a, const Values& b) {
  const Set known = a.known & b.known;
  switch (kind) {
    case Fact::Kind::kEq:
      return Where(known, [&](int i) { return a.at[i] == b.at[i]; });
    case Fact::Kind::kNe:
      return Where(known, [&](int i) { return a.at[i] != b.at[i]; });
    case Fact::Kind::kGe:
      return Where(known, [&](int i) { return a.at[i] >= b.at[i]; });
    default:
      return Where(known, [&](int i) { return Holds(kind, a.at[i], b.at[i]); });
  }
}

// v becomes v op w; false where that is not known. A broadcast that a rule asked for has a value
// only where they fit.
bool TakeOperand(AtomKind kind, bool fitting, int64_t& v, int64_t w) {
  switch (kind) {
    case AtomKind::kFloorDiv:
      return Divided(v, w, &v);
    case AtomKind::kBroadcast:
      if (v == 1 || w == 1 || v == w) {
        v = v == 1 ? w : v;
        return true;
      }
      return !fitting && MulOk(std::max(v, w), std::min({int64_t{1}, v, w}), &v);
    default:
      v = std::max(v, w);
      return true;
  }
}

}  // namespace

Values Solver::WitnessedCompound(AtomId id) {
  const Atom a = store.atom(id);
  Values out = WitnessedPoly(store.View(a.args[0]));
  for (uint32_t k = 1; k < a.arg_count; ++k) {
    const Values arg = WitnessedPoly(store.View(a.args[k]));
    out.known = Where(out.known & arg.known, [&, fitting = IsFitting(id)](int i) {
      return TakeOperand(a.kind, fitting, out.at[i], arg.at[i]);
    });
  }
  return out;
}

// A symbol that is in no substitution has the same value at all times, and so has an atom of such
// symbols.
const Values& Solver::WitnessedAtom(AtomId id) {
  const Atom a = store.atom(id);
  const bool is_fixed = (a.mask & state.substituted) == 0;
  const uint32_t version = is_fixed ? 1 : state.substituted_version;
  Values& cached = (is_fixed ? witnesses.fixed : witnesses.today).of_atom[id];
  if (cached.version == version) return cached;
  Values out;
  if (a.kind != AtomKind::kSymbol) {
    out = WitnessedCompound(id);
  } else if (const auto it = state.substitution.find(id); it != state.substitution.end()) {
    out = WitnessedPoly(store.View(it->second));
  } else if (store.symbols()[a.symbol].op == 0) {
    out = ValuesOf(a.symbol, store.symbols()[a.symbol]);
  }
  SeeWhetherSmall(out);
  out.version = version;
  return cached = out;
}

Values Solver::WitnessedPoly(const PolyView& p) {
  Values out;
  out.known = kAll;
  out.is_small = IsSmall(p.constant);  // and what is added to it
  out.at.fill(p.constant);
  for (const Term& t : p.terms) {
    const auto atoms = store.atoms_of(t.mono);
    if (atoms.size() == 1) {
      AddTimes(out, WitnessedAtom(atoms[0]), t.coeff);
      continue;
    }
    Values product = WitnessedAtom(atoms[0]);
    for (AtomId a : atoms.subspan(1)) TakeTimes(product, WitnessedAtom(a));
    SeeWhetherSmall(product);
    AddTimes(out, product, t.coeff);
  }
  return out;
}

// Looked at once under the same substitutions: most questions are asked again and again, under a
// few more facts.
Tried Solver::TryAtWitnesses(const Fact& fact) {
  const bool is_fixed = ((store.MaskOf(fact.a) | store.MaskOf(fact.b)) & state.substituted) == 0;
  const uint32_t version = is_fixed ? 1 : state.substituted_version;
  WitnessCache::Found& found = is_fixed ? witnesses.fixed : witnesses.today;
  if (const auto it = found.of_fact.find(fact);
      it != found.of_fact.end() && it->second.version == version) {
    return it->second;
  }
  if (found.of_atom.size() > kMaxAtoms || found.of_fact.size() > kMaxFacts) found = {};
  const Values a = WitnessedPoly(store.View(fact.a)), b = WitnessedPoly(store.View(fact.b));
  const Set holds = WhereHolds(fact.kind, a, b);
  return found.of_fact[fact] = {holds, a.known & b.known & ~holds, version};
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
  std::vector<std::pair<int64_t, int64_t>> examples;
  for (Set left = StatedWitnesses() & x.known & y.known; left != 0; left &= left - 1) {
    const int i = std::countr_zero(left);
    examples.emplace_back(x.at[i], y.at[i]);
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
      const Set legal = SatisfySupposed(witnesses.legal_before);
      witnesses.supposed = {epoch, legal};
    }
    return witnesses.supposed.witnesses;
  }
  if (witnesses.legal.epoch != epoch) {
    const Set legal = SatisfyFacts(SatisfySubstitutions(SatisfyDomains(kAll)));
    witnesses.legal = {epoch, legal};
  }
  return witnesses.legal.witnesses;
}

// Under a hypothesis.
Set Solver::SatisfySupposed(Set among) {
  for (const auto& [atom, range] : supposed) {
    const Values& values = WitnessedAtom(atom);
    const Interval bounds = range;
    among = Where(among & values.known,
                  [&](int i) { return values.at[i] >= bounds.lo && values.at[i] <= bounds.hi; });
  }
  for (size_t i = witnesses.inequalities_before; i < state.inequalities.size(); ++i) {
    among &= TryAtWitnesses({Fact::Kind::kGe, state.inequalities[i], Dim::Inline(0)}).holds;
  }
  return among;
}

Set Solver::SatisfyDomains(Set among) {
  const auto take = [&](uint32_t symbol, bool is_substituted) {
    const SymbolInfo& info = store.symbols()[symbol];
    const SymbolState now = StateOf(symbol);
    const Dim d = store.atom(info.atom).dim;
    const Interval limits = now.domain, declared = info.declared;
    if (is_substituted) among &= WitnessedAtom(info.atom).known;
    if (limits.lo != Interval::kMinusInf && (is_substituted || limits.lo != declared.lo)) {
      among &= TryAtWitnesses({Fact::Kind::kGe, d, Constant(limits.lo)}).holds;
    }
    if (limits.hi != Interval::kPlusInf && (is_substituted || limits.hi != declared.hi)) {
      among &= TryAtWitnesses({Fact::Kind::kGe, Constant(limits.hi), d}).holds;
    }
    const Congruence c = now.congruence;
    if (c.modulus == 1) return;
    const Values& values = WitnessedAtom(info.atom);
    among = Where(among & values.known, [&](int i) {
      const int64_t v = values.at[i];
      return c.modulus == 0 ? v == c.remainder : ModInt(v - c.remainder, c.modulus) == 0;
    });
  };
  for (uint32_t symbol : state.symbols.Symbols()) take(symbol, false);
  for (const auto& [id, dim] : state.substitution) {
    if (store.atom(id).kind == AtomKind::kSymbol) take(store.atom(id).symbol, true);
  }
  return among;
}

// A symbol takes the value of what stands for it; an atom of parts has one of its own.
Set Solver::SatisfySubstitutions(Set among) {
  for (const auto& [id, dim] : state.substitution) {
    const Atom& a = store.atom(id);
    if (a.kind != AtomKind::kSymbol) {
      const Values& values = WitnessedAtom(id);
      const Values same = WitnessedPoly(store.View(dim));
      among = Where(among & values.known & same.known,
                    [&](int i) { return values.at[i] == same.at[i]; });
    } else if (store.symbols()[a.symbol].op != 0) {
      return 0;
    }
  }
  return among;
}

Set Solver::SatisfyFacts(Set among) {
  const auto take = [&](Fact::Kind kind, Dim a, Dim b) {
    if (among != 0) among &= TryAtWitnesses({kind, a, b}).holds;
  };
  const Dim zero = Dim::Inline(0);
  for (Dim d : state.inequalities) take(Fact::Kind::kGe, d, zero);
  for (Dim d : state.disequalities) take(Fact::Kind::kNe, d, zero);
  for (Dim d : state.equations) take(Fact::Kind::kEq, d, zero);
  for (const auto& [a, b] : state.broadcasts) take(Fact::Kind::kBroadcast, a, b);
  for (const ExactFact& e : state.exact) {
    const Values numerator = WitnessedPoly(store.View(e.numerator));
    const Values divisor = WitnessedPoly(store.View(e.divisor));
    among = Where(among & numerator.known & divisor.known, [&](int i) {
      const int64_t d = divisor.at[i];
      return d >= 1 && ModInt(numerator.at[i], d) == ModInt(e.residue, d);
    });
  }
  for (const auto& [mono, dim] : state.mono_rules) {
    const Term one{mono, 1};
    const Values product = WitnessedPoly({0, absl::MakeConstSpan(&one, 1)});
    among &= WhereHolds(Fact::Kind::kEq, product, WitnessedPoly(store.View(dim)));
  }
  return among;
}

}  // namespace symshape::symbolic
