// The value_info of one graph while a result is written: the entries that the file has, and the
// fields that take their place.
#ifndef SYMSHAPE_WRITER_VALUE_INFOS_H_
#define SYMSHAPE_WRITER_VALUE_INFOS_H_

#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "onnx/onnx_pb.h"
#include "writer/entries.h"

namespace symshape::writer {

// A message for a moment at most, and none for what is new: of a graph's 100,000 tensors each would
// take half a kilobyte.
class ValueInfoList {
 public:
  ValueInfoList() = default;
  // `old`: the file's entries as they stand there, which protobuf may write in another way. Span
  // and bytes must outlive the result; what is new lies in `maker`.
  ValueInfoList(absl::Span<const absl::string_view> old, EntryMaker& maker)
      : old_(old), maker_(&maker) {}

  // The file's entries.
  size_t size() const { return old_.size(); }
  absl::string_view name(size_t entry) const { return NameOf(old_[entry]); }
  Entry Old(size_t entry) const { return maker_->Salvage(old_[entry]); }
  Entries Old() const;  // all of them
  // Whether it has that type, as its bytes are.
  bool Is(size_t entry, absl::string_view type) const;

  // Each appends an entry to the result: one of the file's as it is, one with another type, a new
  // one.
  void Keep(size_t entry) { Append(old_[entry]); }
  // `type`: the bytes of what `write` makes of an empty type.
  void Retype(size_t entry, absl::string_view type,
              absl::FunctionRef<void(onnx::TypeProto&)> write);
  void Add(const EntryParts& parts);
  void Append(Entry entry);

  // What was appended: fields with their heads, one after another in pieces of whole fields.
  absl::Span<const absl::string_view> fields() const { return fields_; }
  Entries Result() const;

 private:
  absl::Span<const absl::string_view> old_;
  EntryMaker* maker_ = nullptr;
  absl::InlinedVector<absl::string_view, 1> fields_;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_VALUE_INFOS_H_
