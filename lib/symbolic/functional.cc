// Functional hashing: sums of nested or several quotients that are the same function get one form,
// whatever way they were built. Rules alone do not reach that:
//   (x + 2)//6 + (x + 5)//6 = (x + 2)//3
//
// Values at a few points tell who may be equal; only a proof (residues.h) makes them so. It holds
// for all integers with the residues that are known, so it stays true under every other fact; where
// other residues are known, all are compared anew. Of two equal sums the shorter one is kept; a
// longer one that was there before is rewritten from then on (the epoch grows).
#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "symbolic/residues.h"
#include "symbolic/scramble.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxAlike = 32;    // sums with one fingerprint that are compared
constexpr size_t kMaxCounted = 64;  // quotients counted in one sum
constexpr size_t kMaxFactors = 32;  // of one sum, beside which quotients stand

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
  if (mono < points.size() && points[mono].state != Points::kNone &&
      points[mono].congruences == state.congruences) {
    return points[mono].state == Points::kKnown ? &points[mono] : nullptr;
  }
  Points p;
  p.state = Points::kKnown;
  p.congruences = state.congruences;
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
    const Congruence c = ResiduesOf(mono);
    for (size_t i = 0; i < p.values.size(); ++i) {
      p.values[i] = static_cast<int64_t>(Scramble(uint64_t{mono} * 16 + i) & 0xfffff);
      if (c.modulus > 1) p.values[i] = c.modulus * p.values[i] + c.remainder;
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

// How long a sum is: its terms, those of its quotients' numerators included, then the coefficients.
// Kept for numerators: in a nest the one inside occurs more and more often.
Solver::Length Solver::LengthOf(const PolyView& p) {
  Length out{p.terms.size(), AbsU(p.constant)};
  for (const Term& t : p.terms) {
    out.second += AbsU(t.coeff);
    for (AtomId a : store.atoms_of(t.mono)) {
      if (store.atom(a).kind != AtomKind::kFloorDiv) continue;
      for (Dim arg : store.args(a)) {
        const Length inner = LengthOf(arg);
        out.first += inner.first;
        out.second += inner.second;
      }
    }
  }
  return out;
}

Solver::Length Solver::LengthOf(Dim d) {
  if (d.is_inline() || !store.node(d).has_div) return LengthOf(store.View(d));
  if (d.node() < lengths.size() && lengths[d.node()].first > 0) return lengths[d.node()];
  const Length length = LengthOf(store.View(d));
  if (d.node() >= lengths.size()) lengths.resize(store.node_count() + store.node_count() / 2 + 64);
  return lengths[d.node()] = length;
}

bool Solver::Shorter(const PolyView& p, const PolyView& q) {
  const Length x = LengthOf(p), y = LengthOf(q);
  if (x != y) return x < y;
  const auto a = store.Sorted(p.terms), b = store.Sorted(q.terms);
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int c = store.CompareMonos(a[i].mono, b[i].mono); c != 0) return c < 0;
    if (a[i].coeff != b[i].coeff) return a[i].coeff > b[i].coeff;
  }
  return a.size() != b.size() ? a.size() < b.size() : p.constant < q.constant;
}

// c where a - factor*b is c at all integers with the residues that are known.
std::optional<int64_t> Solver::Difference(Dim a, Dim b, int64_t factor) {
  const auto residues_of = [this](MonoId m) { return ResiduesOf(m); };
  QuasiAffine f(store, residues_of);
  if (!f.Add(store.View(a), 1) || !f.Add(store.View(b), -factor)) return std::nullopt;
  const std::optional<int64_t> c = f.ConstantValue();
  Spend(f.steps() / 8);
  return c;
}

// p += line, in the one form of its quotient, which FloorDivPoly leaves alone; false where it might
// not.
bool Solver::AccumulateLine(Poly& p, const QuasiAffine::Line& line) {
  if (!AddOk(p.constant, line.constant, &p.constant)) return false;
  if (line.divisor == 1) return AccumulateTerm(p, line.variable, line.factor);
  if (store.mono(line.variable).depth > 0) return false;
  const Term alone{line.variable, 1};
  const Dim args[] = {store.InternPoly(0, absl::MakeConstSpan(&alone, 1)), Constant(line.divisor)};
  return Accumulate(p, store.View(MakeAtom(AtomKind::kFloorDiv, args)), line.factor);
}

// The linear function that p is, if it is one: 6*(x//3) + 2*((x + 1)//3 + ...) may be 2*x. Where 4
// divides x so is x + x//4, which is 5*(x//4).
std::optional<Poly> Solver::AsLinear(const PolyView& p) {
  Poly linear;
  const auto residues_of = [this](MonoId m) { return ResiduesOf(m); };
  QuasiAffine f(store, residues_of);
  if (!f.Add(p, 1)) return std::nullopt;
  const std::optional<std::vector<QuasiAffine::Line>> lines = f.Lines();
  if (!lines) return std::nullopt;
  for (const QuasiAffine::Line& line : *lines) {
    if (!AccumulateLine(linear, line)) return std::nullopt;
  }
  if (!f.Add(ViewOf(linear), -1)) return std::nullopt;
  const std::optional<int64_t> c = f.ConstantValue();
  Spend(f.steps() / 8);
  if (!c || !AddOk(linear.constant, *c, &linear.constant)) return std::nullopt;
  return linear;
}

// p with one quotient for several of one variable: (x + 2)//6 + (x + 5)//6 is (x + 2)//3, whether
// or not the latter was ever built.
std::optional<Poly> Solver::WithFewerQuotients(const PolyView& p) {
  const auto residues_of = [this](MonoId m) { return ResiduesOf(m); };
  QuasiAffine f(store, residues_of);
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
    if (!AccumulateTerm(numerator, one.line.variable, one.coeff) ||
        !FloorDivPoly(std::move(numerator), one.divisor, 0, quotient) ||
        !Accumulate(out, ViewOf(quotient), one.factor) || !AccumulateLine(out, one.line) ||
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
  if (several || state.has_congruences()) {
    if (const std::optional<Poly> linear = AsLinear(store.View(mine->shape))) {
      return rewritten(store.InternPoly(*linear), 1, 0).value_or(d);
    }
  }
  if (several) {
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

// What was found under other residues than those that are known today.
void Solver::ForgetForms() {
  forms_congruences = state.congruences;
  by_hash.clear();
  single.clear();
  any_several = state.has_congruences();  // one quotient may be another one, or linear
  ++replacements;
}

// The terms of a sum in groups that share no symbol with each other, without its constant. The
// masks tell symbols apart up to 64; more only make the groups larger.
std::vector<Poly> Solver::IndependentParts(const PolyView& p) const {
  std::array<uint8_t, 64> root;
  std::iota(root.begin(), root.end(), 0);
  const auto find = [&](int bit) {
    while (root[bit] != bit) bit = root[bit] = root[root[bit]];
    return bit;
  };
  const auto first = [](uint64_t mask) { return std::countr_zero(mask | uint64_t{1} << 63); };
  for (const Term& t : p.terms) {
    uint64_t mask = store.mono(t.mono).mask;
    const int to = find(first(mask));
    for (; mask != 0; mask &= mask - 1) root[find(first(mask))] = static_cast<uint8_t>(to);
  }
  std::array<int, 64> part;
  part.fill(-1);
  std::vector<Poly> out;
  for (const Term& t : p.terms) {
    int& of = part[find(first(store.mono(t.mono).mask))];
    if (of < 0) {
      of = static_cast<int>(out.size());
      out.emplace_back();
    }
    out[of].terms.push_back(t);
  }
  return out;
}

// A sum is the same function as another one where each of its independent parts is, up to
// constants: long sums are looked at part by part, most of which were met before.
std::optional<Dim> Solver::RepresentativeOfParts(Dim d) {
  const PolyView whole = store.View(d);
  const uint64_t first = store.mono(whole.terms[0].mono).mask;
  const bool shared = std::all_of(whole.terms.begin(), whole.terms.end(), [&](const Term& t) {
    return (store.mono(t.mono).mask & first) != 0;
  });
  if (shared) return std::nullopt;
  const std::vector<Poly> parts = IndependentParts(whole);
  if (parts.size() < 2) return std::nullopt;
  Poly sum;
  sum.constant = whole.constant;
  bool same = true;
  for (const Poly& part : parts) {
    const Dim before = store.InternPoly(part), after = Representative(before);
    same = same && before == after;
    if (!Accumulate(sum, store.View(after), 1)) return d;
  }
  return same ? d : store.InternPoly(sum);
}

Dim Solver::RepresentativeOfQuotients(Dim d) {
  if (forms_congruences != state.congruences) ForgetForms();
  // A number beside a lone quotient, which was entered itself: both have its shape.
  const bool alone = store.node(d).term_count == 1;
  if (alone && !any_several && store.node(d).constant != 0) return d;
  if (d.node() < represented.size() && represented[d.node()].when == replacements + 1) {
    return represented[d.node()].dim;
  }
  const size_t quotients = CountQuotients(store.View(d));
  if (quotients == 0) return d;
  Dim result = d;
  if (const auto sum = alone ? std::nullopt : RepresentativeOfParts(d)) {
    result = *sum;
  } else if (quotients == 1) {
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
