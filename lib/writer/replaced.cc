#include "writer/replaced.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/hash.h"
#include "graph/upcoming.h"
#include "nlohmann/json.hpp"
#include "writer/entry_tokens.h"

namespace symshape::writer {
namespace {

using graph::Graph;
using nlohmann::json;

constexpr char kGraphs[] = "graphs";
constexpr char kGraph[] = "graph";
constexpr char kFunctions[] = "functions";
constexpr char kFunction[] = "function";
constexpr char kInputs[] = "inputs";
constexpr char kOutputs[] = "outputs";
constexpr char kValueInfo[] = "value_info";

void Add(Entries list, graph::Hash& hash) {
  hash.Add(static_cast<uint64_t>(list.size()));
  for (Entry entry : list) hash.Add(entry);
}

// The value_info of a graph, by its position.
using Listing = absl::FunctionRef<Entries(size_t graph)>;

// What the record tells of beyond inputs and outputs.
struct Extent {
  absl::flat_hash_set<size_t> with_value_infos;  // graphs
  absl::flat_hash_set<size_t> functions;
};

// Of all that the record speaks of. Where no value_info stood, what stands there now is symshape's
// whatever became of it.
std::string HashOf(const ModelShell& shell, Listing listing, const Extent& extent) {
  graph::Hash hash;
  for (size_t i = 0; i < shell.graphs.size(); ++i) {
    const GraphShell& graph = shell.graphs[i];
    if (!graph.is_written) continue;
    Add(graph.inputs, hash);
    Add(graph.outputs, hash);
    if (extent.with_value_infos.contains(i)) Add(listing(i), hash);
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    if (extent.functions.contains(i)) Add(shell.functions[i], hash);
  }
  return hash.Text();
}

// An object's members so far.
class ObjectText {
 public:
  void Add(absl::string_view key, absl::string_view value) {
    absl::StrAppend(&text_, text_.empty() ? "" : ",", "\"", key, "\":", value);
  }
  bool empty() const { return text_.empty(); }
  std::string Text() const { return absl::StrCat("{", text_, "}"); }

 private:
  std::string text_;
};

bool IsOfANode(const Graph& graph, Entry info) {
  const absl::string_view name = NameOf(info);
  return absl::c_any_of(graph.nodes, [&](const graph::Node& node) {
    return absl::c_any_of(node.outputs, [&](graph::ValueId output) {
      return output != graph::ValueId::kNone && graph.values[graph::Index(output)].name == name;
    });
  });
}

// Empty where all that differs is what an inference adds. `now`: of the value_info, asked for once.
ObjectText GraphText(const Graph& graph, const GraphShell& shell, const Declarations& before,
                     Listing now, Extent& extent) {
  ObjectText text;
  const auto add = [&](absl::string_view key, Entries was, Entries stands) {
    if (text.empty()) text.Add(kGraph, absl::StrCat(graph.index));
    text.Add(key, TokensOf(was, stands));
  };
  if (before.inputs != shell.inputs) add(kInputs, before.inputs, shell.inputs);
  if (before.outputs != shell.outputs) add(kOutputs, before.outputs, shell.outputs);
  if (before.value_infos.empty()) return text;
  // What stands for no node's output stood there before: nearly always the first one tells.
  const Entries infos = now(graph.index);
  if (!IsOfANode(graph, before.value_infos[0]) && before.value_infos == OfNoNode(graph, infos)) {
    return text;
  }
  add(kValueInfo, before.value_infos, infos);
  extent.with_value_infos.insert(graph.index);
  return text;
}

// What a record has of each graph and of each function's body, by position.
struct Told {
  std::vector<json> graphs;
  std::vector<json> functions;
  Extent extent;
};

// The objects of the record's list `lists`, each at the position that its member `one` says.
std::optional<std::vector<json>> ByPosition(const json& record, const char* lists, const char* one,
                                            size_t count) {
  std::vector<json> told(count, json::object());
  const json list = record.value(lists, json::array());
  if (!list.is_array()) return std::nullopt;
  for (const json& item : list) {
    const json position = item.is_object() ? item.value(one, json()) : json();
    if (!position.is_number_unsigned() || position.get<uint64_t>() >= count) return std::nullopt;
    told[position.get<uint64_t>()] = item;
  }
  return told;
}

absl::flat_hash_set<size_t> WithValueInfos(const std::vector<json>& told) {
  absl::flat_hash_set<size_t> positions;
  for (size_t i = 0; i < told.size(); ++i) {
    if (told[i].contains(kValueInfo)) positions.insert(i);
  }
  return positions;
}

std::optional<Told> ReadTold(const json& record, const ModelShell& shell) {
  std::optional<std::vector<json>> graphs =
      ByPosition(record, kGraphs, kGraph, shell.graphs.size());
  std::optional<std::vector<json>> functions =
      ByPosition(record, kFunctions, kFunction, shell.functions.size());
  if (!graphs.has_value() || !functions.has_value()) return std::nullopt;
  Extent extent = {WithValueInfos(*graphs), WithValueInfos(*functions)};
  return Told{*std::move(graphs), *std::move(functions), std::move(extent)};
}

std::optional<Declarations> ReadGraph(const Graph& graph, const GraphShell& now, EntryMaker& maker,
                                      const json& told) {
  const auto read = [&](const char* key, Entries list) {
    return told.contains(key) ? ReadTokens(told[key], list, maker) : maker.Copy(list);
  };
  const std::optional<absl::Span<Entry>> inputs = read(kInputs, now.inputs);
  const std::optional<absl::Span<Entry>> outputs = read(kOutputs, now.outputs);
  const std::optional<absl::Span<Entry>> value_infos =
      told.contains(kValueInfo) ? read(kValueInfo, now.value_infos.Old())
                                : maker.Copy(OldOfNoNode(graph, now.value_infos));
  if (!inputs.has_value() || inputs->size() != now.inputs.size() || !outputs.has_value() ||
      outputs->size() != now.outputs.size() || !value_infos.has_value()) {
    return std::nullopt;
  }
  return Declarations{*inputs, *outputs, *value_infos};
}

}  // namespace

std::string ReplacedRecord(const graph::Model& model, const ModelShell& shell,
                           const FileDeclarations& before) {
  std::vector<std::string> graphs, functions;
  Extent extent;
  absl::flat_hash_map<size_t, Entries> results;
  const auto result_of = [&](size_t graph) {
    const auto [result, is_new] = results.try_emplace(graph);
    if (is_new) result->second = shell.graphs[graph].value_infos.Result();
    return result->second;
  };
  for (const Graph* graph : graph::Upcoming(model)) {
    const size_t i = graph->index;
    if (!shell.graphs[i].is_written) continue;
    const ObjectText text = GraphText(*graph, shell.graphs[i], before.graphs[i], result_of, extent);
    if (!text.empty()) graphs.push_back(text.Text());
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    const Entries now = shell.functions[i];
    if (before.functions[i] == now) continue;
    extent.functions.insert(i);
    ObjectText text;
    text.Add(kFunction, absl::StrCat(i));
    text.Add(kValueInfo, TokensOf(before.functions[i], now));
    functions.push_back(text.Text());
  }
  ObjectText record;
  record.Add("v", "1");
  record.Add("hash", absl::StrCat("\"", HashOf(shell, result_of, extent), "\""));
  const auto add = [&](absl::string_view key, const std::vector<std::string>& list) {
    if (!list.empty()) record.Add(key, absl::StrCat("[", absl::StrJoin(list, ","), "]"));
  };
  add(kGraphs, graphs);
  add(kFunctions, functions);
  return record.Text();
}

std::optional<FileDeclarations> ReadReplaced(const graph::Model& model, const ModelShell& shell,
                                             absl::string_view text) {
  const json record = json::parse(text.begin(), text.end(), /*cb=*/nullptr,
                                  /*allow_exceptions=*/false);
  if (!record.is_object() || record.value("v", json()) != 1) return std::nullopt;
  const std::optional<Told> told = ReadTold(record, shell);
  const auto old = [&](size_t graph) { return shell.graphs[graph].value_infos.Old(); };
  if (!told.has_value() || record.value("hash", json()) != HashOf(shell, old, told->extent)) {
    return std::nullopt;
  }
  FileDeclarations before;
  before.graphs.resize(shell.graphs.size());
  for (const Graph* graph : graph::Upcoming(model)) {
    const GraphShell& now = shell.graphs[graph->index];
    if (!now.is_written) continue;
    const std::optional<Declarations> read =
        ReadGraph(*graph, now, *shell.maker, told->graphs[graph->index]);
    if (!read.has_value()) return std::nullopt;
    before.graphs[graph->index] = *read;
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    const json& function = told->functions[i];
    std::optional<Entries> read = Entries(shell.functions[i]);
    if (function.contains(kValueInfo)) {
      read = ReadTokens(function[kValueInfo], shell.functions[i], *shell.maker);
    }
    if (!read.has_value()) return std::nullopt;
    before.functions.push_back(*read);
  }
  return before;
}

}  // namespace symshape::writer
