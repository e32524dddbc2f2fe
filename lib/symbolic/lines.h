// Lines: a function of one size n >= 0 made of sums, quotients by numbers and maxima, in a form in
// which it is known at all sizes at once. For each rest of n modulo a period it is one line after
// the other in t, where n = period*t + rest.
#ifndef SYMSHAPE_SYMBOLIC_LINES_H_
#define SYMSHAPE_SYMBOLIC_LINES_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "symbolic/checked.h"

namespace symshape::symbolic {

class Lines {
 public:
  static Lines Constant(int64_t value);
  static Lines Size();                            // n itself
  static Lines IsWithin(int64_t lo, int64_t hi);  // 1 where n is, else 0. REQUIRES: 0 <= lo <= hi
  // 1 where n % modulus == rest, else 0. nullopt where the modulus is too large.
  // REQUIRES: 0 <= rest < modulus
  static std::optional<Lines> IsCongruent(int64_t modulus, int64_t rest);

  // nullopt of all that follow: a number does not fit int64, or there are too many lines.
  static std::optional<Lines> Sum(const Lines& a, const Lines& b, int64_t factor);  // a + factor*b
  static std::optional<Lines> FloorDiv(const Lines& a, int64_t divisor);  // REQUIRES: divisor >= 1
  static std::optional<Lines> Max(const Lines& a, const Lines& b);
  static std::optional<Lines> Product(const Lines& a, const Lines& b);  // REQUIRES: of 0 and 1 each
  std::optional<Lines> IsAtLeastZero() const;                           // 1 where it is, else 0

  // Whether it is below 0, or 0, at a size where `where`, of 0 and 1, is 1.
  std::optional<bool> IsAnyBelowZero(const Lines& where) const;
  std::optional<bool> IsAnyZero(const Lines& where) const;

  // Of 0 and 1: the sizes from `lo` on where it is 1, if they are all from one to another; max()
  // where there is no end. nullopt also where they are not, or there are none.
  struct Range {
    int64_t first, last;
  };
  std::optional<Range> OnesFrom(int64_t lo) const;

  int128 At(int64_t n) const;                 // REQUIRES: n >= 0
  std::optional<int64_t> AsConstant() const;  // where it is one
  size_t pieces() const { return pieces_.size(); }

 private:
  static constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
  static constexpr int64_t kMaxPeriod = 1024;
  static constexpr size_t kMaxPieces = 4096;

  struct Piece {
    int64_t first;        // t
    int64_t base, slope;  // the value is base + slope*t
  };

  class Cursor;

  explicit Lines(int64_t period) : period_(period) {}
  void StartRest() { starts_.push_back(static_cast<uint32_t>(pieces_.size())); }
  void Add(int64_t first, int64_t base, int64_t slope);
  bool IsTooLong() const { return pieces_.size() > kMaxPieces; }

  // visit(piece of a, piece of b, first t, t where one of them ends), both of one period, until it
  // returns false, which is returned then. start() before each rest.
  template <typename Start, typename Visit>
  static std::optional<bool> Zip(const Lines& a, const Lines& b, Start start, Visit visit);
  // combine(out, and the same) adds to `out`; false where it cannot.
  template <typename Combine>
  static std::optional<Lines> Combined(const Lines& a, const Lines& b, Combine combine);
  // Whether a line where `where` is 1, from its first t to its end, meets the condition.
  template <typename Meets>
  std::optional<bool> IsAny(const Lines& where, Meets meets) const;

  int64_t period_;
  std::vector<uint32_t> starts_;  // by rest: its first piece
  std::vector<Piece> pieces_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_LINES_H_
