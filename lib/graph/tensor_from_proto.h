// Constants of a ModelProto: initializers, and the attributes of Constant nodes.
#ifndef SYMSHAPE_GRAPH_TENSOR_FROM_PROTO_H_
#define SYMSHAPE_GRAPH_TENSOR_FROM_PROTO_H_

#include "absl/status/statusor.h"
#include "graph/arena.h"
#include "graph/model.h"
#include "io/external_data.h"
#include "onnx/onnx_pb.h"

namespace symshape::graph {

// `external` may be null: external data is then not read. Data that is absent or has another length
// than the dims ask for leaves the tensor unreadable; its type and dims count all the same.
// Errors: kDataLoss  a negative dim
absl::StatusOr<const Tensor*> TensorFromProto(const onnx::TensorProto& proto,
                                              io::ExternalData* external, Arena& arena);
// The dense tensor that a sparse one stands for; unreadable.
absl::StatusOr<const Tensor*> TensorFromProto(const onnx::SparseTensorProto& proto, Arena& arena);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_TENSOR_FROM_PROTO_H_
