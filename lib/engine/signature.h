// Signature: the user's formula for an operator's outputs, as text.
//   my.domain::Foo = same(0)                             every output like operand 0
//   my.domain::Foo(x[n, c, h, w]) -> [n, c, 2*h, 2*w]    dims over the operands' dims
//   Foo(x[n, 4], y) -> int64[n, found], y                a type; a size that data tells; like y
// An operand without dims may have any shape. A name that stands twice, and a number, are required
// of the operands. A name of no operand is a size that only the data tells.
#ifndef SYMSHAPE_ENGINE_SIGNATURE_H_
#define SYMSHAPE_ENGINE_SIGNATURE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "graph/element_type.h"

namespace symshape::engine {

struct Signature {
  using Dims = std::vector<std::string>;  // texts of expressions
  struct Operand {
    std::string name;
    std::optional<Dims> dims;  // nullopt: any shape
  };
  struct Output {
    int like = 0;                                              // the operand whose type it has
    graph::ElementType type = graph::ElementType::kUndefined;  // unless this is given
    std::optional<Dims> dims;                                  // nullopt: that operand's
  };
  std::string domain;  // "" is ai.onnx
  std::string op;
  std::vector<Operand> operands;
  std::vector<Output> outputs;
  bool repeats = false;  // the last output stands for all further ones
};

// Errors: kInvalidArgument, with the text and a caret under the place.
absl::StatusOr<Signature> ParseSignature(absl::string_view text);

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_SIGNATURE_H_
