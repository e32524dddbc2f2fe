// The declared type of most values, read from its bytes: a dense tensor's, without a message.
#ifndef SYMSHAPE_WRITER_TENSOR_TYPE_H_
#define SYMSHAPE_WRITER_TENSOR_TYPE_H_

#include <cstdint>
#include <optional>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

namespace symshape::writer {

struct TensorType {
  using Axis = std::variant<std::monostate, int64_t, absl::string_view>;  // open, a size, a name

  int64_t element;
  std::optional<absl::InlinedVector<Axis, 6>> shape;
};

// Of a TypeProto's bytes. nullopt where it is another type, or says more (denotations), or has a
// size below 0, or protobuf would write it in another way. Names point into `bytes`.
std::optional<TensorType> ReadTensorType(absl::string_view bytes);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_TENSOR_TYPE_H_
