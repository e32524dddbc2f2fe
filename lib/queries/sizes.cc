#include "queries/sizes.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace symshape::queries {
namespace {

using symbolic::Bindings;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

constexpr int kRepairs = 40;        // steps from a guess to a legal one
constexpr int kTriesPerSize = 30;   // guesses for each size that is asked for
constexpr int64_t kReach = 4096;    // how far a nearest size is looked for
constexpr int64_t kLargestNumber = 100000;

// The numbers that stand in the conditions: what happens at a size mostly happens beside one of them.
std::set<int64_t> NumbersOf(const Contract& contract) {
  std::set<int64_t> numbers;
  for (const Condition& condition : contract.conditions()) {
    const std::string& text = condition.when;
    for (size_t i = 0; i < text.size();) {
      size_t end = i;
      while (end < text.size() && absl::ascii_isdigit(text[end])) ++end;
      const bool in_name = i > 0 && (absl::ascii_isalnum(text[i - 1]) || text[i - 1] == '_');
      int64_t number = 0;
      if (end > i && !in_name && absl::SimpleAtoi(text.substr(i, end - i), &number) &&
          number <= kLargestNumber) {
        numbers.insert(number);
      }
      i = std::max(end, i + 1);
    }
  }
  return numbers;
}

std::vector<Dim> SymbolsIn(const Contract& contract, const Condition& condition) {
  std::vector<Dim> symbols;
  for (const Clauses& way : condition.ways) {
    for (const Clause& clause : way) {
      for (Dim symbol : queries::SymbolsOf(contract.context(), clause)) {
        if (!absl::c_linear_search(symbols, symbol)) symbols.push_back(symbol);
      }
    }
  }
  return symbols;
}

// Walks from a guess towards sizes at which no condition is false.
class Search {
 public:
  Search(const Contract& contract, const SizesOptions& options)
      : contract_(contract), options_(options), random_(options.seed) {
    for (Dim symbol : contract.symbols()) {
      names_.emplace_back(*contract.context().SymbolName(symbol));
    }
    candidates_ = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 63, 64};
    std::erase_if(candidates_, [&](int64_t size) { return size > options.largest; });
    if (options.smallest == 0) candidates_.push_back(0);
    for (int64_t number : NumbersOf(contract)) {
      for (int64_t near : {number - 1, number, number + 1, 2 * number, 3 * number}) {
        if (near >= options.smallest) candidates_.push_back(near);
      }
    }
    absl::c_sort(candidates_);
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
  }

  std::vector<SizeMap> Run() {
    AddSmallest();
    AddEdges();
    for (int tries = options_.count * kTriesPerSize; tries > 0 && !enough(); --tries) {
      Bindings guess;
      for (const std::string& name : names_) guess[name] = Pick(candidates_);
      if (Repair(guess, "")) Add(guess);
    }
    return std::move(found_);
  }

 private:
  bool enough() const { return static_cast<int>(found_.size()) >= options_.count; }

  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[std::uniform_int_distribution<size_t>(0, from.size() - 1)(random_)];
  }

  void Add(const Bindings& sizes) {
    SizeMap ordered(sizes.begin(), sizes.end());
    if (!enough() && seen_.insert(ordered).second) found_.push_back(std::move(ordered));
  }

  void AddSmallest() {
    for (int tries = 0; tries < kTriesPerSize && found_.empty(); ++tries) {
      Bindings guess;
      for (const std::string& name : names_) {
        guess[name] = tries == 0 ? candidates_.front() : Pick(candidates_);
      }
      if (!Repair(guess, "")) continue;
      Shrink(guess);
      Add(guess);
    }
  }

  // Each symbol as small as the others allow, one after the other.
  void Shrink(Bindings& sizes) {
    for (const std::string& name : names_) {
      const int64_t now = sizes[name];
      for (int64_t size : candidates_) {
        if (size >= now) break;
        sizes[name] = size;
        if (Broken(sizes).empty()) break;
        sizes[name] = now;
      }
    }
  }

  // One symbol at the first and last sizes at which the others can follow.
  void AddEdges() {
    if (found_.empty()) return;
    const SizeMap smallest = found_[0];
    std::vector<int64_t> downwards(candidates_.rbegin(), candidates_.rend());
    for (const std::string& name : names_) {
      for (const std::vector<int64_t>* order : {&candidates_, &downwards}) {
        for (int64_t size : *order) {
          Bindings sizes(smallest.begin(), smallest.end());
          sizes[name] = size;
          if (!Repair(sizes, name)) continue;
          Add(sizes);
          break;
        }
      }
    }
  }

  std::vector<const Condition*> Broken(const Bindings& sizes) const {
    std::vector<const Condition*> broken;
    for (const Condition& condition : contract_.conditions()) {
      if (contract_.Holds(condition, sizes) != Tri::kYes) broken.push_back(&condition);
    }
    return broken;
  }

  // Changes sizes, but that of `fixed`, until nothing is false.
  bool Repair(Bindings& sizes, const std::string& fixed) {
    for (int step = 0; step < kRepairs; ++step) {
      const std::vector<const Condition*> broken = Broken(sizes);
      if (broken.empty()) return true;
      if (!Improve(*Pick(broken), fixed, sizes)) return false;
    }
    return false;
  }

  // The one change of a size in the condition after which least is false; sometimes any that mends it.
  bool Improve(const Condition& condition, const std::string& fixed, Bindings& sizes) {
    std::vector<std::pair<std::string, int64_t>> best;
    size_t least = SIZE_MAX;
    for (Dim symbol : SymbolsIn(contract_, condition)) {
      const std::string name(*contract_.context().SymbolName(symbol));
      if (name == fixed) continue;
      const int64_t now = sizes[name];
      std::vector<int64_t> moves = candidates_;
      for (int64_t solved : Solutions(condition, name, sizes)) moves.push_back(solved);
      for (int64_t size : moves) {
        if (size == now) continue;
        sizes[name] = size;
        if (contract_.Holds(condition, sizes) == Tri::kYes) {
          const size_t remain = Broken(sizes).size();
          if (remain < least) best.clear();
          least = std::min(least, remain);
          if (remain == least) best.emplace_back(name, size);
        }
      }
      sizes[name] = now;
    }
    if (best.empty()) return false;
    const auto& [name, size] = Pick(best);
    sizes[name] = size;
    return true;
  }

  // Where a fact's sides would meet if they were linear in the symbol.
  std::vector<int64_t> Solutions(const Condition& condition, const std::string& name,
                                 Bindings sizes) const {
    std::vector<int64_t> solutions;
    const int64_t now = sizes[name];
    for (const Clauses& way : condition.ways) {
      for (const Clause& clause : way) {
        for (const Fact& fact : clause) {
          sizes[name] = now;
          const std::optional<int64_t> here = Difference(fact, sizes);
          sizes[name] = now + 1;
          const std::optional<int64_t> next = Difference(fact, sizes);
          if (!here || !next || *next == *here || *here % (*next - *here) != 0) continue;
          const int64_t solved = now - *here / (*next - *here);
          if (solved >= options_.smallest && solved <= kLargestNumber) solutions.push_back(solved);
        }
      }
    }
    return solutions;
  }

  std::optional<int64_t> Difference(const Fact& fact, const Bindings& sizes) const {
    const std::optional<int64_t> a = contract_.context().Evaluate(fact.a, sizes);
    const std::optional<int64_t> b = contract_.context().Evaluate(fact.b, sizes);
    if (!a || !b || std::abs(*a) > INT64_MAX / 4 || std::abs(*b) > INT64_MAX / 4) {
      return std::nullopt;
    }
    return *a - *b;
  }

  const Contract& contract_;
  const SizesOptions options_;
  std::mt19937_64 random_;
  std::vector<std::string> names_;
  std::vector<int64_t> candidates_;
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
  return absl::c_all_of(facts, [&](const Fact& f) { return Holds(context, f, sizes) == Tri::kYes; });
}

}  // namespace

std::vector<SizeMap> LegalSizes(const Contract& contract, const SizesOptions& options) {
  return Search(contract, options).Run();
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
