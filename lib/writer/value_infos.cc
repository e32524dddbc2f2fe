#include "writer/value_infos.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/wire.h"
#include "protozero/pbf_reader.hpp"
#include "writer/fields.h"
#include "writer/rope.h"

namespace symshape::writer {
namespace {

constexpr auto kField = static_cast<uint32_t>(graph::wire::Graph::kValueInfo);

}  // namespace

Entries ValueInfoList::Old() const {
  if (old_.empty()) return {};
  std::vector<Entry> entries;
  entries.reserve(old_.size());
  for (absl::string_view entry : old_) entries.push_back(maker_->Salvage(entry));
  return maker_->Copy(entries);
}

bool ValueInfoList::Is(size_t entry, absl::string_view type) const {
  const std::optional<EntryParts> parts = PartsOf(old_[entry]);
  return parts.has_value() && parts->type == type;
}

void ValueInfoList::Append(Entry entry) {
  const absl::Span<char> field = maker_->New(FieldSize(kField, entry.size()));
  PutField(kField, entry, field.data());
  Rope::Lengthen(fields_, {field.data(), field.size()});
}

void ValueInfoList::Retype(size_t entry, absl::string_view type,
                           absl::FunctionRef<void(onnx::TypeProto&)> write) {
  if (const std::optional<EntryParts> old = PartsOf(old_[entry])) {
    if (maker_->IsPlain(old->type)) return Add({old->name, type, old->rest});
  }
  onnx::ValueInfoProto info;
  if (!info.ParsePartialFromArray(old_[entry].data(), static_cast<int>(old_[entry].size()))) {
    info.Clear();  // only the type can be damaged, which is written anew
    info.set_name(std::string(name(entry)));
  }
  write(*info.mutable_type());
  Append(info.SerializePartialAsString());
}

void ValueInfoList::Add(const EntryParts& parts) {
  const size_t size = SizeOf(parts);
  const absl::Span<char> field = maker_->New(FieldSize(kField, size));
  PutEntry(parts, PutHead(kField, size, field.data()));
  Rope::Lengthen(fields_, {field.data(), field.size()});
}

Entries ValueInfoList::Result() const {
  std::vector<Entry> entries;
  for (absl::string_view fields : fields_) {
    protozero::pbf_reader reader(fields.data(), fields.size());
    while (reader.next(kField)) {
      const protozero::data_view entry = reader.get_view();
      entries.push_back(maker_->Salvage({entry.data(), entry.size()}));
    }
  }
  return maker_->Copy(entries);
}

}  // namespace symshape::writer
