// Which few clauses of given facts say what a condition says, as far as their truth at points
// tells. Only bits are looked at: whether they say it at all sizes is for a proof.
#ifndef SYMSHAPE_QUERIES_COVER_H_
#define SYMSHAPE_QUERIES_COVER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace symshape::queries {

using Bits = std::vector<uint64_t>;  // bit i: at point number i

inline bool Get(const Bits& bits, size_t i) { return (bits[i / 64] >> (i % 64) & 1) != 0; }
inline void Set(Bits& bits, size_t i) { bits[i / 64] |= uint64_t{1} << (i % 64); }
size_t Count(const Bits& bits);

class CoverSearch {
 public:
  static constexpr size_t kMaxFacts = 32;
  using Facts = uint32_t;  // of a clause: bit i for the fact that was added as number i

  // The condition's truth at `points` points.
  CoverSearch(const Bits& condition, size_t points);

  // `length`: of its text.
  void AddFact(const Bits& truth, size_t length);

  // From now on covers are made of clauses of up to `longest` facts, no fewer than before: all that
  // the condition implies, none of them longer than it has to be. REQUIRES: no fact is added after.
  void MakeClauses(size_t longest);

  // Clauses of which one fails wherever the condition does. Greedy: the next one is that which rules
  // out most of what is still to be ruled out, for its length or at all. The shorter ones first;
  // nullopt where there are none, or too many.
  std::optional<std::vector<Facts>> Cover(bool for_its_length) const;

 private:
  struct Fact {
    Bits holds;  // at the points where the condition holds
    Bits fails;  // at the others
    size_t length;
  };
  struct Clause {
    Facts facts;
    size_t length;
    Bits fails;  // at the points where the condition does not hold
  };

  void AddClauses(Facts facts, size_t count, size_t next, size_t missing);
  void AddClause(Facts facts, const Bits& fails);
  void DropIdle(std::vector<const Clause*>& chosen) const;

  std::vector<size_t> right_, wrong_;  // points
  std::vector<Fact> facts_;
  std::vector<Clause> clauses_;
  size_t longest_ = 0;  // of them
  std::vector<Bits> open_, failing_;
};

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_COVER_H_
