// Solver: symbols. What the rest of the solver is: solver.h.
#include "symbolic/solver.h"

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

std::vector<Dim> Solver::SymbolsOf(Dim d) const {
  std::vector<bool> seen_node, found(store.symbols().size());
  const auto walk = [&](const auto& self, Dim x) -> void {
    if (x.is_inline() || x.is_none()) return;
    if (seen_node.size() <= x.node()) seen_node.resize(store.node_count());
    if (seen_node[x.node()]) return;
    seen_node[x.node()] = true;
    for (const Term& t : store.View(x).terms) {
      for (AtomId id : store.atoms_of(t.mono)) {
        const Atom& a = store.atom(id);
        if (a.kind == AtomKind::kSymbol) found[a.symbol] = true;
        for (Dim arg : store.args(id)) self(self, arg);
      }
    }
  };
  walk(walk, d);
  std::vector<Dim> out;
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i]) out.push_back(store.atom(store.symbols()[i].atom).dim);
  }
  return out;
}

}  // namespace symshape::symbolic
