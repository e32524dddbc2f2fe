// Of a simplified model there is a token for each tensor, so the text is written without a tree.
#include "writer/entry_tokens.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "writer/tensor_type.h"
#include "writer/types.h"

namespace symshape::writer {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Dimension = onnx::TensorShapeProto::Dimension;

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

// Where entries of a name stand, each told of once. Mostly one follows the other.
class Places {
 public:
  explicit Places(Entries entries) : entries_(entries), told_(entries.size(), false) {}

  std::optional<size_t> Take(absl::string_view name) {
    std::optional<size_t> place = next_;
    if (next_ >= entries_.size() || told_[next_] || NameOf(entries_[next_]) != name) {
      place = Find(name);
    }
    if (!place.has_value()) return std::nullopt;
    told_[*place] = true;
    next_ = *place + 1;
    return place;
  }

 private:
  std::optional<size_t> Find(absl::string_view name) {
    if (by_name_.empty()) {
      for (size_t i = 0; i < entries_.size(); ++i) by_name_.emplace(NameOf(entries_[i]), i);
    }
    const auto found = by_name_.find(name);
    return found == by_name_.end() || told_[found->second] ? std::nullopt
                                                           : std::optional(found->second);
  }

  const Entries entries_;
  std::vector<bool> told_;
  size_t next_ = 0;
  absl::flat_hash_map<absl::string_view, size_t> by_name_;  // the first of each, once it is needed
};

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

}  // namespace

std::string TokensOf(Entries before, Entries now) {
  Places places(now);
  TokensText tokens;
  Reshapes reshapes;
  for (Entry entry : before) {
    const std::optional<size_t> at = places.Take(NameOf(entry));
    if (!at.has_value()) {
      tokens.AddBytes(entry);
    } else if (entry == now[*at]) {
      tokens.AddAsItIs(*at);
    } else if (const std::optional<std::string> shape = reshapes.Of(entry, now[*at])) {
      tokens.AddReshaped(*at, *shape);
    } else {
      tokens.AddBytes(entry);
    }
  }
  return tokens.Take();
}

std::optional<absl::Span<Entry>> ReadTokens(const json& tokens, Entries now, EntryMaker& maker) {
  return Reader(now, maker).Read(tokens);
}

}  // namespace symshape::writer
