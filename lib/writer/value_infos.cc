#include "writer/value_infos.h"

#include <cstdint>
#include <string>
#include <vector>

#include "graph/wire.h"
#include "protozero/pbf_reader.hpp"
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
  std::string made;
  AppendEntry(name(entry), type, made);
  return made == old_[entry];
}

void ValueInfoList::Append(Entry entry) {
  Rope::Lengthen(fields_, maker_->Written([&](std::string& field) {
    Rope::AppendFieldHead(kField, entry.size(), field);
    field.append(entry.data(), entry.size());
  }));
}

void ValueInfoList::Retype(size_t entry, absl::FunctionRef<void(onnx::TypeProto&)> write) {
  onnx::ValueInfoProto info;
  if (!info.ParsePartialFromArray(old_[entry].data(), static_cast<int>(old_[entry].size()))) {
    info.Clear();  // only the type can be damaged, which is written anew
    info.set_name(std::string(name(entry)));
  }
  write(*info.mutable_type());
  Append(info.SerializePartialAsString());
}

void ValueInfoList::Add(absl::string_view name, absl::string_view type) {
  Rope::Lengthen(fields_, maker_->Written([&](std::string& field) {
    Rope::AppendFieldHead(kField, EntrySize(name, type), field);
    AppendEntry(name, type, field);
  }));
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
