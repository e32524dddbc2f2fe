// Why an answer is known, or a fact was refused: of all that was stated, what cannot be left out.
// Facts are left out one by one, larger groups first, and what is left is stated anew to a state
// that knows nothing.
#include <algorithm>
#include <utility>

#include "symbolic/solver.h"

namespace symshape::symbolic {

bool Solver::Under(absl::Span<const Stated> facts, absl::FunctionRef<bool()> holds) {
  State saved = std::exchange(state, State());
  const Stated last_refused = refused;
  const std::vector<Stated> before = stated_before;
  Touch();
  bool taken = true;
  for (const Stated& s : facts) taken = taken && Assume(s.fact, s.cause).ok();
  const bool result = taken && holds();
  state = std::move(saved);
  refused = last_refused;
  stated_before = before;
  Touch();
  return result;
}

std::vector<Stated> Solver::Core(std::vector<Stated> facts, absl::FunctionRef<bool()> holds) {
  for (size_t group = facts.size(); group > 0; group /= 2) {
    for (size_t at = 0; at < facts.size();) {
      std::vector<Stated> without(facts.begin(), facts.begin() + at);
      const size_t end = std::min(at + group, facts.size());
      without.insert(without.end(), facts.begin() + end, facts.end());
      if (Under(without, holds)) {
        facts = std::move(without);
      } else {
        at = end;
      }
    }
  }
  return facts;
}

// What shares a symbol with the fact, or with what does.
std::vector<Stated> Solver::LinkedTo(const Fact& fact, absl::Span<const Stated> facts) const {
  uint64_t mask = store.MaskOf(fact.a) | store.MaskOf(fact.b);
  std::vector<bool> linked(facts.size());
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < facts.size(); ++i) {
      const uint64_t m = store.MaskOf(facts[i].fact.a) | store.MaskOf(facts[i].fact.b);
      if (linked[i] || (m & mask) == 0) continue;
      linked[i] = true;
      mask |= m;
      grew = true;
    }
  }
  std::vector<Stated> out;
  for (size_t i = 0; i < facts.size(); ++i) {
    if (linked[i]) out.push_back(facts[i]);
  }
  return out;
}

Conflict Solver::LastConflict() {
  const Stated last = refused;
  const auto refuses = [&] { return !Assume(last.fact, last.cause).ok(); };
  std::vector<Stated> facts = stated_before;
  if (std::vector<Stated> linked = LinkedTo(last.fact, facts); Under(linked, refuses)) {
    facts = std::move(linked);
  }
  return {last, Core(std::move(facts), refuses)};
}

Explanation Solver::Explain(const Fact& fact) {
  Explanation out;
  out.answer = Answer(fact);
  if (out.answer == Tri::kUnknown) return out;
  const auto known = [&] { return Answer(fact) == out.answer; };
  std::vector<Stated> facts = LinkedTo(fact, state.log);
  if (!Under(facts, known)) facts = state.log;
  out.because = Core(std::move(facts), known);
  const auto before = fired;
  Under(out.because, known);
  for (size_t i = 0; i < kRowCount; ++i) {
    if (fired[i] != before[i]) out.rewrites.push_back(static_cast<Rewrite>(i));
  }
  return out;
}

}  // namespace symshape::symbolic
