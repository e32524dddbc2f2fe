#include "report/contract.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/input_axes.h"
#include "graph/initialized.h"
#include "graph/node_name.h"
#include "queries/eval.h"
#include "queries/reparam.h"
#include "queries/tensors.h"
#include "report/layout.h"

namespace symshape::report {
namespace {

using nlohmann::ordered_json;
using queries::Condition;

constexpr size_t kWidest = 40;
constexpr size_t kLongest = 240;  // of a condition that is printed whole

// What nobody reads is cut; programs get all of it (--json).
std::string Readable(const std::string& when) {
  if (Columns(when) <= kLongest) return when;
  const size_t end = when.rfind(' ', kLongest - 60);
  return absl::StrCat(when.substr(0, end), " ... (", when.size() - end,
                      " characters more: --json has them)");
}

using NodeRef = std::pair<const graph::Graph*, uint32_t>;

// All nodes that need it, the earliest first.
std::vector<NodeRef> NodesOf(const Condition& condition) {
  std::vector<NodeRef> nodes;
  const auto add = [&](const NodeRef& node) {
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
  };
  for (const engine::Requirement* cause : condition.causes) add({cause->graph, cause->node});
  for (const engine::Requirement* cause : condition.causes) {
    for (const NodeRef& node : cause->also) add(node);
  }
  return nodes;
}

std::string NameOf(const engine::Analysis& analysis, const NodeRef& node) {
  const graph::Node& named = node.first->nodes[node.second];
  return graph::NodeName(named, analysis.model().op(named));
}

// In insertion order, without the look-up of operator[], which is linear here.
void Append(ordered_json& object, std::string name, ordered_json value) {
  object.get_ref<ordered_json::object_t&>().emplace_back(std::move(name), std::move(value));
}

ordered_json ConditionJson(const engine::Analysis& analysis, const Condition& condition,
                           const Sources& sources) {
  const engine::Requirement& first = *condition.causes[0];
  const graph::Node& node = first.graph->nodes[first.node];
  ordered_json json = {{"when", condition.when},
                       {"node", graph::NodeName(node, analysis.model().op(node))},
                       {"op", graph::OperatorName(analysis.model().op(node))},
                       {"because", diagnostics::Render(first.message, analysis.context())}};
  if (std::string source = sources.Of(*first.graph, node); !source.empty()) {
    json["source"] = std::move(source);
  }
  const std::vector<NodeRef> nodes = NodesOf(condition);
  if (nodes.size() > 1) {
    ordered_json& also = json["also"] = ordered_json::array();
    for (size_t i = 1; i < nodes.size(); ++i) also.push_back(NameOf(analysis, nodes[i]));
  }
  return json;
}

ordered_json DimJson(const symbolic::Context& context, symbolic::Dim dim) {
  const std::optional<int64_t> constant = context.ConstantOf(dim);
  return constant.has_value() ? ordered_json(*constant) : ordered_json(context.Print(dim));
}

// The inputs' dims as they are named: a condition speaks of num_channels even where it says that
// num_channels is 3.
ordered_json NamedInputsJson(const engine::Analysis& analysis) {
  const graph::Graph& main = *analysis.model().main;
  const std::vector<bool> initialized = graph::Initialized(main);
  ordered_json inputs = ordered_json::object();
  for (size_t i = 0; i < main.inputs.size(); ++i) {
    const graph::Value& value = main.values[graph::Index(main.inputs[i])];
    if (initialized[graph::Index(main.inputs[i])]) continue;
    ordered_json dims = nullptr;
    if (engine::ShapedType(value.declared) != nullptr) {
      dims = ordered_json::array();
      for (symbolic::Dim dim : analysis.InputDims(i)) {
        dims.push_back(DimJson(analysis.context(), dim));
      }
    }
    Append(inputs, std::string(value.name), std::move(dims));
  }
  return inputs;
}

}  // namespace

std::string CauseText(const engine::Analysis& analysis, const Condition& condition,
                      const Sources& sources) {
  const engine::Requirement& first = *condition.causes[0];
  const graph::Node& node = first.graph->nodes[first.node];
  const std::string source = sources.Of(*first.graph, node);
  const size_t more = NodesOf(condition).size() - 1;
  return absl::StrCat(graph::OperatorName(analysis.model().op(node)), " '",
                      graph::NodeName(node, analysis.model().op(node)), "'",
                      source.empty() ? "" : absl::StrCat(" (", source, ")"), ": ",
                      diagnostics::Render(first.message, analysis.context()),
                      more == 0   ? ""
                      : more == 1 ? "; 1 more node needs it"
                                  : absl::StrCat("; ", more, " more nodes need it"));
}

std::string ContractText(const engine::Analysis& analysis, const queries::Contract& contract,
                         const Sources& sources, ContractForm form) {
  std::vector<std::pair<std::string, const Condition*>> lines;
  queries::Reparametrized reparam;
  if (form == ContractForm::kReparam) {
    reparam = queries::Reparametrize(contract);
    for (const auto& axis : reparam.axes) {
      lines.emplace_back(absl::StrCat(axis.name, " = ", axis.expression), axis.because);
    }
  }
  for (const Condition& condition :
       form == ContractForm::kReparam ? reparam.conditions : contract.conditions()) {
    lines.emplace_back(Readable(condition.when), &condition);
  }
  size_t width = 0;
  for (const auto& [when, condition] : lines) {
    if (Columns(when) <= kWidest) width = std::max(width, Columns(when));
  }
  std::string text;
  for (const auto& [when, condition] : lines) {
    const bool fits = Columns(when) <= kWidest;
    absl::StrAppend(&text, fits ? Padded(when, width) : when, fits ? "   " : "\n    ",
                    CauseText(analysis, *condition, sources), "\n");
  }
  return text.empty() ? "runs at every size\n" : text;
}

ordered_json ConditionsJson(const engine::Analysis& analysis,
                            const std::vector<Condition>& conditions, const Sources& sources) {
  ordered_json json = ordered_json::array();
  for (const Condition& condition : conditions) {
    json.push_back(ConditionJson(analysis, condition, sources));
  }
  return json;
}

ordered_json AliasesJson(const engine::Analysis& analysis) {
  ordered_json aliases = ordered_json::object();
  for (symbolic::Dim symbol : queries::SymbolsOf(analysis)) {
    const std::optional<absl::string_view> alias = analysis.context().AliasOf(symbol);
    if (!alias.has_value()) continue;
    Append(aliases, std::string(*alias), std::string(*analysis.context().SymbolName(symbol)));
  }
  return aliases;
}

std::string ContractJson(const engine::Analysis& analysis, const queries::Contract& contract,
                         const Sources& sources, ContractForm form, absl::string_view model) {
  ordered_json json = {{"v", 1},
                       {"model", std::string(model)},
                       {"inputs", NamedInputsJson(analysis)},
                       {"aliases", AliasesJson(analysis)}};
  if (form == ContractForm::kReparam) {
    const queries::Reparametrized reparam = queries::Reparametrize(contract);
    ordered_json& axes = json["replaced"] = ordered_json::object();
    for (const auto& axis : reparam.axes) Append(axes, axis.name, axis.expression);
    json["conditions"] = ConditionsJson(analysis, reparam.conditions, sources);
  } else {
    json["conditions"] = ConditionsJson(analysis, contract.conditions(), sources);
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace symshape::report
