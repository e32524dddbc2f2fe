// One function, one id: whatever way an expression is written, the solver has one form for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "symbolic/context.h"
#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

// Random expressions of constants, sums, constant multiples, quotients and remainders, and the
// same function written in another way.
class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % n); }

  int Make(int depth, int symbols) {
    if (depth == 0 || Below(6) == 0) return Add({'s', 0, 0, Below(symbols)});
    switch (Below(6)) {
      case 0:
        return Add({'+', Make(depth - 1, symbols), Add({'c', 0, 0, Below(14) - 4}), 0});
      case 1:
        return Add({'*', Make(depth - 1, symbols), Add({'c', 0, 0, Below(7) - 2}), 0});
      case 2:
      case 3:
        return Add({"//%C"[Below(4)], Make(depth - 1, symbols), Add({'c', 0, 0, Below(7) + 2}), 0});
      default: {
        const int a = Make(depth - 1, symbols), b = Make(depth - 1, symbols);
        return Add({Below(3) != 0 ? '+' : '-', a, b, 0});
      }
    }
  }

  // The function of node i, written otherwise: operands swapped, sums re-associated, products
  // distributed, multiples of a divisor moved out of its quotient, remainders by their definition.
  int Rewrite(int i) {
    const Node n = nodes_[i];
    if (n.op == 's' || n.op == 'c') return i;
    const int a = Rewrite(n.a), b = Rewrite(n.b);
    const auto constant = [&](int64_t v) { return Add({'c', 0, 0, v}); };
    const Node x = nodes_[a], y = nodes_[b];
    switch (n.op) {
      case '+':
        if (x.op == '+' && Below(2) != 0) return Add({'+', x.a, Add({'+', x.b, b, 0}), 0});
        return Below(2) != 0 ? Add({'+', b, a, 0}) : Add({'+', a, b, 0});
      case '-':
        if (Below(2) != 0) return Add({'+', a, Add({'*', constant(-1), b, 0}), 0});
        return Add({'*', Add({'-', b, a, 0}), constant(-1), 0});
      case '*':
        if ((x.op == '+' || x.op == '-') && Below(3) != 0) {
          return Add({x.op, Add({'*', x.a, b, 0}), Add({'*', b, x.b, 0}), 0});
        }
        return Add({'*', b, a, 0});
      case '/':
        if (Below(2) != 0) {  // (a - 2*d)//d + 2
          const int moved = Add({'-', a, constant(2 * y.value), 0});
          return Add({'+', constant(2), Add({'/', moved, b, 0}), 0});
        }
        return Add({'/', Add({'*', a, constant(3), 0}), constant(3 * y.value), 0});
      case '%':
        return Add({'-', a, Add({'*', b, Add({'/', a, b, 0}), 0}), 0});
      default:
        return Add({'/', Add({'+', a, constant(y.value - 1), 0}), b, 0});
    }
  }

  Dim Build(Context& c, int i, const Dim* symbols) const {
    const Node& n = nodes_[i];
    if (n.op == 's') return symbols[n.value];
    if (n.op == 'c') return c.Constant(n.value);
    const Dim a = Build(c, n.a, symbols), b = Build(c, n.b, symbols);
    return BuildOp(c, n.op, a, b);
  }
  int64_t Evaluate(int i, const int64_t* sizes) const {
    const Node& n = nodes_[i];
    if (n.op == 's') return sizes[n.value];
    if (n.op == 'c') return n.value;
    return *ApplyOp(n.op, Evaluate(n.a, sizes), Evaluate(n.b, sizes));
  }
  std::string Show(int i) const {
    const Node& n = nodes_[i];
    if (n.op == 's') return std::string(1, "xyz"[n.value]);
    if (n.op == 'c') return absl::StrCat(n.value);
    return absl::StrCat("(", Show(n.a), " ", std::string(1, n.op), " ", Show(n.b), ")");
  }
  void Clear() { nodes_.clear(); }

 private:
  struct Node {
    char op;
    int a, b;
    int64_t value;
  };
  int Add(Node n) {
    nodes_.push_back(n);
    return static_cast<int>(nodes_.size()) - 1;
  }
  std::mt19937_64 random_;
  std::vector<Node> nodes_;
};

TEST(OneForm, OtherWritings) {
  constexpr int kExpressions = 50000;
  int checked = 0, different = 0, wrong = 0;
  std::string report;
  for (int round = 0; round < kExpressions / 100; ++round) {
    Context c;
    const Dim symbols[] = {c.Symbol("x"), c.Symbol("y"), c.Symbol("z")};
    Writer w(round);
    for (int k = 0; k < 100; ++k) {
      w.Clear();
      const int written = w.Make(4, 3), other = w.Rewrite(written);
      const Dim a = w.Build(c, written, symbols), b = w.Build(c, other, symbols);
      ++checked;
      const int64_t sizes[] = {w.Below(40), w.Below(40), w.Below(40)};
      const auto value = c.Evaluate(a, {{"x", sizes[0]}, {"y", sizes[1]}, {"z", sizes[2]}});
      if (value != w.Evaluate(written, sizes)) {
        ++wrong;
        ADD_FAILURE() << w.Show(written) << " became " << c.Print(a);
      }
      if (c.Resolve(a) == c.Resolve(b)) continue;
      ++different;
      absl::StrAppend(&report, "\n", w.Show(written), " is ", c.Print(c.Resolve(a)),
                      ", written as ", w.Show(other), " it is ", c.Print(c.Resolve(b)));
    }
  }
  std::printf("checked %d expressions, %d in two forms, %d wrong\n", checked, different, wrong);
  EXPECT_EQ(checked, kExpressions);
  EXPECT_EQ(different, 0) << report;
}

// Functions of one symbol by their values at the sizes step*k + first.
class Functions {
 public:
  Functions(const Writer& w, int64_t step, int64_t first) : w_(w), step_(step), first_(first) {}

  void Add(int expression, Dim dim) {
    std::vector<int64_t> values;
    for (int64_t k = -60; k < 400; ++k) values.push_back(At(expression, k));
    writings_[values].push_back({dim, expression});
  }
  int count() const { return static_cast<int>(writings_.size()); }

  // How many of them have several forms today; a few are reported.
  int InSeveralForms(Context& c) const {
    for (const auto& [values, known] : writings_) {
      for (const Known& k : known) c.Resolve(k.dim);  // after which no form is found to be shorter
    }
    int several = 0;
    for (const auto& [values, known] : writings_) {
      const auto other = std::find_if(known.begin(), known.end(), [&](const Known& k) {
        return c.Resolve(k.dim) != c.Resolve(known[0].dim) &&
               AreEqual(k.expression, known[0].expression);
      });
      if (other == known.end()) continue;
      if (++several > 10) continue;
      ADD_FAILURE() << c.Print(c.Resolve(other->dim)) << " and " << c.Print(c.Resolve(known[0].dim))
                    << " are one function of " << step_ << "*k + " << first_;
    }
    return several;
  }

 private:
  struct Known {
    Dim dim;
    int expression;
  };
  int64_t At(int expression, int64_t k) const {
    const int64_t size = step_ * k + first_;
    return w_.Evaluate(expression, &size);
  }
  // The same so far; equal they are only if it stays so.
  bool AreEqual(int a, int b) const {
    for (int64_t k = -3000; k < 9000; ++k) {
      if (At(a, k) != At(b, k)) return false;
    }
    return true;
  }

  const Writer& w_;
  const int64_t step_, first_;
  std::map<std::vector<int64_t>, std::vector<Known>> writings_;
};

TEST(OneForm, FunctionsOfOneSymbol) {
  constexpr int kFunctions = 10000;
  Context c;
  const Dim x = c.Symbol("x");
  Writer w(7);
  Functions functions(w, 1, 0);
  int made = 0;
  for (; functions.count() < kFunctions && made < 20 * kFunctions; ++made) {
    const int i = w.Make(4, 1);
    functions.Add(i, w.Build(c, i, &x));
  }
  const int several = functions.InSeveralForms(c);
  std::printf("%d functions in %d writings, %d in two forms\n", functions.count(), made, several);
  EXPECT_EQ(functions.count(), kFunctions);
  EXPECT_GT(made, kFunctions);
  EXPECT_EQ(several, 0);
}

// Two facts x % m == r each; half of the functions are there before the facts are known, and what
// was known in a scope is forgotten after it.
TEST(OneForm, FunctionsOfOneSymbolUnderFacts) {
  constexpr int kFunctions = 10000, kInOneContext = 500;
  int functions_in_all = 0, made = 0, several = 0;
  Writer w(11);
  while (functions_in_all < kFunctions && made < 20 * kFunctions) {
    Context c;
    const Dim x = c.Symbol("x");
    const int64_t m = 2 + w.Below(11), n = 2 + w.Below(11), size = w.Below(60);
    Functions functions(w, std::lcm(m, n), size % std::lcm(m, n)), without(w, 1, 0);
    const auto make = [&](int count, bool before) {
      for (; functions.count() < count && made < 20 * kFunctions; ++made) {
        const int i = w.Make(4, 1);
        const Dim d = w.Build(c, i, &x);
        functions.Add(i, d);
        if (before) without.Add(i, d);
      }
    };
    make(kInOneContext / 2, true);
    c.Push();
    for (int64_t modulus : {m, n}) {
      const Dim rest = c.Sub(x, c.Constant(size % modulus));
      ASSERT_TRUE(c.Assume({Fact::Kind::kDivides, c.Constant(modulus), rest}, {}).ok());
    }
    make(kInOneContext, false);
    several += functions.InSeveralForms(c);
    functions_in_all += functions.count();
    c.Pop();
    EXPECT_EQ(without.InSeveralForms(c), 0);
  }
  std::printf("%d functions under facts in %d writings, %d in two forms\n", functions_in_all, made,
              several);
  EXPECT_GE(functions_in_all, kFunctions);
  EXPECT_EQ(several, 0);
}

}  // namespace
}  // namespace symshape::symbolic
