// Guess and prove. Truth at the points of a box, kept as bits, tells which facts and which clauses
// of up to three of them hold wherever the condition does, and which few of those clauses together
// say all that it says; a proof by cases then has to show that they do so at every size.
#include "queries/shortest.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "queries/cases.h"
#include "queries/cover.h"

namespace symshape::queries {
namespace {

constexpr size_t kMaxSymbols = 4;
constexpr size_t kMaxPoints = 4000;
constexpr size_t kMaxFacts = 28;  // that clauses are made of
static_assert(kMaxFacts <= CoverSearch::kMaxFacts);
constexpr int64_t kMaxModulus = 64;
constexpr int64_t kMaxRests = 64;  // of all sizes together, each of which is a proof of its own
constexpr int64_t kLargestNumber = 100000;

// The sizes at all points, symbol by symbol.
using Columns = std::vector<std::vector<int64_t>>;

Bits Or(Bits a, const Bits& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] |= b[i];
  return a;
}

struct Candidate {
  Fact fact;
  std::string text;
  Bits truth;
};

using Cover = std::vector<CoverSearch::Facts>;

class Shortener {
 public:
  Shortener(Context& context, const std::vector<Clauses>& ways, const Clauses& given)
      : context_(context), ways_(ways) {
    for (const Clauses& way : ways) {
      for (const Clause& clause : way) {
        for (const Fact& fact : Spelled(clause)) {
          if (!absl::c_linear_search(facts_, fact)) facts_.push_back(fact);
        }
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
    if (points_ == 0) return std::nullopt;
    if (!TruthOfWays()) return std::nullopt;
    MakeFacts();
    CoverSearch search(truth_, points_);
    for (const Candidate& c : candidates_) search.AddFact(c.truth, c.text.size());
    for (size_t longest : {3, 4}) {
      search.MakeClauses(longest);
      std::vector<Cover> covers;
      for (const bool for_its_length : {true, false}) {
        auto cover = search.Cover(for_its_length);
        if (cover.has_value()) covers.push_back(*std::move(cover));
      }
      absl::c_stable_sort(
          covers, [this](const Cover& x, const Cover& y) { return LengthOf(x) < LengthOf(y); });
      for (const Cover& cover : covers) {
        if (LengthOf(cover) >= LengthOfWays()) break;
        Clauses clauses = ClausesOf(cover);
        if (Proved(clauses)) return clauses;
      }
    }
    return std::nullopt;
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
      const std::string text = context_.Printed(fact);
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
    while (count > kMaxPoints &&
           sizes.size() > 4) {  // too many: those between the numbers go first
      sizes.erase(sizes.begin() + static_cast<ptrdiff_t>(sizes.size() / 2));
      count = 1;
      for (size_t i = 0; i < symbols_.size(); ++i) count *= sizes.size();
    }
    Columns all(symbols_.size(), std::vector<int64_t>(count));
    for (size_t n = 0; n < count; ++n) {
      size_t rest = n;
      for (std::vector<int64_t>& column : all) {
        column[n] = sizes[rest % sizes.size()];
        rest /= sizes.size();
      }
    }
    columns_.assign(symbols_.size(), {});
    size_t next = 0;
    ForEachBlock(given_, BlocksOf(all), [&](Truth::Block block, size_t points) {
      for (size_t i = 0; i < points; ++i, ++next) {
        if ((block.holds >> i & 1) == 0) continue;
        for (size_t k = 0; k < all.size(); ++k) columns_[k].push_back(all[k][next]);
        ++points_;
      }
      return true;
    });
    blocks_ = BlocksOf(columns_);
  }

  static Columns BlocksOf(const Columns& columns) {
    Columns blocks;
    const size_t points = columns[0].size();
    for (size_t first = 0; first < points; first += Truth::kBlock) {
      const auto count = static_cast<ptrdiff_t>(std::min(points - first, Truth::kBlock));
      std::vector<int64_t>& sizes = blocks.emplace_back();
      for (const std::vector<int64_t>& column : columns) {
        const auto from = column.begin() + static_cast<ptrdiff_t>(first);
        sizes.insert(sizes.end(), from, from + count);
      }
    }
    return blocks;
  }

  // The truth of all clauses at one block of points after another, until `visit` returns false.
  template <typename Visit>
  void ForEachBlock(const Clauses& clauses, const Columns& blocks, Visit visit) const {
    Truth truth(context_, clauses, symbols_);
    for (const std::vector<int64_t>& sizes : blocks) {
      const size_t count = sizes.size() / symbols_.size();
      if (!visit(truth.AtAll(sizes, count), count)) return;
    }
  }

  // nullopt where it is not known at a point.
  std::optional<Bits> TruthOf(const Clauses& clauses) const {
    Bits truth;
    bool known = true;
    ForEachBlock(clauses, blocks_, [&](Truth::Block block, size_t points) {
      truth.push_back(block.holds);
      known = (block.holds | block.fails) == ~uint64_t{0} >> (Truth::kBlock - points);
      return known;
    });
    return known ? std::optional(std::move(truth)) : std::nullopt;
  }

  bool TruthOfWays() {
    truth_.assign((points_ + 63) / 64, 0);
    for (const Clauses& way : ways_) {
      const std::optional<Bits> truth = TruthOf(way);
      if (!truth.has_value()) return false;
      truth_ = Or(std::move(truth_), *truth);
    }
    return Count(truth_) > 0;
  }

  // A fact that says something, and something new; of two that agree at all points the shorter
  // stays.
  void AddFact(const Fact& fact) {
    if (absl::c_linear_search(seen_, fact)) return;
    seen_.push_back(fact);
    if (HasMaximum(context_, fact)) return;
    std::string text = context_.Printed(fact);
    if (absl::c_any_of(candidates_, [&](const Candidate& c) { return c.text == text; })) return;
    std::optional<Bits> truth = TruthOf({{fact}});
    if (!truth.has_value()) return;
    const size_t count = Count(*truth);
    if (count == 0 || count == points_) return;
    for (Candidate& c : candidates_) {
      if (c.truth != *truth) continue;
      if (text.size() < c.text.size()) c = {fact, std::move(text), std::move(*truth)};
      return;
    }
    candidates_.push_back({fact, std::move(text), std::move(*truth)});
  }

  // What the condition's facts come to where it is known which side each maximum takes, those
  // comparisons, and where a single size changes the truth.
  void MakeFacts() {
    context_.Push();
    for (const Clause& clause : given_) {
      if (clause.size() == 1) context_.Assume(clause[0], {}).IgnoreError();
    }
    for (const Fact& fact : facts_) {
      ForEachCase(context_, {fact}, [&](const Clause& assumed, const Clause& resolved) {
        AddFact(resolved[0]);
        for (const Fact& way : assumed) {
          AddFact(way);
          AddFact({Fact::Kind::kEq, way.a, way.b});
        }
      });
    }
    context_.Pop();
    const Dim zero = Dim::Inline(0), one = Dim::Inline(1);
    for (Dim symbol : symbols_) {
      AddFact({Fact::Kind::kGe, symbol, one});
      AddFact({Fact::Kind::kEq, symbol, zero});
      AddFact({Fact::Kind::kEq, symbol, one});
    }
    if (symbols_.size() == 1) AddThresholds();
    AddLimits();
    AddMultiples();
    absl::c_stable_sort(candidates_, [](const Candidate& a, const Candidate& b) {
      return a.text.size() < b.text.size();
    });
    if (candidates_.size() > kMaxFacts) candidates_.resize(kMaxFacts);
  }

  // The least that a size is wherever the condition holds, and the greatest.
  void AddLimits() {
    for (size_t k = 0; k < symbols_.size(); ++k) {
      std::vector<int64_t> sizes;
      for (size_t i = 0; i < points_; ++i) {
        if (Get(truth_, i)) sizes.push_back(columns_[k][i]);
      }
      const auto [least, greatest] = absl::c_minmax_element(sizes);
      AddFact({Fact::Kind::kGe, symbols_[k], context_.Constant(*least)});
      AddFact({Fact::Kind::kGe, context_.Constant(*greatest), symbols_[k]});
    }
  }

  // That a size is a multiple: of what it always is where the condition holds and nothing is empty;
  // where it is the only one, of any number in the condition.
  void AddMultiples() {
    for (size_t k = 0; k < symbols_.size(); ++k) {
      std::set<int64_t> moduli;
      if (symbols_.size() == 1) moduli = numbers_;
      int64_t divisor = 0;
      for (size_t i = 0; i < points_; ++i) {
        if (Get(truth_, i) && !IsEmpty(i)) divisor = std::gcd(divisor, columns_[k][i]);
      }
      if (divisor <= kMaxModulus) moduli.insert(divisor);
      for (int64_t modulus : moduli) {
        if (modulus > 1) AddFact({Fact::Kind::kDivides, context_.Constant(modulus), symbols_[k]});
      }
    }
  }

  bool IsEmpty(size_t point) const {
    return absl::c_any_of(columns_, [&](const auto& column) { return column[point] == 0; });
  }

  void AddThresholds() {
    int changes = 0;
    for (size_t i = 0; i + 1 < points_ && changes < 4; ++i) {
      if (Get(truth_, i) == Get(truth_, i + 1)) continue;
      ++changes;
      const int64_t last = columns_[0][i], first = columns_[0][i + 1];
      AddFact({Fact::Kind::kGe, context_.Constant(last), symbols_[0]});
      AddFact({Fact::Kind::kGe, symbols_[0], context_.Constant(first)});
    }
  }

  Clauses ClausesOf(const Cover& cover) const {
    Clauses clauses;
    for (CoverSearch::Facts facts : cover) {
      Clause& clause = clauses.emplace_back();
      for (; facts != 0; facts &= facts - 1) {
        clause.push_back(candidates_[static_cast<size_t>(std::countr_zero(facts))].fact);
      }
    }
    return clauses;
  }

  // Of its text.
  size_t LengthOf(const Cover& cover) const {
    if (cover.empty()) return 0;
    size_t length = strlen(" and ") * (cover.size() - 1);
    for (CoverSearch::Facts facts : cover) {
      const auto count = static_cast<size_t>(std::popcount(facts));
      length += strlen(" or ") * (count - 1) + (count > 1 && cover.size() > 1 ? strlen("()") : 0);
      for (; facts != 0; facts &= facts - 1) {
        length += candidates_[static_cast<size_t>(std::countr_zero(facts))].text.size();
      }
    }
    return length;
  }

  size_t LengthOfWays() {
    if (length_of_ways_ == 0) {
      for (const Clauses& way : ways_) length_of_ways_ += TextKept(context_, way).size();
    }
    return length_of_ways_;
  }

  // As it is, or for each rest that the sizes leave when they are divided by what the clauses
  // chosen say that they are multiples of.
  bool Proved(const Clauses& chosen) {
    if (ProvedOf(ways_, given_, chosen)) return true;
    std::vector<std::pair<Dim, int64_t>> moduli;
    for (const Clause& clause : chosen) {
      for (const Fact& fact : clause) {
        const std::optional<int64_t> modulus = context_.ConstantOf(fact.a);
        const std::pair divided(fact.b, modulus.value_or(0));
        if (fact.kind != Fact::Kind::kDivides || !modulus.has_value() ||
            !absl::c_linear_search(symbols_, fact.b) || absl::c_linear_search(moduli, divided)) {
          continue;
        }
        moduli.push_back(divided);
      }
    }
    int64_t rests = 1;
    for (const auto& [symbol, modulus] : moduli) rests *= modulus;
    return !moduli.empty() && rests <= kMaxRests && ProvedOfRests(ways_, given_, chosen, moduli);
  }

  bool ProvedOfRests(const std::vector<Clauses>& ways, const Clauses& given, const Clauses& chosen,
                     absl::Span<const std::pair<Dim, int64_t>> moduli) {
    if (moduli.empty()) return ProvedOf(ways, given, chosen);
    const auto& [symbol, modulus] = moduli[0];
    const Dim multiple = context_.Mul(context_.Constant(modulus), context_.Fresh("times"));
    for (int64_t rest = 0; rest < modulus; ++rest) {
      const Dim size = context_.Add(multiple, context_.Constant(rest));
      const auto at = [&, s = symbol](const Clauses& clauses) {
        Clauses result;
        for (const Clause& clause : clauses) {
          result.push_back(Substituted(context_, clause, s, size));
        }
        return result;
      };
      std::vector<Clauses> ways_at;
      for (const Clauses& way : ways) ways_at.push_back(at(way));
      if (!ProvedOfRests(ways_at, at(given), at(chosen), moduli.subspan(1))) return false;
    }
    return true;
  }

  // One of several ways is left by every way, so it is proved of each; the other direction needs
  // one clause of each way, in all combinations, to be shown.
  bool ProvedOf(const std::vector<Clauses>& ways, const Clauses& given, const Clauses& chosen) {
    for (const Clauses& way : ways) {
      Clauses all = given;
      all.insert(all.end(), way.begin(), way.end());
      for (const Clause& clause : chosen) {
        if (!FollowsByCases(context_, all, clause)) return false;
        all.push_back(clause);
      }
    }
    Clauses all = given;
    all.insert(all.end(), chosen.begin(), chosen.end());
    return ProvedBack(ways, all, {});
  }

  bool ProvedBack(absl::Span<const Clauses> ways, const Clauses& given, const Clause& so_far) {
    if (ways.empty()) return FollowsByCases(context_, given, so_far);
    return absl::c_all_of(ways[0], [&](const Clause& clause) {
      Clause longer = so_far;
      longer.insert(longer.end(), clause.begin(), clause.end());
      return ProvedBack(ways.subspan(1), given, longer);
    });
  }

  Context& context_;
  const std::vector<Clauses>& ways_;
  Clauses given_;
  Clause facts_;  // all that occur
  Clause seen_;   // which were candidates
  std::vector<Dim> symbols_;
  std::set<int64_t> numbers_;
  size_t length_of_ways_ = 0;  // of their text, once it is asked for
  size_t points_ = 0;          // how many there are
  Columns columns_;
  Columns blocks_;  // of the points, each as Truth::AtAll takes it
  Bits truth_;      // of the condition
  std::vector<Candidate> candidates_;
};

}  // namespace

std::optional<Clauses> Shortest(Context& context, const std::vector<Clauses>& ways,
                                const Clauses& given) {
  return Shortener(context, ways, given).Run();
}

}  // namespace symshape::queries
