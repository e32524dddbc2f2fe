// A ModelProto from a file or from bytes that anybody may have sent.
#ifndef SYMSHAPE_GRAPH_LOAD_H_
#define SYMSHAPE_GRAPH_LOAD_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onnx/onnx_pb.h"

namespace symshape::graph {

// Errors: kNotFound, kPermissionDenied, kUnavailable  the file cannot be read
//         kDataLoss  "'<path>' is not a valid ONNX model: …": empty, truncated, of another format,
//                    without a graph, or larger than protobuf's 2 GiB
absl::StatusOr<std::unique_ptr<onnx::ModelProto>> LoadModelProto(const std::string& path);

// The same from bytes; `name` stands for them in messages.
absl::StatusOr<std::unique_ptr<onnx::ModelProto>> ParseModelProto(absl::string_view bytes,
                                                                  absl::string_view name);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_LOAD_H_
