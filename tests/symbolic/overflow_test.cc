// Limits: large constants, deep chains, growth and keys that look alike. Past a limit the answer is
// weaker; where a value can be had it is right.
#include <gtest/gtest.h>

#include <chrono>

#include "symbolic/context.h"
#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

constexpr int64_t kEdges[] = {(int64_t{1} << 31) - 1,
                              int64_t{1} << 31,
                              (int64_t{1} << 31) + 1,
                              int64_t{1} << 32,
                              (int64_t{1} << 53) - 1,
                              int64_t{1} << 53,
                              (int64_t{1} << 53) + 1,
                              (int64_t{1} << 62) - 1,
                              int64_t{1} << 62,
                              INT64_MAX - 1,
                              INT64_MAX,
                              INT64_MIN + 1,
                              INT64_MIN,
                              (int64_t{1} << 30) - 1,
                              int64_t{1} << 30};

// The value of `a op b` in 128 bits; nullopt where it is undefined.
std::optional<__int128> Exact(char op, __int128 a, __int128 b) {
  const auto floor = [](__int128 x, __int128 y) {
    const __int128 q = x / y;
    return x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q;
  };
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b == 0 ? std::nullopt : std::optional(floor(a, b));
    case '%':
      return b == 0 ? std::nullopt : std::optional(a - b * floor(a, b));
    case 'C':
      return b == 0 ? std::nullopt : std::optional(-floor(-a, b));
    case 'T':
      return b == 0 ? std::nullopt : std::optional(a / b);
    case 'm':
      return std::min(a, b);
    default:
      return std::max(a, b);
  }
}

TEST(Overflow, ConstantsNearTheEdges) {
  int checked = 0, known = 0;
  for (int64_t a : kEdges) {
    for (int64_t b : kEdges) {
      for (int64_t sign : {int64_t{1}, int64_t{-1}}) {
        for (char op : std::string("+-*/%CTmM")) {
          if (b == INT64_MIN && sign < 0) continue;
          Context c;
          const Dim d = BuildOp(c, op, c.Constant(a), c.Constant(sign * b));
          const auto exact = Exact(op, a, __int128{sign} * b);
          ++checked;
          const auto value = c.ConstantOf(d);
          if (!value) continue;
          ++known;
          EXPECT_TRUE(exact && *exact == *value) << a << " " << op << " " << sign * b;
        }
      }
    }
  }
  std::printf("checked %d, %d known\n", checked, known);
  EXPECT_GT(known, 2000);
}

TEST(Overflow, SymbolsBesideTheEdges) {
  int checked = 0, known = 0;
  for (int64_t k : kEdges) {
    for (char first : std::string("+-*/%CTmM")) {
      for (char second : std::string("+-*/%CTmM")) {
        for (int64_t other : {int64_t{3}, k}) {
          Context c;
          const Dim x = c.Symbol("x", kAnyInteger);
          const Dim inner = BuildOp(c, first, x, c.Constant(k));
          const Dim d = BuildOp(c, second, inner, c.Constant(other));
          for (int64_t at : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{7}, k, k / 2}) {
            const auto p = Exact(first, at, k);
            if (!p || *p > INT64_MAX || *p < INT64_MIN) continue;
            const auto exact = Exact(second, *p, other);
            const auto value = c.Evaluate(d, {{"x", at}});
            ++checked;
            if (!exact || !value) continue;
            ++known;
            EXPECT_TRUE(*exact == *value) << "(" << at << " " << first << " " << k << ") " << second
                                          << " " << other << " is not " << *value;
          }
        }
      }
    }
  }
  std::printf("checked %d, %d known\n", checked, known);
  EXPECT_GT(known, 5000);
}

// Operands whose low 32 bits agree: a cache that truncates its key takes one for the other.
TEST(Overflow, CacheKeysAreWhole) {
  Context c;
  const Dim x = c.Symbol("x");
  int checked = 0;
  for (int64_t k = 0; k < 64; ++k) {
    for (int64_t high : {int64_t{0}, int64_t{1} << 32, int64_t{1} << 33, int64_t{1} << 61}) {
      for (char op : std::string("+*/%M")) {
        const int64_t constant = high + k + 1;
        const Dim d = BuildOp(c, op, x, c.Constant(constant));
        const auto exact = Exact(op, 5, constant);
        const auto value = c.Evaluate(d, {{"x", 5}});
        if (*exact > INT64_MAX) continue;
        ++checked;
        EXPECT_EQ(value, static_cast<int64_t>(*exact)) << "5 " << op << " " << constant;
      }
    }
  }
  EXPECT_GT(checked, 1000);
}

TEST(Overflow, StackedStrides) {
  Context c;
  Dim d = c.Symbol("H");
  std::vector<int64_t> values = {0, 1, 2, 7, (int64_t{1} << 40) + 3, INT64_MAX / 2};
  std::vector<int64_t> now = values;
  for (int layer = 1; layer <= 63; ++layer) {
    d = c.Add(c.FloorDiv(c.Sub(d, c.Constant(1)), c.Constant(2)), c.Constant(1));
    for (size_t i = 0; i < now.size(); ++i) {
      now[i] = FloorQuotient(now[i] - 1, 2) + 1;
      const auto value = c.Evaluate(d, {{"H", values[i]}});
      if (value) {
        EXPECT_EQ(*value, now[i]) << "layer " << layer << " of " << values[i];
      }
    }
    if (layer == 5) {
      EXPECT_EQ(c.Print(d), "(H + 31)//32");
    }
    EXPECT_LE(c.Print(d).size(), 60u);
  }
}

// Products and maxima that double with every step end in opaque symbols, not in minutes.
TEST(Growth, StaysLinear) {
  const auto grow = [](int steps) {
    const auto start = std::chrono::steady_clock::now();
    Context c;
    Dim a = c.Symbol("a"), b = c.Symbol("b");
    for (int i = 0; i < steps; ++i) {
      const Dim sum = c.Add(c.Mul(a, a), c.FloorDiv(b, c.Add(a, c.Constant(i + 2))));
      b = c.Max(c.Add(a, b), c.Mod(sum, c.Constant(i + 3)));
      a = sum;
    }
    EXPECT_FALSE(c.Print(a).empty());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  grow(40);
  EXPECT_LT(grow(200), 20.0);
}

TEST(Growth, LongSums) {
  Context c;
  Dim sum = c.Constant(0);
  for (int i = 0; i < 190; ++i) {
    const Dim s = c.Symbol(absl::StrCat("s", i));
    sum = c.Add(sum, c.CeilDiv(s, c.Constant(2 + i % 3)));
  }
  Bindings sizes;
  int64_t expected = 0;
  for (int i = 0; i < 190; ++i) {
    sizes[absl::StrCat("s", i)] = i;
    expected += -FloorQuotient(-i, 2 + i % 3);
  }
  EXPECT_EQ(c.Evaluate(sum, sizes), expected);
}

// No expression takes long, whatever it is made of.
TEST(Growth, RandomTreesAreQuick) {
  double longest = 0;
  int built = 0;
  for (int seed = 0; seed < 1500; ++seed) {
    Trees trees(seed);
    Context c;
    const Dim symbols[] = {c.Symbol("x"), c.Symbol("y"), c.Symbol("z")};
    const int root = trees.Make(4 + seed % 2, 3, "+-*/%CTmMB");
    const auto start = std::chrono::steady_clock::now();
    const Dim d = trees.Build(c, root, symbols);
    const double took =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    longest = std::max(longest, took);
    ++built;
    EXPECT_LT(took, 1.0) << trees.Show(root);
    const int64_t sizes[] = {trees.Below(9), trees.Below(9), trees.Below(9)};
    const auto written = trees.Evaluate(root, sizes);
    const auto value = c.Evaluate(d, {{"x", sizes[0]}, {"y", sizes[1]}, {"z", sizes[2]}});
    if (written && value) {
      EXPECT_EQ(*written, *value) << trees.Show(root);
    }
  }
  std::printf("%d trees, longest %.3f s\n", built, longest);
  EXPECT_EQ(built, 1500);
}

}  // namespace
}  // namespace symshape::symbolic
