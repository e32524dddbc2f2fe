// Today's form of a dim: its atoms rebuilt under the facts of now, once per epoch and node.
#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "symbolic/solver.h"
#include "symbolic/work.h"

namespace symshape::symbolic {
namespace {

constexpr size_t kMaxOpen = 64;  // atoms inside each other; past it they stay as they are

}  // namespace

// op(a, b), as opaque symbols name it; none of another one.
Dim Solver::Operate(char op, Dim a, Dim b) {
  const Dim both[] = {a, b};
  switch (op) {
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
    case 'M':
      return Max(both);
    case 'B':
      return Broadcast(both);
    default:
      return Dim();
  }
}

// An operation that was too large may be within the limits where facts made its operands smaller.
Dim Solver::ResolveOpaque(uint32_t symbol, Dim otherwise) {
  const SymbolInfo info = store.symbols()[symbol];
  if (info.nesting > kMaxOpaqueNesting) return otherwise;
  const Dim a = Resolve(info.a), b = Resolve(info.b);
  const auto size = [this](Dim d) { return d.is_inline() ? 0 : store.node(d).term_count; };
  if (size(a) + size(b) >= size(info.a) + size(info.b)) return otherwise;
  const Dim made = Operate(info.op, a, b);
  return made.is_none() ? otherwise : made;
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

// What was found of a part while a form was still being looked for that it holds: it goes when that
// one is found.
std::optional<Dim> Solver::ProvisionalOf(uint64_t part) {
  const auto found = forms.provisional.find(part);
  if (found == forms.provisional.end() || found->second.epoch != epoch) return std::nullopt;
  forms.lowest_cut = std::min(forms.lowest_cut, found->second.cut);
  return found->second.dim;
}

void Solver::KeepForm(Dim d, Dim form, size_t cut) {
  if (cut != ResolveCache::kNoCut) {
    forms.provisional[uint64_t{d.node()} << 1] = {form, epoch, cut};
    return;
  }
  std::vector<Form>& known = forms.of_node;
  if (d.node() >= known.size()) known.resize(d.node() + d.node() / 2 + 256);
  known[d.node()] = {epoch, form};
}

Dim Solver::ResolveAtom(AtomId id) {
  if (id < forms.of_atom.size() && forms.of_atom[id].epoch == epoch) return forms.of_atom[id].dim;
  const uint64_t part = uint64_t{id} << 1 | 1;
  if (const std::optional<Dim> known = ProvisionalOf(part)) return *known;
  const Atom a = store.atom(id);
  // What a question asked meanwhile gets. Not from the cache: a hypothesis has an epoch of its
  // own and then goes back.
  if (const auto met = absl::c_find(forms.open, id); met != forms.open.end()) {
    forms.lowest_cut = std::min(forms.lowest_cut, static_cast<size_t>(met - forms.open.begin()));
    return a.dim;
  }
  if (forms.open.size() >= kMaxOpen) {
    forms.lowest_cut = 0;
    return a.dim;
  }
  const size_t place = forms.open.size();
  forms.open.push_back(id);
  const size_t outer_cut = std::exchange(forms.lowest_cut, ResolveCache::kNoCut);
  const Dim result = FormOf(id, a);
  forms.open.pop_back();
  absl::erase_if(forms.provisional, [place](const auto& p) { return p.second.cut >= place; });
  if (forms.lowest_cut < place) {
    forms.provisional[part] = {result, epoch, forms.lowest_cut};
    forms.lowest_cut = std::min(forms.lowest_cut, outer_cut);
    return result;
  }
  forms.lowest_cut = outer_cut;
  if (id >= forms.of_atom.size())
    forms.of_atom.resize(store.atom_count() + store.atom_count() / 2 + 256);
  forms.of_atom[id] = {epoch, result};
  return result;
}

void Solver::SetSubstitution(AtomId id, Dim value) {
  state.substitution[id] = value;
  if (store.atom(id).kind != AtomKind::kSymbol) return;
  state.substituted |= store.atom(id).mask;
  state.substituted_version = ++substituted_versions;
}

// Made anew of its parts' forms of today.
Dim Solver::FormOf(AtomId id, const Atom& a) {
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
        Elements elements(a.args, a.args + a.arg_count);
        result = Max(elements);
        break;
      }
      case AtomKind::kBroadcast: {
        Elements elements(a.args, a.args + a.arg_count);
        result = BroadcastOf(elements, IsFitting(id));
        break;
      }
    }
  }
  return OutOfWork() ? a.dim : result;  // not an opaque symbol: the old form still is true
}

// Two statements: ResolveAtom may move the store's atoms.
bool Solver::IsItsOwnForm(AtomId id) {
  const Dim today = ResolveAtom(id);
  return today == store.atom(id).dim;
}

Dim Solver::ResolveSlow(Dim d) {
  const uint64_t part = uint64_t{d.node()} << 1;
  if (const std::optional<Dim> known = ProvisionalOf(part)) return *known;
  const SeparateOperation separate(*this);
  const Operation operation(*this);
  const size_t outer_cut = std::exchange(forms.lowest_cut, ResolveCache::kNoCut);
  const Dim result = FormOf(d);
  KeepForm(d, result, forms.lowest_cut);
  if (!result.is_inline() && result != d) KeepForm(result, result, forms.lowest_cut);
  forms.lowest_cut = std::min(forms.lowest_cut, outer_cut);
  return result;
}

// Made anew of its atoms' forms of today.
Dim Solver::FormOf(Dim d) {
  const PolyView view = store.View(d);
  bool same = true;
  for (const Term& t : view.terms) {
    for (AtomId a : store.atoms_of(t.mono)) {
      same = same && IsItsOwnForm(a);
    }
  }
  Poly sum;
  if (same) {
    if (!store.node(d).has_div && state.mono_rules.empty()) return d;
    sum = Copy(view);
  } else {
    sum.constant = view.constant;
    for (const Term& t : view.terms) {
      Poly product;
      product.constant = t.coeff;
      for (AtomId a : store.atoms_of(t.mono)) {
        Poly next;
        if (!Multiply(ViewOf(product), store.View(ResolveAtom(a)), next)) return d;
        product = std::move(next);
      }
      if (!Accumulate(sum, ViewOf(product), 1)) return d;
    }
  }
  // Too large under the new facts: the old form still is true.
  return Finish(sum).value_or(d);
}

}  // namespace symshape::symbolic
