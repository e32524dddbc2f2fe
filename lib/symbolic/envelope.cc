// The inequality prover. To show p >= 0, quotients are replaced by rational bounds (row 36), newest
// first, and maxima and broadcasts by their elements, until bounds of the symbols decide:
//   x - d + 1 <= d*(x//d) <= x        Max{..} >= each element        Max{..} is one of the elements
// p stands for scale*p0 with p0 an integer and scale >= 1, so p > -scale is enough at the end.
// Budgets are counted in steps, so that the answer does not depend on the machine.
#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr int128 kLimit = int128{1} << 100;  // beyond it a proof is given up
constexpr int kCombined = 3;                 // stored inequalities added up in one proof
constexpr int kSplits = 4;                   // maxima and broadcasts split in one proof

bool Small(int128 v) { return v < kLimit && v > -kLimit; }

const WideTerm* Find(const WidePoly& p, MonoId m) {
  auto it = std::lower_bound(p.terms.begin(), p.terms.end(), m,
                             [](const WideTerm& t, MonoId x) { return t.mono < x; });
  return it != p.terms.end() && it->mono == m ? &*it : nullptr;
}

bool Scale(WidePoly& p, int128 factor) {
  if (__builtin_mul_overflow(p.constant, factor, &p.constant) || !Small(p.constant)) return false;
  for (WideTerm& t : p.terms) {
    if (__builtin_mul_overflow(t.coeff, factor, &t.coeff) || !Small(t.coeff)) return false;
  }
  return true;
}

}  // namespace

WidePoly Solver::Widen(const PolyView& p) const {
  WidePoly out;
  out.constant = p.constant;
  for (const Term& t : p.terms) out.terms.push_back({t.mono, t.coeff});
  return out;
}

bool Solver::AddWide(WidePoly& p, MonoId mono, int128 coeff) const {
  if (coeff == 0) return true;
  if (mono == Store::kNoMono) {
    p.constant += coeff;
    return Small(p.constant);
  }
  auto it = std::lower_bound(p.terms.begin(), p.terms.end(), mono,
                             [](const WideTerm& t, MonoId m) { return t.mono < m; });
  if (it == p.terms.end() || it->mono != mono) {
    p.terms.insert(it, WideTerm{mono, coeff});
    return Small(coeff) && p.terms.size() <= kMaxTerms;
  }
  it->coeff += coeff;
  if (!Small(it->coeff)) return false;
  if (it->coeff == 0) p.terms.erase(it);
  return true;
}

bool Solver::MultiplyWide(const WidePoly& a, const WidePoly& b, WidePoly& out) {
  out = WidePoly();
  const size_t products = (a.terms.size() + 1) * (b.terms.size() + 1);
  if (products > kMaxTerms || !Spend(static_cast<int64_t>(products / 4))) return false;
  const auto add = [&](MonoId m, int128 x, int128 y) {
    int128 c;
    return !__builtin_mul_overflow(x, y, &c) && Small(c) && AddWide(out, m, c);
  };
  if (!add(Store::kNoMono, a.constant, b.constant)) return false;
  for (const WideTerm& s : a.terms) {
    if (!add(s.mono, s.coeff, b.constant)) return false;
  }
  for (const WideTerm& t : b.terms) {
    if (!add(t.mono, t.coeff, a.constant)) return false;
    for (const WideTerm& s : a.terms) {
      if (store.mono(s.mono).degree + store.mono(t.mono).degree > 2 * kMaxDegree) return false;
      if (!add(store.MulMono(s.mono, t.mono), s.coeff, t.coeff)) return false;
    }
  }
  return true;
}

// A lower bound of p from the bounds of its atoms, each taken as lo + x or hi - x with x >= 0.
std::optional<int128> Solver::LowerBound(const WidePoly& p) {
  int128 sum = p.constant;
  bool finite = true, linear = true;
  for (const WideTerm& t : p.terms) {
    linear = linear && store.mono(t.mono).degree == 1;
    const Interval b = MonoBounds(t.mono);
    const int64_t bound = t.coeff > 0 ? b.lo : b.hi;
    int128 product;
    if (bound == Interval::kMinusInf || bound == Interval::kPlusInf ||
        __builtin_mul_overflow(int128{bound}, t.coeff, &product) || !Small(product)) {
      finite = false;
      continue;
    }
    sum += product;
  }
  if (linear || (finite && sum >= 0)) {
    return finite ? std::optional<int128>(sum) : std::nullopt;
  }
  // Taken as lo + x, a monomial keeps its coefficient where no other one is a multiple of it.
  const auto has_multiple = [&](const WideTerm& t) {
    const Mono& m = store.mono(t.mono);
    return std::any_of(p.terms.begin(), p.terms.end(), [&](const WideTerm& u) {
      const Mono& other = store.mono(u.mono);
      return other.degree > m.degree && (other.mask & m.mask) == m.mask;
    });
  };
  for (const WideTerm& t : p.terms) {
    if (t.coeff > 0) continue;
    const auto atoms = store.atoms_of(t.mono);
    const bool unbounded = std::all_of(atoms.begin(), atoms.end(), [this](AtomId a) {
      return AtomBounds(a).hi == Interval::kPlusInf;
    });
    if (unbounded && !has_multiple(t)) return finite ? std::optional<int128>(sum) : std::nullopt;
  }

  absl::InlinedVector<AtomId, 8> flipped;
  std::optional<int128> best;
  if (finite) best = sum;
  for (int attempt = 0; attempt < 2; ++attempt) {
    WidePoly shifted;
    shifted.constant = p.constant;
    for (const WideTerm& t : p.terms) {
      WidePoly product;
      product.constant = t.coeff;
      for (AtomId a : store.atoms_of(t.mono)) {
        const Interval b = AtomBounds(a);
        const bool flip = std::find(flipped.begin(), flipped.end(), a) != flipped.end() ||
                          b.lo == Interval::kMinusInf;
        const int64_t base = flip ? b.hi : b.lo;
        if (base == Interval::kPlusInf || base == Interval::kMinusInf) return best;
        WidePoly factor, next;
        factor.constant = base;
        factor.terms.push_back({store.atom(a).mono, flip ? -1 : 1});
        if (!MultiplyWide(product, factor, next)) return best;
        product = std::move(next);
      }
      shifted.constant += product.constant;
      if (!Small(shifted.constant)) return best;
      for (const WideTerm& u : product.terms) {
        if (!AddWide(shifted, u.mono, u.coeff)) return best;
      }
    }
    int128 low = shifted.constant;
    bool bounded = true;
    absl::InlinedVector<AtomId, 8> candidates;
    for (const WideTerm& t : shifted.terms) {
      if (t.coeff > 0) continue;
      int128 product = t.coeff;
      bool width_known = true;
      for (AtomId a : store.atoms_of(t.mono)) {
        const Interval b = AtomBounds(a);
        if (b.lo == Interval::kMinusInf || b.hi == Interval::kPlusInf) {
          width_known = false;
          continue;
        }
        candidates.push_back(a);
        if (__builtin_mul_overflow(product, int128{b.hi} - b.lo, &product) || !Small(product)) {
          return best;
        }
      }
      if (width_known) {
        low += product;
      } else {
        bounded = false;
      }
    }
    if (bounded && (!best || low > *best)) best = low;
    if ((best && *best >= 0) || candidates.empty()) return best;
    flipped = candidates;
  }
  return best;
}

bool Solver::Prove(WidePoly p, WidePoly scale, int& budget, absl::Span<const WidePoly> extra,
                   int splits) {
  if (ProveByEnvelope(p, scale, budget, extra, splits)) return true;
  return scale.terms.empty() && scale.constant == 1 && ProveByResidues(p);
}

bool Solver::ProveByEnvelope(WidePoly p, WidePoly scale, int& budget,
                             absl::Span<const WidePoly> extra, int splits) {
  for (;;) {
    if (--budget < 0 || !Spend(2 + static_cast<int64_t>(p.terms.size()))) return false;
    WidePoly goal = p;
    if (!AddWide(goal, Store::kNoMono, scale.constant - 1)) return false;
    for (const WideTerm& t : scale.terms) {
      if (!AddWide(goal, t.mono, t.coeff)) return false;
    }
    const std::optional<int128> low = LowerBound(goal);
    if (low && *low >= 0) return true;

    AtomId newest = 0;
    bool found = false;
    for (const WideTerm& t : p.terms) {
      if (store.mono(t.mono).depth == 0) continue;
      for (AtomId a : store.atoms_of(t.mono)) {
        if (store.atom(a).kind == AtomKind::kSymbol || (found && a <= newest)) continue;
        newest = a;
        found = true;
      }
    }
    if (!found) return ProveByFacts(p, scale, budget, extra, kCombined);
    const Atom atom = store.atom(newest);

    // p = others + sum of coeff * atom * rest
    struct Occurrence {
      MonoId rest;
      int128 coeff;
    };
    WidePoly others;
    others.constant = p.constant;
    absl::InlinedVector<Occurrence, 4> uses;
    for (const WideTerm& t : p.terms) {
      MonoId rest;
      if (store.DivideMono(t.mono, atom.mono, &rest)) {
        uses.push_back({rest, t.coeff});
      } else {
        others.terms.push_back(t);
      }
    }
    // +1 or -1 where the sign of coeff*rest is known, else 0.
    const auto sign = [&](const Occurrence& o) {
      if (o.rest == Store::kNoMono) return o.coeff > 0 ? 1 : -1;
      const Interval b = MonoBounds(o.rest);
      if (b.lo >= 0) return o.coeff > 0 ? 1 : -1;
      if (b.hi <= 0) return o.coeff > 0 ? -1 : 1;
      return 0;
    };

    if (atom.kind == AtomKind::kFloorDiv) {
      for (const Occurrence& o : uses) {
        if (sign(o) == 0) return ProveByFacts(p, scale, budget, extra, kCombined);
      }
      const PolyView divisor = store.View(atom.args[1]);
      const WidePoly numerator = Widen(store.View(atom.args[0]));
      if (divisor.terms.empty()) {
        const int128 d = divisor.constant;
        int128 g = d;
        for (const Occurrence& o : uses) g = GcdWide(g, o.coeff);
        const int128 f = d / g;
        if (!Scale(others, f) || !Scale(scale, f)) return false;
        std::optional<int64_t> residue;
        if (state.has_congruences() || !state.exact.empty()) {
          residue = ResidueOf(store.View(atom.args[0]), divisor.constant);
        }
        for (const Occurrence& o : uses) {
          WidePoly bound = numerator, product;  // of d * atom
          bound.constant -= residue ? *residue : sign(o) > 0 ? d - 1 : 0;
          WidePoly factor;
          if (!AddWide(factor, o.rest, o.coeff / g) || !MultiplyWide(bound, factor, product)) {
            return false;
          }
          if (!AddWide(others, Store::kNoMono, product.constant)) return false;
          for (const WideTerm& t : product.terms) {
            if (!AddWide(others, t.mono, t.coeff)) return false;
          }
        }
        p = std::move(others);
        continue;
      }
      // Symbolic divisor, at least 1 wherever the quotient is defined.
      if (Bounds(atom.args[1]).lo < 0) return ProveByFacts(p, scale, budget, extra, kCombined);
      const WidePoly den = Widen(divisor);
      // Where the divisor is a monomial that all uses contain, d*q needs no scaling.
      bool contained = divisor.constant == 0 && divisor.terms.size() == 1;
      absl::InlinedVector<MonoId, 4> rests;
      if (contained) {
        for (const Occurrence& o : uses) {
          MonoId rest = Store::kNoMono;
          contained = contained && o.rest != Store::kNoMono &&
                      store.DivideMono(o.rest, divisor.terms[0].mono, &rest) &&
                      o.coeff % divisor.terms[0].coeff == 0;
          rests.push_back(rest);
        }
      }
      if (!contained) {
        WidePoly product;
        if (!MultiplyWide(others, den, product)) return false;
        others = std::move(product);
        if (!MultiplyWide(scale, den, product)) return false;
        scale = std::move(product);
      }
      for (size_t i = 0; i < uses.size(); ++i) {
        WidePoly bound = numerator, product, factor;
        if (sign(uses[i]) > 0) {
          bound.constant += 1;
          if (!AddWide(bound, Store::kNoMono, -den.constant)) return false;
          for (const WideTerm& t : den.terms) {
            if (!AddWide(bound, t.mono, -t.coeff)) return false;
          }
        }
        const MonoId rest = contained ? rests[i] : uses[i].rest;
        const int128 coeff = contained ? uses[i].coeff / divisor.terms[0].coeff : uses[i].coeff;
        if (!AddWide(factor, rest, coeff) || !MultiplyWide(bound, factor, product)) return false;
        if (!AddWide(others, Store::kNoMono, product.constant)) return false;
        for (const WideTerm& t : product.terms) {
          if (!AddWide(others, t.mono, t.coeff)) return false;
        }
      }
      p = std::move(others);
      continue;
    }

    // Max and Broadcast: the atom is one of its elements.
    const auto with = [&](Dim element, WidePoly& out) {
      out = others;
      const WidePoly e = Widen(store.View(element));
      for (const Occurrence& o : uses) {
        WidePoly factor, product;
        if (!AddWide(factor, o.rest, o.coeff) || !MultiplyWide(e, factor, product)) return false;
        if (!AddWide(out, Store::kNoMono, product.constant)) return false;
        for (const WideTerm& t : product.terms) {
          if (!AddWide(out, t.mono, t.coeff)) return false;
        }
      }
      return true;
    };
    const auto elements = store.args(newest);
    if (atom.kind == AtomKind::kMax) {
      bool raises = true;
      for (const Occurrence& o : uses) raises = raises && sign(o) > 0;
      if (raises) {  // any element will do
        for (Dim e : elements) {
          WidePoly q;
          int part = budget / 2;
          if (with(e, q) && Prove(q, scale, part, extra, splits)) return true;
          budget -= budget / 4;
        }
      }
    }
    if (splits <= 0) return false;
    for (size_t i = 0; i < elements.size(); ++i) {
      WidePoly q;
      if (!with(elements[i], q)) return false;
      std::vector<WidePoly> known(extra.begin(), extra.end());
      if (atom.kind == AtomKind::kMax) {
        for (size_t j = 0; j < elements.size(); ++j) {
          if (j == i) continue;
          WidePoly difference = Widen(store.View(elements[i]));
          const PolyView other = store.View(elements[j]);
          bool fits = AddWide(difference, Store::kNoMono, -int128{other.constant});
          for (const Term& t : other.terms) {
            fits = fits && AddWide(difference, t.mono, -int128{t.coeff});
          }
          if (fits) known.push_back(std::move(difference));
        }
      }
      if (!Prove(q, scale, budget, known, splits - 1)) return false;
    }
    return true;
  }
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
          fits = fits && Small(v.coeff * times) &&
                 AddWide(q, store.MulMono(v.mono, m), -v.coeff * times);
        }
        int128 c;
        fits = fits && !__builtin_mul_overflow(fact->constant, times, &c) && Small(c) &&
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
      if (!AddWide(p, atom.mono, -c) || !Scale(p, f) || !Small(scale * f)) return std::nullopt;
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
