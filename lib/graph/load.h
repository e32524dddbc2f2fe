// A model from bytes that anybody may have sent.
#ifndef SYMSHAPE_GRAPH_LOAD_H_
#define SYMSHAPE_GRAPH_LOAD_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "graph/model.h"
#include "onnx/onnx_pb.h"

namespace symshape::graph {

// The compact model of a file's bytes, which must outlive it; `folder` as in from_proto.h.
// Errors: kDataLoss  "'<name>' is not a valid ONNX model: …": empty, truncated, of another format, or
//                    without a graph; "<name>: …" where the bytes are a message, but no valid model
absl::StatusOr<Model> LoadModel(absl::string_view bytes, absl::string_view name,
                                const std::optional<std::string>& folder);

// The message from bytes. Errors: kDataLoss  as above, or larger than protobuf's 2 GiB
absl::StatusOr<std::unique_ptr<onnx::ModelProto>> ParseModelProto(absl::string_view bytes,
                                                                  absl::string_view name);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_LOAD_H_
