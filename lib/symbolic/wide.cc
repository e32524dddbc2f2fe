#include "symbolic/wide.h"

#include <algorithm>

namespace symshape::symbolic {

bool Scale(WidePoly& p, int128 factor) {
  if (__builtin_mul_overflow(p.constant, factor, &p.constant) || !IsSmall(p.constant)) return false;
  for (WideTerm& t : p.terms) {
    if (__builtin_mul_overflow(t.coeff, factor, &t.coeff) || !IsSmall(t.coeff)) return false;
  }
  return true;
}

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
    return IsSmall(p.constant);
  }
  auto it = std::lower_bound(p.terms.begin(), p.terms.end(), mono,
                             [](const WideTerm& t, MonoId m) { return t.mono < m; });
  if (it == p.terms.end() || it->mono != mono) {
    p.terms.insert(it, WideTerm{mono, coeff});
    return IsSmall(coeff) && p.terms.size() <= kMaxTerms;
  }
  it->coeff += coeff;
  if (!IsSmall(it->coeff)) return false;
  if (it->coeff == 0) p.terms.erase(it);
  return true;
}

bool Solver::MultiplyWide(const WidePoly& a, const WidePoly& b, WidePoly& out) {
  out = WidePoly();
  const size_t products = (a.terms.size() + 1) * (b.terms.size() + 1);
  if (products > kMaxTerms || !Spend(static_cast<int64_t>(products / 4))) return false;
  const auto add = [&](MonoId m, int128 x, int128 y) {
    int128 c;
    return !__builtin_mul_overflow(x, y, &c) && IsSmall(c) && AddWide(out, m, c);
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
        __builtin_mul_overflow(int128{bound}, t.coeff, &product) || !IsSmall(product)) {
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
      if (!IsSmall(shifted.constant)) return best;
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
        if (__builtin_mul_overflow(product, int128{b.hi} - b.lo, &product) || !IsSmall(product)) {
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

}  // namespace symshape::symbolic
