// Today's form of a dim: its atoms rebuilt under the facts of now, once per epoch and node.
#include <algorithm>

#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {

// An operation that was too large may be within the limits where facts made its operands smaller.
Dim Solver::ResolveOpaque(uint32_t symbol, Dim otherwise) {
  const SymbolInfo info = store.symbols()[symbol];
  if (info.nesting > kMaxOpaqueNesting) return otherwise;
  const Dim a = Resolve(info.a), b = Resolve(info.b);
  const auto size = [this](Dim d) { return d.is_inline() ? 0 : store.node(d).term_count; };
  if (size(a) + size(b) >= size(info.a) + size(info.b)) return otherwise;
  switch (info.op) {
    case '+':
      return Add(a, b);
    case '-':
      return Sub(a, b);
    case '*':
      return Mul(a, b);
    case '/':
      return FloorDiv(a, b);
    case '%':
      return Mod(a, b);
    case 't':
      return TruncDiv(a, b);
    case 'M': {
      const Dim both[] = {a, b};
      return Max(both);
    }
    case 'B': {
      const Dim both[] = {a, b};
      return Broadcast(both);
    }
    default:
      return otherwise;
  }
}

// Today's form of what an atom is equal to. Past the limit a compound atom stays, which is true as
// well: in today's form its value may hold another such atom that was met for the first time, and
// so on without an end.
Dim Solver::Replacement(AtomId id, Dim value) {
  if (store.atom(id).kind == AtomKind::kSymbol) return Resolve(value);
  if (replacing >= kMaxReplacing) return store.atom(id).dim;
  ++replacing;
  const Dim today = Resolve(value);
  --replacing;
  return today;
}

Dim Solver::ResolveAtom(AtomId id) {
  if (id < resolved_atom.size() && resolved_atom[id].epoch == epoch) return resolved_atom[id].dim;
  const Atom a = store.atom(id);
  // What a question asked meanwhile gets. Not from resolved_atom: a hypothesis has an epoch of its
  // own and then goes back.
  if (resolving.contains(id)) return a.dim;
  resolving.insert(id);
  Dim result = a.dim;
  const auto it = state.substitution.find(id);
  if (it != state.substitution.end()) {
    result = Replacement(id, it->second);
  } else {
    switch (a.kind) {
      case AtomKind::kSymbol: {
        const Interval domain = StateOf(a.symbol).domain;
        if (domain.lo == domain.hi) result = Constant(domain.lo);
        if (store.symbols()[a.symbol].op != 0) result = ResolveOpaque(a.symbol, result);
        break;
      }
      case AtomKind::kFloorDiv:
        result = FloorDiv(Resolve(a.args[0]), Resolve(a.args[1]));
        break;
      case AtomKind::kMax: {
        std::vector<Dim> elements(a.args, a.args + a.arg_count);
        result = Max(elements);
        break;
      }
      case AtomKind::kBroadcast: {
        std::vector<Dim> elements(a.args, a.args + a.arg_count);
        result = BroadcastOf(elements, IsFitting(id));
        break;
      }
    }
    if (OutOfWork()) result = a.dim;  // not an opaque symbol: the old form still is true
  }
  resolving.erase(id);
  if (id >= resolved_atom.size())
    resolved_atom.resize(store.atom_count() + store.atom_count() / 2 + 256);
  resolved_atom[id] = {epoch, result};
  return result;
}

// Two statements: ResolveAtom may move the store's atoms.
bool Solver::IsItsOwnForm(AtomId id) {
  const Dim today = ResolveAtom(id);
  return today == store.atom(id).dim;
}

Dim Solver::ResolveSlow(Dim d) {
  const SeparateOperation separate(*this);
  const Operation operation(*this);
  const uint32_t index = d.node();
  if (index >= resolved.size()) resolved.resize(store.node_count() + store.node_count() / 2 + 256);
  resolved[index] = {epoch, d};
  const PolyView view = store.View(d);
  bool same = true;
  for (const Term& t : view.terms) {
    for (AtomId a : store.atoms_of(t.mono)) {
      same = same && IsItsOwnForm(a);
    }
  }
  Poly sum;
  std::optional<Dim> result;
  if (same) {
    if (!store.node(d).has_div && state.mono_rules.empty()) return d;
    sum = Copy(view);
    result = Finish(sum);
  } else {
    sum.constant = view.constant;
    bool fits = true;
    for (const Term& t : view.terms) {
      Poly product;
      product.constant = t.coeff;
      for (AtomId a : store.atoms_of(t.mono)) {
        Poly next;
        fits = fits && Multiply(ViewOf(product), store.View(ResolveAtom(a)), next);
        product = std::move(next);
      }
      fits = fits && Accumulate(sum, ViewOf(product), 1);
      if (!fits) break;
    }
    if (fits) result = Finish(sum);
  }
  if (index >= resolved.size()) resolved.resize(store.node_count() + store.node_count() / 2 + 256);
  if (!result) result = d;  // too large under the new facts: the old form still is true
  resolved[index] = {epoch, *result};
  if (!result->is_inline() && *result != d) {
    if (result->node() >= resolved.size())
      resolved.resize(store.node_count() + store.node_count() / 2 + 256);
    resolved[result->node()] = {epoch, *result};
  }
  return *result;
}

Dim Solver::Substitute(Dim d, absl::Span<const std::pair<Dim, Dim>> replacements) {
  absl::flat_hash_map<AtomId, Dim> atoms;
  for (const auto& [from, to] : replacements) {
    const AtomId* atom = store.OnlyAtom(from);
    if (atom != nullptr) atoms[*atom] = to;
  }
  absl::flat_hash_map<uint32_t, Dim> done;
  const auto walk = [&](const auto& self, Dim x) -> Dim {
    if (x.is_inline()) return x;
    if (const auto it = done.find(x.node()); it != done.end()) return it->second;
    const PolyView view = store.View(x);
    Dim sum = Constant(view.constant);
    for (const Term& t : view.terms) {
      Dim product = Constant(t.coeff);
      for (AtomId id : store.atoms_of(t.mono)) {
        Dim value;
        if (const auto it = atoms.find(id); it != atoms.end()) {
          value = it->second;
        } else {
          const Atom a = store.atom(id);
          std::vector<Dim> args;
          for (uint32_t i = 0; i < a.arg_count; ++i) args.push_back(self(self, a.args[i]));
          switch (a.kind) {
            case AtomKind::kSymbol:
              value = a.dim;
              break;
            case AtomKind::kFloorDiv:
              value = FloorDiv(args[0], args[1]);
              break;
            case AtomKind::kMax:
              value = Max(args);
              break;
            case AtomKind::kBroadcast:
              value = BroadcastOf(args, IsFitting(id));
              break;
          }
          atoms.emplace(id, value);
        }
        product = Mul(product, value);
      }
      sum = Add(sum, product);
    }
    done.emplace(x.node(), sum);
    return sum;
  };
  return walk(walk, Resolve(d));
}

}  // namespace symshape::symbolic
