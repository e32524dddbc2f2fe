// The protobuf source of builder.h. For bytes see from_wire.h.
#ifndef SYMSHAPE_GRAPH_FROM_PROTO_H_
#define SYMSHAPE_GRAPH_FROM_PROTO_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "graph/model.h"
#include "onnx/onnx_pb.h"

namespace symshape::graph {

// `proto` must outlive the Model and stay as it is. `folder`: where external data lies, the folder
// of the model's file; nullopt: no external data is read.
// Errors: kDataLoss  the model is not valid (builder.h)
absl::StatusOr<Model> FromProto(const onnx::ModelProto& proto,
                                const std::optional<std::string>& folder = std::nullopt);

// The body of an operator's schema, as a Model with that one function, whose graph is its main one.
// `imports` count for the domains for which the function has none of its own. `proto` must outlive
// the Model.
absl::StatusOr<Model> FunctionFromProto(
    const onnx::FunctionProto& proto, absl::Span<const std::pair<absl::string_view, int>> imports);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_FROM_PROTO_H_
