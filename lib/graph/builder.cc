#include "graph/builder.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "graph/call_graph.h"
#include "graph/node_name.h"
#include "graph/topological_sort.h"

namespace symshape::graph {
namespace {

absl::string_view Normalised(absl::string_view domain) {
  return domain == "ai.onnx" ? absl::string_view() : domain;
}

// The first node that reads `value`, itself or through a subgraph; nullptr where none does.
const Node* FirstReader(absl::Span<const Node> nodes, ValueId value) {
  const auto captures = [&](const Graph* subgraph) {
    for (const Capture& capture : subgraph->captures) {
      if (capture.outer == value) return true;
    }
    return false;
  };
  for (const Node& node : nodes) {
    for (ValueId input : node.inputs) {
      if (input == value) return &node;
    }
    for (const Attribute& attribute : node.attributes) {
      if (attribute.type == Attribute::Type::kGraph && captures(attribute.graph)) return &node;
      for (const Graph* subgraph : attribute.graphs()) {
        if (captures(subgraph)) return &node;
      }
    }
  }
  return nullptr;
}

}  // namespace

std::string Describe(const Node& node, const Operator& op) {
  return absl::StrCat("node '", NodeName(node, op), "' (", op.name, ")");
}

Builder::Builder() = default;
Builder::~Builder() = default;

void Builder::SetImports(absl::Span<const std::pair<absl::string_view, int>> imports) {
  imports_.clear();
  imported_.clear();
  for (const auto& [domain, version] : imports) imports_[Normalised(domain)] = version;
}

void Builder::Scope::Clear() {
  ids.Clear();
  values.clear();
  origins.clear();
  inputs.clear();
  outputs.clear();
  captures.clear();
  initializers.clear();
  nodes.clear();
  value_infos.clear();
}

absl::Status Builder::BeginGraph(absl::string_view name, absl::string_view bytes) {
  if (depth_ == kMaxNesting) {
    return absl::DataLossError(
        absl::StrCat("graph '", name, "' is nested deeper than ", kMaxNesting, " graphs"));
  }
  if (scopes_.size() == depth_) scopes_.push_back(std::make_unique<Scope>());
  Scope& scope = *scopes_[depth_];
  scope.Clear();
  scope.graph = arena().New<Graph>();
  scope.graph->name = name;
  scope.graph->bytes = bytes;
  scope.graph->index = static_cast<uint32_t>(model_.graphs.size());
  scope.graph->parent = depth_ == 0 ? nullptr : scopes_[depth_ - 1]->graph;
  model_.graphs.push_back(scope.graph);
  ++depth_;
  return absl::OkStatus();
}

void Builder::Reserve(size_t nodes) {
  Scope& scope = *scopes_[depth_ - 1];
  const size_t values = nodes + nodes / 8;  // most nodes have one output
  scope.nodes.reserve(nodes);
  scope.values.reserve(values);
  scope.origins.reserve(values);
  scope.ids.Reserve(values);
}

ValueId Builder::Use(Scope& scope, absl::string_view name) {
  const auto [id, is_new] = scope.ids.FindOrAdd(name, scope.values);
  if (is_new) {
    scope.values.push_back({name});
    scope.origins.emplace_back();
  }
  return id;
}

// Inputs and outputs are asked first, value_info last: the first declaration counts.
void Builder::Declare(Scope& scope, ValueId id, const DeclaredType* type) {
  Value& value = scope.values[Index(id)];
  if (value.declared == nullptr) value.declared = type;
}

std::string Builder::DescribeOrigin(const Scope& scope, ValueId id) const {
  const Origin& origin = scope.origins[Index(id)];
  if (origin.is_input) return "a graph input";
  if (origin.node == Origin::kNoIndex) return "an initializer";
  const Node& node = scope.nodes[origin.node];
  return Describe(node, model_.op(node));
}

absl::Status Builder::AddInput(absl::string_view name, const DeclaredType* type) {
  Scope& scope = *scopes_[depth_ - 1];
  const ValueId id = Use(scope, name);
  Origin& origin = scope.origins[Index(id)];
  if (origin.is_input) {
    return absl::DataLossError(
        absl::StrCat("graph '", scope.graph->name, "' has two inputs named '", name, "'"));
  }
  if (origin.node != Origin::kNoIndex) {
    return absl::DataLossError(absl::StrCat("tensor '", name,
                                            "' is defined twice: as a graph input "
                                            "and by ",
                                            DescribeOrigin(scope, id)));
  }
  origin.is_input = true;
  scope.values[Index(id)].declared = type;
  scope.inputs.push_back(id);
  return absl::OkStatus();
}

void Builder::AddOutput(absl::string_view name, const DeclaredType* type) {
  Scope& scope = *scopes_[depth_ - 1];
  const ValueId id = Use(scope, name);
  Declare(scope, id, type);
  scope.outputs.push_back(id);
}

void Builder::AddValueInfo(absl::string_view name, const DeclaredType* type) {
  scopes_[depth_ - 1]->value_infos.emplace_back(name, type);
}

// Two initializers of one name: onnxruntime warns and uses the later one (graph.cc, "Duplicate
// initializer"). One that is also an input is its default value (before IR 4, always).
absl::Status Builder::AddInitializer(const Tensor* tensor) {
  Scope& scope = *scopes_[depth_ - 1];
  const ValueId id = Use(scope, tensor->name);
  Origin& origin = scope.origins[Index(id)];
  if (origin.node != Origin::kNoIndex) {
    return absl::DataLossError(absl::StrCat("tensor '", tensor->name,
                                            "' is defined twice: as an "
                                            "initializer and by ",
                                            DescribeOrigin(scope, id)));
  }
  if (origin.initializer != Origin::kNoIndex) {
    scope.initializers[origin.initializer].tensor = tensor;
    return absl::OkStatus();
  }
  origin.initializer = static_cast<uint32_t>(scope.initializers.size());
  scope.initializers.push_back({id, tensor});
  return absl::OkStatus();
}

OperatorId Builder::FindOperator(absl::string_view domain, absl::string_view op,
                                 absl::string_view overload) {
  domain = Normalised(domain);
  auto& ids = imported_[op];
  for (OperatorId id : ids) {
    const Operator& known = model_.operators[Index(id)];
    if (known.domain == domain && known.overload == overload) return id;
  }
  const auto import = imports_.find(domain);
  const int version = import == imports_.end() ? 0 : import->second;
  const auto next = static_cast<OperatorId>(model_.operators.size());
  const auto [it, inserted] = operator_ids_.try_emplace({domain, op, overload, version}, next);
  if (inserted) model_.operators.push_back({domain, op, overload, version, kNoFunction});
  ids.push_back(it->second);
  return it->second;
}

bool Builder::IsConstant(const Node& node) const {
  const Operator& op = model_.op(node);
  return op.name == "Constant" && op.domain.empty();
}

// Two Constant nodes of one name: onnxruntime makes initializers of them, warns and uses the later
// one (graph.cc, "Duplicate initializer"); exporters have written such files.
bool Builder::Supersede(Scope& scope, ValueId id, uint32_t node) {
  const Origin& origin = scope.origins[Index(id)];
  std::vector<Node>& nodes = scope.nodes;
  if (origin.is_input || origin.node == Origin::kNoIndex || origin.node == node ||
      !IsConstant(nodes[origin.node]) || !IsConstant(nodes[node])) {
    return false;
  }
  const absl::Span<ValueId> outputs = arena().NewSpan<ValueId>(nodes[origin.node].outputs.size());
  std::fill(outputs.begin(), outputs.end(), ValueId::kNone);
  nodes[origin.node].outputs = outputs;
  return true;
}

absl::Status Builder::Define(Scope& scope, absl::string_view name, ValueId id, uint32_t node) {
  Origin& origin = scope.origins[Index(id)];
  if (origin.defined() && !Supersede(scope, id, node)) {
    const Node& second = scope.nodes[node];
    return absl::DataLossError(absl::StrCat("tensor '", name, "' is defined twice: by ",
                                            DescribeOrigin(scope, id), " and by ",
                                            Describe(second, model_.op(second))));
  }
  origin.node = node;
  return absl::OkStatus();
}

absl::Status Builder::AddNode(const NodeParts& parts) {
  Scope& scope = *scopes_[depth_ - 1];
  const auto position = static_cast<uint32_t>(scope.nodes.size());
  const auto ids = [&](absl::Span<const absl::string_view> names) {
    const absl::Span<ValueId> all = arena().NewSpan<ValueId>(names.size());
    for (size_t i = 0; i < names.size(); ++i) {
      all[i] = names[i].empty() ? ValueId::kNone : Use(scope, names[i]);
    }
    return all;
  };
  Node node;
  node.name = parts.name;
  node.op = FindOperator(parts.domain, parts.op, parts.overload);
  node.position = position;
  node.inputs = ids(parts.inputs);
  node.outputs = ids(parts.outputs);
  node.attributes = parts.attributes;
  scope.nodes.push_back(node);
  for (size_t i = 0; i < parts.outputs.size(); ++i) {
    if (node.outputs[i] == ValueId::kNone) continue;
    absl::Status status = Define(scope, parts.outputs[i], node.outputs[i], position);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Builder::Unproduced(const Scope& scope, ValueId id) const {
  const absl::string_view name = scope.values[Index(id)].name;
  const Node* reader = FirstReader(scope.nodes, id);
  if (reader == nullptr) {
    return absl::DataLossError(absl::StrCat("output '", name, "' of graph '", scope.graph->name,
                                            "' is made by no node and is no input"));
  }
  return absl::DataLossError(absl::StrCat(Describe(*reader, model_.op(*reader)), " reads '", name,
                                          "', which no node, input or initializer defines"));
}

// What the graph at `depth` reads but does not define is captured from the graph around it, which
// may have to capture it in its turn.
absl::Status Builder::Capture(size_t depth) {
  Scope& scope = *scopes_[depth];
  for (uint32_t i = 0; i < scope.origins.size(); ++i) {
    if (scope.origins[i].defined()) continue;
    const auto inner = static_cast<ValueId>(i);
    if (depth == 0) return Unproduced(scope, inner);
    const ValueId outer = Use(*scopes_[depth - 1], scope.values[i].name);
    scope.captures.push_back({outer, inner});
  }
  return absl::OkStatus();
}

absl::StatusOr<const Graph*> Builder::EndGraph() {
  Scope& scope = *scopes_[depth_ - 1];
  if (absl::Status status = Capture(depth_ - 1); !status.ok()) return status;
  for (const auto& [name, type] : scope.value_infos) {
    const std::optional<ValueId> id = scope.ids.Find(name, scope.values);
    if (id.has_value()) Declare(scope, *id, type);
  }
  producers_.clear();
  for (const Origin& origin : scope.origins) producers_.push_back(origin.node);
  absl::Status status = SortNodes(producers_, model_, scope.values, scope.nodes);
  if (!status.ok()) return status;
  Graph& graph = *scope.graph;
  graph.values = arena().Take(scope.values);
  graph.inputs = arena().Take(scope.inputs);
  graph.outputs = arena().Take(scope.outputs);
  graph.captures = arena().Take(scope.captures);
  graph.initializers = arena().Take(scope.initializers);
  graph.nodes = arena().Take(scope.nodes);
  --depth_;
  return &graph;
}

void Builder::AddFunction(const Function& function) {
  model_.functions.push_back(function);
  model_.functions.back().domain = Normalised(function.domain);
}

absl::StatusOr<Model> Builder::Finish(const Graph* main) {
  using Key = std::tuple<absl::string_view, absl::string_view, absl::string_view>;
  absl::flat_hash_map<Key, uint32_t> functions;
  for (uint32_t i = 0; i < model_.functions.size(); ++i) {
    const Function& f = model_.functions[i];
    if (!functions.try_emplace({f.domain, f.name, f.overload}, i).second) {
      return absl::DataLossError(absl::StrCat("function '", f.domain, f.domain.empty() ? "" : ".",
                                              f.name, f.overload.empty() ? "" : ":", f.overload,
                                              "' is defined twice"));
    }
  }
  for (Operator& op : model_.operators) {
    const auto it = functions.find({op.domain, op.name, op.overload});
    if (it != functions.end()) op.function = it->second;
  }
  if (absl::Status status = CheckCalls(model_); !status.ok()) return status;
  model_.main = main;
  return std::move(model_);
}

}  // namespace symshape::graph
