// Builder: makes a Model out of what a source reads. There are two sources, a ModelProto
// (from_proto.h) and the bytes of a file; both feed the same calls, so that names are resolved,
// nodes sorted and wrong models refused in one place.
//
//   Builder builder;
//   builder.SetImports({{"", 17}});
//   builder.BeginGraph("main");
//   builder.AddInput("x", type);                  // in any order within the graph,
//   builder.AddNode({.op = "Relu", .inputs = {"x"}, .outputs = {"y"}});   // nodes in the file's
//   builder.AddOutput("y", nullptr);
//   ASSIGN(const Graph* main, builder.EndGraph());
//   Model model = builder.Finish(…);
//
// A subgraph is begun and ended while its outer graph is open, before the node that has it as an
// attribute is added; graphs are numbered in the order in which they were begun. Texts are not
// copied: the source keeps them alive, in the arena or in its own memory.
//
// Errors of all calls: kDataLoss, the model is not valid; the text names node and tensor.
#ifndef SYMSHAPE_GRAPH_BUILDER_H_
#define SYMSHAPE_GRAPH_BUILDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/arena.h"
#include "graph/model.h"
#include "graph/name_table.h"

namespace symshape::graph {

// Graphs within graphs, calls within calls, sequences of sequences: no deeper than this.
inline constexpr int kMaxNesting = 64;

struct NodeParts {
  absl::string_view name;
  absl::string_view domain;
  absl::string_view op;
  absl::string_view overload;
  absl::Span<const absl::string_view> inputs;
  absl::Span<const absl::string_view> outputs;
  absl::Span<const Attribute> attributes;  // in the arena
};

class Builder {
 public:
  using Imports = std::vector<std::pair<absl::string_view, int>>;

  Builder();
  ~Builder();

  Arena& arena() { return *model_.arena; }

  // Opset versions for the nodes added from now on: the model's or a function's.
  void SetImports(absl::Span<const std::pair<absl::string_view, int>> imports);

  absl::Status BeginGraph(absl::string_view name, absl::string_view bytes = {});
  // Of the graph that was begun last; only makes adding faster.
  void Reserve(size_t nodes);
  absl::Status AddInput(absl::string_view name, const DeclaredType* type);
  void AddOutput(absl::string_view name, const DeclaredType* type);
  void AddValueInfo(absl::string_view name, const DeclaredType* type);
  absl::Status AddInitializer(const Tensor* tensor);
  // A node with that operand or result comes soon; only makes adding it faster.
  void Expect(absl::string_view name) { scopes_[depth_ - 1]->ids.Expect(name); }
  absl::Status AddNode(const NodeParts& parts);
  // Resolves what was left open. The graph stays where it is as long as the Model lives.
  absl::StatusOr<const Graph*> EndGraph();

  void AddFunction(const Function& function);

  // Links calls to functions, refuses recursion. The builder is empty afterwards.
  absl::StatusOr<Model> Finish(const Graph* main);

 private:
  // Where a value of an open graph comes from.
  struct Origin {
    static constexpr uint32_t kNoIndex = 0xffffffff;
    bool is_input = false;
    uint32_t initializer = kNoIndex;  // in Scope::initializers
    uint32_t node = kNoIndex;         // in Scope::nodes
    bool defined() const { return is_input || initializer != kNoIndex || node != kNoIndex; }
  };
  // Its lists serve one graph after another; what a graph keeps of them is in the arena.
  struct Scope {
    Graph* graph = nullptr;
    NameTable ids;
    std::vector<Value> values;
    std::vector<Origin> origins;  // by ValueId
    std::vector<ValueId> inputs;
    std::vector<ValueId> outputs;
    std::vector<graph::Capture> captures;
    std::vector<Initializer> initializers;
    std::vector<Node> nodes;  // in the file's order
    std::vector<std::pair<absl::string_view, const DeclaredType*>> value_infos;
    void Clear();
  };

  ValueId Use(Scope& scope, absl::string_view name);
  void Declare(Scope& scope, ValueId id, const DeclaredType* type);
  OperatorId FindOperator(absl::string_view domain, absl::string_view op,
                          absl::string_view overload);
  bool IsConstant(const Node& node) const;
  bool Supersede(Scope& scope, ValueId id, uint32_t node);
  absl::Status Define(Scope& scope, absl::string_view name, ValueId id, uint32_t node);
  absl::Status Capture(size_t depth);
  absl::Status Unproduced(const Scope& scope, ValueId id) const;
  std::string DescribeOrigin(const Scope& scope, ValueId id) const;

  Model model_;
  absl::flat_hash_map<absl::string_view, int> imports_;
  using OperatorKey = std::tuple<absl::string_view, absl::string_view, absl::string_view, int>;
  absl::flat_hash_map<OperatorKey, OperatorId> operator_ids_;
  // Those under the imports of now, by name: in few models one name is two operators.
  absl::flat_hash_map<absl::string_view, absl::InlinedVector<OperatorId, 1>> imported_;
  std::vector<std::unique_ptr<Scope>> scopes_;  // open graphs, outermost first
  size_t depth_ = 0;                            // how many of them are in use
  std::vector<uint32_t> producers_;             // of the graph that is ended
};

// "node 'layer3/MatMul_1' (MatMul)" (node_name.h).
std::string Describe(const Node& node, const Operator& op);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_BUILDER_H_
