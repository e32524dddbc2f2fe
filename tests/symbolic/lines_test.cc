#include "symbolic/lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace symshape::symbolic {
namespace {

// A random function of n, as lines and as itself.
struct Function {
  Lines lines;
  std::function<int128(int64_t)> at;
};

class Functions {
 public:
  explicit Functions(uint64_t seed) : random_(seed) {}

  // nullopt where the lines are too many.
  std::optional<Function> Make(int depth) {
    if (depth == 0) {
      if (Below(2) == 0) return Function{Lines::Size(), [](int64_t n) { return int128{n}; }};
      const int64_t c = Below(60) - 20;
      return Function{Lines::Constant(c), [c](int64_t) { return int128{c}; }};
    }
    const std::optional<Function> a = Make(depth - 1);
    if (!a.has_value()) return std::nullopt;
    if (Below(3) == 0) {
      const int64_t d = 1 + Below(9);
      return Of(Lines::FloorDiv(a->lines, d),
                [f = a->at, d](int64_t n) { return FloorDivWide(f(n), d); });
    }
    const std::optional<Function> b = Make(Below(depth));
    if (!b.has_value()) return std::nullopt;
    if (Below(2) == 0) {
      return Of(Lines::Max(a->lines, b->lines),
                [f = a->at, g = b->at](int64_t n) { return std::max(f(n), g(n)); });
    }
    const int64_t factor = Below(9) - 4;
    return Of(Lines::Sum(a->lines, b->lines, factor),
              [f = a->at, g = b->at, factor](int64_t n) { return f(n) + factor * g(n); });
  }

 private:
  static std::optional<Function> Of(std::optional<Lines> lines, std::function<int128(int64_t)> at) {
    if (!lines.has_value()) return std::nullopt;
    return Function{*std::move(lines), std::move(at)};
  }
  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }

  std::mt19937_64 random_;
};

constexpr int64_t kFar[] = {1000, 1001, 12345, 99991, 1000000, 1234567890, int64_t{1} << 40};

TEST(Lines, AreTheFunction) {
  int made = 0;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    const std::optional<Function> f = Functions(seed).Make(5);
    if (!f.has_value()) continue;
    ++made;
    const std::optional<Lines> sign = f->lines.IsAtLeastZero();
    const auto check = [&](int64_t n) {
      ASSERT_TRUE(f->lines.At(n) == f->at(n)) << "seed " << seed << ", n = " << n;
      if (sign.has_value()) {
        ASSERT_TRUE(sign->At(n) == (f->at(n) >= 0 ? 1 : 0)) << "seed " << seed << ", n = " << n;
      }
    };
    for (int64_t n = 0; n < 400; ++n) check(n);
    for (int64_t n : kFar) check(n);
  }
  EXPECT_GT(made, 2500);
}

// Whether it is anywhere below 0, or 0, where n lies between two sizes and has one rest.
TEST(Lines, AnyIsTheFirstOfAll) {
  int below = 0, zero = 0;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    const std::optional<Function> f = Functions(seed).Make(4);
    if (!f.has_value()) continue;
    const int64_t lo = static_cast<int64_t>(seed % 50), hi = lo + static_cast<int64_t>(seed % 300);
    const int64_t modulus = 1 + static_cast<int64_t>(seed % 6), rest = lo % modulus;
    const std::optional<Lines> above =
        Lines::Sum(Lines::Size(), Lines::Constant(lo), -1)->IsAtLeastZero();
    const std::optional<Lines> under =
        Lines::Sum(Lines::Constant(hi), Lines::Size(), -1)->IsAtLeastZero();
    const std::optional<Lines> where =
        Lines::Product(*Lines::Product(*above, *under), *Lines::IsCongruent(modulus, rest));
    bool any_below = false, any_zero = false;
    for (int64_t n = lo; n <= hi; ++n) {
      if (n % modulus != rest) continue;
      any_below |= f->at(n) < 0;
      any_zero |= f->at(n) == 0;
    }
    const std::optional<bool> is_below = f->lines.IsAnyBelowZero(*where);
    const std::optional<bool> is_zero = f->lines.IsAnyZero(*where);
    if (is_below.has_value()) {
      ASSERT_EQ(*is_below, any_below) << "seed " << seed;
    }
    if (is_zero.has_value()) {
      ASSERT_EQ(*is_zero, any_zero) << "seed " << seed;
    }
    below += is_below.has_value();
    zero += is_zero.has_value() && *is_zero;
  }
  EXPECT_GT(below, 2500);
  EXPECT_GT(zero, 300);
}

TEST(Lines, TooLarge) {
  EXPECT_FALSE(Lines::FloorDiv(Lines::Size(), 1025).has_value());
  EXPECT_FALSE(Lines::IsCongruent(1025, 0).has_value());
  EXPECT_FALSE(Lines::Sum(Lines::Size(), Lines::Constant(INT64_MAX), 2).has_value());
  const std::optional<Lines> third = Lines::FloorDiv(Lines::Size(), 999);
  EXPECT_FALSE(Lines::Sum(*third, *Lines::FloorDiv(Lines::Size(), 1000), 1).has_value());
  EXPECT_TRUE(Lines::Constant(INT64_MIN).At(7) == INT64_MIN);
}

}  // namespace
}  // namespace symshape::symbolic
