// Polynomials: add, multiply, long division. Everything here is exact and independent of facts.
#include <algorithm>

#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {

Poly Solver::Copy(const PolyView& v) { return {v.constant, {v.terms.begin(), v.terms.end()}}; }

bool Solver::AccumulateTerm(Poly& p, MonoId mono, int64_t coeff) const {
  if (coeff == 0) return true;
  if (mono == Store::kNoMono) return AddOk(p.constant, coeff, &p.constant);
  if (p.terms.empty() || p.terms.back().mono < mono) {
    p.terms.push_back({mono, coeff});
    return true;
  }
  auto it = std::lower_bound(p.terms.begin(), p.terms.end(), mono,
                             [](const Term& t, MonoId m) { return t.mono < m; });
  if (it->mono != mono) {
    p.terms.insert(it, Term{mono, coeff});
    return true;
  }
  if (!AddOk(it->coeff, coeff, &it->coeff)) return false;
  if (it->coeff == 0) p.terms.erase(it);
  return true;
}

bool Solver::Accumulate(Poly& p, const PolyView& q, int64_t factor) const {
  int64_t scaled;
  if (!MulOk(q.constant, factor, &scaled) || !AddOk(p.constant, scaled, &p.constant)) return false;
  if (q.terms.empty() || factor == 0) return true;
  if (q.terms.size() == 1) {  // most are
    return MulOk(q.terms[0].coeff, factor, &scaled) && AccumulateTerm(p, q.terms[0].mono, scaled);
  }
  if (p.terms.empty() && factor == 1) {
    p.terms.assign(q.terms.begin(), q.terms.end());
    return true;
  }
  absl::InlinedVector<Term, 6> merged;
  merged.reserve(p.terms.size() + q.terms.size());
  size_t i = 0;
  for (const Term& t : q.terms) {
    while (i < p.terms.size() && p.terms[i].mono < t.mono) merged.push_back(p.terms[i++]);
    if (!MulOk(t.coeff, factor, &scaled)) return false;
    if (i < p.terms.size() && p.terms[i].mono == t.mono) {
      if (!AddOk(p.terms[i].coeff, scaled, &scaled)) return false;
      ++i;
    }
    if (scaled != 0) merged.push_back({t.mono, scaled});
  }
  while (i < p.terms.size()) merged.push_back(p.terms[i++]);
  p.terms = std::move(merged);
  return true;
}

bool Solver::Multiply(const PolyView& a, const PolyView& b, Poly& out) {
  if ((a.terms.size() + 1) * (b.terms.size() + 1) > kMaxProductTerms) return false;
  if (!Spend(static_cast<int64_t>((a.terms.size() + 1) * (b.terms.size() + 1)))) return false;
  out = Poly();
  if (!Accumulate(out, a, b.constant)) return false;
  for (const Term& t : b.terms) {
    if (!AccumulateTerm(out, t.mono, 0)) return false;
    int64_t c;
    if (!MulOk(a.constant, t.coeff, &c) || !AccumulateTerm(out, t.mono, c)) return false;
    for (const Term& s : a.terms) {
      if (!MulOk(s.coeff, t.coeff, &c)) return false;
      if (store.mono(s.mono).degree + store.mono(t.mono).degree > kMaxDegree) return false;
      if (!AccumulateTerm(out, store.MulMono(s.mono, t.mono), c)) return false;
    }
  }
  return true;
}

bool Solver::LongDivide(const PolyView& num, const PolyView& den, Poly& quotient, Poly& remainder) {
  quotient = Poly();
  remainder = Poly();
  Poly rest = Copy(num);
  const Term lead = store.Leading(den.terms);
  for (int steps = 0; !rest.terms.empty(); ++steps) {
    if (steps > 512) return false;
    const Term top = store.Leading(rest.terms);
    MonoId m;
    // Residues in (-c/2, c/2] of the leading coefficient c, as for constant divisors.
    int64_t q = 0;
    if (store.DivideMono(top.mono, lead.mono, &m) && lead.coeff != INT64_MIN) {
      const int64_t c = lead.coeff < 0 ? -lead.coeff : lead.coeff;
      int64_t r = ModInt(top.coeff, c);
      if (r > c - r) r -= c;
      int64_t multiple;
      if (!SubOk(top.coeff, r, &multiple)) return false;
      q = multiple / lead.coeff;
    }
    if (q == 0) {
      if (!AccumulateTerm(remainder, top.mono, top.coeff)) return false;
      rest.terms.erase(std::find(rest.terms.begin(), rest.terms.end(), top));
      continue;
    }
    if (!AccumulateTerm(quotient, m, q)) return false;
    for (const Term& t : den.terms) {
      int64_t c;
      if (!MulOk(t.coeff, q, &c) || c == INT64_MIN) return false;
      if (!AccumulateTerm(rest, store.MulMono(t.mono, m), -c)) return false;
    }
    int64_t c;
    if (!MulOk(den.constant, q, &c) || c == INT64_MIN || !AccumulateTerm(rest, m, -c)) return false;
    // What is left of the leading term is a residue: it cannot be divided further.
    const auto it = std::find_if(rest.terms.begin(), rest.terms.end(),
                                 [&](const Term& t) { return t.mono == top.mono; });
    if (it != rest.terms.end()) {
      if (!AccumulateTerm(remainder, it->mono, it->coeff)) return false;
      rest.terms.erase(it);
    }
  }
  return AddOk(remainder.constant, rest.constant, &remainder.constant);
}

MonoId Solver::CommonMono(const PolyView& p) {
  if (p.constant != 0 || p.terms.empty()) return Store::kNoMono;
  const auto first = store.atoms_of(p.terms[0].mono);
  absl::InlinedVector<AtomId, 8> common(first.begin(), first.end());
  for (const Term& t : p.terms.subspan(1)) {
    absl::InlinedVector<AtomId, 8> next;
    const auto atoms = store.atoms_of(t.mono);
    std::set_intersection(common.begin(), common.end(), atoms.begin(), atoms.end(),
                          std::back_inserter(next));
    common = std::move(next);
    if (common.empty()) return Store::kNoMono;
  }
  return store.InternMono(common);
}

bool Solver::DivideByMono(Poly& p, MonoId m) {
  if (m == Store::kNoMono) return true;
  Poly out;
  for (const Term& t : p.terms) {
    MonoId q;
    if (!store.DivideMono(t.mono, m, &q) || !AccumulateTerm(out, q, t.coeff)) return false;
  }
  p = std::move(out);
  return true;
}

Dim Solver::AddScaled(Dim a, Dim b, int64_t factor) {
  a = Resolve(a);
  b = Resolve(b);
  if (factor == 1 && a.is_inline()) std::swap(a, b);
  if (b == Dim::Inline(0)) return a;
  if (a.is_inline() && b.is_inline() && (factor == 1 || factor == -1)) {
    return Constant(a.inline_value() + factor * b.inline_value());
  }
  // Other operations are numbers that are no factors in [-1, 1].
  const OperationCache::Key key(factor, a, b);
  if (const auto known = operations.Find(key, epoch)) return *known;
  const Operation operation(*this);
  const std::optional<Dim> sum = SumOf(a, b, factor);
  const Dim result = sum ? Today(*sum) : Opaque(factor == 1 ? '+' : '-', a, b);
  operations.Enter(key, epoch, result);
  return result;
}

// Of today's forms; nullopt on overflow and past the caps.
std::optional<Dim> Solver::SumOf(Dim a, Dim b, int64_t factor) {
  PolyView sum = store.View(a);
  if (b.is_inline() && HasItsForm(sum.terms)) {  // as most: a size and a number
    int64_t added;
    const bool fits =
        MulOk(b.inline_value(), factor, &added) && AddOk(sum.constant, added, &sum.constant);
    return fits ? Keep(sum) : std::nullopt;
  }
  Poly p = Copy(sum);
  return Accumulate(p, store.View(b), factor) ? Finish(p) : std::nullopt;
}

Dim Solver::Mul(Dim a, Dim b) {
  a = Resolve(a);
  b = Resolve(b);
  if (a == Dim::Inline(1)) return b;
  if (b == Dim::Inline(1)) return a;
  if (a == Dim::Inline(0) || b == Dim::Inline(0)) return Dim::Inline(0);
  if (a.is_inline() && b.is_inline()) return Constant(a.inline_value() * b.inline_value());
  if (b.bits() < a.bits()) std::swap(a, b);
  const OperationCache::Key key('*', a, b);
  if (const auto known = operations.Find(key, epoch)) return *known;
  const Operation operation(*this);
  Poly p;
  std::optional<Dim> result;
  if (Multiply(store.View(a), store.View(b), p)) result = Finish(p);
  if (result) Today(*result);
  if (!result) result = Opaque('*', a, b);
  operations.Enter(key, epoch, *result);
  return *result;
}

// What cannot be represented: a symbol of its own, the same one for the same operation, with its
// definition kept for Evaluate. Loses what is known of the operands; never wrong.
Dim Solver::Opaque(char op, Dim a, Dim b) {
  const auto key = std::make_pair(op, std::make_pair(a.bits(), b.bits()));
  const auto it = opaque.find(key);
  if (it != opaque.end()) return Resolve(it->second);
  const char* reason = OutOfWork() ? "more work than the limit" : "larger than the limits";
  int nesting = 1;
  for (Dim operand : {a, b}) {
    for (Dim s : SymbolsOf(operand)) {
      const SymbolInfo& inner = store.symbols()[store.atom(*store.OnlyAtom(s)).symbol];
      nesting = std::max(nesting, std::min(inner.nesting + 1, 255));
    }
  }
  const Dim d = Fresh("_opaque", kAnyInteger);
  SymbolInfo& info = store.mutable_symbol(store.atom(*store.OnlyAtom(d)).symbol);
  info.op = op;
  info.a = a;
  info.b = b;
  info.reason = reason;
  info.nesting = nesting;
  opaque.emplace(key, d);
  return d;
}

}  // namespace symshape::symbolic
