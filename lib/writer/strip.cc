// Takes out what annotate.cc and metadata.cc put in.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "graph/from_proto.h"
#include "graph/metadata.h"
#include "writer/dim_names.h"
#include "writer/metadata.h"
#include "writer/types.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

using Dimension = onnx::TensorShapeProto::Dimension;

void Restore(const graph::NamedInputAxis& axis, Dimension& dim) {
  if (!dim.has_dim_param() || dim.dim_param() != axis.name) return;  // somebody changed it since
  WriteDim(DimNames::Written(axis.was), dim);
}

void RestoreInputs(const graph::Metadata& metadata, onnx::GraphProto& proto) {
  absl::flat_hash_map<absl::string_view, onnx::ValueInfoProto*> inputs;
  for (onnx::ValueInfoProto& input : *proto.mutable_input()) inputs.emplace(input.name(), &input);
  for (const graph::NamedInputAxis& axis : metadata.inputs) {
    const auto input = inputs.find(axis.input);
    if (input == inputs.end()) continue;
    onnx::TensorShapeProto* shape = DeclaredShape(*input->second->mutable_type());
    if (shape != nullptr && axis.axis >= 0 && axis.axis < shape->dim_size()) {
      Restore(axis, *shape->mutable_dim(axis.axis));
    }
  }
}

// An author's names and numbers stay.
void ClearDims(const absl::flat_hash_set<std::string>& generated, onnx::TypeProto& type) {
  onnx::TensorShapeProto* shape = DeclaredShape(type);
  if (shape == nullptr) return;
  for (Dimension& dim : *shape->mutable_dim()) {
    if (!dim.has_dim_param()) continue;
    if (!IsPlainName(dim.dim_param()) || generated.contains(dim.dim_param())) dim.clear_value();
  }
}

// Recursion was bounded when the model was read.
void StripGraph(const absl::flat_hash_set<std::string>& generated, bool is_main,
                onnx::GraphProto& proto) {
  absl::flat_hash_set<std::string> made;
  for (const onnx::NodeProto& node : proto.node()) {
    made.insert(node.output().begin(), node.output().end());
  }
  auto& infos = *proto.mutable_value_info();
  const auto is_ours = [&](const onnx::ValueInfoProto& info) { return made.contains(info.name()); };
  infos.erase(std::remove_if(infos.begin(), infos.end(), is_ours), infos.end());
  for (onnx::ValueInfoProto& output : *proto.mutable_output()) {
    ClearDims(generated, *output.mutable_type());
  }
  if (!is_main) {
    for (onnx::ValueInfoProto& input : *proto.mutable_input()) {
      ClearDims(generated, *input.mutable_type());
    }
  }
  for (onnx::NodeProto& node : *proto.mutable_node()) {
    for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) StripGraph(generated, /*is_main=*/false, *attribute.mutable_g());
      for (onnx::GraphProto& graph : *attribute.mutable_graphs()) {
        StripGraph(generated, /*is_main=*/false, graph);
      }
    }
  }
}

}  // namespace

absl::Status Strip(onnx::ModelProto& proto) {
  graph::Metadata metadata;
  {
    const absl::StatusOr<graph::Model> model = graph::FromProto(proto);
    if (!model.ok()) return model.status();
    metadata = graph::ReadMetadata(*model);
  }
  RestoreInputs(metadata, *proto.mutable_graph());
  RemoveMetadata(*proto.mutable_metadata_props());
  StripGraph(metadata.generated, /*is_main=*/true, *proto.mutable_graph());
  return absl::OkStatus();
}

}  // namespace symshape::writer
