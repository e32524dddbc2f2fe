// Guess and prove. Truth at the points of a box, kept as bits, tells which facts and which clauses of up to
// three of them hold wherever the condition does, and which few of those clauses together say all that it
// says; a proof by cases then has to show that they do so at every size.
#include "queries/shortest.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "queries/cases.h"

namespace symshape::queries {
namespace {

constexpr size_t kMaxSymbols = 4;
constexpr size_t kMaxPoints = 4000;
constexpr size_t kMaxFacts = 28;    // that clauses are made of
constexpr size_t kMaxClauses = 4;   // in place of one condition
constexpr int64_t kLargestNumber = 100000;

using Bits = std::vector<uint64_t>;

bool Get(const Bits& bits, size_t i) { return (bits[i / 64] >> (i % 64) & 1) != 0; }
void Set(Bits& bits, size_t i) { bits[i / 64] |= uint64_t{1} << (i % 64); }
size_t Count(const Bits& bits) {
  size_t count = 0;
  for (uint64_t word : bits) count += static_cast<size_t>(__builtin_popcountll(word));
  return count;
}
Bits Or(Bits a, const Bits& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] |= b[i];
  return a;
}
bool IsSubset(const Bits& a, const Bits& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] & ~b[i]) != 0) return false;
  }
  return true;
}

struct Candidate {
  Clause clause;
  std::string text;
  Bits truth;
};

class Shortener {
 public:
  Shortener(Context& context, const std::vector<Clauses>& ways, const Clauses& given)
      : context_(context), ways_(ways) {
    for (const Clauses& way : ways) {
      for (const Clause& clause : way) {
        for (const Fact& fact : Spelled(clause)) facts_.push_back(fact);
      }
    }
    symbols_ = SymbolsOf(context, facts_);
    for (const Clause& clause : given) {
      const std::vector<Dim> of = SymbolsOf(context, clause);
      if (absl::c_all_of(of, [&](Dim s) { return absl::c_linear_search(symbols_, s); })) {
        given_.push_back(clause);
      }
    }
  }

  std::optional<Clauses> Run() {
    if (symbols_.empty() || symbols_.size() > kMaxSymbols) return std::nullopt;
    numbers_ = NumbersIn();
    MakePoints();
    if (points_.empty()) return std::nullopt;
    if (!TruthOfWays()) return std::nullopt;
    MakeFacts();
    MakeClauses();
    const std::optional<Clauses> chosen = Cover();
    if (!chosen.has_value() || !IsShorter(*chosen) || !Proved(*chosen)) return std::nullopt;
    return chosen;
  }

 private:
  // Small sizes, and those about the numbers in the condition.
  std::vector<int64_t> SizesOf(const std::set<int64_t>& numbers) const {
    static constexpr int64_t kSmall[] = {0, 400, 24, 9, 5};  // by how many symbols there are
    std::set<int64_t> sizes;
    for (int64_t size = 0; size <= kSmall[symbols_.size()]; ++size) sizes.insert(size);
    for (int64_t number : numbers) {
      for (int64_t near : {number - 1, number, number + 1}) {
        if (near >= 0 && near <= kLargestNumber) sizes.insert(near);
      }
    }
    return {sizes.begin(), sizes.end()};
  }

  // All that stand in the condition's text.
  std::set<int64_t> NumbersIn() const {
    std::set<int64_t> numbers;
    for (const Fact& fact : facts_) {
      const std::string text = context_.Print(fact);
      for (size_t i = 0; i < text.size(); ++i) {
        const bool in_name = i > 0 && (absl::ascii_isalnum(text[i - 1]) || text[i - 1] == '_');
        size_t end = i;
        while (end < text.size() && absl::ascii_isdigit(text[end])) ++end;
        int64_t number = 0;
        if (in_name || !absl::SimpleAtoi(text.substr(i, end - i), &number)) continue;
        numbers.insert(number);
      }
    }
    return numbers;
  }

  // The points of the box at which all that is given holds.
  void MakePoints() {
    std::vector<int64_t> sizes = SizesOf(numbers_);
    size_t count = 1;
    for (size_t i = 0; i < symbols_.size(); ++i) count *= sizes.size();
    while (count > kMaxPoints && sizes.size() > 4) {  // too many: those between the numbers go first
      sizes.erase(sizes.begin() + static_cast<ptrdiff_t>(sizes.size() / 2));
      count = 1;
      for (size_t i = 0; i < symbols_.size(); ++i) count *= sizes.size();
    }
    for (size_t n = 0; n < count; ++n) {
      Bindings point;
      size_t rest = n;
      for (Dim symbol : symbols_) {
        point[std::string(*context_.SymbolName(symbol))] = sizes[rest % sizes.size()];
        rest /= sizes.size();
      }
      if (Holds(context_, given_, point) == Tri::kYes) points_.push_back(std::move(point));
    }
  }

  std::optional<Bits> TruthOf(const Clauses& clauses) const {
    Bits truth((points_.size() + 63) / 64, 0);
    for (size_t i = 0; i < points_.size(); ++i) {
      const Tri holds = Holds(context_, clauses, points_[i]);
      if (holds == Tri::kUnknown) return std::nullopt;
      if (holds == Tri::kYes) Set(truth, i);
    }
    return truth;
  }

  bool TruthOfWays() {
    truth_.assign((points_.size() + 63) / 64, 0);
    for (const Clauses& way : ways_) {
      const std::optional<Bits> truth = TruthOf(way);
      if (!truth.has_value()) return false;
      truth_ = Or(std::move(truth_), *truth);
    }
    return Count(truth_) > 0;
  }

  // A fact that says something, and something new; of two that agree at all points the shorter stays.
  void AddFact(const Fact& fact) {
    if (HasMaximum(context_, fact)) return;
    std::string text = context_.Print(fact);
    if (absl::c_any_of(candidates_, [&](const Candidate& c) { return c.text == text; })) return;
    std::optional<Bits> truth = TruthOf({{fact}});
    if (!truth.has_value()) return;
    const size_t count = Count(*truth);
    if (count == 0 || count == points_.size()) return;
    for (Candidate& c : candidates_) {
      if (c.truth != *truth) continue;
      if (text.size() < c.text.size()) c = {{fact}, std::move(text), std::move(*truth)};
      return;
    }
    candidates_.push_back({{fact}, std::move(text), std::move(*truth)});
  }

  // What the condition's facts come to where it is known which side each maximum takes, those
  // comparisons, and where a single size changes the truth.
  void MakeFacts() {
    for (const Fact& fact : facts_) {
      ForEachCase(context_, {fact}, [&](const Clause& assumed, const Clause& resolved) {
        AddFact(resolved[0]);
        for (const Fact& way : assumed) {
          AddFact(way);
          AddFact({Fact::Kind::kEq, way.a, way.b});
        }
      });
    }
    const Dim zero = Dim::Inline(0), one = Dim::Inline(1);
    for (Dim symbol : symbols_) {
      AddFact({Fact::Kind::kGe, symbol, one});
      AddFact({Fact::Kind::kEq, symbol, zero});
      AddFact({Fact::Kind::kEq, symbol, one});
    }
    if (symbols_.size() == 1) {
      AddThresholds();
      for (int64_t number : numbers_) {
        if (number > 1) AddFact({Fact::Kind::kDivides, context_.Constant(number), symbols_[0]});
      }
    }
    absl::c_stable_sort(candidates_, [](const Candidate& a, const Candidate& b) {
      return a.text.size() < b.text.size();
    });
    if (candidates_.size() > kMaxFacts) candidates_.resize(kMaxFacts);
  }

  void AddThresholds() {
    const std::string name(*context_.SymbolName(symbols_[0]));
    int changes = 0;
    for (size_t i = 0; i + 1 < points_.size() && changes < 4; ++i) {
      if (Get(truth_, i) == Get(truth_, i + 1)) continue;
      ++changes;
      const int64_t last = points_[i].at(name), first = points_[i + 1].at(name);
      AddFact({Fact::Kind::kGe, context_.Constant(last), symbols_[0]});
      AddFact({Fact::Kind::kGe, symbols_[0], context_.Constant(first)});
    }
  }

  // Clauses that the condition implies, none of them longer than it has to be.
  void MakeClauses() {
    const size_t n = candidates_.size();
    const auto add = [&](std::initializer_list<size_t> parts) {
      Candidate joined{{}, "", Bits(truth_.size(), 0)};
      for (size_t part : parts) {
        joined.clause.push_back(candidates_[part].clause[0]);
        joined.truth = Or(std::move(joined.truth), candidates_[part].truth);
      }
      if (!IsSubset(truth_, joined.truth) || Count(joined.truth) == points_.size()) return;
      for (const Candidate& c : clauses_) {
        const bool shorter = absl::c_all_of(
            c.clause, [&](const Fact& f) { return absl::c_linear_search(joined.clause, f); });
        if (shorter) return;
      }
      joined.text = Text(context_, joined.clause);
      clauses_.push_back(std::move(joined));
    };
    for (size_t i = 0; i < n; ++i) add({i});
    for (size_t i = 0; i < n; ++i) {
      for (size_t k = 0; k < i; ++k) add({k, i});
    }
    for (size_t i = 0; i < n; ++i) {
      for (size_t k = 0; k < i; ++k) {
        for (size_t m = 0; m < k; ++m) add({m, k, i});
      }
    }
  }

  // Greedy: the clause that rules out most of what is still to be ruled out, for its length.
  std::optional<Clauses> Cover() const {
    Bits wrong(truth_.size(), 0);
    for (size_t i = 0; i < points_.size(); ++i) {
      if (!Get(truth_, i)) Set(wrong, i);
    }
    Clauses chosen;
    while (Count(wrong) > 0) {
      const Candidate* best = nullptr;
      size_t best_gain = 0;
      for (const Candidate& c : clauses_) {
        size_t gain = 0;
        for (size_t w = 0; w < wrong.size(); ++w) {
          gain += static_cast<size_t>(__builtin_popcountll(wrong[w] & ~c.truth[w]));
        }
        const bool better = best == nullptr || gain > best_gain ||
                            (gain == best_gain && c.text.size() < best->text.size());
        if (gain > 0 && better) best = &c, best_gain = gain;
      }
      if (best == nullptr || chosen.size() == kMaxClauses) return std::nullopt;
      chosen.push_back(best->clause);
      for (size_t w = 0; w < wrong.size(); ++w) wrong[w] &= best->truth[w];
    }
    return chosen;
  }

  bool IsShorter(const Clauses& chosen) const {
    size_t length = 0;
    for (const Clauses& way : ways_) length += Text(context_, way).size();
    return Text(context_, chosen).size() < length;
  }

  // One of several ways is left by every way, so it is proved of each; the other direction needs one
  // clause of each way, in all combinations, to be shown.
  bool Proved(const Clauses& chosen) {
    for (const Clauses& way : ways_) {
      Clauses all = given_;
      all.insert(all.end(), way.begin(), way.end());
      for (const Clause& clause : chosen) {
        if (!FollowsByCases(context_, all, clause)) return false;
      }
    }
    Clauses all = given_;
    all.insert(all.end(), chosen.begin(), chosen.end());
    return ProvedBack(all, 0, {});
  }

  bool ProvedBack(const Clauses& given, size_t way, const Clause& so_far) {
    if (way == ways_.size()) return FollowsByCases(context_, given, so_far);
    return absl::c_all_of(ways_[way], [&](const Clause& clause) {
      Clause longer = so_far;
      longer.insert(longer.end(), clause.begin(), clause.end());
      return ProvedBack(given, way + 1, longer);
    });
  }

  Context& context_;
  const std::vector<Clauses>& ways_;
  Clauses given_;
  Clause facts_;  // all that occur
  std::vector<Dim> symbols_;
  std::set<int64_t> numbers_;
  std::vector<Bindings> points_;
  Bits truth_;  // of the condition
  std::vector<Candidate> candidates_, clauses_;
};

}  // namespace

std::optional<Clauses> Shortest(Context& context, const std::vector<Clauses>& ways,
                                const Clauses& given) {
  return Shortener(context, ways, given).Run();
}

}  // namespace symshape::queries
