// Dims made anew, part by part, under the facts of now: another context's dims, or a dim with other
// symbols.
#include <vector>

#include "absl/algorithm/container.h"
#include "symbolic/limits.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

class Rebuilder {
 public:
  // `symbol`: what stands for a symbol of `from`. `is_fitting`: whether a broadcast is a rule's,
  // which has no value where its sizes do not fit.
  Rebuilder(Solver& to, const Store& from, absl::FunctionRef<Dim(Dim)> symbol,
            absl::FunctionRef<bool(AtomId)> is_fitting)
      : to_(to), from_(from), symbol_(symbol), is_fitting_(is_fitting) {}

  Dim Rebuild(Dim d) {
    if (d.is_inline() || d.is_none()) return d;
    if (const auto known = dims_.find(d); known != dims_.end()) return known->second;
    const PolyView view = from_.View(d);
    Dim sum = to_.Constant(view.constant);
    for (const Term& t : view.terms) {
      Dim product = to_.Constant(t.coeff);
      for (AtomId id : from_.atoms_of(t.mono)) product = to_.Mul(product, RebuildAtom(id));
      sum = to_.Add(sum, product);
    }
    return dims_[d] = sum;
  }

 private:
  Dim RebuildAtom(AtomId id) {
    const Atom a = from_.atom(id);  // a copy: what is made may be of the same store
    if (const auto known = dims_.find(a.dim); known != dims_.end()) return known->second;
    const Dim anew = a.kind == AtomKind::kSymbol ? OfSymbol(a) : OfParts(id, a);
    return dims_[a.dim] = anew;
  }

  Dim OfSymbol(const Atom& a) {
    const SymbolInfo info = from_.symbols()[a.symbol];
    if (info.op == 0 || info.nesting > kMaxOpaqueNesting) return symbol_(a.dim);
    return to_.Operate(info.op, Rebuild(info.a), Rebuild(info.b));
  }

  Dim OfParts(AtomId id, const Atom& a) {
    Elements parts;
    for (uint32_t i = 0; i < a.arg_count; ++i) parts.push_back(Rebuild(a.args[i]));
    if (a.kind == AtomKind::kFloorDiv) return to_.FloorDiv(parts[0], parts[1]);
    if (a.kind == AtomKind::kMax) return to_.Max(parts);
    return to_.BroadcastOf(parts, is_fitting_(id));
  }

  Solver& to_;
  const Store& from_;
  const absl::FunctionRef<Dim(Dim)> symbol_;
  const absl::FunctionRef<bool(AtomId)> is_fitting_;
  absl::flat_hash_map<Dim, Dim> dims_;
};

}  // namespace

// A rule's broadcast has a value here where its sizes do not fit, as its text has.
Dim Solver::Import(const Store& from, Dim d, absl::FunctionRef<Dim(Dim)> symbol) {
  return Resolve(Rebuilder(*this, from, symbol, [](AtomId) { return false; }).Rebuild(d));
}

Dim Solver::Substitute(Dim d, absl::Span<const std::pair<Dim, Dim>> replacements) {
  const auto symbol = [&](Dim s) {
    const auto replaced =
        absl::c_find_if(replacements, [s](const auto& r) { return r.first == s; });
    return replaced == replacements.end() ? s : replaced->second;
  };
  const auto is_fitting = [this](AtomId id) { return IsFitting(id); };
  return Rebuilder(*this, store, symbol, is_fitting).Rebuild(Resolve(d));
}

}  // namespace symshape::symbolic
