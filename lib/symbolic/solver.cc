// Solver: symbols. What the rest of the solver is: solver.h.
#include "symbolic/solver.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace symshape::symbolic {

Dim Solver::Symbol(absl::string_view name, Interval domain, SymbolKind kind) {
  if (const uint32_t* index = store.FindSymbol(name)) {
    return store.atom(store.symbols()[*index].atom).dim;
  }
  return store.atom(store.Symbol(name, domain, kind)).dim;
}

Dim Solver::Fresh(absl::string_view stem, Interval domain) {
  std::string name(stem);
  for (int i = 2; store.FindSymbol(name) != nullptr || store.IsAlias(name); ++i) {
    name = absl::StrCat(stem, "_", i);
  }
  return Symbol(name, domain, SymbolKind::kFresh);
}

// In the order in which they were made. Takes as long as d is, however many symbols there are.
std::vector<Dim> Solver::SymbolsOf(Dim d) const {
  absl::flat_hash_set<uint32_t> seen;  // nodes of quotients and maxima: they share parts
  std::vector<uint32_t> found;
  const auto walk = [&](const auto& self, Dim x) -> void {
    for (const Term& t : store.View(x).terms) {
      for (AtomId id : store.atoms_of(t.mono)) {
        const Atom& a = store.atom(id);
        if (a.kind == AtomKind::kSymbol) found.push_back(a.symbol);
        for (Dim arg : store.args(id)) {
          if (!arg.is_inline() && seen.insert(arg.node()).second) self(self, arg);
        }
      }
    }
  };
  if (!d.is_none()) walk(walk, d);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<Dim> out;
  for (uint32_t symbol : found) out.push_back(store.atom(store.symbols()[symbol].atom).dim);
  return out;
}

}  // namespace symshape::symbolic
