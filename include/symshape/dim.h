// Dims and shapes, as an Analysis (analysis.h) hands them out: the size of an axis as a number or as
// an expression over the names of the inputs' axes.
//
//   const symshape::Shape conf = **analysis.ShapeOf("conf");
//   conf.ToString()                                  "[1, (H//8)*(W//8), 2]"
//   conf[1].Evaluate({{"H", 480}, {"W", 640}})       4800
//
// Both are a pointer and an id or two: copy them freely, for as long as their Analysis lives.
#ifndef SYMSHAPE_DIM_H_
#define SYMSHAPE_DIM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace symshape {

// Sizes of symbols: {{"batch", 1}, {"seq", 128}}.
using Sizes = std::map<std::string, int64_t, std::less<>>;

namespace internal {
struct State;   // an analysis and its model
struct Access;  // makes dims and shapes
}  // namespace internal

class Dim {
 public:
  // The size, where it is the same in every run.
  std::optional<int64_t> constant() const;
  // What Python's eval reads: "3", "H", "(H + 31)//32". Equal dims print as equal strings.
  std::string ToString() const;
  // The names that occur, in the order of the model's inputs.
  std::vector<std::string> Symbols() const;
  // Errors: kInvalidArgument  a symbol of this dim has no size, or one below 0
  //         kOutOfRange       the value, or a part of it, exceeds int64_t
  absl::StatusOr<int64_t> Evaluate(const Sizes& sizes) const;
  // True: equal in every run. False: nobody knows; not "different".
  bool SameAs(Dim other) const { return state_ == other.state_ && id_ == other.id_; }

 private:
  friend struct internal::Access;
  const internal::State* state_;
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
  const internal::State* state_;
  uint32_t id_;
  int rank_;
};

}  // namespace symshape

#endif  // SYMSHAPE_DIM_H_
