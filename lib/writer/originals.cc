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

void RestoreInputs(const graph::Metadata& metadata, EntryMaker& maker, absl::Span<Entry> inputs) {
  absl::flat_hash_map<absl::string_view, Entry*> by_name;
  for (Entry& input : inputs) by_name.emplace(NameOf(input), &input);
  for (const graph::NamedInputAxis& axis : metadata.inputs) {
    const auto input = by_name.find(axis.input);
    if (input == by_name.end()) continue;
    maker.EditType(*input->second, [&](onnx::TypeProto& type) {
      onnx::TensorShapeProto* shape = DeclaredShape(type);
      if (shape == nullptr || axis.axis < 0 || axis.axis >= shape->dim_size()) return;
      Dimension& dim = *shape->mutable_dim(axis.axis);
      if (!dim.has_dim_param() || dim.dim_param() != axis.name) return;  // changed since
      WriteDim(DimNames::Written(axis.was), dim);
    });
  }
}

// An author's names and numbers stay.
void ClearDims(const absl::flat_hash_set<std::string>& generated, EntryMaker& maker,
               absl::Span<Entry> infos) {
  const auto clear = [&](onnx::TypeProto& type) {
    onnx::TensorShapeProto* shape = DeclaredShape(type);
    if (shape == nullptr) return;
    for (Dimension& dim : *shape->mutable_dim()) {
      if (!dim.has_dim_param()) continue;
      if (!IsPlainName(dim.dim_param()) || generated.contains(dim.dim_param())) dim.clear_value();
    }
  };
  for (Entry& info : infos) maker.EditType(info, clear);
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
void TakeOut(const graph::Model& model, EntryMaker& maker, std::vector<Declarations>& graphs) {
  const graph::Metadata metadata = graph::ReadMetadata(model);
  for (const auto& graph : model.graphs) {
    Declarations& declared = graphs[graph->index];
    declared.value_infos = maker.Copy(OfNoNode(*graph, declared.value_infos));
    ClearDims(metadata.generated, maker, declared.outputs);
    if (graph != model.main) ClearDims(metadata.generated, maker, declared.inputs);
  }
  RestoreInputs(metadata, maker, graphs[model.main->index].inputs);
}

}  // namespace

std::vector<Entry> OfNoNode(const Graph& graph, Entries infos) {
  if (infos.empty()) return {};
  const absl::flat_hash_set<absl::string_view> made = OutputsOfNodes(graph);
  std::vector<Entry> result;
  for (Entry info : infos) {
    if (!made.contains(NameOf(info))) result.push_back(info);
  }
  return result;
}

std::vector<Entry> OldOfNoNode(const Graph& graph, const ValueInfoList& infos) {
  if (infos.size() == 0) return {};
  const absl::flat_hash_set<absl::string_view> made = OutputsOfNodes(graph);
  std::vector<Entry> result;
  for (size_t entry = 0; entry < infos.size(); ++entry) {
    if (!made.contains(infos.name(entry))) result.push_back(infos.Old(entry));
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
  EntryMaker& maker = *shell.maker;
  FileDeclarations stands;
  stands.graphs.resize(shell.graphs.size());
  for (size_t i = 0; i < shell.graphs.size(); ++i) {
    const GraphShell& now = shell.graphs[i];
    stands.graphs[i] = {maker.Copy(now.inputs), maker.Copy(now.outputs), now.value_infos.Old()};
  }
  for (Entries now : shell.functions) stands.functions.push_back(maker.Copy(now));
  if (written_before) TakeOut(model, maker, stands.graphs);
  return stands;
}

void StripShell(const graph::Model& model, ModelShell& shell) {
  FileDeclarations originals = Originals(model, shell);
  for (size_t i = 0; i < shell.graphs.size(); ++i) {
    const Declarations& before = originals.graphs[i];
    shell.graphs[i].inputs = before.inputs;
    shell.graphs[i].outputs = before.outputs;
    for (Entry info : before.value_infos) shell.graphs[i].value_infos.Append(info);
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    shell.functions[i] = shell.maker->Copy(originals.functions[i]);
  }
  RemoveMetadata(*shell.metadata_props);
}

}  // namespace symshape::writer
