#include "queries/tensors.h"

#include <cstddef>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "diagnostics/nearest.h"
#include "graph/initialized.h"
#include "graph/node_name.h"

namespace symshape::queries {
namespace {

std::optional<graph::ValueId> FindIn(const graph::Graph& graph, absl::string_view name) {
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].name == name) return static_cast<graph::ValueId>(i);
  }
  return std::nullopt;
}

}  // namespace

Tensors::Tensors(const graph::Model& model) : model_(model) {
  graphs_.push_back(model.main);
  prefixes_[model.main] = "";
  for (size_t i = 0; i < graphs_.size(); ++i) {  // grows while it runs
    const graph::Graph& graph = *graphs_[i];
    for (const graph::Node& node : graph.nodes) {
      for (const graph::Attribute& attribute : node.attributes) {
        const auto add = [&](const graph::Graph* inner, absl::string_view name) {
          graphs_.push_back(inner);
          prefixes_[inner] = absl::StrCat(prefixes_[&graph], graph::NodeName(node, model.op(node)),
                                          "/", name, "/");
        };
        if (attribute.type == graph::Attribute::Type::kGraph) add(attribute.graph, attribute.name);
        for (size_t k = 0; k < attribute.graphs().size(); ++k) {
          add(attribute.graphs()[k], absl::StrCat(attribute.name, "_", k));
        }
      }
    }
  }
  const std::vector<bool> initialized = graph::Initialized(*model.main);
  for (graph::ValueId input : model.main->inputs) {
    if (!initialized[graph::Index(input)]) inputs_.push_back({model.main, input});
  }
}

std::vector<TensorRef> Tensors::outputs() const {
  std::vector<TensorRef> result;
  for (graph::ValueId output : model_.main->outputs) result.push_back({model_.main, output});
  return result;
}

std::vector<TensorRef> Tensors::all() const {
  std::vector<TensorRef> result;
  for (const graph::Graph* graph : graphs_) {
    for (const graph::Node& node : graph->nodes) {
      for (graph::ValueId output : node.outputs) {
        if (output != graph::ValueId::kNone) result.push_back({graph, output});
      }
    }
  }
  return result;
}

std::string Tensors::NameOf(TensorRef tensor) const {
  return absl::StrCat(prefixes_.at(tensor.graph),
                      tensor.graph->values[graph::Index(tensor.value)].name);
}

absl::StatusOr<TensorRef> Tensors::Find(absl::string_view name) const {
  for (const graph::Graph* graph : graphs_) {
    const std::string& prefix = prefixes_.at(graph);
    if (!absl::StartsWith(name, prefix)) continue;
    const std::optional<graph::ValueId> value = FindIn(*graph, name.substr(prefix.size()));
    if (value.has_value()) return TensorRef{graph, *value};
  }
  std::vector<std::string> names;
  for (const TensorRef& tensor : all()) names.push_back(NameOf(tensor));
  for (const TensorRef& tensor : inputs_) names.push_back(NameOf(tensor));
  const std::vector<absl::string_view> views(names.begin(), names.end());
  return absl::NotFoundError(
      absl::StrCat("no tensor '", name, "'", diagnostics::DidYouMean(name, views)));
}

}  // namespace symshape::queries
