// Evaluator: exact values of dims at many points. A dim is read once; then a block of points costs
// a few steps for each of its parts, and a part that several dims share is evaluated once.
#ifndef SYMSHAPE_SYMBOLIC_EVALUATOR_H_
#define SYMSHAPE_SYMBOLIC_EVALUATOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "symbolic/context.h"
#include "symbolic/store.h"

namespace symshape::symbolic {

class Solver;

class Evaluator {
 public:
  using Handle = uint32_t;  // of a dim that was read
  // Points of a block: bit i is the one number i.
  using Set = uint64_t;
  static constexpr size_t kBlock = 64;  // points at most

  // One value a point, where it is known: not where a symbol has no size, a divisor is 0 or int64
  // overflows.
  struct Column {
    const int64_t* values;
    Set known;
  };

  // `names` are the symbols that a point has sizes of. Any other has the value that facts give it,
  // or none. REQUIRES: the context outlives it, and its facts stay what they are.
  Evaluator(const Context& context, std::vector<std::string> names);
  Evaluator(const Solver& solver, std::vector<std::string> names)
      : s_(solver), names_(std::move(names)) {}
  // At one point only. REQUIRES: the sizes outlive it.
  Evaluator(const Solver& solver, const Bindings& sizes) : s_(solver), fixed_(&sizes) {}

  Handle Read(Dim d);
  // All values are those at this point from now on. Sizes are in the order of the names.
  void MoveTo(absl::Span<const int64_t> sizes) { MoveTo(sizes, 1); }
  // The same at `count` points: the first name's sizes at all of them, the second's, and so on.
  // REQUIRES: 1 <= count <= kBlock
  void MoveTo(absl::Span<const int64_t> sizes, size_t count);
  // At the first point; nullopt where it is not known.
  std::optional<int64_t> At(Handle h);
  // At all points of the block. Valid until more is read or another block is moved to.
  Column Of(Handle h);

 private:
  enum class Op : uint8_t { kNone, kSize, kSum, kOperation, kMax, kBroadcast };
  // A sum, an atom, or what an opaque symbol stands for.
  struct Part {
    Op op = Op::kNone;
    char operation = 0;             // of two parts
    int64_t constant = 0;           // of a sum; the place of a size
    uint32_t first = 0, count = 0;  // a sum's terms, or an atom's parts
    uint32_t known_at = 0;          // the block of `known` and of the values
    Set known = 0;
  };
  struct Product {
    int64_t coeff;
    uint32_t first, count;  // parts
  };

  Handle ReadAtom(AtomId id);
  Part ReadSymbol(AtomId id);
  std::optional<Part> SizeOf(const std::string& name) const;
  Part PartOf(Op op, absl::Span<const Handle> parts);
  Handle Add(Part part);
  Set All() const { return ~Set{0} >> (kBlock - points_); }
  int64_t* ValuesOf(Handle h) { return values_.data() + size_t{h} * points_; }
  const int64_t* ValuesOf(Handle h) const { return values_.data() + size_t{h} * points_; }
  void Evaluate(Handle h);
  Set EvaluateAll(uint32_t first, uint32_t count);
  Set Sum(const Part& part, int64_t* values) const;
  bool SmallSum(const Part& part, int64_t* values) const;
  Set LargeSum(const Part& part, int64_t* values) const;
  Set Combine(const Part& part, Set open, int64_t* values) const;
  Set Operate(char op, Set open, const int64_t* a, const int64_t* b, int64_t* values) const;
  void Largest(absl::Span<const Handle> parts, int64_t* values) const;
  Set Broadcast(absl::Span<const Handle> parts, Set open, int64_t* values) const;

  const Solver& s_;
  const Bindings* const fixed_ = nullptr;
  const std::vector<std::string> names_;
  std::vector<int64_t> sizes_;
  size_t points_ = 1;
  uint32_t block_ = 1;
  std::vector<Part> parts_;
  std::vector<int64_t> values_;  // of each part at each point
  std::vector<Product> products_;
  std::vector<Handle> lists_;
  absl::flat_hash_map<uint32_t, Handle> of_dim_, of_atom_;  // by bits, by id
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_EVALUATOR_H_
