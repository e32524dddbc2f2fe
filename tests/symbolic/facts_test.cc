// Random facts and questions against brute force in a box: no fact loses a model, no conflict is
// reported where a model exists, and no yes or no is wrong.
#include <gtest/gtest.h>

#include "symbolic/expr.h"
#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

constexpr int64_t kLow = -4, kHigh = 12;

struct Case {
  Trees trees;
  int symbols;
  Interval domain[3];
  struct Stated {
    Fact::Kind kind;
    int a, b;
  };
  std::vector<Stated> facts;

  static bool Holds(Fact::Kind kind, int64_t a, int64_t b) {
    switch (kind) {
      case Fact::Kind::kEq:
        return a == b;
      case Fact::Kind::kNe:
        return a != b;
      case Fact::Kind::kGe:
        return a >= b;
      case Fact::Kind::kDivides:
        return a != 0 && b % a == 0;
      case Fact::Kind::kBroadcast:
        return a == b || a == 1 || b == 1;
    }
    return false;
  }
  bool IsModel(const int64_t* sizes) const {
    for (int i = 0; i < symbols; ++i) {
      if (sizes[i] < domain[i].lo || sizes[i] > domain[i].hi) return false;
    }
    for (const Stated& f : facts) {
      const auto a = trees.Evaluate(f.a, sizes), b = trees.Evaluate(f.b, sizes);
      if (!a || !b || !Holds(f.kind, *a, *b)) return false;
    }
    return true;
  }
  template <typename Visit>
  void ForEachModel(Visit visit) const {
    int64_t s[3];
    for (s[0] = kLow; s[0] <= kHigh; ++s[0]) {
      for (s[1] = symbols > 1 ? kLow : 0; s[1] <= (symbols > 1 ? kHigh : 0); ++s[1]) {
        for (s[2] = symbols > 2 ? kLow : 0; s[2] <= (symbols > 2 ? kHigh : 0); ++s[2]) {
          if (IsModel(s) && !visit(s)) return;
        }
      }
    }
  }
  std::string Show() const {
    std::string out;
    for (const Stated& f : facts) {
      absl::StrAppend(&out, "\n  fact ", std::string(1, "=!>db"[static_cast<int>(f.kind)]), " ",
                      trees.Show(f.a), " , ", trees.Show(f.b));
    }
    return out;
  }
};

constexpr char kOps[] = "++--*//%CTmMB";

void Check(uint64_t seed, int depth, size_t* applied, size_t* decided) {
  Case k{Trees(seed), 0, {}, {}};
  Trees& t = k.trees;
  k.symbols = 1 + t.Below(3);
  Context c;
  Dim symbols[3];
  for (int i = 0; i < k.symbols; ++i) {
    const int64_t lo = t.Below(4) == 0 ? -4 : t.Below(3);
    k.domain[i] = {lo, t.Below(4) != 0 ? Interval::kPlusInf : lo + t.Below(9)};
    symbols[i] = c.Symbol(std::string(1, "xyz"[i]), k.domain[i]);
  }
  const int e = t.Make(depth, k.symbols, kOps), other = t.Make(1, k.symbols, kOps);
  const Dim early = t.Build(c, e, symbols);
  for (int i = 1 + t.Below(3); i > 0; --i) {
    const auto kind = static_cast<Fact::Kind>(t.Below(5));
    const int a = t.Make(t.Below(3), k.symbols, kOps), b = t.Make(t.Below(2), k.symbols, kOps);
    k.facts.push_back({kind, a, b});
    const auto result = c.Assume({kind, t.Build(c, a, symbols), t.Build(c, b, symbols)}, {});
    if (result.ok()) {
      *applied += *result;
      continue;
    }
    k.ForEachModel([&](const int64_t* s) {
      ADD_FAILURE() << "seed " << seed << ": conflict, but " << s[0] << "," << s[1] << "," << s[2]
                    << " is a model" << k.Show();
      return false;
    });
    k.facts.pop_back();
  }
  const Dim d = c.Resolve(early);
  const Interval bounds = c.Bounds(d);
  const Dim b = t.Build(c, other, symbols);
  const Fact question{static_cast<Fact::Kind>(t.Below(5)), d, b};
  const Tri answer = c.Decide(question);
  *decided += answer != Tri::kUnknown;
  k.ForEachModel([&](const int64_t* s) {
    Bindings sizes;
    for (int i = 0; i < k.symbols; ++i) {
      sizes[std::string(1, "xyz"[i])] = s[i];
      const Interval domain = c.Bounds(symbols[i]);
      EXPECT_TRUE(domain.lo <= s[i] && s[i] <= domain.hi) << "seed " << seed << k.Show();
    }
    const auto want = t.Evaluate(e, s);
    if (!want) return true;
    const auto got = c.Evaluate(d, sizes);
    const bool right = got == want && bounds.lo <= *want && *want <= bounds.hi;
    EXPECT_TRUE(right) << "seed " << seed << ": " << t.Show(e) << " became " << c.Print(d) << " at "
                       << s[0] << "," << s[1] << "," << s[2] << k.Show();
    const auto against = t.Evaluate(other, s);
    bool agrees = true;
    const bool divides_by_zero = question.kind == Fact::Kind::kDivides && *want == 0;  // no claim
    if (against && answer != Tri::kUnknown && !divides_by_zero) {
      agrees = Case::Holds(question.kind, *want, *against) == (answer == Tri::kYes);
      EXPECT_TRUE(agrees) << "seed " << seed << ": " << c.Print(question) << " was answered "
                          << static_cast<int>(answer) << " at " << s[0] << "," << s[1] << ","
                          << s[2] << k.Show();
    }
    return right && agrees;
  });
}

TEST(Facts, AgreeWithBruteForce) {
  size_t applied = 0, decided = 0;
  for (uint64_t seed = 0; seed < 3000 && !testing::Test::HasFailure(); ++seed) {
    Check(seed, 2, &applied, &decided);
  }
  EXPECT_GT(applied, 1500u);
  EXPECT_GT(decided, 600u);
}

// --- what facts do, one by one ------------------------------------------------------------------

Tri Ask(Context& c, const char* facts, const char* question) {
  if (*facts != '\0') {
    const auto stated = c.ParseFacts(facts);
    EXPECT_TRUE(stated.ok()) << stated.status();
    for (const Fact& f : *stated) EXPECT_TRUE(c.Assume(f, {}).ok());
  }
  const auto q = c.ParseFacts(question);
  EXPECT_TRUE(q.ok()) << q.status();
  return c.Decide((*q)[0]);
}

struct Question {
  const char* facts;
  const char* question;
  Tri answer;
};

TEST(Decide, Rows) {
  const Question rows[] = {
      {"", "H - H//2 >= 0", Tri::kYes},
      {"", "((H+1)//2+1)//2*4 >= H", Tri::kYes},
      {"", "2*x + 1 != 0", Tri::kYes},
      {"", "x >= 1", Tri::kUnknown},
      {"", "x + 1 <= x", Tri::kNo},
      {"", "past + seq >= seq", Tri::kYes},
      {"S >= 1", "B*S >= B", Tri::kYes},
      {"", "B*S >= B", Tri::kUnknown},
      {"x >= 1", "x*x >= x", Tri::kYes},
      {"seq <= 512", "512*B >= B*seq", Tri::kYes},
      {"a >= b and b >= c", "a >= c", Tri::kYes},
      {"a >= b and b > a - 1", "a == b", Tri::kYes},
      {"", "min(a, b) <= a", Tri::kYes},
      {"", "max(0, min(b, n) - min(a, n)) <= n", Tri::kYes},
      {"", "a == b", Tri::kUnknown},
      {"H % 32 == 0", "H % 8 == 0", Tri::kYes},
      {"H % 32 == 0", "H % 64 == 0", Tri::kUnknown},
      {"H % 4 == 1", "H % 2 == 0", Tri::kNo},
      {"H - 2*(H//2) == 1", "H >= 1", Tri::kYes},
      {"2*H - 6*(H//3) == 4", "H >= 2", Tri::kYes},
      {"2*H - 6*(H//3) == 4", "H >= 3", Tri::kUnknown},
      {"(H + 1)//3 - H//3 == 1", "H >= 2", Tri::kYes},
      {"(H + 1)//3 - H//3 == 1", "H >= 3", Tri::kUnknown},
      {"H//3 - (H + 2)//3 == -1", "H >= 2", Tri::kUnknown},
      {"H % 4 == 1", "H != 8", Tri::kYes},
      {"past + seq <= 512", "seq <= 512", Tri::kYes},
      {"B*S >= 1", "S >= 1", Tri::kYes},
      {"a == b or a == 1 or b == 1 and a >= 2 and b >= 2", "a == b", Tri::kYes},
      {"512 == s or 512 == 1 or s == 1", "s >= 1", Tri::kYes},
      {"512 == s or 512 == 1 or s == 1", "s <= 512", Tri::kYes},
      {"512 == s or 512 == 1 or s == 1 and s >= 2", "s == 512", Tri::kYes},
      {"H//2 >= 3", "H >= 6", Tri::kYes},
      {"x != 0", "x >= 1", Tri::kYes},
      // a quotient alone on its side
      {"x >= y and y >= 1", "x//y >= 1", Tri::kYes},
      {"y <= x and x < 2*y and y >= 1", "x//y == 1", Tri::kYes},
      {"a >= b and y >= 1", "a//y >= b//y", Tri::kYes},
      {"", "x//y <= x", Tri::kYes},
      {"y >= 1", "x//y >= 1", Tri::kUnknown},
      {"H % 4 == 0 and W % 4 == 0", "((H//2)*(W//4)) % 2 == 0", Tri::kYes},
      {"H % 4 == 0", "((H//2)*(W//4)) % 2 == 0", Tri::kYes},
      {"W % 4 == 0", "((H//2)*(W//4)) % 2 == 0", Tri::kUnknown},
      // signs of products
      {"b >= 1 and H >= 1", "b*((H//4 - H//8 + 7)//8) >= 0", Tri::kYes},
      {"", "b*(H//4 - H//8) >= 0", Tri::kYes},
      {"H >= W", "b*(H - W) >= 0", Tri::kYes},
      {"H >= W", "b*((H - W)//8) >= 0", Tri::kYes},
      {"", "b*((H - W)//8) >= 0", Tri::kUnknown},
      {"H >= W and S >= T", "(H - W)*(S - T) >= 0", Tri::kYes},
      {"H >= W and S <= T", "(H - W)*(S - T) <= 0", Tri::kYes},
      {"H >= W", "(H - W)*(S - T) >= 0", Tri::kUnknown},
      {"", "(H - H//2)*(W - W//3)*b >= 0", Tri::kYes},
      {"", "b*max(0, S - 3) >= 0", Tri::kYes},
      {"", "x*x >= x", Tri::kYes},
      {"", "x*x*y >= x*y", Tri::kYes},
      {"", "x*y >= x", Tri::kUnknown},
      {"a != b and c >= 1", "a*c != b*c", Tri::kYes},
      // what a product is made of, where it is not 0
      {"W*min(1, max(0, n - 5)) >= 2", "n >= 6", Tri::kYes},
      {"W*min(1, max(0, n - 5)) >= 2", "n >= 7", Tri::kUnknown},
      {"W*min(1, max(0, n - 5)) >= 2", "W >= 2", Tri::kYes},
      {"b*H - b*W >= 1", "H > W", Tri::kYes},
      {"b*H - b*W <= 0 - 1", "H < W", Tri::kYes},
      {"b*min(0, H - W) <= 0 - 1", "H < W", Tri::kYes},
      {"b*min(0, H - W) <= 0", "H < W", Tri::kUnknown},
      {"(H - W)*(S - T) >= 1", "H > W", Tri::kUnknown},
      // several inequalities at once
      {"x - y >= 3 and y - z >= 0 - 1", "x - z >= 2", Tri::kYes},
      {"a <= b and b <= c and c <= d and d <= e and e <= f", "a <= f", Tri::kYes},
      {"x + y >= 7 and x + z >= 5 and y + z <= 4", "x >= 4", Tri::kYes},
      {"x + y >= 7 and x + z >= 5 and y + z <= 4", "x >= 5", Tri::kUnknown},
      {"2*x + 3*y <= 12 and 3*x + 2*y <= 12", "x + y <= 4", Tri::kYes},
      // case by case
      {"", "max(batch, 1 - seq) == batch or max(batch, 1 - seq) == 1 or batch == 1", Tri::kYes},
      {"", "max(batch, 2 - seq) == batch or max(batch, 2 - seq) == 1 or batch == 1", Tri::kUnknown},
      {"", "max(a, b)*max(a, b) >= a*b", Tri::kYes},
      {"", "max(a, b) + min(a, b) == a + b", Tri::kYes},
      {"", "max(x, 3 - x) >= 2", Tri::kYes},
      {"", "max(x, 3 - x) >= 3", Tri::kUnknown},
      {"a <= 2 and b <= 2", "max(a, b)*max(a, b) <= 4", Tri::kYes},
      {"", "h + max(0, 1 - h) >= 1", Tri::kYes},
      {"b >= 1 and w >= 1", "b*w*h + b*max(0, 1 - b*w*h) >= 1", Tri::kYes},
      {"b >= 1", "b*h + b*max(0, 1 - b*h) >= 1", Tri::kYes},
      {"", "b*h + b*max(0, 1 - b*h) >= 1", Tri::kUnknown},
      // powers
      {"", "x*x != 2", Tri::kYes},
      {"", "x*x != 4", Tri::kUnknown},
      {"", "x*x*x != 9", Tri::kYes},
      {"", "x*x + y*y != 3", Tri::kYes},
      {"", "x*x + y*y != 5", Tri::kUnknown},
      {"x*x <= 2", "x <= 1", Tri::kYes},
      {"x*x <= 4", "x <= 1", Tri::kUnknown},
      {"x*x >= 5", "x >= 3", Tri::kYes},
      {"x*x >= 5", "x >= 4", Tri::kUnknown},
      {"x*x*y <= 20 and y >= 2", "x <= 3", Tri::kYes},
      // what divides is not 0
      {"D % h == 0", "h >= 1", Tri::kYes},
      {"D % h == 0", "D >= 1", Tri::kUnknown},
      {"D >= h and D % h == 0", "D >= 1", Tri::kYes},
      {"D >= h and D % h == 0", "D//h >= 1", Tri::kYes},
      {"D >= h and D % h == 0", "D == h*(D//h)", Tri::kYes},
      {"B >= 1 and D % (B*h) == 0", "h >= 1", Tri::kYes},
  };
  for (const Question& q : rows) {
    Context c;
    EXPECT_EQ(Ask(c, q.facts, q.question), q.answer) << q.facts << " |- " << q.question;
  }
}

// Of s >= y nothing follows for s - 1: y - s + 1 is no less than 0 where s == y.
TEST(Facts, HoldOfASymbolAndNotOfTheOneBelow) {
  Context c;
  const auto product = c.Parse("s*max(0, y - s + 1)");
  const auto fact = c.ParseFacts("s >= y");
  ASSERT_TRUE(c.Assume((*fact)[0], {}).ok());
  EXPECT_EQ(c.Evaluate(c.Resolve(*product), {{"s", 5}, {"y", 5}}), 5);
}

TEST(Facts, ConflictLeavesTheContextAsItWas) {
  Context c;
  const Dim x = c.Symbol("x"), y = c.Symbol("y");
  ASSERT_TRUE(*c.Assume({Fact::Kind::kGe, x, c.Constant(5)}, {Cause::Kind::kRequired, 7}));
  const auto result = c.Assume({Fact::Kind::kEq, x, c.Constant(3)}, {Cause::Kind::kRequired, 9});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(c.LastConflict().refused.cause.id, 9u);
  ASSERT_EQ(c.LastConflict().against.size(), 1u);
  EXPECT_EQ(c.LastConflict().against[0].cause.id, 7u);
  EXPECT_EQ(c.Bounds(x), (Interval{5, Interval::kPlusInf}));
  EXPECT_EQ(c.Decide({Fact::Kind::kEq, x, y}), Tri::kUnknown);
}

TEST(Facts, AreForgottenAtPop) {
  Context c;
  const Dim x = c.Symbol("x"), y = c.Symbol("y");
  const Dim sum = c.Add(x, y);
  c.Push();
  ASSERT_TRUE(c.Assume({Fact::Kind::kEq, x, y}, {}).ok());
  EXPECT_EQ(c.Print(c.Resolve(sum)), "2*x");
  c.Pop();
  EXPECT_EQ(c.Resolve(sum), sum);
  EXPECT_EQ(c.Decide({Fact::Kind::kEq, x, y}), Tri::kUnknown);
}

// What was found under the facts of now is found without work after a scope, and after a fact that
// was refused; what was found inside is not.
TEST(Facts, OfNowCountAgainAfterAScope) {
  Context c;
  const Dim x = c.Symbol("x"), y = c.Symbol("y");
  const Fact least{Fact::Kind::kGe, c.Mul(x, y), c.Constant(1)};
  const uint32_t epoch = c.epoch();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(c.Decide(least), Tri::kUnknown);
    c.Push();
    ASSERT_TRUE(c.Assume({Fact::Kind::kGe, x, c.Constant(1 + i)}, {}).ok());
    EXPECT_EQ(c.Decide(least), Tri::kUnknown);
    ASSERT_TRUE(c.Assume({Fact::Kind::kGe, y, c.Constant(1)}, {}).ok());
    EXPECT_EQ(c.Decide(least), Tri::kYes);
    const uint32_t inside = c.epoch();
    EXPECT_FALSE(c.Assume({Fact::Kind::kEq, c.Mul(x, y), c.Constant(0)}, {}).ok());
    EXPECT_EQ(c.epoch(), inside);
    EXPECT_EQ(c.Bounds(x).lo, 1 + i);
    c.Pop();
    EXPECT_EQ(c.epoch(), epoch);
    EXPECT_EQ(c.Bounds(x).lo, 0);
  }
}

TEST(Facts, InputNamesAreNotWrittenByFreshOnes) {
  Context c;
  const Dim fresh = c.Fresh("n"), x = c.Symbol("x");
  ASSERT_TRUE(*c.Assume({Fact::Kind::kEq, x, c.Add(fresh, c.Constant(1))}, {}));
  EXPECT_EQ(c.Print(c.Resolve(fresh)), "x - 1");
  EXPECT_EQ(c.Resolve(x), x);
  EXPECT_EQ(c.Bounds(x).lo, 1);
}

TEST(Broadcast, WaitsForAFact) {
  Context c;
  const Dim a = c.Symbol("a"), b = c.Symbol("b");
  const Dim d = c.Broadcast(a, b);
  EXPECT_EQ(c.Print(d), "max(a, b)*min(1, a, b)");
  EXPECT_EQ(c.Broadcast(b, a), d);
  EXPECT_EQ(c.Broadcast(c.Constant(1), b), b);
  EXPECT_EQ(c.Broadcast(d, a), d);
  c.Push();
  ASSERT_TRUE(*c.Assume({Fact::Kind::kGe, b, c.Constant(2)}, {}));
  EXPECT_EQ(c.Resolve(d), b);
  c.Pop();
  for (Dim s : {a, b}) ASSERT_TRUE(*c.Assume({Fact::Kind::kGe, s, c.Constant(1)}, {}));
  EXPECT_EQ(c.Print(c.Resolve(d)), "max(1, a, b)");
}

TEST(Overflow, GivesASymbolOfItsOwn) {
  Context c;
  const Dim x = c.Symbol("x"), big = c.Constant(int64_t{1} << 62);
  const Dim product = c.Mul(c.Mul(x, big), c.Constant(4));
  EXPECT_EQ(product, c.Mul(c.Mul(x, big), c.Constant(4)));
  EXPECT_EQ(c.Evaluate(product, {{"x", 0}}), 0);
  EXPECT_EQ(c.Evaluate(product, {{"x", 1}}), std::nullopt);
  EXPECT_EQ(c.Decide({Fact::Kind::kGe, product, x}), Tri::kUnknown);
  Dim h = c.Symbol("H");
  for (int i = 0; i < 63; ++i) h = c.FloorDiv(c.Add(h, c.Constant(1)), c.Constant(2));
  EXPECT_EQ(c.Evaluate(h, {{"H", 1000}}), 1);
  EXPECT_EQ(c.Evaluate(h, {{"H", 0}}), 0);
  // Constants that differ in the upper half only must not share a cached result.
  const Dim p = c.Add(x, c.Constant(5)), q = c.Add(x, c.Constant((int64_t{1} << 32) + 5));
  EXPECT_EQ(c.ConstantOf(c.Sub(q, p)), int64_t{1} << 32);
}

}  // namespace
}  // namespace symshape::symbolic
