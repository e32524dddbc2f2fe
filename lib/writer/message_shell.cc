#include "writer/message_shell.h"

#include <utility>

namespace symshape::writer {
namespace {

using graph::Attribute;
using graph::Graph;
using graph::Node;
using ValueInfos = google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>;

void Write(Entry entry, onnx::ValueInfoProto& info) {
  (void)info.ParsePartialFromArray(entry.data(), static_cast<int>(entry.size()));
}

void Write(Entries entries, ValueInfos& infos) {
  infos.Clear();
  for (Entry entry : entries) Write(entry, *infos.Add());
}

void WriteEdited(Entries before, Entries entries, ValueInfos& infos) {
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i] != before[i]) Write(entries[i], *infos.Mutable(static_cast<int>(i)));
  }
}

}  // namespace

MessageShell::MessageShell(const graph::Model& model, onnx::ModelProto& proto)
    : proto_(proto), graphs_(model.graphs.size()) {
  shell_.graphs.resize(model.graphs.size());
  for (onnx::FunctionProto& function : *proto.mutable_functions()) {
    shell_.functions.push_back(Read(function.value_info()));
  }
  shell_.metadata_props = proto.mutable_metadata_props();
}

absl::StatusOr<MessageShell> MessageShell::Of(const graph::Model& model, onnx::ModelProto& proto) {
  MessageShell shell(model, proto);
  if (!shell.Add(*model.main, *proto.mutable_graph()) ||
      static_cast<size_t>(proto.functions_size()) != model.functions.size()) {
    return absl::InternalError("the message is not the model that was analysed");
  }
  return shell;
}

absl::Span<Entry> MessageShell::Read(const ValueInfos& infos) {
  std::vector<Entry> entries;
  for (const onnx::ValueInfoProto& info : infos) entries.push_back(shell_.maker->Make(info));
  return shell_.maker->Copy(entries);
}

// False where the message is another graph's. Recursion is bounded by the builder's limit on
// nesting.
bool MessageShell::Add(const Graph& graph, onnx::GraphProto& proto) {
  if (static_cast<size_t>(proto.node_size()) != graph.nodes.size() ||
      static_cast<size_t>(proto.input_size()) != graph.inputs.size() ||
      static_cast<size_t>(proto.output_size()) != graph.outputs.size()) {
    return false;
  }
  const absl::Span<Entry> inputs = Read(proto.input()), outputs = Read(proto.output());
  graphs_[graph.index] = {&proto, shell_.maker->Copy(inputs), shell_.maker->Copy(outputs)};
  shell_.graphs[graph.index] = {true, inputs, outputs,
                                ValueInfoList(Read(proto.value_info()), *shell_.maker)};
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

bool MessageShell::AddAttribute(const Attribute& attribute, onnx::AttributeProto& proto) {
  if (attribute.type == Attribute::Type::kGraph) return Add(*attribute.graph, *proto.mutable_g());
  if (attribute.graphs().empty()) return true;
  if (static_cast<size_t>(proto.graphs_size()) != attribute.graphs().size()) return false;
  for (size_t g = 0; g < attribute.graphs().size(); ++g) {
    if (!Add(*attribute.graphs()[g], *proto.mutable_graphs(static_cast<int>(g)))) return false;
  }
  return true;
}

void MessageShell::PutBack() {
  for (size_t i = 0; i < graphs_.size(); ++i) {
    const GraphMessage& before = graphs_[i];
    if (before.proto == nullptr) continue;
    const GraphShell& graph = shell_.graphs[i];
    WriteEdited(before.inputs, graph.inputs, *before.proto->mutable_input());
    WriteEdited(before.outputs, graph.outputs, *before.proto->mutable_output());
    Write(graph.value_infos.Result(), *before.proto->mutable_value_info());
  }
  for (size_t i = 0; i < shell_.functions.size(); ++i) {
    Write(shell_.functions[i],
          *proto_.mutable_functions(static_cast<int>(i))->mutable_value_info());
  }
}

}  // namespace symshape::writer
