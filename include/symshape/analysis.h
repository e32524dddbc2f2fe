// What is known about a model after inference (infer.h). To write it back: write.h; to print it:
// report.h.
#ifndef SYMSHAPE_ANALYSIS_H_
#define SYMSHAPE_ANALYSIS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "symshape/dim.h"

namespace symshape {

namespace internal {
struct State;  // an analysis and its model
}  // namespace internal

// How much is known of a tensor.
enum class Known : uint8_t {
  kExact,  // every dim is a function of the inputs' sizes
  kNamed,  // some dim depends on the data: it is a symbol that is no input's
  kNoRank,
  kNothing,
};

struct Tensor {
  std::string name;            // in a subgraph by path: "loop_7/body/h"
  std::string type;            // "float", "seq(tensor(int64))"; "undefined" where unknown
  std::optional<Shape> shape;  // absent where the rank is unknown, and where this is no tensor
  Known known = Known::kNothing;
  // What the file declared, where it is true only at some sizes: "[1, 16800, 2]". "" otherwise.
  std::string stale;
};

// A name in shapes that is not an expression: an axis of an input, or a size that data decides.
struct Symbol {
  std::string name;
  bool of_input = false;
  std::optional<int64_t> min;
  std::optional<int64_t> max;
};

// Something that a node needs in order to run, over the symbols.
struct Condition {
  std::string when;     // what Python's eval reads: "H % 32 == 0"
  std::string node;     // who needs it; "Concat_12" (operator and position) where it has no name
  std::string op;       // "Concat-13"
  std::string because;  // "axis 1 of 'a' and 'b': H == W"
  int also = 0;         // how many other nodes need it
  bool conditional = false;  // only where a branch or a loop's body is entered
};

// Sizes at which a model runs that differ from given ones in one symbol.
struct NearestSize {
  std::string symbol;
  std::optional<int64_t> below;
  std::optional<int64_t> above;
};

enum class Severity : uint8_t { kNote, kWarning, kError };
std::string_view Name(Severity severity);  // "note", "warning", "error"

struct Diagnostic {
  std::string id;  // stable; ops.h has the page that explains it
  Severity severity = Severity::kNote;
  std::string node;
  std::string op;
  std::string tensor;
  std::string message;
  std::vector<std::string> notes;
};

// Immutable: const members may be called from any number of threads. Owns its memory; the model's
// file may be deleted. Movable; dims and shapes stay valid.
class Analysis {
 public:
  Analysis(Analysis&&) noexcept;
  Analysis& operator=(Analysis&&) noexcept;
  ~Analysis();

  // The main graph's inputs (without initializers) and outputs, as in the file.
  std::vector<Tensor> inputs() const;
  std::vector<Tensor> outputs() const;
  // All tensors that nodes make, subgraphs after the main graph.
  std::vector<Tensor> tensors() const;

  // The shape of tensor `name`; nullopt means that the rank is unknown (diagnostics() names the
  // node that lost it).
  // Errors: kNotFound, with the nearest name.
  absl::StatusOr<std::optional<Shape>> ShapeOf(std::string_view name) const;

  // The same in numbers, at sizes such as {{"batch", 1}, {"seq", 128}}.
  // Errors: kNotFound            no such tensor
  //         kInvalidArgument     a symbol of this shape has no size, or one below 0
  //         kFailedPrecondition  the rank is unknown, or the model does not run there (Broken())
  //         kOutOfRange          a dim exceeds int64_t
  absl::StatusOr<std::vector<int64_t>> Evaluate(std::string_view name, const Sizes& sizes) const;

  // Whether `sizes` can be meant.
  // Errors: kInvalidArgument  a name that no symbol has (with the nearest), or a size below 0
  absl::Status CheckSizes(const Sizes& sizes) const;

  // The conditions that inference met, earliest node first, none of which follows from earlier
  // ones.
  std::vector<Condition> conditions() const;
  // Those that are false at `sizes`: the model does not run there. A condition over symbols that
  // have no size is not counted.
  std::vector<Condition> Broken(const Sizes& sizes) const;

  // Different sizes at which no condition is false: the smallest, each symbol at its edges, random
  // ones. `empty`: sizes of 0, too. Fewer than `count` where no more are found.
  std::vector<Sizes> LegalSizes(int count, uint64_t seed = 1, bool empty = false) const;
  // The nearest sizes at which the model runs, each with one symbol changed.
  std::vector<NearestSize> Nearest(const Sizes& sizes) const;
  // Sizes nearby at which the model runs, with as many changed as it takes: for where no single one
  // is enough. nullopt where none are found.
  std::optional<Sizes> LegalNearby(const Sizes& sizes) const;

  // The inputs' symbols of which the conditions leave only one size wherever no other axis is
  // empty: past = 127, where "batch == 0 or past + 1 == 128" is needed.
  Sizes OnlySizes() const;

  std::vector<Symbol> symbols() const;
  std::vector<Diagnostic> diagnostics() const;

 private:
  friend struct internal::Access;
  explicit Analysis(std::unique_ptr<const internal::State> state);
  std::unique_ptr<const internal::State> state_;
};

}  // namespace symshape

#endif  // SYMSHAPE_ANALYSIS_H_
