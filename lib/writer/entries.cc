#include "writer/entries.h"

#include <algorithm>
#include <optional>

#include "graph/wire.h"
#include "writer/fields.h"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;
using protozero::data_view;

constexpr auto kName = static_cast<uint32_t>(wire::ValueInfo::kName);
constexpr auto kType = static_cast<uint32_t>(wire::ValueInfo::kType);

// The type of an entry that PutEntry may have made: it has nothing else, and is no longer.
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

char* PutEntry(absl::string_view name, absl::string_view type, char* to) {
  return PutField(kType, type, PutField(kName, name, to));
}

size_t EntrySize(absl::string_view name, absl::string_view type) {
  return FieldSize(kName, name.size()) + FieldSize(kType, type.size());
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
  bytes_.clear();
  message.AppendPartialToString(&bytes_);
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
    const absl::Span<char> edited = New(EntrySize(name, known->second));
    PutEntry(name, known->second, edited.data());
    entry = {edited.data(), edited.size()};
  }
}

absl::Span<Entry> EntryMaker::Copy(Entries entries) {
  const absl::Span<Entry> copy = arena_.NewSpan<Entry>(entries.size());
  std::copy(entries.begin(), entries.end(), copy.begin());
  return copy;
}

}  // namespace symshape::writer
