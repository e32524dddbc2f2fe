// Factors of a sum, and the sign of a product of them: b*(H - W) >= 0 where H >= W, which no bound
// of b*H and of b*W says.
#include <algorithm>

#include "symbolic/hypothesis.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxFactored = 24;  // terms of a sum that is taken for a product of two
constexpr int kMaxCandidates = 4;    // atoms that are looked at for it

uint64_t Content(const Poly& p) {  // gcd of the coefficients and the constant
  uint64_t g = AbsU(p.constant);
  for (const Term& t : p.terms) g = GcdU(g, AbsU(t.coeff));
  return g;
}

bool IsZero(const Poly& p) { return p.terms.empty() && p.constant == 0; }

bool Mentions(const Store& store, const Poly& p, AtomId atom) {
  return std::any_of(p.terms.begin(), p.terms.end(), [&](const Term& t) {
    const auto atoms = store.atoms_of(t.mono);
    return std::find(atoms.begin(), atoms.end(), atom) != atoms.end();
  });
}

}  // namespace

std::vector<Poly> Solver::CoefficientsIn(const Poly& p, AtomId atom) {
  std::vector<Poly> out;
  for (const Term& t : p.terms) {
    absl::InlinedVector<AtomId, 8> rest;
    size_t power = 0;
    for (AtomId a : store.atoms_of(t.mono)) {
      if (a == atom) {
        ++power;
      } else {
        rest.push_back(a);
      }
    }
    if (out.size() <= power) out.resize(power + 1);
    const MonoId m = rest.empty() ? Store::kNoMono : store.InternMono(rest);
    if (!AccumulateTerm(out[power], m, t.coeff)) return {};
  }
  if (out.empty()) out.resize(1);
  if (!AddOk(out[0].constant, p.constant, &out[0].constant)) return {};
  out.erase(std::remove_if(out.begin(), out.end(), IsZero), out.end());
  return out;
}

// Found without a general gcd (torch #181275): a factor cannot contain an atom that one of them
// lacks, so it divides every coefficient with respect to that atom; what is left is tried by exact
// division.
std::optional<Poly> Solver::CommonFactor(std::vector<Poly> polys) {
  for (int round = 0; round < 16; ++round) {
    if (polys.empty() || polys.size() > 16 || !Spend(64)) return std::nullopt;
    for (Poly& p : polys) {
      if (p.terms.size() + (p.constant != 0) < 2) return std::nullopt;
      if (!DivideByMono(p, CommonMono(ViewOf(p)))) return std::nullopt;
      const uint64_t g = Content(p);
      if (g > 1 && g < (uint64_t{1} << 62)) {
        for (Term& t : p.terms) t.coeff /= static_cast<int64_t>(g);
        p.constant /= static_cast<int64_t>(g);
      }
    }
    bool expanded = false;
    for (size_t i = 0; i < polys.size() && !expanded; ++i) {
      for (const Term& t : polys[i].terms) {
        for (AtomId a : store.atoms_of(t.mono)) {
          bool everywhere = true;
          for (const Poly& q : polys) everywhere = everywhere && Mentions(store, q, a);
          if (everywhere) continue;
          std::vector<Poly> parts = CoefficientsIn(polys[i], a);
          if (parts.empty()) return std::nullopt;
          polys.erase(polys.begin() + i);
          for (Poly& part : parts) polys.push_back(std::move(part));
          expanded = true;
          break;
        }
        if (expanded) break;
      }
    }
    if (expanded) continue;
    std::sort(polys.begin(), polys.end(),
              [](const Poly& x, const Poly& y) { return x.terms.size() < y.terms.size(); });
    for (size_t i = 1; i < polys.size(); ++i) {
      Poly q, r;
      if (!LongDivide(ViewOf(polys[i]), ViewOf(polys[0]), q, r)) return std::nullopt;
      if (!IsZero(r)) return std::nullopt;
    }
    return polys[0];
  }
  return std::nullopt;
}

// d >= 0 by the signs of its factors. REQUIRES: inside an Operation.
bool Solver::ProveByFactors(Dim d, int budget, int splits) {
  const Poly p = Copy(store.View(d));
  const bool product = std::any_of(p.terms.begin(), p.terms.end(),
                                   [this](const Term& t) { return store.mono(t.mono).degree > 1; });
  if (!product || hypotheses >= Hypothesis::kMaxNested || !Spend(16)) return false;
  const MonoId m = CommonMono(ViewOf(p));
  if (m != Store::kNoMono) return ProveProduct(m, p, budget, splits);
  return ProveBySquares(p) || ProveTwoSums(p, budget, splits);
}

// m*rest >= 0, with p their product. Where a factor that is at least 0 is 0 there is nothing to be
// shown: so x*x >= x, as x - 1 >= 0 where x >= 1.
bool Solver::ProveProduct(MonoId m, Poly p, int budget, int splits) {
  absl::InlinedVector<AtomId, 4> at_least_0;
  bool negative = false;
  const auto atoms = store.atoms_of(m);
  for (size_t i = 0, j = 0; i < atoms.size(); i = j) {
    while (j < atoms.size() && atoms[j] == atoms[i]) ++j;
    const Dim alone = store.atom(atoms[i]).dim;
    if (AtomBounds(atoms[i]).lo >= 0 || ProveGe0(alone, budget, splits)) {
      at_least_0.push_back(atoms[i]);
    } else if ((j - i) % 2 != 0) {
      if (!ProveGe0(Neg(alone), budget, splits)) return false;
      negative = !negative;
    }
  }
  if (!DivideByMono(p, m)) return false;
  const std::optional<Dim> rest = Finish(p);
  if (!rest) return false;
  const auto proved = [&] { return ProveGe0(negative ? Neg(*rest) : *rest, budget, splits); };
  const uint64_t mask = store.MaskOf(*rest);
  const bool helps = std::any_of(at_least_0.begin(), at_least_0.end(), [&](AtomId a) {
    return AtomBounds(a).lo < 1 && (store.atom(a).mask & mask) != 0;
  });
  if (!helps) return proved();
  Hypothesis positive(*this);
  for (AtomId a : at_least_0) {
    if (!positive.Bound(a, {1, Interval::kPlusInf})) return true;  // it is 0 everywhere
  }
  return proved();
}

// (a - b)*(c - d), which stands expanded: a sum times another one that has no atom of the first.
bool Solver::ProveTwoSums(const Poly& p, int budget, int splits) {
  if (p.terms.size() + (p.constant != 0) < 3 || p.terms.size() > kMaxFactored) return false;
  const Mono& lead = store.mono(store.Leading(p.terms).mono);
  const absl::InlinedVector<AtomId, 8> atoms(lead.ordered, lead.ordered + lead.degree);
  for (size_t i = 0; i < atoms.size() && i < kMaxCandidates; ++i) {
    if (i > 0 && atoms[i] == atoms[i - 1]) continue;
    std::vector<Poly> coefficients = CoefficientsIn(p, atoms[i]);
    if (coefficients.size() < 2) continue;
    const std::optional<Poly> f = CommonFactor(std::move(coefficients));
    Poly g, r;
    if (!f || !LongDivide(ViewOf(p), ViewOf(*f), g, r) || !IsZero(r)) continue;
    if (f->terms.empty() || g.terms.empty()) continue;
    const Dim x = store.InternPoly(*f), y = store.InternPoly(g);
    for (int64_t sign : {1, -1}) {
      if (ProveGe0(AddScaled(Dim::Inline(0), x, sign), budget, splits) &&
          ProveGe0(AddScaled(Dim::Inline(0), y, sign), budget, splits)) {
        return true;
      }
    }
    return false;
  }
  return false;
}

}  // namespace symshape::symbolic
