// A list of declarations is told from what stands there now by tokens, in the author's order:
//   [first, count]   so many entries that stand there now, as they are
//   [index, shape]   one of them with another shape: numbers, names and null; null where it had none
//   "bytes"          an entry that cannot be told so, in base64
// Of a simplified model that is a token for each tensor, so the text is written without a tree.
#include "writer/replaced.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/hash.h"
#include "graph/upcoming.h"
#include "nlohmann/json.hpp"
#include "writer/tensor_type.h"
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

// Gives `type` a shape. False where that is none, or the type no tensor's.
template <typename Json>
bool SetShape(const Json& shape, onnx::TypeProto& type) {
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
      dim.set_dim_value(shape[axis].template get<int64_t>());
    } else if (shape[axis].is_string()) {
      dim.set_dim_param(shape[axis].template get<std::string>());
    } else {
      dim.clear_value();
    }
  }
  return true;
}

std::optional<std::string> ShapeText(const TensorType& type) {
  if (!type.shape.has_value()) return "null";
  std::string text = "[";
  for (const TensorType::Axis& axis : *type.shape) {
    if (text.size() > 1) text += ',';
    if (const auto* const name = std::get_if<absl::string_view>(&axis)) {
      if (!IsAscii(*name)) return std::nullopt;
      text += json(std::string(*name)).dump();
    } else if (const auto* const size = std::get_if<int64_t>(&axis)) {
      absl::StrAppend(&text, *size);
    } else {
      text += "null";
    }
  }
  return text + "]";
}

// How `wanted` is told as `now`, which has the same name, with another shape; nullopt where that is
// not all. Many entries have the same type, and the same one instead of it.
class Reshapes {
 public:
  std::optional<std::string> Of(Entry wanted, Entry now) {
    const std::optional<EntryParts> was = PartsOf(wanted), is = PartsOf(now);
    if (!was.has_value() || !is.has_value() || was->rest != is->rest) return ByMessage(wanted, now);
    const auto [known, is_new] = of_types_.try_emplace({was->type, is->type});
    if (is_new) {
      known->second = OfTensors(was->type, is->type);
      if (!known->second.has_value()) known->second = ByMessage(wanted, now);
    }
    return known->second;
  }

 private:
  static std::optional<std::string> OfTensors(absl::string_view was, absl::string_view is) {
    const auto was_type = ReadTensorType(was), is_type = ReadTensorType(is);
    const bool same =
        was_type.has_value() && is_type.has_value() && was_type->element == is_type->element;
    return same ? ShapeText(*was_type) : std::nullopt;
  }

  static std::optional<std::string> ByMessage(Entry wanted, Entry now) {
    const std::optional<ordered_json> shape = ShapeJson(MessageOf(wanted));
    if (!shape.has_value()) return std::nullopt;
    onnx::ValueInfoProto made = MessageOf(now);
    if (!SetShape(*shape, *made.mutable_type()) || made.SerializePartialAsString() != wanted) {
      return std::nullopt;
    }
    return shape->dump();
  }

  absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, std::optional<std::string>>
      of_types_;
};

// The text of a list.
class TokensText {
 public:
  void AddBytes(Entry entry) { Add(absl::StrCat("\"", absl::Base64Escape(entry), "\"")); }
  void AddReshaped(size_t at, absl::string_view shape) {
    Add(absl::StrCat("[", at, ",", shape, "]"));
  }
  void AddAsItIs(size_t at) {
    if (count_ > 0 && at == first_ + count_) {
      ++count_;
      return;
    }
    EndRun();
    first_ = at;
    count_ = 1;
  }
  std::string Take() {
    EndRun();
    return std::move(text_ += ']');
  }

 private:
  void Add(absl::string_view token) {
    EndRun();
    absl::StrAppend(&text_, text_.size() > 1 ? "," : "", token);
  }
  void EndRun() {
    if (count_ == 0) return;
    absl::StrAppend(&text_, text_.size() > 1 ? "," : "", "[", first_, ",", count_, "]");
    count_ = 0;
  }

  std::string text_ = "[";
  size_t first_ = 0, count_ = 0;  // of entries that follow each other and are as they were
};

std::string Tokens(Entries before, Entries now) {
  absl::flat_hash_map<absl::string_view, size_t> places;  // those not used yet
  for (size_t i = 0; i < now.size(); ++i) places.emplace(NameOf(now[i]), i);
  TokensText tokens;
  Reshapes reshapes;
  for (Entry entry : before) {
    const auto place = places.find(NameOf(entry));
    if (place == places.end()) {
      tokens.AddBytes(entry);
      continue;
    }
    const size_t at = place->second;
    places.erase(place);
    if (entry == now[at]) {
      tokens.AddAsItIs(at);
    } else if (const std::optional<std::string> shape = reshapes.Of(entry, now[at])) {
      tokens.AddReshaped(at, *shape);
    } else {
      tokens.AddBytes(entry);
    }
  }
  return tokens.Take();
}

// Each entry that stands there may be named once, so the result is no longer than record and file.
class Reader {
 public:
  Reader(Entries now, EntryMaker& maker) : now_(now), maker_(maker), used_(now.size(), false) {}

  std::optional<absl::Span<Entry>> Read(const json& tokens) {
    if (!tokens.is_array()) return std::nullopt;
    for (const json& token : tokens) {
      if (!(token.is_string() ? AddBytes(token.get<std::string>()) : AddNamed(token))) {
        return std::nullopt;
      }
    }
    return maker_.Copy(before_);
  }

 private:
  bool AddBytes(const std::string& text) {
    std::string bytes;
    onnx::ValueInfoProto message;
    if (!absl::Base64Unescape(text, &bytes) || !message.ParsePartialFromString(bytes)) return false;
    before_.push_back(maker_.Make(message));
    return true;
  }

  bool AddNamed(const json& token) {
    if (!token.is_array() || token.size() != 2 || !token[0].is_number_unsigned()) return false;
    const auto at = token[0].get<uint64_t>();
    if (!token[1].is_number_unsigned()) return Use(at) && Reshape(token[1], before_.back());
    const auto count = token[1].get<uint64_t>();
    for (uint64_t i = 0; i < count; ++i) {
      if (!Use(at + i)) return false;
    }
    return true;
  }

  bool Use(uint64_t at) {
    if (at >= used_.size() || used_[at]) return false;
    used_[at] = true;
    before_.push_back(now_[at]);
    return true;
  }

  bool Reshape(const json& shape, Entry& entry) {
    bool has_one = false;
    maker_.EditType(entry, [&](onnx::TypeProto& type) { has_one = SetShape(shape, type); });
    return has_one;
  }

  const Entries now_;
  EntryMaker& maker_;
  std::vector<bool> used_;
  std::vector<Entry> before_;
};

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
    text.Add(key, Tokens(was, stands));
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
    return told.contains(key) ? Reader(list, maker).Read(told[key]) : maker.Copy(list);
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
    text.Add(kValueInfo, Tokens(before.functions[i], now));
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
      read = Reader(shell.functions[i], *shell.maker).Read(function[kValueInfo]);
    }
    if (!read.has_value()) return std::nullopt;
    before.functions.push_back(*read);
  }
  return before;
}

}  // namespace symshape::writer
