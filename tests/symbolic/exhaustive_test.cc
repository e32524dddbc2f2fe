// All small expressions over {x, y, 0..3}, value by value: what the solver makes of an expression
// is equal to it wherever the expression is defined.
#include <gtest/gtest.h>

#include "absl/container/flat_hash_map.h"
#include "symbolic/context.h"
#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

// Sizes at which everything is evaluated.
class Grid {
 public:
  Grid(int64_t lo, int64_t hi) {
    for (int64_t x = lo; x <= hi; ++x) {
      for (int64_t y = lo; y <= hi; ++y) points_.emplace_back(x, y);
    }
  }
  size_t size() const { return points_.size(); }
  std::pair<int64_t, int64_t> operator[](size_t i) const { return points_[i]; }

 private:
  std::vector<std::pair<int64_t, int64_t>> points_;
};

using Values = std::vector<std::optional<int64_t>>;

// An expression as it was written (its values) and as the solver has it.
struct Written {
  Values values;
  Dim dim;
  std::string text;
};

class Exhaustive {
 public:
  Exhaustive(Interval domain, int64_t lo, int64_t hi) : grid_(lo, hi) {
    const Dim x = context_.Symbol("x", domain), y = context_.Symbol("y", domain);
    Values vx, vy;
    for (size_t i = 0; i < grid_.size(); ++i) {
      vx.push_back(grid_[i].first);
      vy.push_back(grid_[i].second);
    }
    leaves_ = {{vx, x, "x"}, {vy, y, "y"}};
    for (int64_t k = 0; k <= 3; ++k) {
      leaves_.push_back({Values(grid_.size(), k), context_.Constant(k), absl::StrCat(k)});
    }
  }

  const std::vector<Written>& leaves() const { return leaves_; }
  static constexpr char kOps[] = {'+', '-', '*', '/', '%', 'm', 'M'};

  // `a op b`, checked.
  Written Combine(char op, const Written& a, const Written& b) {
    Written out{{}, BuildOp(context_, op, a.dim, b.dim), ""};
    out.values.reserve(grid_.size());
    for (size_t i = 0; i < grid_.size(); ++i) {
      const auto &p = a.values[i], &q = b.values[i];
      out.values.push_back(p && q ? ApplyOp(op, *p, *q) : std::nullopt);
    }
    ++checked_;
    const Values& solved = ValuesOf(out.dim);
    for (size_t i = 0; i < grid_.size(); ++i) {
      if (!out.values[i] || out.values[i] == solved[i]) continue;
      ADD_FAILURE() << "(" << a.text << ") " << op << " (" << b.text << ") became "
                    << context_.Print(out.dim) << ", wrong at x=" << grid_[i].first
                    << " y=" << grid_[i].second;
      break;
    }
    return out;
  }
  size_t checked() const { return checked_; }

 private:
  const Values& ValuesOf(Dim d) {
    auto [it, made] = solved_.try_emplace(d);
    if (!made) return it->second;
    Values values;
    for (size_t i = 0; i < grid_.size(); ++i) {
      values.push_back(context_.Evaluate(d, {{"x", grid_[i].first}, {"y", grid_[i].second}}));
    }
    return solved_[d] = std::move(values);
  }

  Context context_;
  Grid grid_;
  std::vector<Written> leaves_;
  absl::flat_hash_map<Dim, Values> solved_;
  size_t checked_ = 0;
};

void CheckAll(Interval domain, int64_t lo, int64_t hi) {
  Exhaustive e(domain, lo, hi);
  std::vector<Written> one;
  for (char op : Exhaustive::kOps) {
    for (const Written& a : e.leaves()) {
      for (const Written& b : e.leaves()) {
        one.push_back(e.Combine(op, a, b));
        one.back().text = absl::StrCat(a.text, " ", std::string(1, op), " ", b.text);
      }
    }
  }
  // Two operators: every pair. Three: a fixed share, spread evenly.
  size_t count = 0;
  for (char op : Exhaustive::kOps) {
    for (const Written& a : one) {
      for (const Written& b : e.leaves()) {
        for (bool swapped : {false, true}) {
          Written two = swapped ? e.Combine(op, b, a) : e.Combine(op, a, b);
          if (++count % 5 != 0) continue;
          two.text = swapped ? absl::StrCat(b.text, " ", std::string(1, op), " (", a.text, ")")
                             : absl::StrCat("(", a.text, ") ", std::string(1, op), " ", b.text);
          const char last = Exhaustive::kOps[count % sizeof(Exhaustive::kOps)];
          const Written& c = e.leaves()[count / 7 % e.leaves().size()];
          e.Combine(last, two, c);
          e.Combine(last, c, two);
          e.Combine(last, two, one[count * 31 % one.size()]);
        }
      }
    }
  }
  EXPECT_GT(e.checked(), 30000u);
}

TEST(Exhaustive, AnyIntegers) { CheckAll(kAnyInteger, -4, 8); }
TEST(Exhaustive, Sizes) { CheckAll(kSize, 0, 8); }

}  // namespace
}  // namespace symshape::symbolic
