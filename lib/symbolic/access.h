// The few things that only our own code may do with public dims and shapes.
#ifndef SYMSHAPE_SYMBOLIC_ACCESS_H_
#define SYMSHAPE_SYMBOLIC_ACCESS_H_

#include <bit>
#include <memory>
#include <string_view>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "symbolic/context.h"
#include "symshape/dim.h"

namespace symshape {

class Analysis;

namespace internal {

struct State;

struct Access {
  // Public dims carry the 4 bytes of a symbolic one without its header.
  static Dim MakeDim(const symbolic::Context& context, symbolic::Dim dim) {
    Dim result;
    result.context_ = &context;
    result.id_ = std::bit_cast<uint32_t>(dim);
    return result;
  }
  static symbolic::Dim DimOf(Dim dim) { return std::bit_cast<symbolic::Dim>(dim.id_); }

  // `dims` has to stay where it is for as long as the shape is used.
  static Shape MakeShape(const symbolic::Context& context, absl::Span<const symbolic::Dim> dims) {
    Shape result;
    result.context_ = &context;
    result.dims_ = dims.data();
    result.rank_ = static_cast<int>(dims.size());
    return result;
  }

  // api/state.h
  static Analysis MakeAnalysis(std::unique_ptr<const State> state);
  static const State& StateOf(const Analysis& analysis);
};

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }
inline symbolic::Bindings ToBindings(const Sizes& sizes) { return {sizes.begin(), sizes.end()}; }

}  // namespace internal
}  // namespace symshape

#endif  // SYMSHAPE_SYMBOLIC_ACCESS_H_
