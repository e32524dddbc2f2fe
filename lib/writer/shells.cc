#include "writer/shells.h"

namespace symshape::writer {
namespace {

using graph::Attribute;
using graph::Graph;
using graph::Node;

// Walks the messages beside the compact model. Recursion is bounded by the builder's limit on
// nesting.
class Collector {
 public:
  explicit Collector(const graph::Model& model) { shell_.graphs.resize(model.graphs.size()); }

  absl::StatusOr<ModelShell> Collect(const graph::Model& model, onnx::ModelProto& proto) {
    if (!Add(*model.main, *proto.mutable_graph()) ||
        static_cast<size_t>(proto.functions_size()) != model.functions.size()) {
      return absl::InternalError("the message is not the model that was analysed");
    }
    for (onnx::FunctionProto& function : *proto.mutable_functions()) {
      shell_.functions.push_back(function.mutable_value_info());
    }
    shell_.metadata_props = proto.mutable_metadata_props();
    return std::move(shell_);
  }

 private:
  // False where the message is another graph's.
  bool Add(const Graph& graph, onnx::GraphProto& proto) {
    if (static_cast<size_t>(proto.node_size()) != graph.nodes.size() ||
        static_cast<size_t>(proto.input_size()) != graph.inputs.size() ||
        static_cast<size_t>(proto.output_size()) != graph.outputs.size()) {
      return false;
    }
    shell_.graphs[graph.index] = {proto.mutable_input(), proto.mutable_output(),
                                  std::make_unique<ValueInfoMessages>(*proto.mutable_value_info())};
    for (const Node& node : graph.nodes) {
      onnx::NodeProto& node_proto = *proto.mutable_node(static_cast<int>(node.position));
      if (static_cast<size_t>(node_proto.attribute_size()) != node.attributes.size()) return false;
      for (size_t a = 0; a < node.attributes.size(); ++a) {
        if (!AddAttribute(node.attributes[a], *node_proto.mutable_attribute(static_cast<int>(a)))) {
          return false;
        }
      }
    }
    return true;
  }

  bool AddAttribute(const Attribute& attribute, onnx::AttributeProto& proto) {
    if (attribute.type == Attribute::Type::kGraph) return Add(*attribute.graph, *proto.mutable_g());
    if (attribute.graphs.empty()) return true;
    if (static_cast<size_t>(proto.graphs_size()) != attribute.graphs.size()) return false;
    for (size_t g = 0; g < attribute.graphs.size(); ++g) {
      if (!Add(*attribute.graphs[g], *proto.mutable_graphs(static_cast<int>(g)))) return false;
    }
    return true;
  }

  ModelShell shell_;
};

}  // namespace

absl::StatusOr<ModelShell> ShellOf(const graph::Model& model, onnx::ModelProto& proto) {
  return Collector(model).Collect(model, proto);
}

}  // namespace symshape::writer
