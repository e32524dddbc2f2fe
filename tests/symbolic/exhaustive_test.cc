// All expressions of up to three operators over {x, y, 0..3}, value by value: what the solver makes
// of an expression is equal to it wherever the expression has a value, and is what its own text is
// read as.
#include <gtest/gtest.h>

#include <limits>

#include "absl/container/node_hash_map.h"
#include "absl/strings/match.h"
#include "symbolic/solver.h"
#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

constexpr int64_t kNone = std::numeric_limits<int64_t>::min();  // no value: divided by 0
constexpr char kOps[] = {'+', '-', '*', '/', '%', 'm', 'M'};

bool Commutes(char op) { return op == '+' || op == '*' || op == 'm' || op == 'M'; }

using Column = std::vector<int64_t>;  // the values of one expression at all sizes in the box

Column Combine(char op, const Column& a, const Column& b) {
  Column out(a.size());
  for (size_t i = 0; i < a.size(); ++i) {
    out[i] = a[i] == kNone || b[i] == kNone ? kNone : ApplyOp(op, a[i], b[i]).value_or(kNone);
  }
  return out;
}

// An expression as it was written (its values) and as the solver has it.
struct Written {
  Column values;
  Dim dim;
  std::string text;
};

class Box {
 public:
  Box(Interval domain, int64_t lo, int64_t hi) {
    Column vx, vy;
    for (int64_t x = lo; x <= hi; ++x) {
      for (int64_t y = lo; y <= hi; ++y) {
        vx.push_back(x);
        vy.push_back(y);
      }
    }
    for (const auto& [name, column] : {std::pair{"x", vx}, std::pair{"y", vy}}) {
      const Dim symbol = solver_.Symbol(name, domain, SymbolKind::kInput);
      atoms_[*solver_.store.OnlyAtom(symbol)] = column;
      leaves_.push_back({column, symbol, name});
    }
    for (int64_t k = 0; k <= 3; ++k) {
      leaves_.push_back({Column(vx.size(), k), solver_.Constant(k), absl::StrCat(k)});
    }
  }

  const std::vector<Written>& leaves() const { return leaves_; }

  // `a op b`, checked.
  Written Make(char op, const Written& a, const Written& b) {
    Written out{Combine(op, a.values, b.values), Build(op, a.dim, b.dim), ""};
    ++checked_;
    if (std::count(out.values.begin(), out.values.end(), kNone) > 0) ++undefined_;
    ReadBack(out.dim);
    const Column solved = ValuesOf(out.dim);
    for (size_t i = 0; i < solved.size(); ++i) {
      if (out.values[i] == kNone || out.values[i] == solved[i]) continue;
      ADD_FAILURE() << "(" << a.text << ") " << op << " (" << b.text << ") became "
                    << solver_.Print(out.dim) << ", " << solved[i] << " instead of "
                    << out.values[i] << " at x=" << leaves_[0].values[i]
                    << " y=" << leaves_[1].values[i];
      break;
    }
    return out;
  }
  void Name(Written& w, char op, const Written& a, const Written& b) {
    w.text = absl::StrCat("(", a.text, " ", std::string(1, op), " ", b.text, ")");
  }
  size_t checked() const { return checked_; }
  size_t undefined() const { return undefined_; }
  size_t read_back() const { return read_back_; }

 private:
  // What has no value, x//0, gets a name of its own, in order of appearance.
  void ReadBack(Dim d) {
    const std::string text = solver_.Print(d);
    if (absl::StrContains(text, "_opaque")) return;
    const absl::StatusOr<Dim> again = solver_.Parse(text, SymbolKind::kInput);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, solver_.Resolve(d)) << text << " is read as " << solver_.Print(*again);
    ++read_back_;
  }

  Dim Build(char op, Dim a, Dim b) {
    const Dim both[] = {a, b};
    switch (op) {
      case '+':
        return solver_.Add(a, b);
      case '-':
        return solver_.Sub(a, b);
      case '*':
        return solver_.Mul(a, b);
      case '/':
        return solver_.FloorDiv(a, b);
      case '%':
        return solver_.Mod(a, b);
      case 'm':
        return solver_.Min(both);
      default:
        return solver_.Max(both);
    }
  }

  Column ValuesOf(Dim d) {
    const PolyView p = solver_.store.View(d);
    Column sum(leaves_[0].values.size(), p.constant);
    for (const Term& t : p.terms) {
      Column product(sum.size(), t.coeff);
      for (AtomId a : solver_.store.atoms_of(t.mono)) product = Combine('*', product, ValuesAt(a));
      sum = Combine('+', sum, product);
    }
    return sum;
  }
  const Column& ValuesAt(AtomId id) {
    if (const auto it = atoms_.find(id); it != atoms_.end()) return it->second;
    const Atom a = solver_.store.atom(id);
    Column out;
    if (a.kind == AtomKind::kSymbol) {  // past the limits, or divided by 0: what it stands for
      const SymbolInfo& info = solver_.store.symbols()[a.symbol];
      out = Combine(info.op == 't' ? 'T' : info.op, ValuesOf(info.a), ValuesOf(info.b));
    } else {
      const char op = a.kind == AtomKind::kFloorDiv ? '/' : a.kind == AtomKind::kMax ? 'M' : 'B';
      out = ValuesOf(a.args[0]);
      for (uint32_t i = 1; i < a.arg_count; ++i) out = Combine(op, out, ValuesOf(a.args[i]));
    }
    return atoms_[id] = std::move(out);
  }

  Solver solver_;
  std::vector<Written> leaves_;
  absl::node_hash_map<AtomId, Column> atoms_;
  size_t checked_ = 0, undefined_ = 0, read_back_ = 0;
};

// Of `a op b` and `b op a` of an operator that commutes one is enough: the solver swaps them.
void CheckAll(Interval domain, int64_t lo, int64_t hi) {
  size_t checked = 0, undefined = 0, read_back = 0;
  bool more = true;
  for (size_t i = 0; more; ++i) {
    Box box(domain, lo, hi);  // a new one each time: memory stays small
    std::vector<Written> one;
    for (char op : kOps) {
      for (const Written& a : box.leaves()) {
        for (const Written& b : box.leaves()) {
          one.push_back(box.Make(op, a, b));
          box.Name(one.back(), op, a, b);
        }
      }
    }
    more = i + 1 < one.size();
    for (char op : kOps) {
      for (const Written& leaf : box.leaves()) {
        for (bool swapped : {false, true}) {
          if (swapped && Commutes(op)) continue;
          const Written &a = swapped ? leaf : one[i], &b = swapped ? one[i] : leaf;
          Written two = box.Make(op, a, b);
          box.Name(two, op, a, b);
          for (char last : kOps) {
            for (const Written& c : box.leaves()) {
              box.Make(last, two, c);
              if (!Commutes(last)) box.Make(last, c, two);
            }
          }
        }
      }
      for (size_t j = Commutes(op) ? i : 0; j < one.size(); ++j) box.Make(op, one[i], one[j]);
    }
    checked += box.checked();
    undefined += box.undefined();
    read_back += box.read_back();
  }
  std::printf(
      "checked %zu expressions at %lld^2 sizes, %zu of them undefined somewhere, %zu read back\n",
      checked, static_cast<long long>(hi - lo + 1), undefined, read_back);
  EXPECT_GT(checked, 1000000u);
  EXPECT_GT(undefined, 10000u);
  EXPECT_GT(read_back, 1000000u);
}

TEST(Exhaustive, AnyIntegers) { CheckAll(kAnyInteger, -4, 8); }
TEST(Exhaustive, Sizes) { CheckAll(kSize, 0, 8); }

}  // namespace
}  // namespace symshape::symbolic
