// The inequality prover. To show p >= 0, quotients are replaced by rational bounds (row 36), outermost
// first, and maxima and broadcasts by their elements, until bounds of the symbols decide:
//   x - d + 1 <= d*(x//d) <= x        Max{..} >= each element        Max{..} is one of the elements
// p stands for scale*p0 with p0 an integer and scale >= 1, so p > -scale is enough at the end.
// Budgets are counted in steps, so that the answer does not depend on the machine.
#include <algorithm>

#include "symbolic/wide.h"

namespace symshape::symbolic {
namespace {

constexpr int kCombined = 3;  // stored inequalities added up in one proof

const WideTerm* Find(const WidePoly& p, MonoId m) {
  auto it = std::lower_bound(p.terms.begin(), p.terms.end(), m,
                             [](const WideTerm& t, MonoId x) { return t.mono < x; });
  return it != p.terms.end() && it->mono == m ? &*it : nullptr;
}

// One proof: p, which stands for scale*p0, loses its outermost atom again and again.
class EnvelopeProof {
 public:
  EnvelopeProof(Solver& solver, WidePoly p, WidePoly scale, int& budget,
                absl::Span<const WidePoly> extra, int splits)
      : s_(solver),
        p_(std::move(p)),
        scale_(std::move(scale)),
        budget_(budget),
        extra_(extra),
        splits_(splits) {}

  bool Run() {
    for (;;) {
      if (--budget_ < 0 || !s_.Spend(2 + static_cast<int64_t>(p_.terms.size()))) return false;
      WidePoly goal = p_;
      goal.constant -= 1;
      if (!AddTo(goal, scale_, 1)) return false;
      const std::optional<int128> low = s_.LowerBound(goal);
      if (low && *low >= 0) return true;
      if (!PickOutermost()) return ByFacts();
      Separate();
      if (s_.store.atom(outermost_).kind != AtomKind::kFloorDiv) return ByElements();
      if (!AreSignsKnown()) return ByFacts();
      const PolyView divisor = s_.store.View(s_.store.atom(outermost_).args[1]);
      if (divisor.terms.empty()) {
        if (!ReplaceQuotient(divisor.constant)) return false;
      } else {
        // At least 1 wherever the quotient is defined.
        if (s_.Bounds(s_.store.atom(outermost_).args[1]).lo < 0) return ByFacts();
        if (!ReplaceRatio(s_.Widen(divisor))) return false;
      }
      p_ = std::move(others_);
    }
  }

 private:
  struct Occurrence {  // coeff * outermost * rest
    MonoId rest;
    int128 coeff;
  };

  bool ByFacts() { return s_.ProveByFacts(p_, scale_, budget_, extra_, kCombined); }

  bool AddTo(WidePoly& sum, const WidePoly& p, int128 factor) const {
    bool fits = s_.AddWide(sum, Store::kNoMono, factor * p.constant);
    for (const WideTerm& t : p.terms) fits = fits && s_.AddWide(sum, t.mono, factor * t.coeff);
    return fits;
  }
  // sum += coeff * rest * p
  bool AddProduct(WidePoly& sum, MonoId rest, int128 coeff, const WidePoly& p) {
    WidePoly factor, product;
    return s_.AddWide(factor, rest, coeff) && s_.MultiplyWide(p, factor, product) &&
           AddTo(sum, product, 1);
  }

  // Deeper ones first, as they may hold the others; of one depth broadcasts, then maxima, whose
  // cases lose nothing.
  bool IsBefore(AtomId a, AtomId b) const {
    const Atom &x = s_.store.atom(a), &y = s_.store.atom(b);
    if (x.depth != y.depth) return x.depth > y.depth;
    return x.kind != y.kind ? x.kind > y.kind : a > b;
  }

  bool PickOutermost() {
    bool found = false;
    for (const WideTerm& t : p_.terms) {
      if (s_.store.mono(t.mono).depth == 0) continue;
      for (AtomId a : s_.store.atoms_of(t.mono)) {
        if (s_.store.atom(a).kind == AtomKind::kSymbol) continue;
        if (found && !IsBefore(a, outermost_)) continue;
        outermost_ = a;
        found = true;
      }
    }
    return found;
  }

  // p = others + sum of coeff * outermost * rest
  void Separate() {
    others_ = WidePoly();
    others_.constant = p_.constant;
    uses_.clear();
    for (const WideTerm& t : p_.terms) {
      MonoId rest;
      if (s_.store.DivideMono(t.mono, s_.store.atom(outermost_).mono, &rest)) {
        uses_.push_back({rest, t.coeff});
      } else {
        others_.terms.push_back(t);
      }
    }
  }

  // +1 or -1 where the sign of coeff*rest is known, else 0.
  int SignOf(const Occurrence& o) const {
    if (o.rest == Store::kNoMono) return o.coeff > 0 ? 1 : -1;
    const Interval b = s_.MonoBounds(o.rest);
    if (b.lo >= 0) return o.coeff > 0 ? 1 : -1;
    if (b.hi <= 0) return o.coeff > 0 ? -1 : 1;
    return 0;
  }
  bool AreSignsKnown() const {
    return std::none_of(uses_.begin(), uses_.end(),
                        [this](const Occurrence& o) { return SignOf(o) == 0; });
  }

  // others += the uses of x//d, each by its bound: x - d + 1 <= d*(x//d) <= x.
  bool ReplaceQuotient(int64_t divisor) {
    const Dim numerator = s_.store.atom(outermost_).args[0];
    const int128 d = divisor;
    int128 g = d;
    for (const Occurrence& o : uses_) g = GcdWide(g, o.coeff);
    if (!Scale(others_, d / g) || !Scale(scale_, d / g)) return false;
    std::optional<int64_t> residue;
    if (s_.state.has_congruences() || !s_.state.exact.empty()) {
      residue = s_.ResidueOf(s_.store.View(numerator), divisor);
    }
    for (const Occurrence& o : uses_) {
      WidePoly bound = s_.Widen(s_.store.View(numerator));
      bound.constant -= residue ? *residue : SignOf(o) > 0 ? d - 1 : 0;
      if (!AddProduct(others_, o.rest, o.coeff / g, bound)) return false;
    }
    return true;
  }

  // What is left of each use where the divisor, one monomial, is taken out of it.
  std::optional<absl::InlinedVector<Occurrence, 4>> DividedUses(const WidePoly& den) const {
    if (den.constant != 0 || den.terms.size() != 1) return std::nullopt;
    absl::InlinedVector<Occurrence, 4> divided;
    for (const Occurrence& o : uses_) {
      MonoId rest = Store::kNoMono;
      if (o.rest == Store::kNoMono || o.coeff % den.terms[0].coeff != 0 ||
          !s_.store.DivideMono(o.rest, den.terms[0].mono, &rest)) {
        return std::nullopt;
      }
      divided.push_back({rest, o.coeff / den.terms[0].coeff});
    }
    return divided;
  }

  // The same for a symbolic divisor. Where all uses contain it, d*q needs no scaling.
  bool ReplaceRatio(const WidePoly& den) {
    const std::optional<absl::InlinedVector<Occurrence, 4>> divided = DividedUses(den);
    if (!divided) {
      WidePoly product;
      if (!s_.MultiplyWide(others_, den, product)) return false;
      others_ = std::move(product);
      if (!s_.MultiplyWide(scale_, den, product)) return false;
      scale_ = std::move(product);
    }
    for (size_t i = 0; i < uses_.size(); ++i) {
      WidePoly bound = s_.Widen(s_.store.View(s_.store.atom(outermost_).args[0]));
      if (SignOf(uses_[i]) > 0) {
        bound.constant += 1;
        if (!AddTo(bound, den, -1)) return false;
      }
      const Occurrence& o = divided ? (*divided)[i] : uses_[i];
      if (!AddProduct(others_, o.rest, o.coeff, bound)) return false;
    }
    return true;
  }

  // p with that element for the maximum or broadcast.
  bool WithElement(Dim element, WidePoly& out) {
    out = others_;
    const WidePoly e = s_.Widen(s_.store.View(element));
    for (const Occurrence& o : uses_) {
      if (!AddProduct(out, o.rest, o.coeff, e)) return false;
    }
    return true;
  }

  // Max and Broadcast: the atom is one of its elements. Of a maximum that raises p any will do.
  bool ByElements() {
    const bool is_max = s_.store.atom(outermost_).kind == AtomKind::kMax;
    const bool raises = std::all_of(uses_.begin(), uses_.end(),
                                    [this](const Occurrence& o) { return SignOf(o) > 0; });
    if (is_max && raises && ByAnyElement()) return true;
    if (splits_ <= 0) return false;
    const absl::Span<const Dim> elements = s_.store.args(outermost_);
    for (size_t i = 0; i < elements.size(); ++i) {
      WidePoly q;
      if (!WithElement(elements[i], q)) return false;
      std::vector<WidePoly> known(extra_.begin(), extra_.end());
      for (size_t j = 0; is_max && j < elements.size(); ++j) {
        WidePoly difference = s_.Widen(s_.store.View(elements[i]));
        if (j == i || !AddTo(difference, s_.Widen(s_.store.View(elements[j])), -1)) continue;
        known.push_back(std::move(difference));
      }
      if (!s_.Prove(q, scale_, budget_, known, splits_ - 1)) return false;
    }
    return true;
  }

  bool ByAnyElement() {
    for (Dim e : s_.store.args(outermost_)) {
      WidePoly q;
      int part = budget_ / 2;
      if (WithElement(e, q) && s_.Prove(q, scale_, part, extra_, splits_)) return true;
      budget_ -= budget_ / 4;
    }
    return false;
  }

  Solver& s_;
  WidePoly p_, scale_;
  int& budget_;
  const absl::Span<const WidePoly> extra_;
  const int splits_;
  AtomId outermost_ = 0;
  WidePoly others_;
  absl::InlinedVector<Occurrence, 4> uses_;
};

}  // namespace

bool Solver::Prove(WidePoly p, WidePoly scale, int& budget, absl::Span<const WidePoly> extra,
                   int splits) {
  if (ProveByEnvelope(p, scale, budget, extra, splits)) return true;
  return scale.terms.empty() && scale.constant == 1 && ProveByResidues(p);
}

bool Solver::ProveByEnvelope(WidePoly p, WidePoly scale, int& budget,
                             absl::Span<const WidePoly> extra, int splits) {
  return EnvelopeProof(*this, std::move(p), std::move(scale), budget, extra, splits).Run();
}

// p = p' + c*m*f with c > 0, m >= 0 and f >= 0 known: p' >= 0 is enough. c and m are chosen so that
// a term of p that has no bound of its own vanishes.
bool Solver::ProveByFacts(const WidePoly& p, const WidePoly& scale, int& budget,
                          absl::Span<const WidePoly> extra, int depth) {
  if (depth == 0 || !scale.terms.empty()) return false;
  if (state.inequalities.empty() && extra.empty()) return false;
  for (const WideTerm& bad : p.terms) {
    const Interval b = MonoBounds(bad.mono);
    if (bad.coeff > 0 ? b.lo >= 0 : b.hi <= 0) continue;  // it does not pull p below 0
    const size_t count = extra.size() + state.inequalities.size();
    for (size_t i = 0; i < count; ++i) {
      WidePoly stored;
      const WidePoly* fact;
      if (i < extra.size()) {
        fact = &extra[i];
      } else {
        const Dim d = state.inequalities[i - extra.size()];
        bool relevant = (store.MaskOf(d) & store.mono(bad.mono).mask) != 0;
        if (!relevant) continue;
        stored = Widen(store.View(d));
        fact = &stored;
      }
      for (const WideTerm& u : fact->terms) {
        if ((u.coeff > 0) != (bad.coeff > 0)) continue;
        MonoId m;
        if (!store.DivideMono(bad.mono, u.mono, &m)) continue;
        if (m != Store::kNoMono && MonoBounds(m).lo < 0) continue;
        if (--budget < 0 || !Spend(static_cast<int64_t>(p.terms.size() + fact->terms.size()))) {
          return false;
        }
        const int128 g = GcdWide(u.coeff, bad.coeff);
        const int128 up = u.coeff > 0 ? u.coeff / g : -u.coeff / g;
        const int128 times = bad.coeff > 0 ? bad.coeff / g : -bad.coeff / g;
        WidePoly q = p, s = scale;
        if (!Scale(q, up) || !Scale(s, up)) continue;
        bool fits = true;
        for (const WideTerm& v : fact->terms) {
          fits = fits && IsSmall(v.coeff * times) &&
                 AddWide(q, store.MulMono(v.mono, m), -v.coeff * times);
        }
        int128 c;
        fits = fits && !__builtin_mul_overflow(fact->constant, times, &c) && IsSmall(c) &&
               AddWide(q, m, -c);
        if (!fits) continue;
        WidePoly goal = q;
        if (!AddWide(goal, Store::kNoMono, s.constant - 1)) continue;
        const std::optional<int128> low = LowerBound(goal);
        if (low && *low >= 0) return true;
        bool compound = false;
        for (const WideTerm& v : q.terms) compound = compound || store.mono(v.mono).depth > 0;
        if (compound ? Prove(q, s, budget, {}, 0) : ProveByFacts(q, s, budget, extra, depth - 1)) {
          return true;
        }
      }
    }
  }
  return false;
}

Interval Solver::TightBounds(Dim d) {
  if (d.is_inline()) return {d.inline_value(), d.inline_value()};
  const Node& n = store.node(d);
  if (!n.has_compound) return Bounds(d);
  return TightPolyBounds(Copy(store.View(d)), 0);
}

Interval Solver::TightPolyBounds(const Poly& poly, int depth) {
  Interval out = PolyBounds(ViewOf(poly));
  bool has_div = false;
  for (const Term& t : poly.terms) {
    const Mono& m = store.mono(t.mono);
    has_div = has_div || m.has_div;
    if (!m.has_max || m.degree != 1 || depth >= 3) continue;
    const AtomId atom = m.atoms[0];
    if (store.atom(atom).arg_count > 4) continue;
    // rest + c*max(e_i) is the largest, with c < 0 the smallest, of rest + c*e_i.
    Interval all;
    bool first = true;
    for (Dim e : store.args(atom)) {
      Poly branch = poly;
      if (!AccumulateTerm(branch, t.mono, -t.coeff) ||
          !Accumulate(branch, store.View(e), t.coeff)) {
        return out;
      }
      const Interval i = TightPolyBounds(branch, depth + 1);
      if (first) {
        all = i;
      } else if (t.coeff > 0) {
        all = {std::max(all.lo, i.lo), std::max(all.hi, i.hi)};
      } else {
        all = {std::min(all.lo, i.lo), std::min(all.hi, i.hi)};
      }
      first = false;
    }
    return {std::max(out.lo, all.lo), std::min(out.hi, all.hi)};
  }
  if (!has_div) return out;
  // lo: replace every quotient with a constant divisor by its rational bound.
  const auto low = [&](int sign) -> std::optional<int64_t> {
    WidePoly p = Widen(ViewOf(poly));
    if (sign < 0 && !Scale(p, -1)) return std::nullopt;
    int128 scale = 1;
    for (int step = 0; step < 32; ++step) {
      AtomId newest = 0;
      bool found = false;
      for (const WideTerm& t : p.terms) {
        const Mono& m = store.mono(t.mono);
        if (m.degree != 1 || !m.has_div) continue;
        if (!store.IsConstant(store.atom(m.atoms[0]).args[1])) continue;
        if (!found || m.atoms[0] > newest) newest = m.atoms[0];
        found = true;
      }
      if (!found) break;
      const Atom atom = store.atom(newest);
      const int128 c = Find(p, atom.mono)->coeff;
      const int128 divisor = store.View(atom.args[1]).constant;
      const int128 f = divisor / GcdWide(divisor, c);
      if (!AddWide(p, atom.mono, -c) || !Scale(p, f) || !IsSmall(scale * f)) return std::nullopt;
      scale *= f;
      const int128 times = c * f / divisor;
      WidePoly numerator = Widen(store.View(atom.args[0]));
      if (times > 0) numerator.constant -= divisor - 1;
      if (!Scale(numerator, times) || !AddWide(p, Store::kNoMono, numerator.constant)) {
        return std::nullopt;
      }
      for (const WideTerm& t : numerator.terms) {
        if (!AddWide(p, t.mono, t.coeff)) return std::nullopt;
      }
    }
    const std::optional<int128> bound = LowerBound(p);
    if (!bound) return std::nullopt;
    const int128 rounded = CeilDivWide(*bound, scale);
    if (rounded <= Interval::kMinusInf || rounded >= Interval::kPlusInf) return std::nullopt;
    return static_cast<int64_t>(rounded);
  };
  if (const auto lo = low(1)) out.lo = std::max(out.lo, *lo);
  if (const auto hi = low(-1)) out.hi = std::min(out.hi, -*hi);
  return out;
}

}  // namespace symshape::symbolic
