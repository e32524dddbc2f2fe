// Constants in the wire format. For messages see tensor_from_proto.h, with the same results.
#ifndef SYMSHAPE_GRAPH_TENSOR_FROM_WIRE_H_
#define SYMSHAPE_GRAPH_TENSOR_FROM_WIRE_H_

#include "absl/status/statusor.h"
#include "graph/arena.h"
#include "graph/model.h"
#include "io/external_data.h"
#include "protozero/data_view.hpp"

namespace symshape::graph {

// A TensorProto. Weights are skipped, not touched: their pages are never read from the disk.
// Throws protozero::exception where the bytes are no message. Errors: kDataLoss  a negative dim
absl::StatusOr<const Tensor*> TensorFromWire(protozero::data_view bytes, io::ExternalData* external,
                                             Arena& arena);
// A SparseTensorProto.
absl::StatusOr<const Tensor*> SparseTensorFromWire(protozero::data_view bytes, Arena& arena);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_TENSOR_FROM_WIRE_H_
