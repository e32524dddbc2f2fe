#include "symbolic/evaluator.h"

#include <algorithm>
#include <array>

#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

// False where it has no value.
bool Apply(char op, int64_t a, int64_t b, int64_t* r) {
  switch (op) {
    case '+':
      return AddOk(a, b, r);
    case '-':
      return SubOk(a, b, r);
    case '*':
      return MulOk(a, b, r);
    case 'M':
      *r = std::max(a, b);
      return true;
    case 'B':
      *r = a == 1 ? b : a;
      return true;
    case '/':
    case 't':
    case '%':
      if (b == 0 || (a == INT64_MIN && b == -1)) return false;
      *r = op == 't' ? a / b : FloorDivInt(a, b);
      if (op == '%') *r = a - b * *r;
      return true;
    default:
      return false;
  }
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

void Evaluator::MoveTo(absl::Span<const int64_t> sizes, size_t count) {
  sizes_.assign(sizes.begin(), sizes.end());
  points_ = count;
  ++block_;
}

std::optional<int64_t> Evaluator::At(Handle h) {
  const Column column = Of(h);
  return (column.known & 1) != 0 ? std::optional(column.values[0]) : std::nullopt;
}

Evaluator::Column Evaluator::Of(Handle h) {
  values_.resize(parts_.size() * points_);
  Evaluate(h);
  return {ValuesOf(h), parts_[h].known};
}

void Evaluator::Evaluate(Handle h) {
  Part& part = parts_[h];
  if (part.known_at == block_) return;
  part.known_at = block_;
  part.known = 0;
  switch (part.op) {
    case Op::kNone:
      return;
    case Op::kSize:
      std::copy_n(sizes_.begin() + part.constant * static_cast<int64_t>(points_), points_,
                  ValuesOf(h));
      part.known = All();
      return;
    case Op::kSum: {
      Set known = All();
      for (uint32_t i = 0; i < part.count; ++i) {
        const Product& p = products_[part.first + i];
        known &= EvaluateAll(p.first, p.count);
      }
      part.known = known & Sum(part, ValuesOf(h));
      return;
    }
    default:
      part.known = Combine(part, EvaluateAll(part.first, part.count), ValuesOf(h));
  }
}

// Parts of a list, and where all of them are known. Apart from what is made of them, which takes
// more of the stack.
Evaluator::Set Evaluator::EvaluateAll(uint32_t first, uint32_t count) {
  Set known = All();
  for (uint32_t i = 0; i < count; ++i) {
    const Handle h = lists_[first + i];
    Evaluate(h);
    known &= parts_[h].known;
  }
  return known;
}

// Returns where it fits int64.
Evaluator::Set Evaluator::Sum(const Part& part, int64_t* values) const {
  return SmallSum(part, values) ? All() : LargeSum(part, values);
}

// The usual one, of which each step fits int64 at each point.
bool Evaluator::SmallSum(const Part& part, int64_t* values) const {
  std::fill_n(values, points_, part.constant);
  for (const Product& p : absl::MakeSpan(products_).subspan(part.first, part.count)) {
    if (p.count == 1 && (p.coeff == 1 || p.coeff == -1)) {
      const int64_t* const terms = ValuesOf(lists_[p.first]);
      bool fits = true;
      for (size_t at = 0; at < points_; ++at) {
        fits &= p.coeff == 1 ? AddOk(values[at], terms[at], &values[at])
                             : SubOk(values[at], terms[at], &values[at]);
      }
      if (!fits) return false;
      continue;
    }
    std::array<int64_t, kBlock> products;
    std::fill_n(products.begin(), points_, p.coeff);
    for (Handle factor : absl::MakeSpan(lists_).subspan(p.first, p.count)) {
      const int64_t* const factors = ValuesOf(factor);
      for (size_t at = 0; at < points_; ++at) {
        if (!MulOk(products[at], factors[at], &products[at])) return false;
      }
    }
    for (size_t at = 0; at < points_; ++at) {
      if (!AddOk(values[at], products[at], &values[at])) return false;
    }
  }
  return true;
}

Evaluator::Set Evaluator::LargeSum(const Part& part, int64_t* values) const {
  Set fits = 0;
  for (size_t at = 0; at < points_; ++at) {
    int128 sum = part.constant;
    bool overflows = false;
    for (const Product& p : absl::MakeSpan(products_).subspan(part.first, part.count)) {
      int128 product = p.coeff;
      for (Handle factor : absl::MakeSpan(lists_).subspan(p.first, p.count)) {
        overflows |= __builtin_mul_overflow(product, int128{ValuesOf(factor)[at]}, &product);
      }
      overflows |= __builtin_add_overflow(sum, product, &sum);
    }
    values[at] = static_cast<int64_t>(sum);
    fits |= Set{!overflows && FitsInt64(sum)} << at;
  }
  return fits;
}

// Of parts that are all known at `open`; elsewhere their values are any. Returns where it has one.
Evaluator::Set Evaluator::Combine(const Part& part, Set open, int64_t* values) const {
  const absl::Span<const Handle> parts = absl::MakeSpan(lists_).subspan(part.first, part.count);
  switch (part.op) {
    case Op::kOperation:
      return Operate(part.operation, open, ValuesOf(parts[0]), ValuesOf(parts[1]), values);
    case Op::kBroadcast:
      return Broadcast(parts, open, values);
    default:
      Largest(parts, values);
      return open;
  }
}

Evaluator::Set Evaluator::Operate(char op, Set open, const int64_t* a, const int64_t* b,
                                  int64_t* values) const {
  Set known = 0;
  for (; open != 0; open &= open - 1) {
    const auto at = static_cast<size_t>(__builtin_ctzll(open));
    known |= Set{Apply(op, a[at], b[at], &values[at])} << at;
  }
  return known;
}

void Evaluator::Largest(absl::Span<const Handle> parts, int64_t* values) const {
  std::copy_n(ValuesOf(parts[0]), points_, values);
  for (Handle part : parts.subspan(1)) {
    const int64_t* const elements = ValuesOf(part);
    for (size_t at = 0; at < points_; ++at) values[at] = std::max(values[at], elements[at]);
  }
}

// max(...)*min(1, ...), as it is printed.
Evaluator::Set Evaluator::Broadcast(absl::Span<const Handle> parts, Set open,
                                    int64_t* values) const {
  Largest(parts, values);
  std::array<int64_t, kBlock> least;
  std::copy_n(ValuesOf(parts[0]), points_, least.begin());
  for (Handle part : parts.subspan(1)) {
    const int64_t* const elements = ValuesOf(part);
    for (size_t at = 0; at < points_; ++at) least[at] = std::min(least[at], elements[at]);
  }
  Set known = 0;
  for (size_t at = 0; at < points_; ++at) {
    const bool fits =
        least[at] == values[at] || MulOk(values[at], std::min<int64_t>(1, least[at]), &values[at]);
    known |= Set{fits} << at;
  }
  return known & open;
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
