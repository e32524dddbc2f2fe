// Functional hashing: sums of nested or several quotients that are the same function get one form,
// whatever way they were built (solver.md 3.3). Rules alone do not reach that:
//   (x + 2)//6 + (x + 5)//6 = (x + 2)//3
//
// Values at a few points tell who may be equal; only a proof (residues.h) makes them so. It holds
// for all integers, so it stays true under every fact. Of two equal sums the shorter one is kept; a
// longer one that was there before is rewritten from then on (the epoch grows).
#include <algorithm>
#include <array>

#include "symbolic/residues.h"
#include "symbolic/scramble.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxAlike = 32;    // sums with one fingerprint that are compared
constexpr size_t kMaxCounted = 64;  // quotients counted in one sum
constexpr size_t kMaxFactors = 8;   // of one sum, beside which quotients stand

}  // namespace

// Quotients by constants in p, nested ones included; at most kMaxCounted.
size_t Solver::CountQuotients(const PolyView& p) const {
  size_t n = 0;
  for (const Term& t : p.terms) {
    const Mono& m = store.mono(t.mono);
    if (!m.has_div || m.degree != 1) continue;
    const Atom& a = store.atom(m.atoms[0]);
    if (!store.IsConstant(a.args[1])) continue;
    n += 1 + (a.depth > 1 ? CountQuotients(store.View(a.args[0])) : 0);
    if (n >= kMaxCounted) return n;
  }
  return n;
}

const Solver::Points* Solver::PointsOf(MonoId mono) {
  if (mono < points.size() && points[mono].state != Points::kNone) {
    return points[mono].state == Points::kKnown ? &points[mono] : nullptr;
  }
  Points p;
  p.state = Points::kKnown;
  const Mono m = store.mono(mono);
  const Atom* atom = m.degree == 1 ? &store.atom(m.atoms[0]) : nullptr;
  if (atom != nullptr && atom->kind == AtomKind::kFloorDiv && store.IsConstant(atom->args[1])) {
    const int64_t d = store.View(atom->args[1]).constant;
    if (!PointsOf(store.View(atom->args[0]), p.values)) {
      p.state = Points::kOverflow;
    } else {
      for (int64_t& v : p.values) v = FloorDivInt(v, d);
    }
  } else {  // a variable
    for (size_t i = 0; i < p.values.size(); ++i) {
      p.values[i] = static_cast<int64_t>(Scramble(uint64_t{mono} * 16 + i) & 0xfffff);
    }
  }
  if (mono >= points.size()) points.resize(store.mono_count() + store.mono_count() / 2 + 64);
  points[mono] = p;
  return p.state == Points::kKnown ? &points[mono] : nullptr;
}

bool Solver::PointsOf(const PolyView& p, std::array<int64_t, 8>& values) {
  values.fill(p.constant);
  for (const Term& t : p.terms) {
    const Points* of = PointsOf(t.mono);
    if (of == nullptr) return false;
    for (size_t i = 0; i < values.size(); ++i) {
      int64_t product;
      if (!MulOk(of->values[i], t.coeff, &product) || !AddOk(values[i], product, &values[i])) {
        return false;
      }
    }
  }
  return true;
}

// p = scale * shape + offset, where `shape` stands for all of them in the table.
std::optional<Solver::Shaped> Solver::ShapeOf(const PolyView& p) {
  Shaped out;
  uint64_t g = 0;
  for (const Term& t : p.terms) g = GcdU(g, AbsU(t.coeff));
  if (g == 0 || g >= (uint64_t{1} << 62)) return std::nullopt;
  out.scale = static_cast<int64_t>(g);
  out.offset = p.constant;
  Poly shape;
  for (const Term& t : p.terms) shape.terms.push_back({t.mono, t.coeff / out.scale});
  std::array<int64_t, 8> values;
  if (!PointsOf(ViewOf(shape), values)) return std::nullopt;
  const int64_t first = values[0];
  uint64_t unit = 0;
  int64_t sign = 0;  // of f and -f the one that grows from the first to the next point that differs
  for (int64_t& v : values) {
    if (!SubOk(v, first, &v) || v == INT64_MIN) return std::nullopt;
    unit = GcdU(unit, AbsU(v));
    if (sign == 0 && v != 0) sign = v > 0 ? 1 : -1;
  }
  if (unit >= (uint64_t{1} << 62)) return std::nullopt;
  out.unit = static_cast<int64_t>(unit);
  out.hash = 0;
  if (unit > 0) {
    for (int64_t v : values)
      out.hash = Scramble(out.hash ^ static_cast<uint64_t>(sign * v / out.unit));
    if (sign < 0) {
      out.scale = -out.scale;
      for (Term& t : shape.terms) t.coeff = -t.coeff;
    }
  }
  out.shape = store.InternPoly(shape);
  return out;
}

namespace {

// How long a sum is: its terms, those of its quotients' numerators included, then the coefficients.
std::pair<size_t, int128> Length(const Store& store, const PolyView& p) {
  std::pair<size_t, int128> out{p.terms.size(), AbsU(p.constant)};
  for (const Term& t : p.terms) {
    out.second += AbsU(t.coeff);
    for (AtomId a : store.atoms_of(t.mono)) {
      if (store.atom(a).kind != AtomKind::kFloorDiv) continue;
      for (Dim arg : store.args(a)) {
        const auto inner = Length(store, store.View(arg));
        out.first += inner.first;
        out.second += inner.second;
      }
    }
  }
  return out;
}

}  // namespace

bool Solver::Shorter(const PolyView& p, const PolyView& q) const {
  const auto x = Length(store, p), y = Length(store, q);
  if (x != y) return x < y;
  const auto a = store.Sorted(p.terms), b = store.Sorted(q.terms);
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int c = store.CompareMonos(a[i].mono, b[i].mono); c != 0) return c < 0;
    if (a[i].coeff != b[i].coeff) return a[i].coeff > b[i].coeff;
  }
  return a.size() != b.size() ? a.size() < b.size() : p.constant < q.constant;
}

// c where a - factor*b is c at all integers.
std::optional<int64_t> Solver::Difference(Dim a, Dim b, int64_t factor) {
  QuasiAffine f(store);
  if (!f.Add(store.View(a), 1) || !f.Add(store.View(b), -factor)) return std::nullopt;
  const std::optional<int64_t> c = f.ConstantValue();
  Spend(f.steps() / 8);
  return c;
}

// The linear function that p is, if it is one: 6*(x//3) + 2*((x + 1)//3 + ...) may be 2*x.
std::optional<Poly> Solver::AsLinear(const PolyView& p) {
  Poly linear;
  QuasiAffine f(store);
  if (!f.Add(p, 1)) return std::nullopt;
  const auto slopes = f.Slopes();
  if (!slopes) return std::nullopt;
  for (const auto& [mono, slope] : *slopes) {
    if (!AccumulateTerm(linear, mono, slope)) return std::nullopt;
  }
  if (!f.Add(ViewOf(linear), -1)) return std::nullopt;
  const std::optional<int64_t> c = f.ConstantValue();
  Spend(f.steps() / 8);
  if (!c) return std::nullopt;
  linear.constant = *c;
  return linear;
}

// p with one quotient for several of one variable: (x + 2)//6 + (x + 5)//6 is (x + 2)//3, whether
// or not the latter was ever built.
std::optional<Poly> Solver::WithFewerQuotients(const PolyView& p) {
  QuasiAffine f(store);
  if (!f.Add(p, 1)) return std::nullopt;
  const std::vector<QuasiAffine::OneQuotient> found = f.OneQuotients();
  Spend(f.steps() / 8);
  if (found.empty()) return std::nullopt;
  Poly out = Copy(p);
  for (const QuasiAffine::OneQuotient& one : found) {
    out.terms.erase(std::remove_if(out.terms.begin(), out.terms.end(),
                                   [&](const Term& t) {
                                     return std::find(one.parts.begin(), one.parts.end(), t.mono) !=
                                            one.parts.end();
                                   }),
                    out.terms.end());
    Poly numerator, quotient;
    numerator.constant = one.offset;
    if (!AccumulateTerm(numerator, one.variable, one.coeff) ||
        !FloorDivPoly(std::move(numerator), one.divisor, 0, quotient) ||
        !Accumulate(out, ViewOf(quotient), one.factor) ||
        !AccumulateTerm(out, one.variable, one.slope) ||
        !AddOk(out.constant, one.constant, &out.constant)) {
      return std::nullopt;
    }
  }
  return out;
}

Dim Solver::Enter(Dim d, bool several) {
  const std::optional<Shaped> mine = ShapeOf(store.View(d));
  if (!mine) return d;
  // scale * (factor * other + extra) + offset
  const auto rewritten = [&](Dim other, int64_t factor, int64_t extra) -> std::optional<Dim> {
    Poly out;
    out.constant = mine->offset;
    int64_t moved, scale;
    if (!MulOk(extra, mine->scale, &moved) || !AddOk(out.constant, moved, &out.constant) ||
        !MulOk(factor, mine->scale, &scale) || !Accumulate(out, store.View(other), scale)) {
      return std::nullopt;
    }
    return store.InternPoly(out);
  };
  if (several) {
    if (const std::optional<Poly> linear = AsLinear(store.View(mine->shape))) {
      return rewritten(store.InternPoly(*linear), 1, 0).value_or(d);
    }
    if (const std::optional<Poly> fewer = WithFewerQuotients(store.View(mine->shape))) {
      const Dim shorter = store.InternPoly(*fewer);
      // Fewer terms: x - 2*(x//2) is no shorter than (x + 1)//2 - x//2, which shares more with
      // others.
      if (fewer->terms.size() < store.View(mine->shape).terms.size()) {
        return rewritten(Representative(shorter), 1, 0).value_or(d);
      }
    }
  }
  std::vector<Alike>& alike = by_hash[mine->hash];
  for (Alike& other : alike) {
    if (other.dim == mine->shape) return d;
    // Where the points do not differ, neither do they tell a function from its negative.
    const bool flat = mine->unit == 0;
    const int64_t larger = std::max(mine->unit, other.unit);
    const int64_t smaller = std::min(mine->unit, other.unit);
    if (!flat && larger % smaller != 0) continue;
    const int64_t times = flat ? 1 : larger / smaller;
    if (mine->unit >= other.unit) {
      int64_t factor = times;
      std::optional<int64_t> offset = Difference(mine->shape, other.dim, factor);
      if (!offset && flat) offset = Difference(mine->shape, other.dim, factor = -1);
      if (!offset) continue;
      if (times > 1 || !Shorter(mine->shape, other.dim)) {
        return rewritten(other.dim, factor, *offset).value_or(d);
      }
    } else if (!Difference(other.dim, mine->shape, times)) {
      continue;
    }
    replaced = true;  // the other one is read as this one from now on
    other = {mine->shape, mine->unit};
    return d;
  }
  if (alike.size() < kMaxAlike) alike.push_back({mine->shape, mine->unit});
  return d;
}

Dim Solver::Representative(Dim d) {
  if (d.is_inline() || !store.node(d).has_div) return d;
  if (d.node() < represented.size() && represented[d.node()].when == replacements + 1) {
    return represented[d.node()].dim;
  }
  const size_t quotients = CountQuotients(store.View(d));
  if (quotients == 0) return d;
  Dim result = d;
  if (quotients == 1) {
    if (!any_several) {  // nothing that it could be equal to
      single.push_back(d);
    } else {
      result = Enter(d, false);
    }
  } else if (quotients < kMaxCounted && Spend(16)) {
    any_several = true;
    for (Dim other : std::exchange(single, {})) Enter(other, false);
    result = Enter(d, true);
  }
  if (d.node() >= represented.size()) {
    represented.resize(store.node_count() + store.node_count() / 2 + 64);
  }
  represented[d.node()] = {replacements + 1, result};
  return result;
}

bool Solver::ShortenBesideFactors(Poly& p) {
  const bool product = std::any_of(p.terms.begin(), p.terms.end(), [this](const Term& t) {
    return store.mono(t.mono).degree > 1 && store.mono(t.mono).has_div;
  });
  if (!product || p.terms.size() < 2) return false;
  absl::InlinedVector<MonoId, 8> factors;
  for (const Term& t : store.Sorted(p.terms)) {
    if (store.mono(t.mono).degree < 2 || !store.mono(t.mono).has_div) continue;
    for (AtomId a : store.ordered(t.mono)) {
      MonoId factor;
      if (factors.size() >= kMaxFactors || !IsQuotientByConstant(a)) continue;
      const MonoId quotient = store.atom(a).mono;
      if (!store.DivideMono(t.mono, quotient, &factor)) continue;
      if (std::find(factors.begin(), factors.end(), factor) == factors.end()) {
        factors.push_back(factor);
      }
    }
  }
  return std::any_of(factors.begin(), factors.end(),
                     [&](MonoId factor) { return ShortenBeside(factor, p); });
}

bool Solver::ShortenBeside(MonoId factor, Poly& p) {
  Poly beside, out;
  out.constant = p.constant;
  for (const Term& t : p.terms) {
    MonoId rest;
    const bool linear = store.DivideMono(t.mono, factor, &rest) &&
                        (rest == Store::kNoMono || store.mono(rest).degree == 1);
    if (!AccumulateTerm(linear ? beside : out, linear ? rest : t.mono, t.coeff)) return false;
  }
  if (beside.terms.size() < 2) return false;
  const Dim sum = store.InternPoly(beside), shorter = Representative(sum);
  if (shorter == sum) return false;
  const PolyView v = store.View(shorter);
  if (!AccumulateTerm(out, factor, v.constant)) return false;
  for (const Term& t : v.terms) {
    const MonoId product = store.MulMono(t.mono, factor);
    if (!AccumulateTerm(out, product, t.coeff)) return false;
  }
  p = std::move(out);
  return true;
}

}  // namespace symshape::symbolic
