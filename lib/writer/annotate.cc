// Walks the messages beside the compact model, and writes what is known of each value.
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "graph/fingerprint.h"
#include "graph/metadata.h"
#include "writer/declared.h"
#include "writer/dim_names.h"
#include "writer/metadata.h"
#include "writer/types.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

using graph::Attribute;
using graph::Graph;
using graph::Index;
using graph::Node;
using graph::ValueId;

// The names that the file uses on the main graph's inputs and outputs, but for those of ours.
absl::flat_hash_set<std::string> AuthorsNames(const onnx::GraphProto& proto,
                                              const absl::flat_hash_set<std::string>& generated) {
  absl::flat_hash_set<std::string> names;
  const auto add = [&](const onnx::TypeProto& type) {
    const onnx::TensorShapeProto* shape = DeclaredShape(type);
    if (shape == nullptr) return;
    for (const auto& dim : shape->dim()) {
      if (dim.has_dim_param() && !generated.contains(dim.dim_param()))
        names.insert(dim.dim_param());
    }
  };
  for (const auto& input : proto.input()) add(input.type());
  for (const auto& output : proto.output()) add(output.type());
  return names;
}

class Annotator {
 public:
  Annotator(const engine::Analysis& analysis, const WriteOptions& options, onnx::ModelProto& proto)
      : analysis_(analysis),
        proto_(proto),
        earlier_(graph::ReadMetadata(analysis.model())),
        names_(analysis, options.dims, AuthorsNames(proto.graph(), earlier_.generated)),
        claims_(analysis, options.outputs, earlier_.generated, names_) {}

  void Annotate() {
    const Graph& main = *analysis_.model().main;
    NameInputs(main);
    BindInputs(main);
    for (size_t i = 0; i < main.outputs.size(); ++i) {
      claims_.WriteMainOutput(analysis_.info(main, main.outputs[i]),
                              *OutputType(proto_.mutable_graph(), i));
    }
    WriteGraph(main, *proto_.mutable_graph());
    const std::string fingerprint = graph::Fingerprint(analysis_.model(), axis_texts_);
    WriteMetadata(analysis_, names_, named_inputs_, fingerprint, proto_);
  }

 private:
  static onnx::TypeProto* OutputType(onnx::GraphProto* proto, size_t i) {
    return proto->mutable_output(static_cast<int>(i))->mutable_type();
  }

  // Writes made-up names on the inputs' axes. What an earlier run named stays recorded as long as
  // the name still stands there, with what the file had before that.
  void NameInputs(const Graph& main) {
    absl::flat_hash_map<std::pair<ValueId, int>, std::string> names;
    for (const engine::NamedAxis& axis : analysis_.named_axes()) {
      names[{axis.input, axis.axis}] = axis.name;
    }
    absl::flat_hash_map<std::pair<std::string, int>, const graph::NamedInputAxis*> earlier;
    for (const graph::NamedInputAxis& input : earlier_.inputs) {
      earlier[{input.input, input.axis}] = &input;
    }
    for (size_t i = 0; i < main.inputs.size(); ++i) {
      onnx::ValueInfoProto& input = *proto_.mutable_graph()->mutable_input(static_cast<int>(i));
      onnx::TensorShapeProto* shape = DeclaredShape(*input.mutable_type());
      const int rank = shape == nullptr ? 0 : shape->dim_size();
      for (int axis = 0; axis < rank; ++axis) {
        const auto name = names.find({main.inputs[i], axis});
        const auto before = earlier.find({input.name(), axis});
        NameAxis(main.inputs[i], axis, name == names.end() ? nullptr : &name->second,
                 before == earlier.end() ? nullptr : before->second, input.name(),
                 *shape->mutable_dim(axis));
      }
    }
  }

  void NameAxis(ValueId value, int axis, const std::string* name,
                const graph::NamedInputAxis* earlier, const std::string& input,
                onnx::TensorShapeProto::Dimension& dim) {
    const bool still_ours =
        earlier != nullptr && dim.has_dim_param() && dim.dim_param() == earlier->name;
    if (name == nullptr) {
      if (still_ours) named_inputs_.push_back(*earlier);
      return;
    }
    graph::NamedInputAxis record{input, axis, *name, {}};
    if (still_ours) {
      record.was = earlier->was;
    } else if (dim.has_dim_value()) {
      record.was = dim.dim_value();
    } else if (dim.has_dim_param()) {
      record.was = dim.dim_param();
    }
    dim.set_dim_param(*name);
    axis_texts_[{value, axis}] = *name;
    named_inputs_.push_back(std::move(record));
  }

  // The sizes that the user bound.
  void BindInputs(const Graph& main) {
    absl::flat_hash_map<ValueId, int> positions;
    for (size_t i = 0; i < main.inputs.size(); ++i) positions[main.inputs[i]] = static_cast<int>(i);
    for (const engine::BoundAxis& axis : analysis_.bound_axes()) {
      onnx::ValueInfoProto& input =
          *proto_.mutable_graph()->mutable_input(positions.at(axis.input));
      DeclaredShape(*input.mutable_type())->mutable_dim(axis.axis)->set_dim_value(axis.size);
      axis_texts_[{axis.input, axis.axis}] = absl::StrCat(axis.size);
    }
  }

  // value_info of this graph, then its subgraphs, in the file's order. Recursion is bounded by the
  // builder's limit on nesting.
  void WriteGraph(const Graph& graph, onnx::GraphProto& proto) {
    std::vector<const Node*> nodes(graph.nodes.size());
    for (const Node& node : graph.nodes) nodes[node.position] = &node;
    WriteValueInfos(graph, nodes, proto);
    for (size_t i = 0; i < nodes.size(); ++i) {
      onnx::NodeProto& node = *proto.mutable_node(static_cast<int>(i));
      for (size_t a = 0; a < nodes[i]->attributes.size(); ++a) {
        const Attribute& attribute = nodes[i]->attributes[a];
        if (attribute.type == Attribute::Type::kGraph) {
          WriteSubgraph(*attribute.graph,
                        *node.mutable_attribute(static_cast<int>(a))->mutable_g());
        }
        for (size_t g = 0; g < attribute.graphs.size(); ++g) {
          WriteSubgraph(
              *attribute.graphs[g],
              *node.mutable_attribute(static_cast<int>(a))->mutable_graphs(static_cast<int>(g)));
        }
      }
    }
  }

  void WriteSubgraph(const Graph& graph, onnx::GraphProto& proto) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      claims_.WriteSubgraphInput(analysis_.info(graph, graph.inputs[i]),
                                 *proto.mutable_input(static_cast<int>(i))->mutable_type());
    }
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      claims_.WriteSubgraphOutput(analysis_.info(graph, graph.outputs[i]), *OutputType(&proto, i));
    }
    WriteGraph(graph, proto);
  }

  // Entries for what no node makes (initializers, say) stay in front; then one per node output that
  // is no graph output. Where nothing is known the file's own entry stays.
  void WriteValueInfos(const Graph& graph, const std::vector<const Node*>& nodes,
                       onnx::GraphProto& proto) {
    std::vector<bool> is_output(graph.values.size(), false);
    for (ValueId output : graph.outputs) is_output[Index(output)] = true;
    google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> old;
    old.Swap(proto.mutable_value_info());
    absl::flat_hash_map<absl::string_view, ValueId> made;
    for (const Node* node : nodes) {
      for (ValueId output : node->outputs) {
        if (output != ValueId::kNone) made.emplace(graph.values[Index(output)].name, output);
      }
    }
    absl::flat_hash_map<ValueId, onnx::ValueInfoProto*> entries;
    for (onnx::ValueInfoProto& entry : old) {
      const auto value = made.find(entry.name());
      if (value == made.end()) {
        proto.add_value_info()->Swap(&entry);
      } else if (!is_output[Index(value->second)]) {
        entries.emplace(value->second, &entry);
      }
    }
    for (const Node* node : nodes) {
      for (ValueId output : node->outputs) {
        if (output == ValueId::kNone || is_output[Index(output)]) continue;
        const auto entry = entries.find(output);
        WriteValueInfo(graph, output, entry == entries.end() ? nullptr : entry->second, proto);
      }
    }
  }

  void WriteValueInfo(const Graph& graph, ValueId value, onnx::ValueInfoProto* old,
                      onnx::GraphProto& proto) {
    const rules::Info info = analysis_.info(graph, value);
    const bool writable = IsWritable(analysis_.tables(), info.type);
    if (!writable && old == nullptr) return;
    onnx::ValueInfoProto& entry = *proto.add_value_info();
    if (old != nullptr) entry.Swap(old);
    const absl::string_view name = graph.values[Index(value)].name;
    entry.set_name(name.data(), name.size());
    if (writable) WriteType(analysis_.tables(), info.type, names_, *entry.mutable_type());
  }

  const engine::Analysis& analysis_;
  onnx::ModelProto& proto_;
  const graph::Metadata earlier_;
  DimNames names_;
  ClaimWriter claims_;
  graph::AxisTexts axis_texts_;
  std::vector<graph::NamedInputAxis> named_inputs_;
};

// The walk relies on it.
bool HasShapeOf(const onnx::ModelProto& proto, const graph::Model& model) {
  return static_cast<size_t>(proto.graph().node_size()) == model.main->nodes.size() &&
         static_cast<size_t>(proto.graph().input_size()) == model.main->inputs.size() &&
         static_cast<size_t>(proto.graph().output_size()) == model.main->outputs.size();
}

}  // namespace

absl::Status Annotate(const engine::Analysis& analysis, const WriteOptions& options,
                      onnx::ModelProto& proto) {
  if (!HasShapeOf(proto, analysis.model())) {
    return absl::InternalError("the message is not the model that was analysed");
  }
  Annotator(analysis, options, proto).Annotate();
  return absl::OkStatus();
}

}  // namespace symshape::writer
