#include "writer/entries.h"

#include <algorithm>
#include <optional>

#include "graph/wire.h"
#include "writer/fields.h"
#include "writer/tensor_type.h"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;
using protozero::data_view;

constexpr auto kName = static_cast<uint32_t>(wire::ValueInfo::kName);
constexpr auto kType = static_cast<uint32_t>(wire::ValueInfo::kType);

constexpr auto kDocString = static_cast<uint32_t>(wire::ValueInfo::kDocString);

}  // namespace

char* PutEntry(const EntryParts& parts, char* to) {
  to = PutField(kType, parts.type, PutField(kName, parts.name, to));
  return std::copy(parts.rest.begin(), parts.rest.end(), to);
}

size_t SizeOf(const EntryParts& parts) {
  return FieldSize(kName, parts.name.size()) + FieldSize(kType, parts.type.size()) +
         parts.rest.size();
}

absl::string_view NameOf(Entry entry) {
  absl::string_view name;
  wire::Message<wire::ValueInfo> message(data_view(entry.data(), entry.size()));
  while (message.Next(wire::ValueInfo::kName)) name = message.Text().value_or(name);
  return name;
}

std::optional<EntryParts> PartsOf(Entry entry) {
  wire::Message<wire::ValueInfo> message(data_view(entry.data(), entry.size()));
  if (!message.Next() || message.tag() != wire::ValueInfo::kName) return std::nullopt;
  const std::optional<absl::string_view> name = message.Text();
  if (!message.Next() || message.tag() != wire::ValueInfo::kType) return std::nullopt;
  const std::optional<absl::string_view> type = message.Text();
  if (!name.has_value() || !type.has_value()) return std::nullopt;
  EntryParts parts{*name, *type, {}};
  if (message.Next()) {
    if (message.tag() != wire::ValueInfo::kDocString) return std::nullopt;
    const std::optional<absl::string_view> text = message.Text();
    if (!text.has_value()) return std::nullopt;
    const size_t size = FieldSize(kDocString, text->size());
    if (size > entry.size()) return std::nullopt;
    parts.rest = entry.substr(entry.size() - size);
  }
  return SizeOf(parts) == entry.size() ? std::optional(parts) : std::nullopt;
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

bool EntryMaker::IsAsWritten(absl::string_view bytes) {
  const std::optional<EntryParts> parts = PartsOf(bytes);
  return parts.has_value() && (types_.contains(parts->type) || IsPlain(parts->type));
}

bool EntryMaker::IsPlain(absl::string_view type) {
  if (const auto known = types_.find(type); known != types_.end()) return known->second;
  const bool is_plain = ReadTensorType(type).has_value();
  if (is_plain) types_.insert({type, true});
  return is_plain;
}

absl::StatusOr<Entry> EntryMaker::Read(absl::string_view bytes) {
  if (IsAsWritten(bytes)) return bytes;
  if (!Parse(bytes)) return absl::DataLossError("a declared type is damaged");
  const Entry entry = MakeUnless(bytes);
  const std::optional<EntryParts> parts = PartsOf(bytes);
  if (parts.has_value() && entry.data() == bytes.data()) types_.insert({parts->type, false});
  return entry;
}

Entry EntryMaker::Salvage(absl::string_view bytes) {
  const absl::StatusOr<Entry> entry = Read(bytes);
  return entry.ok() ? *entry : MakeUnless(bytes);
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
  const std::optional<EntryParts> before = PartsOf(entry);
  const auto known = before.has_value() ? edited_.find({before->type, key}) : edited_.end();
  if (known == edited_.end()) {
    EditType(entry, edit);
    const std::optional<EntryParts> after = PartsOf(entry);
    if (before.has_value() && after.has_value()) edited_.insert({{before->type, key}, after->type});
  } else if (known->second != before->type) {
    const EntryParts after{before->name, known->second, before->rest};
    const absl::Span<char> edited = New(SizeOf(after));
    PutEntry(after, edited.data());
    entry = {edited.data(), edited.size()};
  }
}

absl::Span<Entry> EntryMaker::Copy(Entries entries) {
  const absl::Span<Entry> copy = arena_.NewSpan<Entry>(entries.size());
  std::copy(entries.begin(), entries.end(), copy.begin());
  return copy;
}

}  // namespace symshape::writer
