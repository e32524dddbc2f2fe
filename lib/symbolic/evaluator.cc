#include "symbolic/evaluator.h"

#include <algorithm>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

std::optional<int64_t> Apply(char op, int64_t a, int64_t b) {
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
    case 'B':
      return a == 1 ? b : a;
    case '/':
    case 't':
    case '%':
      if (b == 0 || (a == INT64_MIN && b == -1)) return std::nullopt;
      if (op == 't') return a / b;
      return op == '/' ? FloorDivInt(a, b) : a - b * FloorDivInt(a, b);
  }
  return std::nullopt;
}

}  // namespace

Evaluator::Handle Evaluator::Add(Part part) {
  parts_.push_back(std::move(part));
  return static_cast<Handle>(parts_.size() - 1);
}

Evaluator::Part Evaluator::PartOf(Op op, absl::Span<const Handle> parts) {
  Part part;
  part.op = op;
  part.first = static_cast<uint32_t>(lists_.size());
  part.count = static_cast<uint32_t>(parts.size());
  lists_.insert(lists_.end(), parts.begin(), parts.end());
  return part;
}

Evaluator::Handle Evaluator::Read(Dim d) {
  if (const auto it = of_dim_.find(d.bits()); it != of_dim_.end()) return it->second;
  // What is met again inside itself has no value.
  const Handle unknown = Add({});
  if (d.is_none()) return unknown;
  of_dim_[d.bits()] = unknown;
  const PolyView view = s_.store.View(d);
  std::vector<Product> products;
  for (const Term& t : view.terms) {
    absl::InlinedVector<Handle, 4> factors;
    for (AtomId id : s_.store.atoms_of(t.mono)) factors.push_back(ReadAtom(id));
    const Part product = PartOf(Op::kNone, factors);
    products.push_back({t.coeff, product.first, product.count});
  }
  Part sum;
  sum.op = Op::kSum;
  sum.constant = view.constant;
  sum.first = static_cast<uint32_t>(products_.size());
  sum.count = static_cast<uint32_t>(products.size());
  products_.insert(products_.end(), products.begin(), products.end());
  return of_dim_[d.bits()] = Add(std::move(sum));
}

Evaluator::Handle Evaluator::ReadAtom(AtomId id) {
  if (const auto it = of_atom_.find(id); it != of_atom_.end()) return it->second;
  const AtomKind kind = s_.store.atom(id).kind;
  if (kind == AtomKind::kSymbol) return of_atom_[id] = Add(ReadSymbol(id));
  absl::InlinedVector<Handle, 4> parts;
  for (Dim arg : s_.store.args(id)) parts.push_back(Read(arg));
  Part part = PartOf(kind == AtomKind::kFloorDiv ? Op::kOperation
                     : kind == AtomKind::kMax    ? Op::kMax
                                                 : Op::kBroadcast,
                     parts);
  part.operation = '/';
  return of_atom_[id] = Add(std::move(part));
}

std::optional<Evaluator::Part> Evaluator::SizeOf(const std::string& name) const {
  Part size;
  if (fixed_ != nullptr) {
    const auto it = fixed_->find(name);
    if (it == fixed_->end()) return std::nullopt;
    size.op = Op::kSum;
    size.constant = it->second;
  } else {
    const auto it = std::find(names_.begin(), names_.end(), name);
    if (it == names_.end()) return std::nullopt;
    size.op = Op::kSize;
    size.constant = it - names_.begin();
  }
  return size;
}

Evaluator::Part Evaluator::ReadSymbol(AtomId id) {
  const SymbolInfo& info = s_.store.symbols()[s_.store.atom(id).symbol];
  if (const std::optional<Part> size = SizeOf(info.name)) return *size;
  if (info.op != 0) {
    const Handle operands[] = {Read(info.a), Read(info.b)};
    Part part = PartOf(Op::kOperation, operands);
    part.operation = info.op;
    return part;
  }
  const auto known = s_.state.substitution.find(id);
  if (known == s_.state.substitution.end()) return {};
  const Handle value = Read(known->second);
  return PartOf(Op::kMax, absl::MakeConstSpan(&value, 1));  // which is the value
}

void Evaluator::MoveTo(absl::Span<const int64_t> sizes) {
  sizes_.assign(sizes.begin(), sizes.end());
  ++point_;
}

std::optional<int64_t> Evaluator::At(Handle h) {
  if (parts_[h].known_at != point_) {
    parts_[h].known_at = point_;
    parts_[h].value = std::nullopt;
    parts_[h].value = Value(parts_[h]);
  }
  return parts_[h].value;
}

std::optional<int64_t> Evaluator::SumOf(const Part& part) {
  int128 sum = part.constant;
  for (uint32_t i = 0; i < part.count; ++i) {
    const Product& p = products_[part.first + i];
    int128 product = p.coeff;
    for (uint32_t k = 0; k < p.count; ++k) {
      const std::optional<int64_t> factor = At(lists_[p.first + k]);
      if (!factor || __builtin_mul_overflow(product, int128{*factor}, &product)) {
        return std::nullopt;
      }
    }
    if (__builtin_add_overflow(sum, product, &sum)) return std::nullopt;
  }
  if (!FitsInt64(sum)) return std::nullopt;
  return static_cast<int64_t>(sum);
}

std::optional<int64_t> Evaluator::Value(const Part& part) {
  if (part.op == Op::kNone) return std::nullopt;
  if (part.op == Op::kSize) return sizes_[static_cast<size_t>(part.constant)];
  if (part.op == Op::kSum) return SumOf(part);
  absl::InlinedVector<int64_t, 4> values;
  for (uint32_t i = 0; i < part.count; ++i) {
    const std::optional<int64_t> value = At(lists_[part.first + i]);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  if (part.op == Op::kOperation) return Apply(part.operation, values[0], values[1]);
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  if (part.op == Op::kMax || *least == *largest) return *largest;
  return Apply('*', *largest, std::min<int64_t>(1, *least));
}

std::optional<int64_t> Solver::Evaluate(Dim d, const Bindings& sizes) const {
  Evaluator evaluator(*this, sizes);
  return evaluator.At(evaluator.Read(d));
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
