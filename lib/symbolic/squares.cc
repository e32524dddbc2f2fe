// Sums of squares: x*x - 2*x + 1 >= 0, a*a + b*b >= 2*a*b. By completing squares,
//   4*a*(a*v*v + b*v + c) = (2*a*v + b)**2 + 4*a*c - b*b    where a > 0
// what is left holds no v; it is enough that it is above -1 where p is an integer.
#include <algorithm>
#include <array>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxVariables = 6;

// 2*p as a symmetric matrix over its atoms and, last, 1: a quadratic form. Scaled by `scale` >= 1.
class Quadratic {
 public:
  // False where p is of another kind, or too large.
  bool Read(const Store& store, const Poly& p) {
    for (const Term& t : p.terms) {
      const absl::Span<const AtomId> atoms = store.atoms_of(t.mono);
      if (atoms.size() > 2) return false;
      const std::optional<size_t> i = IndexOf(atoms.front()), j = IndexOf(atoms.back());
      if (!i || !j) return false;
      if (atoms.size() == 1) {
        Set(*i, kOne, t.coeff);
      } else {
        Set(*i, *j, *i == *j ? 2 * int128{t.coeff} : t.coeff);
      }
    }
    at_[kOne][kOne] = 2 * int128{p.constant};
    return true;
  }

  // Whether p > -1 at all sizes, whole or not.
  bool IsAboveMinusOne() {
    for (size_t v = 0; v < atoms_.size(); ++v) {
      const int128 square = at_[v][v];
      if (square < 0) return false;
      if (square == 0) {  // then it may not occur at all
        for (size_t i = v; i <= kOne; ++i) {
          if (at_[v][i] != 0) return false;
        }
      } else if (!Eliminate(v)) {
        return false;
      }
    }
    return at_[kOne][kOne] > -2 * scale_;
  }

 private:
  static constexpr size_t kOne = kMaxVariables;
  static constexpr int128 kLimit = int128{1} << 60;  // so that a difference of two products fits

  void Set(size_t i, size_t j, int128 value) { at_[i][j] = at_[j][i] = value; }

  std::optional<size_t> IndexOf(AtomId atom) {
    const auto known = std::find(atoms_.begin(), atoms_.end(), atom);
    const size_t i = static_cast<size_t>(known - atoms_.begin());
    if (known == atoms_.end()) {
      if (atoms_.size() == kMaxVariables) return std::nullopt;
      atoms_.push_back(atom);
    }
    return i;
  }

  bool Eliminate(size_t v) {
    const int128 square = at_[v][v];
    if (square > kLimit || scale_ > kLimit) return false;
    for (size_t i = v + 1; i <= kOne; ++i) {
      for (size_t j = i; j <= kOne; ++j) {
        for (int128 x : {at_[i][j], at_[v][i], at_[v][j]}) {
          if (x > kLimit || x < -kLimit) return false;
        }
        // Rows below are read before they change: row v does not.
        Set(i, j, square * at_[i][j] - at_[v][i] * at_[v][j]);
      }
    }
    scale_ *= square;
    return true;
  }

  std::array<std::array<int128, kMaxVariables + 1>, kMaxVariables + 1> at_ = {};
  absl::InlinedVector<AtomId, kMaxVariables> atoms_;
  int128 scale_ = 1;
};

}  // namespace

bool Solver::ProveBySquares(Poly p) {
  absl::InlinedVector<AtomId, kMaxVariables> squared;
  for (const Term& t : p.terms) {
    const absl::Span<const AtomId> atoms = store.atoms_of(t.mono);
    if (t.coeff > 0 && atoms.size() == 2 && atoms[0] == atoms[1]) squared.push_back(atoms[0]);
  }
  if (squared.empty() || !Spend(16)) return false;
  const auto is_squared = [&](AtomId a) {
    return std::find(squared.begin(), squared.end(), a) != squared.end();
  };
  // What only raises p may be left out: y of x*x - 2*x + 1 + y, which no square makes up for, and
  // if need be also 5*x*y of x*x - 2*x + 1 + y*y + 5*x*y.
  const auto leave_out = [&](bool all) {
    const auto raises = [&](const Term& t) {
      const absl::Span<const AtomId> atoms = store.atoms_of(t.mono);
      const bool squares = std::all_of(atoms.begin(), atoms.end(), is_squared);
      const bool is_square = squares && atoms.size() == 2 && atoms[0] == atoms[1];
      return t.coeff > 0 && !is_square && (all || !squares) && MonoBounds(t.mono).lo >= 0;
    };
    p.terms.erase(std::remove_if(p.terms.begin(), p.terms.end(), raises), p.terms.end());
  };
  for (bool all : {false, true}) {
    leave_out(all);
    Quadratic form;
    if (form.Read(store, p) && form.IsAboveMinusOne()) return true;
  }
  return false;
}

}  // namespace symshape::symbolic
