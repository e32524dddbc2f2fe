// The exact value of a dim at given sizes.
#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

std::optional<int64_t> ApplyOp(char op, int64_t a, int64_t b) {
  int64_t r;
  switch (op) {
    case '+':
      return AddOk(a, b, &r) ? std::optional(r) : std::nullopt;
    case '-':
      return SubOk(a, b, &r) ? std::optional(r) : std::nullopt;
    case '*':
      return MulOk(a, b, &r) ? std::optional(r) : std::nullopt;
    case 'M':
      return std::max(a, b);
    case '/':
    case 't':
    case '%': {
      if (b == 0 || (a == INT64_MIN && b == -1)) return std::nullopt;
      if (op == 't') return a / b;
      return op == '/' ? FloorDivInt(a, b) : a - b * FloorDivInt(a, b);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> Solver::Evaluate(Dim d, const Bindings& sizes) const {
  absl::flat_hash_map<uint32_t, std::optional<int64_t>> nodes, atoms;
  const auto value_of = [&](const auto& self, Dim x) -> std::optional<int64_t> {
    if (x.is_none()) return std::nullopt;
    if (x.is_inline()) return x.inline_value();
    if (const auto it = nodes.find(x.node()); it != nodes.end()) return it->second;
    nodes[x.node()] = std::nullopt;
    const auto atom_value = [&](AtomId id) -> std::optional<int64_t> {
      if (const auto it = atoms.find(id); it != atoms.end()) return it->second;
      const Atom& a = store.atom(id);
      if (a.kind == AtomKind::kSymbol) {
        const SymbolInfo& info = store.symbols()[a.symbol];
        if (const auto it = sizes.find(info.name); it != sizes.end()) return it->second;
        if (info.op == 'B') {
          const auto p = self(self, info.a), q = self(self, info.b);
          if (!p || !q) return std::nullopt;
          return *p == 1 ? *q : *p;
        }
        if (info.op != 0) {
          const auto p = self(self, info.a), q = self(self, info.b);
          return p && q ? ApplyOp(info.op, *p, *q) : std::nullopt;
        }
        const auto it = state.substitution.find(id);
        return it == state.substitution.end() ? std::nullopt : self(self, it->second);
      }
      absl::InlinedVector<int64_t, 4> args;
      for (Dim arg : store.args(id)) {
        const auto v = self(self, arg);
        if (!v) return std::nullopt;
        args.push_back(*v);
      }
      const int64_t largest = *std::max_element(args.begin(), args.end());
      switch (a.kind) {
        case AtomKind::kSymbol:
          break;
        case AtomKind::kFloorDiv:
          return ApplyOp('/', args[0], args[1]);
        case AtomKind::kMax:
          return largest;
        case AtomKind::kBroadcast: {
          const int64_t least = *std::min_element(args.begin(), args.end());
          if (largest == least) return largest;
          return ApplyOp('*', largest, std::min<int64_t>(1, least));
        }
      }
      return std::nullopt;
    };
    const PolyView view = store.View(x);
    int128 sum = view.constant;
    for (const Term& t : view.terms) {
      int128 product = t.coeff;
      for (AtomId id : store.atoms_of(t.mono)) {
        const auto v = atom_value(id);
        atoms[id] = v;
        if (!v || __builtin_mul_overflow(product, int128{*v}, &product)) return std::nullopt;
      }
      if (__builtin_add_overflow(sum, product, &sum)) return std::nullopt;
    }
    if (!FitsInt64(sum)) return std::nullopt;
    nodes[x.node()] = static_cast<int64_t>(sum);
    return static_cast<int64_t>(sum);
  };
  return value_of(value_of, d);
}

bool Holds(Fact::Kind kind, int64_t a, int64_t b) {
  switch (kind) {
    case Fact::Kind::kEq:
      return a == b;
    case Fact::Kind::kNe:
      return a != b;
    case Fact::Kind::kGe:
      return a >= b;
    case Fact::Kind::kDivides:
      return a != 0 && (a == -1 || b % a == 0);  // int64 min % -1 traps
    case Fact::Kind::kBroadcast:
      return a == b || a == 1 || b == 1;
  }
  return false;
}

}  // namespace symshape::symbolic
