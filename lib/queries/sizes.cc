#include "queries/sizes.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "queries/cases.h"

namespace symshape::queries {
namespace {

constexpr int kFutile = 40;  // draws in a row that give nothing new, until larger sizes are drawn
constexpr int64_t kReach = 4096;  // the largest that is drawn; how far a nearest size is looked for

// Lets the algebra draw sizes (Context::Sample): it knows all conditions, so that each size that is
// chosen narrows the others. Of a condition with several ways each draw takes one.
class Draws {
 public:
  Draws(const Contract& contract, const SizesOptions& options)
      : contract_(contract),
        options_(options),
        context_(contract.context().Fork()),
        random_(options.seed),
        largest_(options.largest) {
    for (Dim symbol : contract.symbols()) Know(AtLeast(symbol, options.smallest));
    for (const Fact& fact : options.also) Know(fact);
    for (const Condition& condition : contract.conditions()) Know(condition);
  }

  std::vector<SizeMap> Run() {
    if (impossible_) return {};
    Add(Draw(0, {}));
    AddEdges();
    int futile = 0;
    for (uint64_t seed = 1; !enough() && largest_ <= kReach; ++seed) {
      const Clause pins = futile % 2 == 1 ? Multiples() : Clause();
      const bool is_new = Add(Draw(seed < 4 ? seed : seed + 1000 * options_.seed, pins));
      futile = is_new ? 0 : futile + 1;
      if (futile < kFutile) continue;
      largest_ *= 4;
      futile = 0;
    }
    return std::move(found_);
  }

 private:
  bool enough() const { return static_cast<int>(found_.size()) >= options_.count; }

  Fact AtLeast(Dim a, int64_t b) { return {Fact::Kind::kGe, a, context_.Constant(b)}; }
  Fact AtMost(Dim a, int64_t b) { return {Fact::Kind::kGe, context_.Constant(b), a}; }
  bool Assume(const Fact& fact) { return context_.Assume(fact, {}).ok(); }

  void Know(const Fact& fact) {
    impossible_ = !Assume(fact) || impossible_;
    const int64_t divisor =
        fact.kind == Fact::Kind::kDivides ? context_.ConstantOf(fact.a).value_or(0) : 0;
    if (divisor < 1 || divisor > kReach) return;
    const auto known = absl::c_find_if(divided_, [&](const auto& d) { return d.first == fact.b; });
    if (known == divided_.end()) {
      divided_.emplace_back(fact.b, divisor);
    } else {
      known->second = std::min(kReach, std::lcm(known->second, divisor));
    }
  }

  // Chance rarely meets a multiple: random ones of all that has to be one.
  Clause Multiples() {
    Clause pins;
    for (const auto& [dim, divisor] : divided_) {
      const auto count = static_cast<uint64_t>(std::max<int64_t>(1, largest_ / divisor));
      const auto multiple = divisor * static_cast<int64_t>(1 + random_() % count);
      pins.push_back({Fact::Kind::kEq, dim, context_.Constant(multiple)});
    }
    return pins;
  }

  void Know(const Condition& condition) {
    std::vector<Clauses> ways;
    for (Clauses way : condition.ways) {
      for (Clause& clause : way) clause = Spelled(clause);
      ways.push_back(std::move(way));
    }
    const bool single = ways.size() == 1 && ways[0].size() == 1 && ways[0][0].size() == 1;
    if (single) {
      Know(ways[0][0][0]);
    } else {
      open_.push_back(std::move(ways));
    }
  }

  // Each symbol at its least and at its greatest, the others as small as they can be.
  void AddEdges() {
    for (Dim symbol : contract_.symbols()) {
      const Interval bounds = context_.Bounds(symbol);
      for (int64_t edge :
           {bounds.lo, std::min(bounds.hi, std::max(bounds.lo, largest_)), bounds.hi}) {
        if (edge > kReach || enough()) continue;
        Add(Draw(0, {Fact{Fact::Kind::kEq, symbol, context_.Constant(edge)}}));
      }
    }
  }

  bool Add(const std::optional<SizeMap>& sizes) {
    if (!sizes.has_value() || enough() || !seen_.insert(*sizes).second) return false;
    found_.push_back(*sizes);
    return true;
  }

  // Sizes of no more than largest_, where they can be, at which all of `pins` hold.
  std::optional<SizeMap> Draw(uint64_t seed, const Clause& pins) {
    std::optional<SizeMap> sizes;
    context_.Push();
    depth_ = 1;
    if (absl::c_all_of(pins, [&](const Fact& pin) { return Assume(pin); })) {
      if (absl::c_all_of(open_, [&](const auto& ways) { return TakeOne(ways, seed == 0); })) {
        context_.Push();
        for (Dim symbol : contract_.symbols()) Assume(AtMost(symbol, largest_));
        sizes = Sampled(seed);
        context_.Pop();
        if (!sizes.has_value()) sizes = Sampled(seed);
      }
    }
    for (; depth_ > 0; --depth_) context_.Pop();
    return sizes;
  }

  // Assumes one way that nothing contradicts; the scopes stay open until the draw ends.
  bool TakeOne(const std::vector<Clauses>& ways, bool in_order) {
    const size_t first = in_order ? 0 : random_() % ways.size();
    for (size_t i = 0; i < ways.size(); ++i) {
      const Clauses& way = ways[(first + i) % ways.size()];
      context_.Push();
      if (absl::c_all_of(way, [&](const Clause& c) { return TakeOne(c, in_order); })) {
        ++depth_;
        return true;
      }
      context_.Pop();
    }
    return false;
  }
  bool TakeOne(const Clause& clause, bool in_order) {
    const size_t first = in_order ? 0 : random_() % clause.size();
    for (size_t i = 0; i < clause.size(); ++i) {
      if (Assume(clause[(first + i) % clause.size()])) return true;
    }
    return false;
  }

  std::optional<SizeMap> Sampled(uint64_t seed) {
    const absl::StatusOr<Bindings> sample = context_.Sample(seed);
    if (!sample.ok()) return std::nullopt;
    SizeMap sizes;
    for (Dim symbol : contract_.symbols()) {
      const std::string name(*context_.SymbolName(symbol));
      sizes[name] = sample->at(name);
    }
    const Bindings at(sizes.begin(), sizes.end());
    const bool legal = absl::c_all_of(contract_.conditions(), [&](const Condition& c) {
      return contract_.Holds(c, at) == Tri::kYes;
    });
    return legal ? std::optional<SizeMap>(sizes) : std::nullopt;
  }

  const Contract& contract_;
  const SizesOptions& options_;
  Context context_;
  std::mt19937_64 random_;
  int64_t largest_;
  bool impossible_ = false;
  int depth_ = 0;                                 // scopes of the draw
  std::vector<std::pair<Dim, int64_t>> divided_;  // what has to be a multiple, and of what
  std::vector<std::vector<Clauses>> open_;        // conditions of several ways
  std::vector<SizeMap> found_;
  std::set<SizeMap> seen_;
};

// How often 2 divides it: of several sizes the roundest is the one that somebody chose.
int Roundness(int64_t size) {
  int twos = 0;
  for (; size > 0 && size % 2 == 0; size /= 2) ++twos;
  return twos;
}

bool AllHold(const Context& context, const Clause& facts, const Bindings& sizes) {
  return absl::c_all_of(facts,
                        [&](const Fact& f) { return Holds(context, f, sizes) == Tri::kYes; });
}

}  // namespace

std::vector<SizeMap> LegalSizes(const Contract& contract, const SizesOptions& options) {
  return Draws(contract, options).Run();
}

std::vector<Nearest> NearestLegal(const Contract& contract, const SizeMap& sizes) {
  Bindings at(sizes.begin(), sizes.end());
  const auto legal = [&] {
    return absl::c_none_of(contract.conditions(), [&](const Condition& condition) {
      return contract.Holds(condition, at) == Tri::kNo;
    });
  };
  std::vector<Nearest> result;
  for (const auto& [name, size] : sizes) {
    Nearest nearest{name, {}, {}};
    for (int64_t step = 1; step <= kReach && !(nearest.below && nearest.above); ++step) {
      if (!nearest.below && size >= step) {
        at[name] = size - step;
        if (legal()) nearest.below = size - step;
      }
      if (!nearest.above) {
        at[name] = size + step;
        if (legal()) nearest.above = size + step;
      }
    }
    at[name] = size;
    if (nearest.below || nearest.above) result.push_back(std::move(nearest));
  }
  return result;
}

// Greedily: each symbol in turn gets the nearest size at which the most conditions hold.
std::optional<SizeMap> LegalNearby(const Contract& contract, const SizeMap& sizes) {
  Bindings at(sizes.begin(), sizes.end());
  const auto broken = [&] {
    return absl::c_count_if(contract.conditions(), [&](const Condition& condition) {
      return contract.Holds(condition, at) == Tri::kNo;
    });
  };
  auto least = broken();
  for (const auto& [name, size] : sizes) {
    int64_t best = size;
    for (int64_t step = 1; step <= kReach && least > 0; ++step) {
      for (int64_t changed : {size - step, size + step}) {
        if (changed < 0) continue;
        at[name] = changed;
        const auto now = broken();
        if (now >= least) continue;
        least = now;
        best = changed;
      }
    }
    at[name] = best;
  }
  return least == 0 ? std::optional<SizeMap>(SizeMap(at.begin(), at.end())) : std::nullopt;
}

// Facts of one symbol tell it; symbols that only occur together are tried equal.
std::optional<SizeMap> Example(const Context& context, const Clause& facts) {
  Bindings sizes;
  const auto choose = [&](const std::vector<Dim>& symbols, const Clause& of) {
    int roundest = -1;
    int64_t best = 0;
    for (int64_t size = 0; size <= kReach; ++size) {
      for (Dim symbol : symbols) sizes[std::string(*context.SymbolName(symbol))] = size;
      if (AllHold(context, of, sizes) && Roundness(size) > roundest) {
        roundest = Roundness(size);
        best = size;
      }
    }
    for (Dim symbol : symbols) sizes[std::string(*context.SymbolName(symbol))] = best;
    return roundest >= 0;
  };
  Clause alone, together;
  for (const Fact& fact : facts) {
    (SymbolsOf(context, {fact}).size() <= 1 ? alone : together).push_back(fact);
  }
  for (Dim symbol : SymbolsOf(context, alone)) {
    Clause of;
    for (const Fact& fact : alone) {
      if (absl::c_linear_search(SymbolsOf(context, {fact}), symbol)) of.push_back(fact);
    }
    if (!choose({symbol}, of)) return std::nullopt;
  }
  std::vector<Dim> open;
  for (Dim symbol : SymbolsOf(context, together)) {
    if (!sizes.contains(std::string(*context.SymbolName(symbol)))) open.push_back(symbol);
  }
  if (!together.empty() && !choose(open, together)) return std::nullopt;
  if (!AllHold(context, facts, sizes)) return std::nullopt;
  return SizeMap(sizes.begin(), sizes.end());
}

}  // namespace symshape::queries
