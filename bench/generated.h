// Models of any number of nodes, each a shape of graph that networks have. The same ones every
// time.
#ifndef SYMSHAPE_BENCH_GENERATED_H_
#define SYMSHAPE_BENCH_GENERATED_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "onnx/onnx_pb.h"

namespace symshape::bench {

struct Generator {
  absl::string_view name;
  onnx::ModelProto (*make)(int nodes);  // of at least so many nodes
  int most_nodes_of_onnx = 100'000;     // InferShapes takes no more than seconds
};

// transformer   a decoder as a TorchScript exporter writes it, with dynamic batch and sequence:
// heads
//               are split and merged through Shape, Gather, Unsqueeze, Concat and Reshape
// chain         element by element, each node on the one before
// wide          branches of five nodes from one input, joined pairwise at the end
// unet          convolutions that halve and double the size, with skips
// control_flow  Ifs, whose branches capture, and a Loop in every tenth; InferShapes' time grows
// with
//               the square of their number: 60 s at 100,000 nodes
absl::Span<const Generator> Generators();

// nullptr where there is none.
const Generator* FindGenerator(absl::string_view name);

}  // namespace symshape::bench

#endif  // SYMSHAPE_BENCH_GENERATED_H_
