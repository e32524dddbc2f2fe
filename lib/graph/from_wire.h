// The bytes source of builder.h: reads a model's file without building messages. Weights are not
// touched. For a ModelProto see from_proto.h; both give the same Model.
#ifndef SYMSHAPE_GRAPH_FROM_WIRE_H_
#define SYMSHAPE_GRAPH_FROM_WIRE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "graph/model.h"

namespace symshape::graph {

// `bytes`, of a ModelProto, must outlive the Model and stay as they are. `folder`: as in
// from_proto.h. A message that is there twice where one is meant counts in its last form (protobuf
// would merge them; no writer makes such files). Errors: kDataLoss  the bytes are no message, or
// the model is not valid (builder.h)
absl::StatusOr<Model> FromWire(absl::string_view bytes,
                               const std::optional<std::string>& folder = std::nullopt);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_FROM_WIRE_H_
