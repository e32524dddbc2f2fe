// Families of quotients, those with one divisor whose numerators differ by constants:
//   x//d + (x+1)//d + … + (x+d-1)//d = x                                row 22 (Hermite), row 34
// A sum may be written with any multiple t of that identity added; the shortest is taken.
#include <algorithm>
#include <limits>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr int64_t kMaxFamily = 8;  // divisors whose quotients are combined

int Count(const Poly& p) { return static_cast<int>(p.terms.size()); }

int128 Weight(const Poly& p) {
  int128 w = 0;
  for (const Term& t : p.terms) w += AbsU(t.coeff);
  return w;
}

// One occurrence coeff * q * rest of a quotient q = numerator // divisor.
struct Occurrence {
  Term term;
  MonoId rest;
  PolyView numerator;
  int64_t divisor;
};
using Occurrences = absl::InlinedVector<Occurrence, 4>;

Occurrences QuotientsIn(Store& store, const Poly& p) {
  Occurrences found;
  for (const Term& t : p.terms) {
    if (!store.mono(t.mono).has_div) continue;
    AtomId last = Store::kNoMono;
    for (AtomId q : store.atoms_of(t.mono)) {
      if (q == last) continue;
      last = q;
      const Atom atom = store.atom(q);
      if (atom.kind != AtomKind::kFloorDiv) continue;
      const PolyView divisor = store.View(atom.args[1]);
      if (!divisor.terms.empty() || divisor.constant > kMaxFamily) continue;
      MonoId rest;
      if (!store.DivideMono(t.mono, atom.mono, &rest)) continue;
      found.push_back({t, rest, store.View(atom.args[0]), divisor.constant});
    }
  }
  return found;
}

// An order in which families stand together, by ids.
int CompareFamilies(const Occurrence& x, const Occurrence& y) {
  if (x.divisor != y.divisor) return x.divisor < y.divisor ? -1 : 1;
  if (x.rest != y.rest) return x.rest < y.rest ? -1 : 1;
  const absl::Span<const Term> a = x.numerator.terms, b = y.numerator.terms;
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].mono != b[i].mono) return a[i].mono < b[i].mono ? -1 : 1;
    if (a[i].coeff != b[i].coeff) return a[i].coeff < b[i].coeff ? -1 : 1;
  }
  return 0;
}

// Whether p has a term that the family's whole sum has, too.
bool MeetsItsSum(Store& store, const Poly& p, const Occurrence& o) {
  return std::any_of(o.numerator.terms.begin(), o.numerator.terms.end(), [&](const Term& e) {
    const MonoId m = store.MulMono(e.mono, o.rest);
    const auto at = std::lower_bound(p.terms.begin(), p.terms.end(), m,
                                     [](const Term& t, MonoId x) { return t.mono < x; });
    return at != p.terms.end() && at->mono == m;
  });
}

// Without those that nothing in p can be combined with. Most sums have no other.
Occurrences Combinable(Store& store, const Poly& p, Occurrences found) {
  Occurrences kept;
  std::sort(found.begin(), found.end(),
            [](const Occurrence& x, const Occurrence& y) { return CompareFamilies(x, y) < 0; });
  for (size_t i = 0, next = 0; i < found.size(); i = next) {
    while (next < found.size() && CompareFamilies(found[i], found[next]) == 0) ++next;
    if (next == i + 1 && !MeetsItsSum(store, p, found[i])) continue;
    kept.insert(kept.end(), found.begin() + i, found.begin() + next);
  }
  std::sort(kept.begin(), kept.end(), [&](const Occurrence& x, const Occurrence& y) {
    return store.CompareMonos(x.term.mono, y.term.mono) < 0;
  });
  return kept;
}

}  // namespace

// The quotients of one family in a sum, and what else is in it.
class Family {
 public:
  Family(Solver& solver, const Poly& p, const Occurrence& first)
      : s_(solver), length_(Count(p)), first_(first), others_(p) {}

  // False on overflow. REQUIRES: 0 <= the numerator's constant < divisor.
  bool Add(const Occurrence& o) {
    int64_t& c = count_[o.numerator.constant];
    if (!AddOk(c, o.term.coeff, &c)) return false;
    const auto it = std::find(others_.terms.begin(), others_.terms.end(), o.term);
    if (it != others_.terms.end()) others_.terms.erase(it);
    return true;
  }

  // The numerator without its constant, times what stands beside the quotients.
  bool ReadStep() {
    for (const Term& e : first_.numerator.terms) {
      if (!s_.AccumulateTerm(step_, s_.store.MulMono(e.mono, first_.rest), e.coeff)) return false;
    }
    return true;
  }

  // The sum in its shortest writing, no longer than now. Judged on the result alone, so that every
  // member of the class chooses the same one.
  std::optional<Poly> Shortest() {
    std::optional<Poly> best;
    for (int64_t t : Candidates()) {
      Poly out;
      if (!s_.Spend(8 + length_)) return std::nullopt;  // not all were seen: none is the best
      if (PredictedLength(t) > length_ || !Variant(t, out)) continue;
      if (!best || IsBetter(out, *best)) best = std::move(out);
    }
    return best;
  }

 private:
  // The multiples of the identity that make a term vanish.
  std::vector<int64_t> Candidates() const {
    std::vector<int64_t> candidates = {0};
    candidates.insert(candidates.end(), count_.begin(), count_.begin() + first_.divisor);
    for (const Term& e : step_.terms) {
      for (const Term& t : others_.terms) {
        if (t.mono == e.mono && t.coeff % e.coeff == 0 && t.coeff != INT64_MIN) {
          candidates.push_back(-(t.coeff / e.coeff));
        }
      }
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    return candidates;
  }

  int PredictedLength(int64_t t) const {
    Poly rest = others_;
    if (!s_.Accumulate(rest, Solver::ViewOf(step_), t)) return std::numeric_limits<int>::max();
    int terms = Count(rest);
    for (int64_t k = 0; k < first_.divisor; ++k) terms += count_[k] != t;
    return terms;
  }

  // The sum with t more of `step`, and t fewer of each quotient; false on overflow.
  bool Variant(int64_t t, Poly& out) {
    out = others_;
    if (!s_.Accumulate(out, Solver::ViewOf(step_), t)) return false;
    for (int64_t k = 0; k < first_.divisor; ++k) {
      int64_t c;
      if (!SubOk(count_[k], t, &c)) return false;
      if (c == 0) continue;
      Poly numerator = Solver::Copy(first_.numerator);
      numerator.constant = k;
      Poly q, product, factor;
      if (!s_.FloorDivPoly(std::move(numerator), first_.divisor, 0, q)) return false;
      if (!s_.AccumulateTerm(factor, first_.rest, c)) return false;
      if (!s_.Multiply(Solver::ViewOf(q), Solver::ViewOf(factor), product)) return false;
      if (!s_.Accumulate(out, Solver::ViewOf(product), 1)) return false;
    }
    return true;
  }

  bool IsBetter(const Poly& x, const Poly& y) const {
    if (Count(x) != Count(y)) return Count(x) < Count(y);
    if (Weight(x) != Weight(y)) return Weight(x) < Weight(y);
    return s_.Shorter(Solver::ViewOf(x), Solver::ViewOf(y));
  }

  Solver& s_;
  const int length_;
  const Occurrence first_;
  std::array<int64_t, kMaxFamily> count_{};  // of (x + k)//d
  Poly others_, step_;
};

bool Solver::ReduceFamilies(Poly& p, bool* changed) {
  if (OutOfWork()) return true;
  const Occurrences found = Combinable(store, p, QuotientsIn(store, p));
  for (size_t i = 0; i < found.size(); ++i) {
    const auto of_this = [&](const Occurrence& o) { return CompareFamilies(o, found[i]) == 0; };
    if (std::any_of(found.begin(), found.begin() + i, of_this)) continue;
    Family family(*this, p, found[i]);
    for (const Occurrence& o : found) {
      if (!of_this(o)) continue;
      if (o.numerator.constant < 0 || o.numerator.constant >= o.divisor) return true;
      if (!family.Add(o)) return false;
    }
    if (!family.ReadStep()) return false;
    const std::optional<Poly> best = family.Shortest();
    if (!best || (best->terms == p.terms && best->constant == p.constant)) continue;
    Because(Rewrite::kHermite);
    p = *best;
    *changed = true;
    return true;
  }
  return true;
}

}  // namespace symshape::symbolic
