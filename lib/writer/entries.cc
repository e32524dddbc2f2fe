#include "writer/entries.h"

#include <algorithm>

#include "graph/wire.h"

namespace symshape::writer {

absl::string_view NameOf(Entry entry) {
  namespace wire = graph::wire;
  absl::string_view name;
  wire::Message<wire::ValueInfo> message(protozero::data_view(entry.data(), entry.size()));
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
  if (!Parse(bytes)) return absl::DataLossError("a declared type is damaged");
  return MakeUnless(bytes);
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

absl::Span<Entry> EntryMaker::Copy(Entries entries) {
  const absl::Span<Entry> copy = arena_.NewSpan<Entry>(entries.size());
  std::copy(entries.begin(), entries.end(), copy.begin());
  return copy;
}

}  // namespace symshape::writer
