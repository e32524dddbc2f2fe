// The record tells (replaced.h), or else what can be seen of the declarations themselves.
#include "writer/originals.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "graph/metadata.h"
#include "writer/dim_names.h"
#include "writer/metadata.h"
#include "writer/replaced.h"
#include "writer/types.h"

namespace symshape::writer {
namespace {

using graph::Graph;
using graph::Index;
using graph::Node;
using graph::ValueId;
using Dimension = onnx::TensorShapeProto::Dimension;

void RestoreInputs(const graph::Metadata& metadata, ValueInfos& inputs) {
  absl::flat_hash_map<absl::string_view, onnx::ValueInfoProto*> by_name;
  for (onnx::ValueInfoProto& input : inputs) by_name.emplace(input.name(), &input);
  for (const graph::NamedInputAxis& axis : metadata.inputs) {
    const auto input = by_name.find(axis.input);
    if (input == by_name.end()) continue;
    onnx::TensorShapeProto* shape = DeclaredShape(*input->second->mutable_type());
    if (shape == nullptr || axis.axis < 0 || axis.axis >= shape->dim_size()) continue;
    Dimension& dim = *shape->mutable_dim(axis.axis);
    if (!dim.has_dim_param() || dim.dim_param() != axis.name) continue;  // changed since
    WriteDim(DimNames::Written(axis.was), dim);
  }
}

// An author's names and numbers stay.
void ClearDims(const absl::flat_hash_set<std::string>& generated, ValueInfos& infos) {
  for (onnx::ValueInfoProto& info : infos) {
    onnx::TensorShapeProto* shape = DeclaredShape(*info.mutable_type());
    if (shape == nullptr) continue;
    for (Dimension& dim : *shape->mutable_dim()) {
      if (!dim.has_dim_param()) continue;
      if (!IsPlainName(dim.dim_param()) || generated.contains(dim.dim_param())) dim.clear_value();
    }
  }
}

absl::flat_hash_set<absl::string_view> OutputsOfNodes(const Graph& graph) {
  absl::flat_hash_set<absl::string_view> made;
  for (const Node& node : graph.nodes) {
    for (ValueId output : node.outputs) {
      if (output != ValueId::kNone) made.insert(graph.values[Index(output)].name);
    }
  }
  return made;
}

// What stands there, without what can be told to be symshape's.
void TakeOut(const graph::Model& model, std::vector<Declarations>& graphs) {
  const graph::Metadata metadata = graph::ReadMetadata(model);
  for (const auto& graph : model.graphs) {
    Declarations& declared = graphs[graph->index];
    declared.value_infos = OfNoNode(*graph, declared.value_infos);
    ClearDims(metadata.generated, declared.outputs);
    if (graph.get() != model.main) ClearDims(metadata.generated, declared.inputs);
  }
  RestoreInputs(metadata, graphs[model.main->index].inputs);
}

}  // namespace

ValueInfos OfNoNode(const Graph& graph, const ValueInfos& infos) {
  const absl::flat_hash_set<absl::string_view> made = OutputsOfNodes(graph);
  ValueInfos result;
  for (const onnx::ValueInfoProto& info : infos) {
    if (!made.contains(info.name())) *result.Add() = info;
  }
  return result;
}

ValueInfos OldOfNoNode(const Graph& graph, const ValueInfoList& infos) {
  const absl::flat_hash_set<absl::string_view> made = OutputsOfNodes(graph);
  ValueInfos result;
  for (size_t entry = 0; entry < infos.size(); ++entry) {
    if (!made.contains(infos.name(entry))) *result.Add() = infos.Old(entry);
  }
  return result;
}

FileDeclarations Originals(const graph::Model& model, const ModelShell& shell) {
  const std::string* record = nullptr;
  bool written_before = false;
  for (const onnx::StringStringEntryProto& entry : *shell.metadata_props) {
    if (entry.key() == kReplacedKey) record = &entry.value();
    written_before = written_before || IsOurs(entry);
  }
  if (record != nullptr) {
    std::optional<FileDeclarations> read = ReadReplaced(model, shell, *record);
    if (read.has_value()) return *std::move(read);
  }
  FileDeclarations stands;
  stands.graphs.resize(shell.graphs.size());
  for (size_t i = 0; i < shell.graphs.size(); ++i) {
    const GraphShell& now = shell.graphs[i];
    if (now.inputs != nullptr) {
      stands.graphs[i] = {*now.inputs, *now.outputs, now.value_infos->Old()};
    }
  }
  for (const ValueInfos* now : shell.functions) stands.functions.push_back(*now);
  if (written_before) TakeOut(model, stands.graphs);
  return stands;
}

void StripShell(const graph::Model& model, const ModelShell& shell) {
  FileDeclarations originals = Originals(model, shell);
  for (size_t i = 0; i < shell.graphs.size(); ++i) {
    const GraphShell& now = shell.graphs[i];
    if (now.inputs == nullptr) continue;
    Declarations& before = originals.graphs[i];
    now.inputs->Swap(&before.inputs);
    now.outputs->Swap(&before.outputs);
    for (const onnx::ValueInfoProto& info : before.value_infos) now.value_infos->Append(info);
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    shell.functions[i]->Swap(&originals.functions[i]);
  }
  RemoveMetadata(*shell.metadata_props);
}

}  // namespace symshape::writer
