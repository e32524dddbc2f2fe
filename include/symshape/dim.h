// Dims: sizes as expressions over names; and Algebra, which builds them and decides what follows
// from what is known. Needs no model, no ONNX and no Protobuf: link symshape::symbolic.
//
//   symshape::Algebra algebra;
//   algebra.Parse("((H + 1)//2 + 1)//2")->ToString()            "(H + 3)//4"
//   algebra.Assume("H % 32 == 0", "config.json")
//   algebra.Decide("H % 8 == 0")                                Answer::kYes
//
// A Dim or a Shape is a pointer and an id or two: copy it freely, for as long as the Algebra or the
// Analysis (analysis.h) that gave it lives.
//
// Dims denote mathematical integers, `//` is floor division and `%` its remainder, as in Python.
// What is divided by 0 has no value, and nothing is claimed about it.
#ifndef SYMSHAPE_DIM_H_
#define SYMSHAPE_DIM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace symshape {

namespace symbolic {
class Context;
class Dim;
}  // namespace symbolic
namespace internal {
struct Access;  // makes dims and shapes
}  // namespace internal

// Sizes of symbols: {{"batch", 1}, {"seq", 128}}.
using Sizes = std::map<std::string, int64_t, std::less<>>;

class Dim {
 public:
  // The size, where it is the same in every run.
  std::optional<int64_t> constant() const;
  // What Python's eval reads: "3", "H", "(H + 31)//32". Equal dims print as equal strings.
  std::string ToString() const;
  // The names that occur, in the order of the model's inputs, or of their first mention.
  std::vector<std::string> Symbols() const;
  // Errors: kInvalidArgument  a symbol of this dim has no size, or one below 0
  //         kOutOfRange       the value, or what a quotient or maximum in it is made of, exceeds
  //                           int64_t, or is divided by 0
  absl::StatusOr<int64_t> Evaluate(const Sizes& sizes) const;
  // True: equal in every run. False: nobody knows; not "different".
  bool SameAs(Dim other) const { return context_ == other.context_ && id_ == other.id_; }

 private:
  friend class Algebra;
  friend struct internal::Access;
  const symbolic::Context* context_;
  uint32_t id_;
};

// One dim per axis, outermost first, in elements. Rank 0 is a scalar.
class Shape {
 public:
  int rank() const { return rank_; }
  Dim operator[](int axis) const;  // REQUIRES: 0 <= axis < rank()
  std::vector<Dim> dims() const;
  std::string ToString() const;  // "[1, 3, H, W]"
  // Errors: as Dim::Evaluate; the first axis that has one.
  absl::StatusOr<std::vector<int64_t>> Evaluate(const Sizes& sizes) const;

 private:
  friend struct internal::Access;
  const symbolic::Context* context_;
  const symbolic::Dim* dims_;
  int rank_;
};

// No conversion to bool: "unknown" has to be handled.
enum class Answer : uint8_t { kNo, kYes, kUnknown };

// The least and the largest value; no value where there is no bound.
struct Range {
  std::optional<int64_t> min;
  std::optional<int64_t> max;
};

// What somebody stated, and who: "H >= 1", "config.json".
struct Statement {
  std::string fact;
  std::string cause;
};

struct Explanation {
  Answer answer = Answer::kUnknown;
  std::vector<Statement> because;  // the answer needs each of them
  // The identities that were used on the way: "nested-div: (x//a + c)//b == (x + a*c)//(a*b) where
  // …".
  std::vector<std::string> rewrites;
  // Of a "yes", for each fact that was asked a proof for CheckCertificate; "" where none was found
  // within a fixed number of steps. Of a "no", that of the opposite of one that is false; of
  // "unknown", none.
  std::vector<std::string> certificates;
};

// What a certificate proves: the claim, wherever all of `givens` hold and all of `sizes` are >= 0.
struct Theorem {
  std::string claim;
  std::vector<std::string> givens;
  std::vector<std::string> sizes;
};

// Symbols, the facts known about them, and what follows. A fact is a text: "H >= 1", "a == b",
// "a != b", "H % 32 == 0", "1 <= seq <= 512", "a == b or a == 1 or b == 1" (they can be broadcast),
// and several with "and" between them. Not thread-safe: use one Algebra per thread, or a Fork.
class Algebra {
 public:
  Algebra();
  Algebra(Algebra&&) noexcept;
  Algebra& operator=(Algebra&&) noexcept;
  ~Algebra();

  // The symbol of that name, made at its first mention: any size, 0 included.
  Dim Symbol(std::string_view name);
  Dim Constant(int64_t value);
  // Any dialect: Python, sympy, onnx_ir, onnx-light, torch, and Add(Mul(2, H), 1). Of what
  // ToString gives, under the same facts: the same dim.
  // Errors: kInvalidArgument, with the text, a caret line and what was expected.
  absl::StatusOr<Dim> Parse(std::string_view text);

  // Results are canonical under what is known by now; Resolve gives today's form of an older dim.
  Dim Add(Dim a, Dim b);
  Dim Sub(Dim a, Dim b);
  Dim Mul(Dim a, Dim b);
  Dim FloorDiv(Dim a, Dim b);
  Dim CeilDiv(Dim a, Dim b);
  Dim Mod(Dim a, Dim b);
  Dim Min(Dim a, Dim b);
  Dim Max(Dim a, Dim b);
  Dim Broadcast(Dim a, Dim b);  // where both can be broadcast: b where a is 1, else a
  Dim Resolve(Dim d);
  Range Bounds(Dim d);

  // States facts: all of the text, or none of it. `cause` is the caller's own word for who says so.
  // Errors: kInvalidArgument     as Parse
  //         kFailedPrecondition  contradicts what is known; the message names both sides
  absl::Status Assume(std::string_view facts, std::string_view cause = "");
  // Yes: holds at all sizes that the facts allow. No: at none of them. Of several facts, all must
  // hold.
  // Errors: kInvalidArgument, as Parse.
  absl::StatusOr<Answer> Decide(std::string_view facts);
  // The same, and why. Slower: facts are left out one by one.
  absl::StatusOr<Explanation> Explain(std::string_view facts);
  // Sizes of all symbols that satisfy all facts: edge values first (the least, 1, primes, limits),
  // others for other seeds.
  // Errors: kNotFound  none was found within a fixed number of steps
  absl::StatusOr<Sizes> Sample(uint64_t seed);

  // Facts stated after Push are forgotten at the matching Pop. Dims stay.
  void Push();
  // Errors: kFailedPrecondition  no Push is left to undo
  absl::Status Pop();

  // One that knows what this one knows, and takes its dims; what is stated to it is not known here.
  // For questions of the kind "what if": any number of threads may fork an Algebra that none of
  // them changes, and each ask its own.
  Algebra Fork() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Reads a certificate (docs/solver.md) and checks each step, without the Algebra: it shares no code
// with it.
// Errors: kInvalidArgument, with the first line that does not hold.
absl::StatusOr<Theorem> CheckCertificate(std::string_view certificate);

}  // namespace symshape

#endif  // SYMSHAPE_DIM_H_
