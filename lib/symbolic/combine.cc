// Sums of several known inequalities: x - z >= 2 where x - y >= 3 and y - z >= -1 are known. What
// is asked is denied; all that is known of the atoms in it makes rows that are >= 0; and a sum of
// rows that is a number below 0 ends the proof (farkas.h).
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "symbolic/farkas.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxKnown = 16;  // inequalities that take part
constexpr size_t kMaxRows = 64;
constexpr int64_t kWork = 100;  // steps that finding the inequalities counts as

}  // namespace

// The rows of one question.
class Combination {
 public:
  explicit Combination(Solver& solver) : s_(solver) {}

  // factor*p + constant >= 0. All are integers, so the constant may be rounded down.
  void Add(const PolyView& p, int factor, int64_t constant) {
    Row row;
    int64_t g = 0;
    for (const Term& t : p.terms) {
      row.terms.emplace_back(PlaceOf(t.mono), Int{t.coeff} * factor);
      g = static_cast<int64_t>(GcdU(static_cast<uint64_t>(g), AbsU(t.coeff)));
    }
    if (g <= 0) return;
    if (g > 1) {
      for (auto& [place, c] : row.terms) c /= g;
    }
    row.constant = FloorDivWide(Int{p.constant} * factor + constant, g);
    rows_.push_back(std::move(row));
  }

  // The known inequalities that share a symbol with p, or with one that does.
  bool AddKnown(uint64_t mask) {
    const std::vector<Dim>& known = s_.state.inequalities;
    std::vector<bool> taken(known.size());
    size_t count = 0;
    for (bool grew = true; grew;) {
      grew = false;
      for (size_t i = 0; i < known.size(); ++i) {
        if (taken[i] || (s_.store.MaskOf(known[i]) & mask) == 0) continue;
        if (++count > kMaxKnown) return false;
        taken[i] = grew = true;
        mask |= s_.store.MaskOf(known[i]);
        Add(s_.store.View(known[i]), 1, 0);
      }
    }
    return count > 0;
  }

  // What is known of each monomial that occurs; the list grows meanwhile.
  void AddMonomials() {
    for (size_t i = 0; i < monos_.size() && rows_.size() < kMaxRows; ++i) {
      const MonoId m = monos_[i];
      const Term alone{m, 1};
      const PolyView view{0, absl::MakeConstSpan(&alone, 1)};
      const Interval b = s_.MonoBounds(m);
      if (b.lo > -kFar) Add(view, 1, -b.lo);
      if (b.hi < kFar) Add(view, -1, b.hi);
      if (s_.store.mono(m).degree == 1) AddAtom(s_.store.mono(m).atoms[0]);
    }
  }

  // Whether the first row cannot hold beside the others.
  bool ContradictsFirst() {
    if (rows_.size() > 2 * kMaxRows) return false;
    while (DropIdle()) {
    }
    if (rows_.empty() || rows_[0].is_idle) return false;
    std::vector<const Row*> useful;
    for (const Row& row : rows_) {
      if (!row.is_idle) useful.push_back(&row);
    }
    const auto size = static_cast<int64_t>(useful.size());
    if (!s_.Spend(size * size * size / 32)) return false;
    // How often each row is taken: no monomial is left, and of the constant -1.
    std::vector<std::optional<size_t>> equation_of(monos_.size());
    std::vector<std::vector<Int>> equations;
    std::vector<Int> constant;
    for (size_t j = 0; j < useful.size(); ++j) {
      constant.push_back(-useful[j]->constant);
      for (const auto& [place, c] : useful[j]->terms) {
        if (!equation_of[place]) {
          equation_of[place] = equations.size();
          equations.emplace_back(useful.size() + 1, 0);
        }
        equations[*equation_of[place]][j] = c;
      }
    }
    constant.push_back(1);
    equations.push_back(std::move(constant));
    return certificate::NonNegativeSolution(std::move(equations)).has_value();
  }

 private:
  using Int = certificate::Int;
  static constexpr int64_t kFar = int64_t{1} << 53;

  struct Row {
    absl::InlinedVector<std::pair<uint32_t, Int>, 6> terms;  // by the place of the monomial
    Int constant = 0;
    bool is_idle = false;  // no other one can cancel all of its monomials
  };

  uint32_t PlaceOf(MonoId mono) {
    const auto known = std::find(monos_.begin(), monos_.end(), mono);
    const auto place = static_cast<uint32_t>(known - monos_.begin());
    if (known == monos_.end()) monos_.push_back(mono);
    return place;
  }

  // Whether there were any more.
  bool DropIdle() {
    std::vector<uint8_t> signs(monos_.size(), 0);  // 1: positive somewhere, 2: negative somewhere
    for (const Row& row : rows_) {
      if (row.is_idle) continue;
      for (const auto& [place, c] : row.terms) signs[place] |= c > 0 ? 1 : 2;
    }
    bool any = false;
    for (Row& row : rows_) {
      if (row.is_idle) continue;
      row.is_idle = std::any_of(row.terms.begin(), row.terms.end(),
                                [&](const auto& term) { return signs[term.first] != 3; });
      any = any || row.is_idle;
    }
    return any;
  }

  void AddAtom(AtomId id) {
    const Atom a = s_.store.atom(id);
    Poly p;
    if (a.kind == AtomKind::kMax) {
      for (Dim e : s_.store.args(id)) {
        p = Solver::Copy(s_.store.View(e));
        if (s_.AccumulateTerm(p, a.mono, -1)) Add(Solver::ViewOf(p), -1, 0);
      }
    }
    if (!s_.IsQuotientByConstant(id)) return;
    const int64_t d = s_.store.View(a.args[1]).constant;  // 0 <= n - d*q <= d - 1
    p = Solver::Copy(s_.store.View(a.args[0]));
    if (d < 1 || d > kFar || !s_.AccumulateTerm(p, a.mono, -d)) return;
    Add(Solver::ViewOf(p), 1, 0);
    Add(Solver::ViewOf(p), -1, d - 1);
  }

  Solver& s_;
  std::vector<Row> rows_;
  std::vector<MonoId> monos_;
};

bool Solver::ProveByCombination(Dim d) {
  if (state.inequalities.empty() || OutOfWork()) return false;
  if (!Spend(kWork)) return false;
  Combination rows(*this);
  rows.Add(store.View(d), -1, -1);  // d <= -1
  if (!rows.AddKnown(store.MaskOf(d))) return false;
  rows.AddMonomials();
  return rows.ContradictsFirst();
}

}  // namespace symshape::symbolic
