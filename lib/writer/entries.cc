#include "writer/entries.h"

#include <algorithm>
#include <optional>

#include "graph/wire.h"
#include "protozero/varint.hpp"
#include "writer/rope.h"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;
using protozero::data_view;

size_t FieldSize(auto tag, size_t length) {
  return protozero::length_of_varint(uint64_t{static_cast<uint32_t>(tag)} << 3) +
         protozero::length_of_varint(length) + length;
}

// The type of an entry that AppendEntry may have made: it has nothing else, and is no longer.
std::optional<absl::string_view> OnlyType(Entry entry) {
  wire::Message<wire::ValueInfo> message(data_view(entry.data(), entry.size()));
  if (!message.Next() || message.tag() != wire::ValueInfo::kName) return std::nullopt;
  const std::optional<absl::string_view> name = message.Text();
  if (!message.Next() || message.tag() != wire::ValueInfo::kType) return std::nullopt;
  const std::optional<absl::string_view> type = message.Text();
  if (!name.has_value() || !type.has_value() || EntrySize(*name, *type) != entry.size()) {
    return std::nullopt;
  }
  return type;
}

}  // namespace

void AppendEntry(absl::string_view name, absl::string_view type, std::string& bytes) {
  const auto put = [&bytes](auto tag, absl::string_view text) {
    Rope::AppendFieldHead(static_cast<uint32_t>(tag), text.size(), bytes);
    bytes.append(text.data(), text.size());
  };
  put(wire::ValueInfo::kName, name);
  put(wire::ValueInfo::kType, type);
}

size_t EntrySize(absl::string_view name, absl::string_view type) {
  return FieldSize(wire::ValueInfo::kName, name.size()) +
         FieldSize(wire::ValueInfo::kType, type.size());
}

absl::string_view NameOf(Entry entry) {
  absl::string_view name;
  wire::Message<wire::ValueInfo> message(data_view(entry.data(), entry.size()));
  while (message.Next(wire::ValueInfo::kName)) name = message.Text().value_or(name);
  return name;
}

onnx::ValueInfoProto MessageOf(Entry entry) {
  onnx::ValueInfoProto message;
  (void)message.ParsePartialFromArray(entry.data(), static_cast<int>(entry.size()));
  return message;
}

bool EntryMaker::Parse(absl::string_view bytes) {
  return message_.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

Entry EntryMaker::MakeUnless(Entry same) {
  bytes_.clear();
  message_.AppendPartialToString(&bytes_);
  return bytes_ == same ? same : arena_.Copy(bytes_);
}

absl::StatusOr<Entry> EntryMaker::Read(absl::string_view bytes) {
  const std::optional<absl::string_view> type = OnlyType(bytes);
  if (type.has_value() && types_.contains(*type)) return bytes;
  if (!Parse(bytes)) return absl::DataLossError("a declared type is damaged");
  const Entry entry = MakeUnless(bytes);
  if (type.has_value() && entry.data() == bytes.data()) types_.insert(*type);
  return entry;
}

Entry EntryMaker::Salvage(absl::string_view bytes) {
  (void)Parse(bytes);
  return MakeUnless(bytes);
}

Entry EntryMaker::Make(const onnx::ValueInfoProto& message) {
  return Written([&](std::string& bytes) { message.AppendPartialToString(&bytes); });
}

absl::string_view EntryMaker::Written(absl::FunctionRef<void(std::string&)> write) {
  bytes_.clear();
  write(bytes_);
  return arena_.Copy(bytes_);
}

void EntryMaker::EditType(Entry& entry, absl::FunctionRef<void(onnx::TypeProto&)> edit) {
  (void)Parse(entry);
  edit(*message_.mutable_type());
  entry = MakeUnless(entry);
}

void EntryMaker::EditType(Entry& entry, uint64_t key,
                          absl::FunctionRef<void(onnx::TypeProto&)> edit) {
  const std::optional<absl::string_view> before = OnlyType(entry);
  const auto known = before.has_value() ? edited_.find({*before, key}) : edited_.end();
  if (known == edited_.end()) {
    EditType(entry, edit);
    const std::optional<absl::string_view> after = OnlyType(entry);
    if (before.has_value() && after.has_value()) edited_.insert({{*before, key}, *after});
  } else if (known->second != *before) {
    const absl::string_view name = NameOf(entry);
    entry = Written([&](std::string& bytes) { AppendEntry(name, known->second, bytes); });
  }
}

absl::Span<Entry> EntryMaker::Copy(Entries entries) {
  const absl::Span<Entry> copy = arena_.NewSpan<Entry>(entries.size());
  std::copy(entries.begin(), entries.end(), copy.begin());
  return copy;
}

}  // namespace symshape::writer
