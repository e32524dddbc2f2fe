#include "symbolic/farkas.h"

#include <map>
#include <numeric>
#include <utility>

#include "symbolic/checked.h"

namespace symshape::certificate {
namespace {

constexpr int kMaxPivots = 200;
constexpr Int kLimit = Int{1} << 62;  // products of two entries fit

// Phase 1 of the simplex method: A*x == b, x >= 0, b >= 0, as integers over one denominator
// (Bareiss). Row `objective` is the sum of the rows whose artificial variable is in the basis;
// Bland's rule ends it.
class Tableau {
 public:
  Tableau(std::vector<std::vector<Int>> rows, size_t columns)
      : t_(std::move(rows)), columns_(columns), basis_(t_.size()) {
    std::iota(basis_.begin(), basis_.end(), columns);  // artificial ones
    objective_.assign(columns + 1, 0);
    for (const std::vector<Int>& row : t_) {
      for (size_t j = 0; j <= columns; ++j) objective_[j] += row[j];
    }
  }

  // x, times a common positive factor.
  std::optional<std::vector<Int>> Solve() {
    for (int pivots = 0; objective_[columns_] != 0; ++pivots) {
      size_t in = 0;
      while (in < columns_ && objective_[in] <= 0) ++in;
      if (in == columns_ || pivots == kMaxPivots) return std::nullopt;
      std::optional<size_t> out;
      for (size_t i = 0; i < t_.size(); ++i) {
        if (t_[i][in] <= 0) continue;
        if (!out) {
          out = i;
          continue;
        }
        const Int ours = t_[i][columns_] * t_[*out][in], best = t_[*out][columns_] * t_[i][in];
        if (ours < best || (ours == best && basis_[i] < basis_[*out])) out = i;
      }
      if (!out || !Pivot(*out, in)) return std::nullopt;
    }
    std::vector<Int> x(columns_, 0);
    for (size_t i = 0; i < t_.size(); ++i) {
      if (basis_[i] < columns_) x[basis_[i]] = t_[i][columns_];
    }
    return x;
  }

 private:
  bool Pivot(size_t out, size_t in) {
    const Int pivot = t_[out][in];
    const auto eliminate = [&](std::vector<Int>& row) {
      const Int factor = row[in];
      if (factor == 0 && pivot == denominator_) return true;  // it stays
      for (size_t j = 0; j <= columns_; ++j) {
        row[j] = row[j] * pivot - factor * t_[out][j];
        if (denominator_ != 1) row[j] /= denominator_;
        if (row[j] >= kLimit || row[j] <= -kLimit) return false;
      }
      return true;
    };
    for (size_t i = 0; i < t_.size(); ++i) {
      if (i != out && !eliminate(t_[i])) return false;
    }
    if (!eliminate(objective_)) return false;
    denominator_ = pivot;
    basis_[out] = in;
    return true;
  }

  std::vector<std::vector<Int>> t_;
  std::vector<Int> objective_;
  size_t columns_;
  std::vector<size_t> basis_;
  Int denominator_ = 1;
};

// The indices of rows that may take part in a sum that is a number: no other one can cancel a
// monomial of the rest.
std::vector<size_t> Useful(absl::Span<const Poly> rows) {
  std::vector<size_t> useful(rows.size());
  std::iota(useful.begin(), useful.end(), size_t{0});
  for (bool changed = true; changed;) {
    changed = false;
    std::map<Mono, int> signs;  // 1: positive somewhere, 2: negative somewhere
    for (size_t i : useful) {
      for (const auto& [mono, coeff] : rows[i]) signs[mono] |= coeff > 0 ? 1 : 2;
    }
    std::vector<size_t> kept;
    for (size_t i : useful) {
      bool cancels = true;
      for (const auto& [mono, coeff] : rows[i])
        cancels = cancels && (mono.empty() || signs[mono] == 3);
      if (cancels) kept.push_back(i);
    }
    changed = kept.size() != useful.size();
    useful = std::move(kept);
  }
  return useful;
}

}  // namespace

std::optional<std::vector<Int>> NonNegativeSolution(std::vector<std::vector<Int>> equations) {
  for (const std::vector<Int>& equation : equations) {
    for (Int c : equation) {
      if (c >= kLimit || c <= -kLimit) return std::nullopt;
    }
  }
  const size_t unknowns = equations[0].size() - 1;
  return Tableau(std::move(equations), unknowns).Solve();
}

std::optional<std::vector<Int>> Contradict(absl::Span<const Poly> rows) {
  const std::vector<size_t> useful = Useful(rows);
  std::map<Mono, size_t> index;  // of the equations: one per monomial, the constant's last
  for (size_t i : useful) {
    for (const auto& [mono, coeff] : rows[i]) {
      if (!mono.empty()) index.emplace(mono, index.size());
    }
  }
  std::vector<std::vector<Int>> equations(index.size() + 1, std::vector<Int>(useful.size() + 1, 0));
  for (size_t j = 0; j < useful.size(); ++j) {
    for (const auto& [mono, coeff] : rows[useful[j]]) {
      if (mono.empty()) {
        equations.back()[j] = -coeff;
      } else {
        equations[index[mono]][j] = coeff;
      }
    }
  }
  equations.back()[useful.size()] = 1;
  const std::optional<std::vector<Int>> x = NonNegativeSolution(std::move(equations));
  if (!x) return std::nullopt;
  Int common = 0;
  for (Int v : *x) common = symbolic::GcdWide(common, v);
  std::vector<Int> multipliers(rows.size(), 0);
  for (size_t j = 0; j < useful.size(); ++j) multipliers[useful[j]] = (*x)[j] / common;
  return multipliers;
}

}  // namespace symshape::certificate
