#include "writer/value_infos.h"

#include <cstdint>
#include <utility>

#include "graph/wire.h"
#include "protozero/buffer_string.hpp"
#include "protozero/pbf_reader.hpp"
#include "protozero/varint.hpp"

namespace symshape::writer {
namespace {

namespace wire = graph::wire;

constexpr auto kField = static_cast<uint32_t>(wire::Graph::kValueInfo);

size_t FieldSize(auto tag, size_t length) {
  return protozero::length_of_varint(uint64_t{static_cast<uint32_t>(tag)} << 3) +
         protozero::length_of_varint(length) + length;
}

// Of a damaged entry as much as protobuf can read.
void Parse(protozero::data_view bytes, ValueInfos& infos) {
  (void)infos.Add()->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

absl::string_view ValueInfoMessages::name(size_t entry) const {
  return old_.Get(static_cast<int>(entry)).name();
}

void ValueInfoMessages::Keep(size_t entry) {
  infos_.Add()->Swap(old_.Mutable(static_cast<int>(entry)));
}

void ValueInfoMessages::Retype(size_t entry, absl::FunctionRef<void(onnx::TypeProto&)> write) {
  Keep(entry);
  write(*infos_.rbegin()->mutable_type());
}

void ValueInfoMessages::Add(absl::string_view name, absl::string_view type) {
  onnx::ValueInfoProto& info = *infos_.Add();
  info.set_name(name.data(), name.size());
  info.mutable_type()->ParsePartialFromArray(type.data(), static_cast<int>(type.size()));
}

ValueInfos ValueInfoMessages::Old() const { return old_; }

onnx::ValueInfoProto ValueInfoMessages::Old(size_t entry) const {
  return old_.Get(static_cast<int>(entry));
}

void ValueInfoMessages::Append(const onnx::ValueInfoProto& info) { *infos_.Add() = info; }

ValueInfos ValueInfoMessages::Result() const { return infos_; }

absl::string_view ValueInfoBytes::name(size_t entry) const {
  absl::string_view name;
  wire::Message<wire::ValueInfo> message(old_[entry]);
  while (message.Next(wire::ValueInfo::kName)) name = message.Text().value_or(name);
  return name;
}

// Blocks, as a string that grows is there twice for a while.
void ValueInfoBytes::Reserve() {
  if (block_.size() < kBlockBytes) return;
  full_.push_back(std::exchange(block_, std::string()));
  block_.reserve(kBlockBytes + kBlockBytes / 8);
}

void ValueInfoBytes::PutInto(Rope& rope) const {
  for (const std::string& block : full_) rope.AddView(block);
  rope.AddView(block_);
}

void ValueInfoBytes::Keep(size_t entry) {
  Reserve();
  Rope::AppendFieldHead(kField, old_[entry].size(), block_);
  block_.append(old_[entry].data(), old_[entry].size());
}

void ValueInfoBytes::Retype(size_t entry, absl::FunctionRef<void(onnx::TypeProto&)> write) {
  onnx::ValueInfoProto info;
  if (!info.ParsePartialFromArray(old_[entry].data(), static_cast<int>(old_[entry].size()))) {
    info.Clear();  // only the type can be damaged, which is written anew
    info.set_name(std::string(name(entry)));
  }
  write(*info.mutable_type());
  Append(info);
}

void ValueInfoBytes::Append(const onnx::ValueInfoProto& info) {
  Reserve();
  Rope::AppendFieldHead(kField, info.ByteSizeLong(), block_);
  info.AppendPartialToString(&block_);
}

ValueInfos ValueInfoBytes::Old() const {
  ValueInfos infos;
  for (protozero::data_view entry : old_) Parse(entry, infos);
  return infos;
}

onnx::ValueInfoProto ValueInfoBytes::Old(size_t entry) const {
  ValueInfos one;
  Parse(old_[entry], one);
  return std::move(*one.Mutable(0));
}

bool ValueInfoBytes::Is(size_t entry, absl::string_view type) const {
  std::string made;
  AppendFields(name(entry), type, made);
  return made == absl::string_view(old_[entry].data(), old_[entry].size());
}

ValueInfos ValueInfoBytes::Result() const {
  ValueInfos infos;
  const auto parse = [&infos](absl::string_view fields) {
    protozero::pbf_reader reader(fields.data(), fields.size());
    while (reader.next(kField)) Parse(reader.get_view(), infos);
  };
  for (const std::string& block : full_) parse(block);  // each of whole fields
  parse(block_);
  return infos;
}

void ValueInfoBytes::AppendFields(absl::string_view name, absl::string_view type,
                                  std::string& bytes) {
  const auto put = [&bytes](auto tag, absl::string_view text) {
    Rope::AppendFieldHead(static_cast<uint32_t>(tag), text.size(), bytes);
    bytes.append(text.data(), text.size());
  };
  put(wire::ValueInfo::kName, name);
  put(wire::ValueInfo::kType, type);
}

void ValueInfoBytes::Add(absl::string_view name, absl::string_view type) {
  Reserve();
  Rope::AppendFieldHead(kField,
                        FieldSize(wire::ValueInfo::kName, name.size()) +
                            FieldSize(wire::ValueInfo::kType, type.size()),
                        block_);
  AppendFields(name, type, block_);
}

}  // namespace symshape::writer
