// Solver: what stands behind Context. Private to lib/symbolic; its parts are one file each:
//   linear.cc         polynomials: add, multiply, divide    normal.cc     rewrites over whole sums
//   floor_div.cc      quotients with a constant divisor     ratio.cc      with a symbolic divisor
//   families.cc       sums of quotients of one numerator
//   max.cc            maxima, minima                        broadcast.cc  sizes that fit each other
//   bounds.cc         intervals, congruences                decide.cc     the tiers of proof
//   envelope.cc       the inequality prover                 factor.cc     factors and signs
//   cases.cc          questions case by case                combine.cc    known inequalities summed
//   lone_quotient.cc  n//d against a sum                    witness.h     sizes to try first
//   squares.cc        sums of squares                       wide.h        what proofs work with
//   hypothesis.h      as if more were known                 work.h        a limit in steps
//   one_size.h        questions about one size              evaluator.h   values at sizes
//   operation_cache.h what was made before                assumed.h     scopes entered again
//   eliminate.cc      symbols nobody asks of              import.cc     dims of another context
//   facts.cc          Assume, and what stays known          equate.cc     equalities
//   narrow.cc         inequalities                          divides.cc    divisibility
//   fit.cc            sizes that are equal or 1             zero.cc       where a size is 0
//   resolve.h         today's form of a dim                 explain.cc    why an answer is known
//   functional.cc     one form per function                 residues.h    quasi-affine functions
//   sample.cc         sizes that satisfy all facts          print.cc, parse.cc text
#ifndef SYMSHAPE_SYMBOLIC_SOLVER_H_
#define SYMSHAPE_SYMBOLIC_SOLVER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "symbolic/assumed.h"
#include "symbolic/checked.h"
#include "symbolic/context.h"
#include "symbolic/limits.h"
#include "symbolic/one_size.h"
#include "symbolic/operation_cache.h"
#include "symbolic/residues.h"
#include "symbolic/resolve.h"
#include "symbolic/state.h"
#include "symbolic/store.h"
#include "symbolic/witness.h"

namespace symshape::symbolic {

// A polynomial with wide coefficients, for proofs. Terms sorted by monomial id.
struct WideTerm {
  MonoId mono;
  int128 coeff;
};
struct WidePoly {
  int128 constant = 0;
  absl::InlinedVector<WideTerm, 8> terms;
};

// Of a maximum or a broadcast.
using Elements = absl::InlinedVector<Dim, 6>;

class Hypothesis;

class Solver {
 public:
  // --- building; operands may be stale ---------------------------------------------------------
  Dim Constant(int64_t value) { return store.Constant(value); }
  Dim Symbol(absl::string_view name, Interval domain, SymbolKind kind);
  Dim Fresh(absl::string_view stem, Interval domain);
  Dim AddScaled(Dim a, Dim b, int64_t factor);  // a + factor*b
  std::optional<Dim> SumOf(Dim a, Dim b, int64_t factor);
  Dim Mul(Dim a, Dim b);
  Dim FloorDiv(Dim a, Dim b);
  Dim CeilDiv(Dim a, Dim b);
  Dim TruncDiv(Dim a, Dim b);
  Dim Mod(Dim a, Dim b);
  Dim Max(absl::Span<const Dim> elements);
  Dim Min(absl::Span<const Dim> elements);
  // Of two, from the cache where it was made before.
  Dim Max(Dim a, Dim b) { return Extreme('M', a, b); }
  Dim Min(Dim a, Dim b) { return Extreme('m', a, b); }
  Dim Extreme(char op, Dim a, Dim b);
  Dim Broadcast(absl::Span<const Dim> elements);
  Dim TotalBroadcast(absl::Span<const Dim> elements);
  Dim BroadcastOf(absl::Span<const Dim> elements, bool fitting);
  void DropWhatIsOneElsewhere(Elements& elements);
  Dim WithOne(absl::Span<const Dim> elements);
  // What a rule's broadcast of exactly these is today; no value where there was none.
  std::optional<Dim> FittingBroadcast(Elements elements);
  bool IsFitting(AtomId a) const { return a < fitting_atoms.size() && fitting_atoms[a]; }
  Dim Sub(Dim a, Dim b) { return AddScaled(a, b, -1); }
  Dim Add(Dim a, Dim b) { return AddScaled(a, b, 1); }
  Dim Neg(Dim a) { return AddScaled(Dim::Inline(0), a, -1); }

  // --- polynomials (linear.cc, normal.cc) -------------------------------------------------------
  // p += factor * q; false on overflow.
  [[nodiscard]] bool Accumulate(Poly& p, const PolyView& q, int64_t factor) const;
  [[nodiscard]] bool AccumulateTerm(Poly& p, MonoId mono, int64_t coeff) const;
  [[nodiscard]] bool Multiply(const PolyView& a, const PolyView& b, Poly& out);
  // Long division by the leading term: num = quotient*den + remainder. False on overflow.
  [[nodiscard]] bool LongDivide(const PolyView& num, const PolyView& den, Poly& quotient,
                                Poly& remainder);
  // The largest monomial that divides every term, kNoMono for 1.
  MonoId CommonMono(const PolyView& p);
  bool DivideByMono(Poly& p, MonoId m);  // REQUIRES: m divides every term, no constant
  // factor.cc. A common factor of polynomials with more than one term each.
  std::optional<Poly> CommonFactor(std::vector<Poly> polys);
  // The coefficients of p as a polynomial in `atom`, without those that are 0.
  std::vector<Poly> CoefficientsIn(const Poly& p, AtomId atom);
  static PolyView ViewOf(const Poly& p) { return {p.constant, p.terms}; }
  static Poly Copy(const PolyView& v);
  // Rewrites over whole sums, then interns; nullopt past the caps or on overflow.
  std::optional<Dim> Finish(Poly& p);
  bool HasItsForm(absl::Span<const Term> terms) const;  // no such rewrite applies
  std::optional<Dim> Keep(const PolyView& p);           // the dim of a sum that has its form
  // Exact quotients, families of quotients, monomial rules. False on overflow.
  bool StandsAlone(absl::Span<const Term> terms) const;
  [[nodiscard]] bool Normalise(Poly& p, bool* changed);
  [[nodiscard]] bool ReduceFamilies(Poly& p, bool* changed);  // families.cc
  Dim Opaque(char op, Dim a, Dim b);
  Interval OpaqueBounds(const SymbolInfo& info);
  // Forms that were found to have a shorter equal are resolved anew from now on.
  void ReadReplaced() {
    if (!replaced || separate_depth > 0) return;
    replaced = false;
    ++replacements;
    Touch();
  }

  // --- quotients, maxima -----------------------------------------------------------------------
  std::optional<Dim> FloorDivConst(Poly&& num, int64_t d, int depth);
  // The same without the rewrites over the whole result, which may call it.
  [[nodiscard]] bool FloorDivPoly(Poly&& num, int64_t d, int depth, Poly& out);
  bool DropSmallTerms(Poly& num, int64_t& d);
  std::optional<Dim> FloorDivSymbolic(Poly num, Poly den);
  // The dim of a compound atom under today's substitutions.
  Dim MakeAtom(AtomKind kind, absl::Span<const Dim> args);
  std::optional<Dim> MaxOf(Elements elements);
  void ClipElements(Elements& pair);
  // Appends e, or, where e is positive*Max{..} + rest, its branches.
  bool FlattenMax(Dim e, Elements& out, int depth);
  // Drops what another element never falls below. Of two that dominate each other one stays.
  void DropDominated(Elements& elements);
  std::vector<Dim> ElementsOf(Dim d);
  void AddComparedIn(Dim d, std::vector<std::vector<Dim>>& compared) const;

  // --- where a size is 0 (zero.cc) ---------------------------------------------------------------
  // e, where the atom is max(0, e - 1) with e >= 0.
  std::optional<AtomId> ClippedBy(AtomId maximum);
  // The first such atom in a term of at least that degree.
  std::optional<AtomId> ClipIn(const PolyView& p, int least_degree);
  Dim OneAtZero(AtomId clip, AtomId e);  // 1 where e is 0, else 0
  std::optional<Dim> Replaced(Dim d, AtomId atom, Dim value);
  std::optional<Dim> ReplacedIn(AtomId id, AtomId atom, Dim value);
  std::optional<Dim> SplitAtZero(AtomId clip, absl::Span<const Dim> parts,
                                 absl::FunctionRef<std::optional<Dim>(Elements)> f,
                                 bool only_fewer);
  std::optional<Dim> SplitMaxAtZero(absl::Span<const Dim> elements);
  std::optional<Dim> SplitBroadcastAtZero(absl::Span<const Dim> elements);
  std::optional<Dim> SplitQuotientAtZero(const Poly& num, int64_t d);
  std::optional<Dim> SplitRatioAtZero(const Poly& num, const Poly& den);
  [[nodiscard]] bool ReduceAtZero(Poly& p, bool* changed);
  std::optional<Dim> ProductOf(Dim a, Dim b);

  // --- reading ---------------------------------------------------------------------------------
  SymbolState StateOf(uint32_t symbol) const;
  Interval AtomBounds(AtomId a);
  Interval MonoBounds(MonoId m);
  Interval PolyBounds(const PolyView& p);
  // For each term of p, the most that p without it can be.
  absl::InlinedVector<int64_t, 8> MostWithoutEach(const PolyView& p);
  Interval Bounds(Dim d);       // of a resolved dim
  Interval TightBounds(Dim d);  // with the envelope
  Interval TightPolyBounds(const Poly& p, int depth);
  Congruence MonoCongruence(MonoId m);
  Congruence ResiduesOf(MonoId m) {
    return state.has_congruences() ? MonoCongruence(m) : Congruence{};
  }
  Congruence PolyCongruence(const PolyView& p);
  // The residue of p modulo d, where known. REQUIRES: d >= 1.
  std::optional<int64_t> ResidueOf(const PolyView& p, int64_t d);
  bool IsNonNegative(Dim d) { return Bounds(d).lo >= 0 || ProveGe0(d); }
  bool IsPositive(Dim d) { return Bounds(d).lo >= 1 || ProveGe0(Sub(d, Dim::Inline(1))); }

  // --- one form per function (functional.cc) -----------------------------------------------------
  // d, or a shorter sum that is the same function of its atoms.
  Dim Representative(Dim d) {
    return d.is_inline() || !store.node(d).has_div ? d : RepresentativeOfQuotients(d);
  }
  Dim RepresentativeOfQuotients(Dim d);
  // The same for what stands beside a factor, as in b*(H//4) - b*(H//8). Whether p changed.
  bool ShortenBesideFactors(Poly& p);
  bool ShortenBeside(MonoId factor, Poly& p);
  bool IsQuotientByConstant(AtomId a) const {
    return store.atom(a).kind == AtomKind::kFloorDiv && store.IsConstant(store.atom(a).args[1]);
  }
  size_t CountQuotients(const PolyView& p) const;
  // An order of sums that are equal: which one is kept.
  using Length = std::pair<uint64_t, unsigned __int128>;  // of terms, of coefficients
  Length LengthOf(const PolyView& p);
  Length LengthOf(Dim d);
  bool Shorter(const PolyView& p, const PolyView& q);
  bool Shorter(Dim a, Dim b) { return Shorter(store.View(a), store.View(b)); }
  std::optional<int64_t> Difference(Dim a, Dim b, int64_t factor);
  std::optional<Poly> AsLinear(const PolyView& p);
  std::optional<Poly> WithFewerQuotients(const PolyView& p);
  struct Points {  // values of a monomial at a few sizes
    enum State : uint8_t { kNone, kKnown, kOverflow } state = kNone;
    uint32_t congruences = 0;  // which it satisfies
    std::array<int64_t, 8> values;
  };
  const Points* PointsOf(MonoId mono);
  bool PointsOf(const PolyView& p, std::array<int64_t, 8>& values);
  struct Shaped {  // scale * shape + offset
    Dim shape;
    int64_t scale, offset;
    int64_t unit;  // what divides all differences of the shape's points; 0 where there are none
    uint64_t hash;
  };
  std::optional<Shaped> ShapeOf(const PolyView& p);
  Dim Enter(Dim d, bool several);
  bool AccumulateLine(Poly& p, const QuasiAffine::Line& line);
  void ForgetForms();
  std::vector<Poly> IndependentParts(const PolyView& p) const;
  std::optional<Dim> RepresentativeOfParts(Dim d);

  // --- work (work.h) -----------------------------------------------------------------------------
  // Counts n steps; false where the operation has used up its share.
  bool Spend(int64_t n) {
    spent += n;
    return (work_left -= n) >= 0;
  }
  bool OutOfWork() const { return work_left < 0; }

  // --- decisions ---------------------------------------------------------------------------------
  Tri Decide(const Fact& fact);
  Tri Answer(const Fact& fact);  // Decide, or yes as it was assumed
  bool IsStated(const Fact& fact);
  Tri DecideByInterval(const Fact& fact);  // unknown where more than an interval is needed
  Tri DecideByAll(const Fact& fact);       // with all that there is
  bool HoldWhere(absl::Span<const Fact> asked, absl::Span<const Fact> where);
  Tri DecideDirectly(const Fact& fact);  // without telling cases apart
  bool ProveDirectly(const Fact& fact);
  Tri DecideEq(Dim a, Dim b);
  Tri DecideGe(Dim a, Dim b);
  Tri DecideDivides(Dim a, Dim b);
  Tri DecideBroadcast(Dim a, Dim b);
  bool ProveGe0(Dim p, int budget = 96, int splits = 4);  // p >= 0
  bool IsPlainlyGe0(Dim d);
  bool IsKnownGe0(const PolyView& p) const;
  bool ProveByResidues(const WidePoly& p);
  bool ProveBesideOneQuotient(const PolyView& p);
  bool ProveNe0(Dim p);
  bool ProveByCombination(Dim d);  // combine.cc
  // witness.cc
  bool FailsAtWitness(const Fact& fact);     // so it has no proof
  bool IsOpenAtWitnesses(const Fact& fact);  // nor has its opposite
  Tried TryAtWitnesses(const Fact& fact);
  std::vector<std::pair<int64_t, int64_t>> ExamplesOf(Dim a, Dim b);  // as Context's
  bool IsRefuted(absl::Span<const std::vector<Fact>> given, absl::Span<const Fact> clause);
  Witnessed WitnessedCompound(AtomId a);
  const Witnessed& WitnessedAtom(AtomId a);
  Witnessed WitnessedPoly(const PolyView& p);
  // Those that satisfy all that is known.
  WitnessSet LegalWitnesses();
  WitnessSet StatedWitnesses();
  WitnessSet SatisfySupposed(WitnessSet among);
  WitnessSet SatisfyDomains(WitnessSet among);
  WitnessSet SatisfySubstitutions(WitnessSet among);
  WitnessSet SatisfyFacts(WitnessSet among);
  // cases.cc
  Tri DecideInCases(const Fact& fact);
  bool HoldsInCases(const Fact& fact, int splits);
  bool HoldsAtAllPoints(const Fact& fact);
  bool DifferAtAllPoints(Dim a, Dim b);
  bool SupposeLargest(Hypothesis& h, AtomId maximum, size_t i);
  std::optional<Dim> WithValue(Dim d, AtomId atom, Dim value);
  std::optional<AtomId> MaximumIn(Dim d) const;
  // lone_quotient.cc
  const Term* LoneQuotient(const PolyView& p);
  bool ProveLoneQuotient(Dim d, int budget, int splits);
  // factor.cc
  bool ProveByFactors(Dim d, int budget, int splits);
  bool ProveProduct(MonoId m, Poly p, int budget, int splits);
  bool ProveTwoSums(const Poly& p, int budget, int splits);
  bool ProveBySquares(Poly p);  // squares.cc
  // envelope.cc
  bool ProveByEnvelope(WidePoly p, WidePoly scale, int& budget, absl::Span<const WidePoly> extra,
                       int splits);
  bool Prove(WidePoly p, WidePoly scale, int& budget, absl::Span<const WidePoly> extra, int splits);
  bool ProveByFacts(const WidePoly& p, const WidePoly& scale, int& budget,
                    absl::Span<const WidePoly> extra, int depth);
  std::optional<int128> LowerBound(const WidePoly& p);
  bool AddWide(WidePoly& p, MonoId mono, int128 coeff) const;
  bool MultiplyWide(const WidePoly& a, const WidePoly& b, WidePoly& out);
  WidePoly Widen(const PolyView& p) const;

  // --- facts -------------------------------------------------------------------------------------
  absl::StatusOr<bool> Assume(const Fact& fact, Cause cause);
  void Push();
  void Pop();
  Dim Resolve(Dim d) {
    if (d.is_inline() || d.is_none()) return d;
    if (d.node() < forms.of_node.size() && forms.of_node[d.node()].epoch == epoch) {
      return forms.of_node[d.node()].dim;
    }
    return ResolveSlow(d);
  }
  Dim ResolveSlow(Dim d);
  // d was built from today's forms just now: it is its own form, for as long as they are theirs.
  Dim Today(Dim d) {
    if (!d.is_inline()) KeepForm(d, d, forms.lowest_cut);
    return d;
  }
  // Of a fact, for a question: where it is asked while an atom is being resolved, as it was kept.
  Dim KeptForm(Dim d) { return forms.open.empty() ? Resolve(d) : d; }
  void KeepForm(Dim d, Dim form, size_t cut);
  Dim FormOf(Dim d);
  Dim FormOf(AtomId id, const Atom& atom);
  std::optional<Dim> ProvisionalOf(uint64_t part);
  Dim ResolveAtom(AtomId a);
  // settle.cc. Parse(Print(d)) is d for what it returns. REQUIRES: d is today's form
  Dim Settled(Dim d);
  bool MayHaveTwoForms(Dim d) const;
  Dim Replacement(AtomId atom, Dim value);
  void SetSubstitution(AtomId id, Dim value);
  Dim ResolveOpaque(uint32_t symbol, Dim otherwise);
  bool IsItsOwnForm(AtomId a);  // under today's facts
  Dim Substitute(Dim d, absl::Span<const std::pair<Dim, Dim>> replacements);
  Dim Operate(char op, Dim a, Dim b);
  Dim Import(const Store& from, Dim d, absl::FunctionRef<Dim(Dim)> symbol);
  void Touch() { epoch = ++last_epoch; }

  // The work list of one Assume.
  absl::StatusOr<bool> AssumeAnew(const Fact& fact, Cause cause);
  absl::Status Refuse(const Fact& fact, Cause cause);
  void Eliminate(Dim symbol);  // eliminate.cc
  bool Speaks(Dim d, AtomId symbol) const;
  bool IsMoreThanBounded(AtomId symbol) const;
  // What follows from all that is pending; `known`: what was decided of the first just now.
  bool Settle(std::optional<Tri> known = std::nullopt);
  bool Apply(const Fact& fact);
  bool ApplyEq(Dim p);
  bool CancelNonZeroFactors(Poly p);
  bool PostRemainder(const Poly& p);
  bool SolveFor(Dim equation, const Term& t, Dim rest);
  bool IsNested(MonoId product, Dim d);
  bool KeepEquation(Dim d, const Poly& p);
  Dim WithoutTerm(Poly p, const Term& t);
  bool ApplyGe(Dim p);
  void PostFactors(Poly p);
  std::optional<bool> ApplyGeToAtom(Dim d, const Poly& p);
  bool ApplyNe(Dim p);
  bool ApplyDivides(Dim a, Dim b);
  Dim PositivePartOf(Dim d);
  bool ApplyBroadcast(Dim a, Dim b);
  bool ApplyCases(Dim a, Dim b);
  void KeepBroadcast(Dim a, Dim b);
  bool Narrow(uint32_t symbol, Interval interval);
  bool NarrowCongruence(uint32_t symbol, int64_t modulus, int64_t remainder);
  bool SubstituteAtom(AtomId atom, Dim value);
  bool PropagateBounds(Dim inequality);
  bool PostForElements(Dim d);
  void PostParts(AtomId atom, Interval range);
  bool BoundAtoms(Dim inequality, absl::FunctionRef<bool(AtomId, Interval)> bound);
  Interval RangeOfFactor(absl::Span<const AtomId> atoms, AtomId x, int power, Interval product);
  bool Recheck();
  void RecheckSubstitutions();
  bool RecheckInequalities();
  void KeepWhatOnlyTheyTell(absl::Span<const Dim> changed, std::vector<Dim>& kept);
  void RecheckDisequalities();
  void RecheckEquations();
  void RecheckExactQuotients();
  void RecheckProducts();
  bool RecheckBroadcasts();
  bool AddExact(Dim numerator, Dim divisor, int64_t residue);
  void Post(Fact::Kind kind, Dim a, Dim b) { pending.push_back({kind, a, b}); }
  SymbolState& MutableState(uint32_t symbol);
  bool Contains(Dim d, AtomId atom) const;

  // --- explain.cc, sample.cc ---------------------------------------------------------------------
  Conflict LastConflict();
  Explanation Explain(const Fact& fact);
  // Those of `facts` without any one of which `holds` is false, where it is true with all of them.
  std::vector<Stated> Core(std::vector<Stated> facts, absl::FunctionRef<bool()> holds);
  // Whether holds() where `facts` are all that is known.
  bool Under(absl::Span<const Stated> facts, absl::FunctionRef<bool()> holds);
  std::vector<Stated> LinkedTo(const Fact& fact, absl::Span<const Stated> facts) const;
  absl::StatusOr<Bindings> Sample(uint64_t seed);

  // --- text and values ---------------------------------------------------------------------------
  std::string Print(Dim d) const;
  std::string Print(Dim d, absl::FunctionRef<std::string(Dim symbol)> name_of) const;
  std::string Print(const Fact& fact) const;
  const std::string& Alias(Dim symbol) const;
  std::string PrintComparison(const Fact& fact) const;  // REQUIRES: kEq, kNe or kGe
  int64_t LowerBoundConst(Dim d) const;
  absl::StatusOr<Dim> Parse(absl::string_view text, SymbolKind kind);
  absl::StatusOr<std::vector<Fact>> ParseFacts(absl::string_view text, SymbolKind kind);
  std::optional<int64_t> Evaluate(Dim d, const Bindings& sizes) const;
  std::vector<Dim> SymbolsOf(Dim d) const;

  // The rewrite that is being made is that row of the catalogue.
  void Because(Rewrite row) { ++fired[static_cast<size_t>(row)]; }

  // --- data --------------------------------------------------------------------------------------
  Store store;
  State state;
  struct Scope {
    State before;
    uint32_t epoch;  // of it: what was cached counts again where the scope ends
  };
  std::vector<Scope> scopes;
  std::vector<Fact> pending;
  uint32_t epoch = 1;       // of the facts of now; what was cached in another one counts no more
  uint32_t last_epoch = 1;  // the newest: a scope's facts have others, and then it goes back
  uint32_t last_state = 0;  // the newest State::id
  AssumedCache assumed;
  uint32_t last_congruences = 0;                      // the newest number of State::congruences
  int hypotheses = 0;                                 // open ones (hypothesis.h)
  std::vector<std::pair<AtomId, Interval>> supposed;  // in them
  uint64_t undecided = 0;
  std::array<uint64_t, kRowCount> fired = {};  // by row of the catalogue
  std::vector<bool> fitting_atoms;             // broadcasts that a rule asked for (broadcast.cc)
  // The last refused fact, and all that was stated before it.
  Stated refused;
  std::vector<Stated> stated_before;
  bool hypothetical = false;  // inside a case distinction: no further one
  bool combining = false;  // sums of inequalities are tried (combine.cc): for what was asked alone
  bool settling = false;   // inside Settle: what is asked there is of no one's asking
  bool busy = false;       // inside Assume: questions asked there do not count as undecided

  ResolveCache forms;
  absl::flat_hash_map<uint32_t, Form> settled;  // by node
  struct Bounded {
    uint32_t epoch = 0;
    Interval interval;
  };
  std::vector<Bounded> atom_bounds;

  OperationCache operations;  // building ones, and questions
  absl::flat_hash_map<std::pair<char, std::pair<uint32_t, uint32_t>>, Dim> opaque;
  // A maximum or broadcast where another atom is not 0 (normal.cc), by both atoms.
  struct WhereNonZero {
    uint32_t epoch;
    Dim result;
  };
  absl::flat_hash_map<std::pair<AtomId, AtomId>, WhereNonZero> where_nonzero;
  Dim SmallerWhereNonZero(AtomId atom, AtomId factor);
  Dim MaxWhereNonZero(AtomId maximum, AtomId factor);
  Dim BroadcastWhereNonZero(AtomId broadcast, AtomId factor);

  // Of functional.cc, all of them under the residues that are known by now.
  uint32_t forms_congruences = 0;
  std::vector<Points> points;  // by monomial
  struct Alike {
    Dim dim;
    int64_t unit;
  };
  absl::flat_hash_map<uint64_t, std::vector<Alike>> by_hash;
  std::vector<Dim> single;    // sums with one quotient, entered once another kind exists
  bool any_several = false;   // it does
  bool replaced = false;      // a longer form that was there before is to be read as another one
  uint32_t replacements = 0;  // how often that happened
  struct Represented {
    uint32_t when = 0;  // replacements + 1
    Dim dim;
  };
  std::vector<Represented> represented;  // by node
  std::vector<Length> lengths;           // by node

  int replacing = 0;           // atoms by what they are equal to, inside each other
  int zero_splits = 0;         // inside each other (zero.cc)
  int64_t work_left = 0;       // of the operation being done
  int64_t spent = 0;           // by all operations so far
  int64_t assume_started = 0;  // what was spent when the Assume that is being done began
  int operation_depth = 0;
  int separate_depth = 0;
  struct Ge0 {  // what ProveGe0 found
    uint32_t epoch = 0;
    enum Answer : uint8_t { kUnknown, kYes, kNotCheaply, kNotAlone, kNotAtAll } answer = kUnknown;
  };
  std::vector<Ge0> ge0;  // by node
  WitnessCache witnesses;
  OneSizeCache one_sizes;
  uint32_t substituted_versions = 0;  // how many of State's there were
};

struct Context::Impl : Solver {
  absl::flat_hash_map<std::pair<uint64_t, Fact>, std::string> printed;  // by what a text depends on
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_SOLVER_H_
