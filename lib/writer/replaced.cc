// A list of declarations is told from what stands there now by tokens, in the author's order:
//   [first, count]   so many entries that stand there now, as they are
//   [index, shape]   one of them with another shape: numbers, names and null; null where it had
//   none "bytes"          an entry that cannot be told so, in base64
#include "writer/replaced.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "graph/hash.h"
#include "nlohmann/json.hpp"
#include "writer/types.h"

namespace symshape::writer {
namespace {

using graph::Graph;
using nlohmann::json;
using nlohmann::ordered_json;
using Dimension = onnx::TensorShapeProto::Dimension;

constexpr char kGraphs[] = "graphs";
constexpr char kGraph[] = "graph";
constexpr char kFunctions[] = "functions";
constexpr char kFunction[] = "function";
constexpr char kInputs[] = "inputs";
constexpr char kOutputs[] = "outputs";
constexpr char kValueInfo[] = "value_info";

bool Same(const onnx::ValueInfoProto& a, const onnx::ValueInfoProto& b) {
  return a.SerializePartialAsString() == b.SerializePartialAsString();
}

// JSON has no bytes that are no UTF-8.
bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); });
}

// The shape that `entry` declares; nullopt where JSON cannot say it.
std::optional<ordered_json> ShapeJson(const onnx::ValueInfoProto& entry) {
  const onnx::TensorShapeProto* shape = DeclaredShape(entry.type());
  if (shape == nullptr) return ordered_json(nullptr);
  ordered_json dims = ordered_json::array();
  for (const Dimension& dim : shape->dim()) {
    if (dim.has_dim_value()) {
      dims.push_back(dim.dim_value());
    } else if (!dim.has_dim_param()) {
      dims.push_back(nullptr);
    } else if (IsAscii(dim.dim_param())) {
      dims.push_back(dim.dim_param());
    } else {
      return std::nullopt;
    }
  }
  return dims;
}

// Gives `entry` a shape. False where that is none, or the entry no tensor.
bool SetShape(const json& shape, onnx::ValueInfoProto& entry) {
  onnx::TypeProto& type = *entry.mutable_type();
  if (shape.is_null()) {
    if (type.has_tensor_type()) type.mutable_tensor_type()->clear_shape();
    if (type.has_sparse_tensor_type()) type.mutable_sparse_tensor_type()->clear_shape();
    return true;
  }
  if (!shape.is_array()) return false;
  onnx::TensorShapeProto* proto = DeclaredShape(type);
  if (proto == nullptr && type.has_tensor_type()) {
    proto = type.mutable_tensor_type()->mutable_shape();
  }
  if (proto == nullptr) return false;
  while (proto->dim_size() > static_cast<int>(shape.size())) proto->mutable_dim()->RemoveLast();
  while (proto->dim_size() < static_cast<int>(shape.size())) proto->add_dim();
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    Dimension& dim = *proto->mutable_dim(static_cast<int>(axis));
    if (shape[axis].is_number_integer()) {
      dim.set_dim_value(shape[axis].get<int64_t>());
    } else if (shape[axis].is_string()) {
      dim.set_dim_param(shape[axis].get<std::string>());
    } else {
      dim.clear_value();
    }
  }
  return true;
}

// `wanted` as `now` with another shape, where that is all.
std::optional<ordered_json> OtherShape(const onnx::ValueInfoProto& wanted,
                                       const onnx::ValueInfoProto& now) {
  std::optional<ordered_json> shape = ShapeJson(wanted);
  if (!shape.has_value()) return std::nullopt;
  onnx::ValueInfoProto made = now;
  if (!SetShape(json(*shape), made) || !Same(made, wanted)) return std::nullopt;
  return shape;
}

std::string Bytes(const onnx::ValueInfoProto& entry) {
  return absl::Base64Escape(entry.SerializePartialAsString());
}

ordered_json Tokens(const ValueInfos& before, const ValueInfos& now) {
  absl::flat_hash_map<absl::string_view, int> places;  // those not used yet
  for (int i = 0; i < now.size(); ++i) places.emplace(now[i].name(), i);
  ordered_json tokens = ordered_json::array();
  int next = -1;  // the entry that would lengthen the last token
  for (const onnx::ValueInfoProto& entry : before) {
    const auto place = places.find(entry.name());
    if (place == places.end()) {
      tokens.push_back(Bytes(entry));
      next = -1;
      continue;
    }
    const int at = place->second;
    places.erase(place);
    if (!Same(entry, now[at])) {
      std::optional<ordered_json> shape = OtherShape(entry, now[at]);
      tokens.push_back(shape.has_value() ? ordered_json::array({at, *std::move(shape)})
                                         : ordered_json(Bytes(entry)));
      next = -1;
    } else if (at == next) {
      tokens.back()[1] = tokens.back()[1].get<int>() + 1;
      ++next;
    } else {
      tokens.push_back(ordered_json::array({at, 1}));
      next = at + 1;
    }
  }
  return tokens;
}

// Each entry that stands there may be named once, so the result is no longer than record and file.
class Reader {
 public:
  explicit Reader(const ValueInfos& now) : now_(now), used_(now.size(), false) {}

  std::optional<ValueInfos> Read(const json& tokens) {
    if (!tokens.is_array()) return std::nullopt;
    for (const json& token : tokens) {
      if (!(token.is_string() ? AddBytes(token.get<std::string>()) : AddNamed(token))) {
        return std::nullopt;
      }
    }
    return std::move(before_);
  }

 private:
  bool AddBytes(const std::string& text) {
    std::string bytes;
    return absl::Base64Unescape(text, &bytes) && before_.Add()->ParsePartialFromString(bytes);
  }

  bool AddNamed(const json& token) {
    if (!token.is_array() || token.size() != 2 || !token[0].is_number_unsigned()) return false;
    const auto at = token[0].get<uint64_t>();
    if (!token[1].is_number_unsigned()) return Use(at) && SetShape(token[1], *before_.rbegin());
    const auto count = token[1].get<uint64_t>();
    for (uint64_t i = 0; i < count; ++i) {
      if (!Use(at + i)) return false;
    }
    return true;
  }

  bool Use(uint64_t at) {
    if (at >= used_.size() || used_[at]) return false;
    used_[at] = true;
    *before_.Add() = now_[static_cast<int>(at)];
    return true;
  }

  const ValueInfos& now_;
  std::vector<bool> used_;
  ValueInfos before_;
};

void Add(const ValueInfos& list, graph::Hash& hash) {
  hash.Add(static_cast<uint64_t>(list.size()));
  for (const onnx::ValueInfoProto& entry : list) hash.Add(entry.SerializePartialAsString());
}

bool HasShell(const GraphShell& shell) { return shell.inputs != nullptr; }

// The value_info as the file has it, or as it will have it.
using Listing = ValueInfos (ValueInfoList::*)() const;

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
    if (!HasShell(shell.graphs[i])) continue;
    Add(*shell.graphs[i].inputs, hash);
    Add(*shell.graphs[i].outputs, hash);
    if (extent.with_value_infos.contains(i)) {
      Add((*shell.graphs[i].value_infos.*listing)(), hash);
    }
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    if (extent.functions.contains(i)) Add(*shell.functions[i], hash);
  }
  return hash.Text();
}

bool AllSame(const ValueInfos& a, const ValueInfos& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), Same);
}

ordered_json GraphJson(const Graph& graph, const GraphShell& shell, const Declarations& before) {
  ordered_json json = {{kGraph, graph.index}};
  const auto add = [&](const char* key, const ValueInfos& was, const ValueInfos& unsaid,
                       const ValueInfos& now) {
    if (!AllSame(was, unsaid)) json[key] = Tokens(was, now);
  };
  add(kInputs, before.inputs, *shell.inputs, *shell.inputs);
  add(kOutputs, before.outputs, *shell.outputs, *shell.outputs);
  if (before.value_infos.empty()) return json;
  // What stands for no node's output stood there before.
  const ValueInfos now = shell.value_infos->Result();
  add(kValueInfo, before.value_infos, OfNoNode(graph, now), now);
  return json;
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

std::optional<Declarations> ReadGraph(const Graph& graph, const GraphShell& now, const json& told) {
  const auto read = [&](const char* key, const ValueInfos& list) {
    return told.contains(key) ? Reader(list).Read(told[key]) : list;
  };
  std::optional<ValueInfos> inputs = read(kInputs, *now.inputs);
  std::optional<ValueInfos> outputs = read(kOutputs, *now.outputs);
  std::optional<ValueInfos> value_infos = told.contains(kValueInfo)
                                              ? read(kValueInfo, now.value_infos->Old())
                                              : OldOfNoNode(graph, *now.value_infos);
  if (!inputs.has_value() || inputs->size() != now.inputs->size() || !outputs.has_value() ||
      outputs->size() != now.outputs->size() || !value_infos.has_value()) {
    return std::nullopt;
  }
  return Declarations{*std::move(inputs), *std::move(outputs), *std::move(value_infos)};
}

}  // namespace

std::string ReplacedRecord(const graph::Model& model, const ModelShell& shell,
                           const FileDeclarations& before) {
  ordered_json graphs = ordered_json::array();
  ordered_json functions = ordered_json::array();
  Extent extent;
  for (const auto& graph : model.graphs) {
    const size_t i = graph->index;
    if (!HasShell(shell.graphs[i])) continue;
    ordered_json json = GraphJson(*graph, shell.graphs[i], before.graphs[i]);
    if (json.contains(kValueInfo)) extent.with_value_infos.insert(i);
    if (json.size() > 1) graphs.push_back(std::move(json));
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    const ValueInfos& now = *shell.functions[i];
    if (AllSame(before.functions[i], now)) continue;
    extent.functions.insert(i);
    functions.push_back({{kFunction, i}, {kValueInfo, Tokens(before.functions[i], now)}});
  }
  ordered_json record = {{"v", 1}, {"hash", HashOf(shell, &ValueInfoList::Result, extent)}};
  if (!graphs.empty()) record[kGraphs] = std::move(graphs);
  if (!functions.empty()) record[kFunctions] = std::move(functions);
  return record.dump();
}

std::optional<FileDeclarations> ReadReplaced(const graph::Model& model, const ModelShell& shell,
                                             absl::string_view text) {
  const json record = json::parse(text.begin(), text.end(), /*cb=*/nullptr,
                                  /*allow_exceptions=*/false);
  if (!record.is_object() || record.value("v", json()) != 1) return std::nullopt;
  const std::optional<Told> told = ReadTold(record, shell);
  if (!told.has_value() ||
      record.value("hash", json()) != HashOf(shell, &ValueInfoList::Old, told->extent)) {
    return std::nullopt;
  }
  FileDeclarations before;
  before.graphs.resize(shell.graphs.size());
  for (const auto& graph : model.graphs) {
    const GraphShell& now = shell.graphs[graph->index];
    if (!HasShell(now)) continue;
    std::optional<Declarations> read = ReadGraph(*graph, now, told->graphs[graph->index]);
    if (!read.has_value()) return std::nullopt;
    before.graphs[graph->index] = *std::move(read);
  }
  for (size_t i = 0; i < shell.functions.size(); ++i) {
    const json& function = told->functions[i];
    std::optional<ValueInfos> read = *shell.functions[i];
    if (function.contains(kValueInfo))
      read = Reader(*shell.functions[i]).Read(function[kValueInfo]);
    if (!read.has_value()) return std::nullopt;
    before.functions.push_back(*std::move(read));
  }
  return before;
}

}  // namespace symshape::writer
