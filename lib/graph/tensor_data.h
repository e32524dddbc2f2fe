// What both sources need to know about the elements of constant tensors.
#ifndef SYMSHAPE_GRAPH_TENSOR_DATA_H_
#define SYMSHAPE_GRAPH_TENSOR_DATA_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/arena.h"
#include "graph/model.h"
#include "io/external_data.h"

namespace symshape::graph {

// Numbers of types that later versions of ONNX add count as kUndefined.
ElementType ElementTypeFromProto(int32_t data_type);

// Bytes of one element; 0 for types whose elements are not read.
int64_t ElementBytes(ElementType type);

// TensorProto.external_data.
using ExternalEntries = absl::Span<const std::pair<absl::string_view, absl::string_view>>;

// The bytes that `entries` point to; nullopt where they are absent or malformed. Without a length
// the tensor's own counts. `external` may be null.
std::optional<absl::string_view> ReadExternal(ExternalEntries entries, int64_t expected_bytes,
                                              io::ExternalData* external, Arena& arena);

// Errors: kDataLoss  a negative dim
absl::Status CheckDims(const Tensor& tensor);

// Sets `tensor.bytes` to what `data(expected_bytes)` gives, an optional string_view, where the
// tensor is one to be read and all of its elements are there.
template <typename Data>
void SetData(Tensor& tensor, Data data) {
  const int64_t width = ElementBytes(tensor.type);
  const int64_t count = tensor.element_count();
  if (width == 0 || count > kMaxReadElements) return;
  if (count == 0) {
    tensor.readable = true;
    return;
  }
  const std::optional<absl::string_view> bytes = data(count * width);
  if (!bytes.has_value() || static_cast<int64_t>(bytes->size()) != count * width) return;
  tensor.bytes = *bytes;
  tensor.readable = true;
}

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_TENSOR_DATA_H_
