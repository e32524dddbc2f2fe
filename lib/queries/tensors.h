// The tensors of a model by name. Those of a subgraph are named by path: node / attribute / tensor.
#ifndef SYMSHAPE_QUERIES_TENSORS_H_
#define SYMSHAPE_QUERIES_TENSORS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/model.h"

namespace symshape::queries {

struct TensorRef {
  const graph::Graph* graph;
  graph::ValueId value;
};

class Tensors {
 public:
  explicit Tensors(const graph::Model& model);  // `model` must outlive it

  // The main graph and all subgraphs, in the order of their nodes; bodies of functions are not
  // among them, as each call has its own shapes.
  absl::Span<const graph::Graph* const> graphs() const { return graphs_; }
  // The main graph's inputs that the caller of the model gives: no initializers.
  const std::vector<TensorRef>& inputs() const { return inputs_; }
  std::vector<TensorRef> outputs() const;
  // All outputs of nodes, graph by graph.
  std::vector<TensorRef> all() const;

  std::string NameOf(TensorRef tensor) const;
  // Errors: kNotFound, with the nearest name.
  absl::StatusOr<TensorRef> Find(absl::string_view name) const;

 private:
  const graph::Model& model_;
  std::vector<const graph::Graph*> graphs_;
  absl::flat_hash_map<const graph::Graph*, std::string> prefixes_;  // "loop_7/body/"
  std::vector<TensorRef> inputs_;
};

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_TENSORS_H_
