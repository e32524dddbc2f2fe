// Dims of another context, made anew in this one, under its facts.
#include <vector>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

class Importer {
 public:
  Importer(Solver& to, const Store& from, absl::FunctionRef<Dim(Dim)> symbol)
      : to_(to), from_(from), symbol_(symbol) {}

  Dim Import(Dim d) {
    if (d.is_inline() || d.is_none()) return d;
    if (const auto known = dims_.find(d); known != dims_.end()) return known->second;
    const PolyView view = from_.View(d);
    Dim sum = to_.Constant(view.constant);
    for (const Term& t : view.terms) {
      Dim product = to_.Constant(t.coeff);
      for (AtomId id : from_.atoms_of(t.mono)) product = to_.Mul(product, ImportAtom(id));
      sum = to_.Add(sum, product);
    }
    return dims_[d] = sum;
  }

 private:
  Dim ImportAtom(AtomId id) {
    const Atom& a = from_.atom(id);
    if (a.kind == AtomKind::kSymbol && from_.symbols()[a.symbol].op == 0) return symbol_(a.dim);
    if (const auto known = dims_.find(a.dim); known != dims_.end()) return known->second;
    return dims_[a.dim] = Anew(a);
  }

  // A rule's broadcast has a value where its sizes do not fit, as its text has.
  Dim Anew(const Atom& a) {
    if (a.kind == AtomKind::kSymbol) {
      const SymbolInfo& info = from_.symbols()[a.symbol];
      return to_.Operate(info.op, Import(info.a), Import(info.b));
    }
    Elements args;
    for (uint32_t i = 0; i < a.arg_count; ++i) args.push_back(Import(a.args[i]));
    switch (a.kind) {
      case AtomKind::kFloorDiv:
        return to_.FloorDiv(args[0], args[1]);
      case AtomKind::kBroadcast:
        return to_.TotalBroadcast(args);
      default:
        return to_.Max(args);
    }
  }

  Solver& to_;
  const Store& from_;
  const absl::FunctionRef<Dim(Dim)> symbol_;
  absl::flat_hash_map<Dim, Dim> dims_;
};

}  // namespace

Dim Solver::Import(const Store& from, Dim d, absl::FunctionRef<Dim(Dim)> symbol) {
  return Resolve(Importer(*this, from, symbol).Import(d));
}

}  // namespace symshape::symbolic
