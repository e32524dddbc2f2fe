// A generated transformer graph, as a TorchScript exporter would write it: heads are split and merged
// through Shape, Gather, Unsqueeze, Concat, Reshape chains; batch and seq are free.
#ifndef SYMSHAPE_BENCH_TRANSFORMER_H_
#define SYMSHAPE_BENCH_TRANSFORMER_H_

#include "onnx/onnx_pb.h"

namespace symshape::bench {

// About `nodes` nodes: whole layers of 35, until there are so many.
onnx::ModelProto Transformer(int nodes);

}  // namespace symshape::bench

#endif  // SYMSHAPE_BENCH_TRANSFORMER_H_
