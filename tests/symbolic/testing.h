// Small help for the tests of lib/symbolic: an expression tree that is evaluated without the
// solver, so that what the solver makes of it can be judged.
#ifndef SYMSHAPE_TESTS_SYMBOLIC_TESTING_H_
#define SYMSHAPE_TESTS_SYMBOLIC_TESTING_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "symbolic/context.h"

namespace symshape::symbolic {

inline int64_t FloorQuotient(int64_t a, int64_t b) {
  const int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

// The value of `a op b`; nullopt where it is undefined. B is a broadcast, C ceil, T truncation.
inline std::optional<int64_t> ApplyOp(char op, int64_t a, int64_t b) {
  if ((op == '/' || op == '%' || op == 'C' || op == 'T') && b == 0) return std::nullopt;
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return FloorQuotient(a, b);
    case '%':
      return a - b * FloorQuotient(a, b);
    case 'C':
      return -FloorQuotient(-a, b);
    case 'T':
      return a / b;
    case 'm':
      return std::min(a, b);
    case 'M':
      return std::max(a, b);
    case 'B':
      if (a < 0 || b < 0 || (a != b && a != 1 && b != 1)) return std::nullopt;
      return a == 1 ? b : a;
  }
  return std::nullopt;
}

inline Dim BuildOp(Context& c, char op, Dim a, Dim b) {
  switch (op) {
    case '+':
      return c.Add(a, b);
    case '-':
      return c.Sub(a, b);
    case '*':
      return c.Mul(a, b);
    case '/':
      return c.FloorDiv(a, b);
    case '%':
      return c.Mod(a, b);
    case 'C':
      return c.CeilDiv(a, b);
    case 'T':
      return c.TruncDiv(a, b);
    case 'm':
      return c.Min(a, b);
    case 'M':
      return c.Max(a, b);
    default:
      return c.Broadcast(a, b);
  }
}

// Random expressions over x, y, z as a pool of nodes.
class Trees {
 public:
  explicit Trees(uint64_t seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % n); }
  void Clear() { nodes_.clear(); }
  int Make(int depth, int symbols, const std::string& ops) {
    if (depth == 0 || Below(8) == 0) {
      nodes_.push_back(Below(3) != 0 ? Node{'s', 0, 0, Below(symbols)}
                                     : Node{'c', 0, 0, Below(2) != 0 ? Below(5) : Below(40) - 8});
      return Last();
    }
    const char op = ops[Below(static_cast<int>(ops.size()))];
    const int a = Make(depth - 1, symbols, ops);
    const bool divides = op == '/' || op == '%' || op == 'C' || op == 'T';
    int b;
    if (divides && Below(4) != 0) {
      nodes_.push_back({'c', 0, 0, Below(12) + 1});
      b = Last();
    } else {
      b = Make(depth - 1, symbols, ops);
    }
    nodes_.push_back({op, a, b, 0});
    return Last();
  }
  std::optional<int64_t> Evaluate(int i, const int64_t* sizes) const {
    const Node& n = nodes_[i];
    if (n.op == 's') return sizes[n.value];
    if (n.op == 'c') return n.value;
    const auto a = Evaluate(n.a, sizes), b = Evaluate(n.b, sizes);
    if (!a || !b) return std::nullopt;
    return ApplyOp(n.op, *a, *b);
  }
  Dim Build(Context& c, int i, const Dim* symbols) const {
    const Node& n = nodes_[i];
    if (n.op == 's') return symbols[n.value];
    if (n.op == 'c') return c.Constant(n.value);
    const Dim a = Build(c, n.a, symbols), b = Build(c, n.b, symbols);
    return BuildOp(c, n.op, a, b);
  }
  std::string Show(int i) const {
    const Node& n = nodes_[i];
    if (n.op == 's') return std::string(1, "xyz"[n.value]);
    if (n.op == 'c') return absl::StrCat(n.value);
    return absl::StrCat("(", Show(n.a), " ", std::string(1, n.op), " ", Show(n.b), ")");
  }

 private:
  struct Node {
    char op;
    int a, b;
    int64_t value;
  };
  int Last() const { return static_cast<int>(nodes_.size()) - 1; }
  std::mt19937_64 random_;
  std::vector<Node> nodes_;
};

// Random dims and facts in a context, over the first `count` of x, y and z.
struct RandomScene {
  explicit RandomScene(uint64_t seed) : trees(seed) {}
  Dim RandomDim(int count = 3) {
    trees.Clear();
    return trees.Build(context, trees.Make(2, count, "+-*/%mM"), symbols);
  }
  Fact RandomFact(int count = 3) {
    static constexpr Fact::Kind kKinds[] = {Fact::Kind::kEq, Fact::Kind::kNe, Fact::Kind::kGe,
                                            Fact::Kind::kDivides, Fact::Kind::kBroadcast};
    const Dim a = RandomDim(count), b = RandomDim(count);
    return {kKinds[trees.Below(5)], a, b};
  }
  bool Assume(const Fact& fact) { return context.Assume(fact, {}).ok(); }

  Trees trees;
  Context context;
  const Dim symbols[3] = {context.Symbol("x"), context.Symbol("y"), context.Symbol("z")};
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_TESTS_SYMBOLIC_TESTING_H_
