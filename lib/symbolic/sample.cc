// Sizes that satisfy all facts: each symbol in turn gets a value, of which the solver draws what
// follows for the others; a value that it refuses is replaced by the next, and a dead end is left
// by starting again in another order. What was found is checked by evaluation.
#include <algorithm>
#include <iterator>
#include <utility>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxSteps = 4000;  // values tried
constexpr int64_t kFar = 4096;   // from the least value, where there is no largest
constexpr uint64_t kMaxAttempts = 64;
constexpr int64_t kPrimes[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};

uint64_t Mix(uint64_t x) {  // SplitMix64, public domain: the same on every machine
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// The order in which values are tried for the nth symbol; the first few seeds are the edges.
enum class First : uint8_t { kLeast, kOne, kPrime, kLimit, kRandom };

First FirstOf(uint64_t seed, uint64_t nth) {
  if (seed < 4) return static_cast<First>(seed);
  return static_cast<First>(Mix(seed * 1000003 + nth) % 5);
}

std::vector<int64_t> Candidates(Interval domain, Congruence c, uint64_t seed, uint64_t nth) {
  const int64_t lo = domain.lo == Interval::kMinusInf ? -64 : domain.lo;
  int64_t hi = domain.hi;
  if (hi == Interval::kPlusInf && !AddOk(std::max<int64_t>(lo, 0), kFar, &hi)) {
    hi = Interval::kPlusInf;
  }
  std::vector<int64_t> out;
  // The first value from v on that has the symbol's residue.
  const auto add = [&](int64_t v) {
    v = std::clamp(v, lo, hi);
    if (c.modulus > 1) {
      const int64_t up = ModInt(c.remainder - ModInt(v, c.modulus), c.modulus);
      if (!AddOk(v, up, &v)) return;
    }
    if (v >= lo && v <= hi && std::find(out.begin(), out.end(), v) == out.end()) out.push_back(v);
  };
  const uint64_t width = static_cast<uint64_t>(hi) - static_cast<uint64_t>(lo);
  const auto at = [&](uint64_t offset) {
    return static_cast<int64_t>(static_cast<uint64_t>(lo) + offset);
  };
  switch (FirstOf(seed, nth)) {
    case First::kLeast:
      break;
    case First::kOne:
      add(1);
      break;
    case First::kPrime:
      add(kPrimes[(nth + seed) % std::size(kPrimes)]);
      break;
    case First::kLimit:
      add(domain.hi == Interval::kPlusInf ? lo : hi);
      break;
    case First::kRandom:
      if (width == 0) break;
      for (uint64_t span : {8, 64})
        add(at(Mix(seed ^ Mix(nth + span)) % std::min(width, span) + 1));
      break;
  }
  for (uint64_t i = 0; i < 12; ++i) add(at(std::min(i, width)));
  for (int64_t p : kPrimes) add(p);
  for (int64_t p = 16; p <= 4096; p *= 2) add(p);
  for (uint64_t i = 0; i < 3; ++i) add(at(width - std::min(i, width)));
  for (uint64_t i = 0; i < 8 && width > 0; ++i) add(at(Mix(seed * 31 + nth * 7 + i) % width));
  return out;
}

// One search. The solver's state is put back at the end.
class Search {
 public:
  Search(Solver& solver, uint64_t seed) : s_(solver), seed_(seed), facts_(solver.state.log) {}

  std::optional<Bindings> Run() {
    const std::deque<SymbolInfo>& symbols = s_.store.symbols();
    for (uint32_t i = 0; i < symbols.size(); ++i) {
      if (symbols[i].op == 0) open_.push_back(i);
    }
    std::optional<Bindings> found;
    for (uint64_t attempt = 0; !found && steps_ <= kMaxSteps && attempt < kMaxAttempts; ++attempt) {
      s_.Push();
      if (Assign(attempt == 0 ? seed_ : Mix(seed_ + attempt) | 4)) found = Read();
      s_.Pop();
    }
    return found;
  }

 private:
  Dim SymbolDim(uint32_t i) const { return s_.store.atom(s_.store.symbols()[i].atom).dim; }

  // Gives each symbol a value that the solver does not refuse; false at a dead end.
  bool Assign(uint64_t seed) {
    for (size_t nth = 0; nth < open_.size(); ++nth) {
      const Dim symbol = SymbolDim(open_[nth]);
      if (s_.Resolve(symbol) != symbol) continue;  // settled, or written by symbols that come later
      const SymbolState known = s_.StateOf(open_[nth]);
      bool taken = false;
      for (int64_t value : Candidates(known.domain, known.congruence, seed, nth)) {
        if (++steps_ > kMaxSteps) return false;
        taken = s_.Assume({Fact::Kind::kEq, symbol, s_.Constant(value)}, {}).ok();
        if (taken) break;
      }
      if (!taken) return false;
    }
    return true;
  }

  // The sizes, if every fact holds there: the solver need not have drawn all that follows.
  std::optional<Bindings> Read() {
    Bindings sizes;
    for (uint32_t i : open_) {
      const std::optional<int64_t> value = s_.Evaluate(s_.Resolve(SymbolDim(i)), sizes);
      if (!value) return std::nullopt;
      const Interval declared = s_.store.symbols()[i].declared;
      if (*value < declared.lo || *value > declared.hi) return std::nullopt;
      sizes[s_.store.symbols()[i].name] = *value;
    }
    for (const Stated& stated : facts_) {
      const auto a = s_.Evaluate(stated.fact.a, sizes), b = s_.Evaluate(stated.fact.b, sizes);
      if (!a || !b || !Holds(stated.fact.kind, *a, *b)) return std::nullopt;
    }
    return sizes;
  }

  Solver& s_;
  const uint64_t seed_;
  const std::vector<Stated> facts_;
  std::vector<uint32_t> open_;
  int steps_ = 0;
};

}  // namespace

absl::StatusOr<Bindings> Solver::Sample(uint64_t seed) {
  if (std::optional<Bindings> found = Search(*this, seed).Run()) return *found;
  return absl::NotFoundError("no sizes were found that satisfy all facts");
}

}  // namespace symshape::symbolic
