// Shorter forms of parts of a sum: x % d for x - d*(x//d), min for a negated maximum, and one
// quotient for a product beside one. Printing alone knows them: the solver's form of each is the
// sum.
#include <algorithm>
#include <limits>
#include <utility>

#include "symbolic/printer.h"

namespace symshape::symbolic {
namespace {

void DropZeros(Poly& p) {
  p.terms.erase(
      std::remove_if(p.terms.begin(), p.terms.end(), [](const Term& t) { return t.coeff == 0; }),
      p.terms.end());
}

size_t Cost(const Poly& p) {
  size_t n = p.terms.size() + (p.constant != 0 ? 1 : 0);
  for (const Term& t : p.terms) n += t.coeff < 0 || AbsU(t.coeff) != 1 ? 1 : 0;
  return n;
}

}  // namespace

Printer::Factors Printer::Without(const Term& t, AtomId atom) const {
  Factors factors;
  bool dropped = false;
  for (AtomId a : store_.atoms_of(t.mono)) {
    if (a == atom && !dropped) {
      dropped = true;
    } else {
      factors.push_back(a);
    }
  }
  return factors;
}

bool Printer::SameMonoTimes(MonoId whole, MonoId part, absl::Span<const AtomId> factors) const {
  const auto x = store_.atoms_of(whole);
  Factors y(factors.begin(), factors.end());
  if (part != Store::kNoMono) {
    const auto z = store_.atoms_of(part);
    y.insert(y.end(), z.begin(), z.end());
  }
  std::sort(y.begin(), y.end());
  return absl::MakeConstSpan(y) == x;
}

int64_t* Printer::Slot(Poly& p, MonoId part, absl::Span<const AtomId> factors) const {
  if (part == Store::kNoMono && factors.empty()) return &p.constant;
  for (Term& t : p.terms) {
    if (SameMonoTimes(t.mono, part, factors)) return &t.coeff;
  }
  return nullptr;
}

bool Printer::Negate(Poly& p) const {
  Poly negated;
  if (!s_.Accumulate(negated, Solver::ViewOf(p), -1)) return false;
  p = std::move(negated);
  return true;
}

bool Printer::Mirror(Poly& p, int64_t d) const {
  return Negate(p) && AddOk(p.constant, d - 1, &p.constant);
}

template <typename Take>
bool Printer::AnyQuotient(const Poly& p, Take take) const {
  const auto terms = p.terms;  // `take` changes p where it is true
  for (const Term& t : terms) {
    for (AtomId atom : store_.ordered(t.mono)) {
      const Atom& a = store_.atom(atom);
      if (a.kind != AtomKind::kFloorDiv) continue;
      QuotientTerm q{t, store_.View(a.args[0]), store_.View(a.args[1]), a.args[1],
                     Without(t, atom)};
      if (take(q)) return true;
    }
  }
  return false;
}

void Printer::TakeQuotient(Poly& p, const QuotientTerm& q, int64_t k, const Poly& inside,
                           absl::string_view op, std::vector<Item>& items) {
  for (Term& t : p.terms) {
    if (t.mono == q.term.mono) t.coeff = 0;
  }
  DropZeros(p);
  const Text core{Quotient(Print(inside), Print(q.den_dim), op), Level::kQuotient};
  items.push_back(MakeItem(k, core, q.factors, q.term.mono));
}

// k*(x - d*(x//d)) as k*(x % d), and k*(d*((x + d - 1)//d) - x) as k*(-x % d) after row 35.
bool Printer::TakeMod(Poly& p, std::vector<Item>& items) {
  return AnyQuotient(p, [&](QuotientTerm& q) {
    if (q.den.terms.size() + (q.den.constant != 0) != 1) return false;
    // The divisor is one term: its atoms have to be among the factors.
    const bool constant_divisor = q.den.terms.empty();
    const int64_t d = constant_divisor ? q.den.constant : q.den.terms[0].coeff;
    if (!constant_divisor) {
      for (AtomId x : store_.atoms_of(q.den.terms[0].mono)) {
        const auto it = std::find(q.factors.begin(), q.factors.end(), x);
        if (it == q.factors.end()) return false;
        q.factors.erase(it);
      }
    }
    if (d == 0 || q.term.coeff % d != 0 || q.term.coeff == INT64_MIN) return false;
    const int64_t k = -(q.term.coeff / d);
    if (k < 0 && !constant_divisor) return false;
    for (const Term& u : q.num.terms) {
      const int64_t* slot = Slot(p, u.mono, q.factors);
      int64_t want;
      if (slot == nullptr || !MulOk(u.coeff, k, &want) || *slot != want) return false;
    }
    Poly inside = Solver::Copy(q.num);
    int64_t back, constant;
    const bool mirrored = k < 0 && q.num.constant > d - 1 - q.num.constant;
    if (!mirrored) {
      if (!MulOk(k, q.num.constant, &back)) return false;
    } else {
      // With E = x + c and E - d*(E//d) = d - 1 - ((d - 1 - E) % d):
      // k*x - k*d*(E//d) = -k*((d - 1 - c - x) % d) - k*(c - d + 1)
      if (!Mirror(inside, d) || !MulOk(k, q.num.constant - d + 1, &back)) return false;
    }
    if (back != 0 && !q.factors.empty()) return false;
    if (!SubOk(p.constant, back, &constant)) return false;
    // 7 - x*(7//x) is 7 % x; -x*(7//x) alone is no remainder.
    if (q.num.terms.empty() && AbsU(constant) >= AbsU(p.constant)) return false;
    for (const Term& u : q.num.terms) *Slot(p, u.mono, q.factors) = 0;
    p.constant = constant;
    TakeQuotient(p, q, mirrored ? -k : k, inside, " % ", items);
    return true;
  });
}

// k*((x + 1)//d + … + (x + d - 1)//d) - k*(d - 1)*(x//d) as k*(x % d), after row 22, with k < 0 as
// well. Of x = n + c the numerators are n + j, 0 <= j < d, so that c of the former are 1 less.
bool Printer::TakeFamily(Poly& p, std::vector<Item>& items) {
  return AnyQuotient(p, [&](QuotientTerm& q) {
    const int64_t d = q.den.constant, c = q.num.constant;
    if (!q.den.terms.empty() || d < 2 || q.term.coeff % (d - 1) != 0) return false;
    if (c != 0 && (d == 2 || !q.factors.empty())) return false;
    const int64_t k = -(q.term.coeff / (d - 1));
    std::vector<Term*> others;
    for (Term& other : p.terms) {
      if (other.coeff != k || other.mono == q.term.mono) continue;
      for (AtomId atom : store_.atoms_of(other.mono)) {
        const Atom& a = store_.atom(atom);
        if (a.kind != AtomKind::kFloorDiv || a.args[1] != q.den_dim) continue;
        const PolyView above = store_.View(a.args[0]);
        if (above.terms != q.num.terms || above.constant < 0 || above.constant >= d) continue;
        if (Without(other, atom) != q.factors) continue;
        others.push_back(&other);
        break;
      }
    }
    int64_t back;
    if (others.size() + 1 != static_cast<size_t>(d) || !MulOk(k, c, &back) ||
        !SubOk(p.constant, back, &back)) {
      return false;
    }
    p.constant = back;
    for (Term* other : others) other->coeff = 0;
    TakeQuotient(p, q, k, Solver::Copy(q.num), " % ", items);
    return true;
  });
}

// k*(x//a) - k*b*(x//(a*b)) as k*((x//a) % b), after row 2.
bool Printer::TakeNested(Poly& p, std::vector<Item>& items) {
  return AnyQuotient(p, [&](QuotientTerm& q) {
    if (!q.den.terms.empty() || q.term.coeff == INT64_MIN) return false;
    for (Term& other : p.terms) {
      for (AtomId atom : store_.atoms_of(other.mono)) {
        const Atom& a = store_.atom(atom);
        if (a.kind != AtomKind::kFloorDiv || other.coeff <= 0 || q.term.coeff % other.coeff != 0) {
          continue;
        }
        const PolyView num = store_.View(a.args[0]), den = store_.View(a.args[1]);
        const int64_t b = -(q.term.coeff / other.coeff);
        int64_t product;
        if (b < 2 || b > Dim::kMaxInline || !den.terms.empty()) continue;
        if (!MulOk(den.constant, b, &product) || product != q.den.constant) continue;
        if (num.terms != q.num.terms || num.constant != q.num.constant) continue;
        if (Without(other, atom) != q.factors) continue;
        const int64_t k = std::exchange(other.coeff, 0);
        Poly inside;
        inside.terms.push_back({a.mono, 1});
        q.den_dim = Dim::Inline(b);
        TakeQuotient(p, q, k, inside, " % ", items);
        return true;
      }
    }
    return false;
  });
}

// k*n*x + k*(x//d) as k*(((n*d + 1)*x)//d).
bool Printer::TakeFolded(Poly& p, std::vector<Item>& items) {
  return AnyQuotient(p, [&](QuotientTerm& q) {
    if (!q.den.terms.empty() || q.num.terms.size() != 1) return false;
    const int64_t d = q.den.constant;
    int64_t* slot = Slot(p, q.num.terms[0].mono, q.factors);
    if (slot == nullptr || *slot % q.term.coeff != 0) return false;
    int64_t moved;
    Poly inside = Solver::Copy(q.num);
    int64_t& coeff = inside.terms[0].coeff;
    if (!MulOk(*slot / q.term.coeff, d, &moved) || !AddOk(coeff, moved, &coeff)) return false;
    int64_t k = q.term.coeff;
    if (inside.terms[0].coeff < 0) {  // -x//d = -((x + d - 1)//d)
      if (!Mirror(inside, d)) return false;
      k = -k;
    }
    *slot = 0;
    TakeQuotient(p, q, k, inside, "//", items);
    return true;
  });
}

// What may be added to each of the elements of c*factors*Max{..} and taken from the rest of p:
// nothing, or what cancels against one element, where p has at least as much of it.
std::vector<Poly> Printer::Shifts(Poly& p, const std::vector<Poly>& elements, int64_t c,
                                  const Factors& factors) const {
  std::vector<Poly> shifts(1);
  const auto within = [c](const int64_t* slot, int64_t shift) {
    int64_t moved;
    return slot != nullptr && MulOk(shift, c, &moved) && moved != 0 &&
           (moved > 0 ? *slot >= moved : *slot <= moved);
  };
  for (const Poly& e : elements) {
    Poly shift;
    for (const Term& u : e.terms) {
      if (u.coeff == INT64_MIN || !within(Slot(p, u.mono, factors), -u.coeff)) continue;
      shift.terms.push_back({u.mono, -u.coeff});
    }
    if (e.constant != INT64_MIN && within(Slot(p, Store::kNoMono, factors), -e.constant)) {
      shift.constant = -e.constant;
    }
    shifts.push_back(shift);
    if (shift.constant != 0 && !shift.terms.empty()) {
      shift.constant = 0;
      shifts.push_back(shift);
    }
  }
  return shifts;
}

// Whether e holds a maximum that the one around it would take in when it is read: with it, the text
// would be that of another form.
bool Printer::JoinsOuter(const Poly& e, const Poly& shift) const {
  if (shift.terms.empty() && shift.constant == 0) return false;
  return std::any_of(e.terms.begin(), e.terms.end(), [this](const Term& t) {
    const Mono& m = store_.mono(t.mono);
    return t.coeff > 0 && m.degree == 1 && m.has_max;
  });
}

void Printer::MoveInto(Poly& p, const Poly& shift, int64_t c, const Factors& factors) const {
  for (const Term& u : shift.terms) {
    if (int64_t* slot = Slot(p, u.mono, factors)) *slot -= c * u.coeff;
  }
  if (shift.constant != 0) *Slot(p, Store::kNoMono, factors) -= c * shift.constant;
  DropZeros(p);
}

// Whether a size of that form cannot be below 0, whatever is known of it.
bool Printer::NeverNegative(MonoId mono) const {
  const auto all_added = [this](const PolyView& p) {
    return p.constant >= 0 && std::all_of(p.terms.begin(), p.terms.end(), [this](const Term& t) {
             return t.coeff > 0 && NeverNegative(t.mono);
           });
  };
  const auto atoms = store_.atoms_of(mono);
  return std::all_of(atoms.begin(), atoms.end(), [&](AtomId id) {
    const Atom& a = store_.atom(id);
    switch (a.kind) {
      case AtomKind::kSymbol:
        return store_.symbols()[a.symbol].declared.lo >= 0;
      case AtomKind::kFloorDiv:
        return all_added(store_.View(a.args[0])) && all_added(store_.View(a.args[1]));
      case AtomKind::kMax:
        return std::any_of(a.args, a.args + a.arg_count,
                           [&](Dim e) { return all_added(store_.View(e)); });
      case AtomKind::kBroadcast:
        break;
    }
    return false;
  });
}

// c*max(0, x - 1) + n*x, with c and n of one sign, is max(0, (c + n)*x - c), as at x = 0 both are
// 0. Row 37 makes the former of the latter.
bool Printer::Stretch(std::vector<Poly>& elements, Poly& rest, int64_t& c,
                      const Factors& factors) const {
  if (elements.size() != 2 || c == INT64_MIN) return false;
  const auto is_zero = [](const Poly& e) { return e.terms.empty() && e.constant == 0; };
  if (!is_zero(elements[0]) && !is_zero(elements[1])) return false;
  Poly& e = elements[is_zero(elements[0]) ? 1 : 0];
  if (e.constant >= 0) return false;
  Poly stretched;
  const int64_t size = c > 0 ? c : -c;
  if (!s_.Accumulate(stretched, Solver::ViewOf(e), size)) return false;
  bool any = false;
  for (size_t i = 0; i < e.terms.size(); ++i) {
    if (e.terms[i].coeff <= 0 || !NeverNegative(e.terms[i].mono)) return false;
    int64_t* n = Slot(rest, e.terms[i].mono, factors);
    if (e.terms[i].coeff != -e.constant || n == nullptr || *n == INT64_MIN) continue;
    if ((*n > 0) != (c > 0)) continue;
    if (!AddOk(stretched.terms[i].coeff, c > 0 ? *n : -*n, &stretched.terms[i].coeff)) return false;
    *n = 0;
    any = true;
  }
  DropZeros(rest);
  // What divides it leaves again: 2*max(0, x - 1) + 2*x is 2*max(0, 2*x - 1).
  uint64_t g = AbsU(stretched.constant);
  for (const Term& t : stretched.terms) g = GcdU(g, AbsU(t.coeff));
  for (Term& t : stretched.terms) t.coeff /= static_cast<int64_t>(g);
  stretched.constant /= static_cast<int64_t>(g);
  e = std::move(stretched);
  c = c > 0 ? static_cast<int64_t>(g) : -static_cast<int64_t>(g);
  return any;
}

// c*factors*Max{e_i} + rest: the shift t that leaves the least when it is written as
// c*factors*max(e_i + t) + (rest - c*factors*t).
bool Printer::TakeMax(Poly& p, std::vector<Item>& items) {
  for (size_t i = 0; i < p.terms.size(); ++i) {
    const Term t = p.terms[i];
    const auto atoms = store_.ordered(t.mono);
    const auto atom = std::find_if(atoms.begin(), atoms.end(), [this](AtomId a) {
      return store_.atom(a).kind == AtomKind::kMax;
    });
    if (atom == atoms.end()) continue;
    const Factors factors = Without(t, *atom);
    p.terms.erase(p.terms.begin() + i);
    std::vector<Poly> elements;
    for (Dim e : store_.args(*atom)) elements.push_back(Solver::Copy(store_.View(e)));
    std::vector<Poly> best = elements;
    Poly best_rest = p;
    size_t best_cost = std::numeric_limits<size_t>::max();
    for (const Poly& shift : Shifts(p, elements, t.coeff, factors)) {
      std::vector<Poly> shifted = elements;
      Poly rest = p;
      MoveInto(rest, shift, t.coeff, factors);
      size_t cost = Cost(rest);
      bool fits = true;
      for (Poly& e : shifted) {
        fits = fits && s_.Accumulate(e, Solver::ViewOf(shift), 1) && !JoinsOuter(e, shift);
        fits = fits && (t.coeff > 0 || Negate(e));
        cost += std::max<size_t>(Cost(e), 1);
      }
      if (!fits || cost >= best_cost) continue;
      best = std::move(shifted);
      best_rest = std::move(rest);
      best_cost = cost;
    }
    int64_t c = t.coeff;
    std::vector<Poly> stretched = elements;
    if (Poly rest = p; Stretch(stretched, rest, c, factors)) {
      size_t cost = Cost(rest) + 1;
      for (Poly& e : stretched) {
        cost += Cost(e);
        if (c < 0 && !Negate(e)) cost = best_cost + 1;
      }
      if (cost <= best_cost) {
        best = std::move(stretched);
        best_rest = std::move(rest);
      } else {
        c = t.coeff;
      }
    } else {
      c = t.coeff;
    }
    p = std::move(best_rest);
    const Text core{Extreme(std::move(best), c < 0 ? "min(" : "max("), Level::kWord};
    items.push_back(MakeItem(c < 0 ? -c : c, core, factors, t.mono));
    return true;
  }
  return false;
}

}  // namespace symshape::symbolic
