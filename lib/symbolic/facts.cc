// Assume: a fact is applied, what follows from it is posted, and all stored facts are looked at
// again until nothing changes. What each kind of fact does: equate.cc, narrow.cc (inequalities),
// divides.cc, fit.cc (broadcasts).
#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxSteps = 4000;  // of one Assume
// How many operations' work one Assume may take, all that it asks included.
constexpr int64_t kAssumeShares = 25;

// Whether the Assume that is being done has used up its share.
bool AssumedEnough(const Solver& s) {
  const int64_t share = std::clamp(kMaxTotalWork - s.assume_started, kAssumeShares * kLittleWork,
                                   kAssumeShares * kMaxWork);
  return s.spent - s.assume_started > share;
}

}  // namespace

absl::Status Solver::Refuse(const Fact& fact, Cause cause) {
  refused = {fact, cause};
  stated_before = state.log;
  return absl::FailedPreconditionError("contradicts what is known");
}

absl::StatusOr<bool> Solver::Assume(const Fact& fact, Cause cause) {
  const bool keeps = !scopes.empty() && !busy && hypotheses == 0;
  if (!keeps) return AssumeAnew(fact, cause);
  if (const AssumedCache::Outcome* known = assumed.Find(state, fact)) {
    if (!known->holds) return Refuse(fact, cause);
    const size_t stated = state.log.size();
    state = known->after;
    epoch = known->epoch;
    if (stated < state.log.size()) state.log[stated].cause = cause;
    return known->is_new;
  }
  const uint32_t before = state.id;
  absl::StatusOr<bool> told = AssumeAnew(fact, cause);
  assumed.Keep(before, fact, {told.ok(), told.ok() && *told, told.ok() ? state : State(), epoch});
  return told;
}

absl::StatusOr<bool> Solver::AssumeAnew(const Fact& fact, Cause cause) {
  const Fact today{fact.kind, Resolve(fact.a), Resolve(fact.b)};
  const bool outer = !busy;
  busy = true;
  const Tri known = Decide(today);
  bool holds = known != Tri::kNo;
  const bool changes =
      holds && (known != Tri::kYes || (fact.kind == Fact::Kind::kEq && today.a != today.b));
  if (changes) {
    if (outer) assume_started = spent;
    State saved = state;
    const uint32_t epoch_before = epoch;
    state.id = ++last_state;
    state.log.push_back({fact, cause});
    pending.clear();
    pending.push_back(today);
    const bool inner = std::exchange(settling, true);
    holds = Settle(known);
    settling = inner;
    if (!holds) {
      state = std::move(saved);
      epoch = epoch_before;
      pending.clear();
    }
  }
  if (outer) busy = false;
  if (!holds) return Refuse(fact, cause);
  return known != Tri::kYes;
}

bool Solver::Settle(std::optional<Tri> known) {
  uint32_t checked = 0;
  for (int step = 0; step < kMaxSteps && !AssumedEnough(*this); ++step) {
    if (pending.empty()) {
      if (checked == epoch) return true;
      checked = epoch;
      if (!Recheck()) return false;
      continue;
    }
    Fact f = pending.front();
    pending.erase(pending.begin());
    f.a = Resolve(f.a);
    f.b = Resolve(f.b);
    const Tri answer = known.has_value() ? *known : Decide(f);
    known.reset();
    if (answer == Tri::kNo) return false;
    if (answer == Tri::kYes && (f.kind != Fact::Kind::kEq || f.a == f.b)) continue;
    if (!Apply(f)) return false;
  }
  pending.clear();  // out of steps: what was not drawn is lost, what stands is true
  return true;
}

bool Solver::Apply(const Fact& f) {
  switch (f.kind) {
    case Fact::Kind::kEq:
      return ApplyEq(Sub(f.a, f.b));
    case Fact::Kind::kNe:
      return ApplyNe(Sub(f.a, f.b));
    case Fact::Kind::kGe:
      return ApplyGe(Sub(f.a, f.b));
    case Fact::Kind::kDivides:
      return ApplyDivides(f.a, f.b);
    case Fact::Kind::kBroadcast:
      return ApplyBroadcast(f.a, f.b);
  }
  return true;
}

// A substituted compound atom whose parts changed is another atom now.
void Solver::RecheckSubstitutions() {
  std::vector<AtomId> keys;
  for (const auto& [atom, value] : state.substitution) {
    if (store.atom(atom).kind != AtomKind::kSymbol) keys.push_back(atom);
  }
  std::sort(keys.begin(), keys.end());
  for (AtomId key : keys) {
    bool same = true;
    for (Dim arg : store.args(key)) same = same && Resolve(arg) == arg;
    if (same) continue;
    const Dim value = state.substitution[key];
    state.substitution.erase(key);
    Touch();
    Post(Fact::Kind::kEq, store.atom(key).dim, value);
  }
}

bool Solver::RecheckInequalities() {
  std::vector<Dim> kept, changed;
  for (Dim d : std::vector<Dim>(state.inequalities)) {
    const Dim today = Resolve(d);
    if (today != d) {
      changed.push_back(d);
      Post(Fact::Kind::kGe, today, Dim::Inline(0));
    } else if (Bounds(d).hi < 0) {
      return false;
    } else if (Bounds(d).lo < 0) {  // else it follows from bounds by now
      kept.push_back(d);
    }
  }
  if (!changed.empty()) KeepWhatOnlyTheyTell(changed, kept);
  state.inequalities = kept;
  for (Dim d : kept) {
    if (!PropagateBounds(d)) return false;
  }
  return true;
}

// An inequality that tells its own new form may say more than that one: of x*(y//x) >= x + y - 1,
// where therefore x is 1, would x*y >= x + y - 1 be left.
void Solver::KeepWhatOnlyTheyTell(absl::Span<const Dim> changed, std::vector<Dim>& kept) {
  const std::vector<Dim> before = std::exchange(state.inequalities, kept);
  const uint32_t epoch_before = epoch;
  Touch();
  for (Dim d : changed) {
    if (store.node(d).has_compound && Resolve(d) == d) kept.push_back(d);
  }
  state.inequalities = before;
  epoch = epoch_before;
}

void Solver::RecheckDisequalities() {
  std::vector<Dim> kept;
  for (Dim d : std::vector<Dim>(state.disequalities)) {
    const Dim today = Resolve(d);
    const Interval b = Bounds(today);
    if (b.lo > 0 || b.hi < 0) continue;
    if (today == d && b.lo != 0 && b.hi != 0) {
      kept.push_back(d);
    } else {
      Post(Fact::Kind::kNe, today, Dim::Inline(0));
    }
  }
  state.disequalities = kept;
}

void Solver::RecheckEquations() {
  std::vector<Dim> kept;
  for (Dim d : std::vector<Dim>(state.equations)) {
    const Dim today = Resolve(d);
    if (today == d) {
      kept.push_back(d);
    } else {
      Post(Fact::Kind::kEq, today, Dim::Inline(0));
    }
  }
  state.equations = kept;
}

void Solver::RecheckExactQuotients() {
  std::vector<ExactFact> kept;
  for (const ExactFact& f : std::vector<ExactFact>(state.exact)) {
    const Dim n = Resolve(f.numerator), d = Resolve(f.divisor);
    if (n == f.numerator && d == f.divisor) {
      kept.push_back(f);
    } else {
      Post(Fact::Kind::kDivides, d, Sub(n, Constant(f.residue)));
    }
  }
  const bool fewer = kept.size() != state.exact.size();
  state.exact = kept;
  if (fewer) Touch();
}

void Solver::RecheckProducts() {
  std::vector<std::pair<MonoId, Dim>> kept;
  for (const auto& [from, to] : std::vector<std::pair<MonoId, Dim>>(state.mono_rules)) {
    bool same = Resolve(to) == to;
    for (AtomId a : store.atoms_of(from)) same = same && IsItsOwnForm(a);
    // A factor of both sides that is known not to be 0 by now leaves.
    Poly both = Copy(store.View(to));
    const bool fits = AccumulateTerm(both, from, -1);
    if (const MonoId common = fits ? CommonMono(ViewOf(both)) : Store::kNoMono;
        same && common != Store::kNoMono) {
      for (AtomId a : store.atoms_of(common)) same = same && !ProveNe0(store.atom(a).dim);
    }
    if (same) {
      kept.emplace_back(from, to);
      continue;
    }
    const Term t{from, 1};
    Post(Fact::Kind::kEq, store.InternPoly(0, absl::MakeConstSpan(&t, 1)), to);
  }
  if (kept.size() == state.mono_rules.size()) return;
  state.mono_rules = kept;
  Touch();
}

bool Solver::RecheckBroadcasts() {
  for (const auto& [a, b] : std::vector<std::pair<Dim, Dim>>(std::exchange(state.broadcasts, {}))) {
    if (AssumedEnough(*this)) {
      KeepBroadcast(a, b);
      continue;
    }
    const Dim x = Resolve(a), y = Resolve(b);
    const Tri known = DecideBroadcast(x, y);
    if (known == Tri::kNo) return false;
    if (known == Tri::kYes) continue;
    const bool inside = hypothetical;
    hypothetical = inside || (x == a && y == b);  // its cases were looked at before
    const bool fits = ApplyBroadcast(x, y);
    hypothetical = inside;
    if (!fits) return false;
  }
  return true;
}

// Everything stored, once more under the facts of now. What changed is posted again.
bool Solver::Recheck() {
  RecheckSubstitutions();
  if (!RecheckInequalities()) return false;
  RecheckDisequalities();
  RecheckEquations();
  RecheckExactQuotients();
  RecheckProducts();
  return RecheckBroadcasts();
}

void Solver::Push() { scopes.push_back({state, epoch}); }

void Solver::Pop() {
  state = std::move(scopes.back().before);
  epoch = scopes.back().epoch;
  scopes.pop_back();
}

}  // namespace symshape::symbolic
