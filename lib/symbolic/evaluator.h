// Evaluator: exact values of dims at many points. A dim is read once; then each point costs a few
// steps for each of its parts, and a part that several dims share is evaluated once.
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

  // `names` are the symbols that a point has sizes of. Any other has the value that facts give it,
  // or none. REQUIRES: the context outlives it, and its facts stay what they are.
  Evaluator(const Context& context, std::vector<std::string> names);
  Evaluator(const Solver& solver, std::vector<std::string> names)
      : s_(solver), names_(std::move(names)) {}
  // At one point only. REQUIRES: the sizes outlive it.
  Evaluator(const Solver& solver, const Bindings& sizes) : s_(solver), fixed_(&sizes) {}

  Handle Read(Dim d);
  // All values are those at this point from now on. Sizes are in the order of the names.
  void MoveTo(absl::Span<const int64_t> sizes);
  // nullopt where a symbol has no size, a divisor is 0 or int64 overflows.
  std::optional<int64_t> At(Handle h);

 private:
  enum class Op : uint8_t { kNone, kSize, kSum, kOperation, kMax, kBroadcast };
  // A sum, an atom, or what an opaque symbol stands for.
  struct Part {
    Op op = Op::kNone;
    char operation = 0;             // of two parts
    int64_t constant = 0;           // of a sum; the place of a size
    uint32_t first = 0, count = 0;  // a sum's terms, or an atom's parts
    uint32_t known_at = 0;          // the point of `value`
    std::optional<int64_t> value;
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
  std::optional<int64_t> Value(const Part& part);
  std::optional<int64_t> SumOf(const Part& part);

  const Solver& s_;
  const Bindings* const fixed_ = nullptr;
  const std::vector<std::string> names_;
  std::vector<int64_t> sizes_;
  uint32_t point_ = 1;
  std::vector<Part> parts_;
  std::vector<Product> products_;
  std::vector<Handle> lists_;
  absl::flat_hash_map<uint32_t, Handle> of_dim_, of_atom_;  // by bits, by id
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_EVALUATOR_H_
