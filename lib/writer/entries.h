// Entries: declared values, each as the bytes that protobuf writes of its ValueInfoProto. Most stay
// as the file has them, and take neither a message nor a copy then: a model with many branches has
// some for every few nodes.
#ifndef SYMSHAPE_WRITER_ENTRIES_H_
#define SYMSHAPE_WRITER_ENTRIES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/arena.h"
#include "onnx/onnx_pb.h"

namespace symshape::writer {

using Entry = absl::string_view;
using Entries = absl::Span<const Entry>;

absl::string_view NameOf(Entry entry);
// An entry as most are: a name, a type and perhaps a doc_string, in this order and no longer than
// protobuf makes them.
struct EntryParts {
  absl::string_view name;
  absl::string_view type;  // a TypeProto's bytes
  absl::string_view rest;  // what stands behind the type
};
std::optional<EntryParts> PartsOf(Entry entry);
// Returns where it ends.
char* PutEntry(const EntryParts& parts, char* to);
size_t SizeOf(const EntryParts& parts);
onnx::ValueInfoProto MessageOf(Entry entry);

// Makes entries, which live as long as it does.
class EntryMaker {
 public:
  // Of a file that outlives them: its own bytes, where protobuf would write the same.
  // Errors: kDataLoss  the entry is damaged
  absl::StatusOr<Entry> Read(absl::string_view bytes);
  // Of a damaged entry as much as protobuf can read.
  Entry Salvage(absl::string_view bytes);
  Entry Make(const onnx::ValueInfoProto& message);
  // Whether ReadTensorType reads the type. REQUIRES: its bytes live as long as this does.
  bool IsPlain(absl::string_view type);
  // Gives `entry` what `edit` makes of its type, an empty one where it has none.
  void EditType(Entry& entry, absl::FunctionRef<void(onnx::TypeProto&)> edit);

  // The same, where `edit` makes the same of equal types and keys: it is asked once. Few types are
  // many tensors'.
  void EditType(Entry& entry, uint64_t key, absl::FunctionRef<void(onnx::TypeProto&)> edit);

  // A list of the same entries, of which either may be edited without the other.
  absl::Span<Entry> Copy(Entries entries);
  // Memory beside them.
  absl::Span<char> New(size_t size) { return arena_.NewSpan<char>(size); }

 private:
  // Whether protobuf would write the entry so, as far as this is told without writing it.
  bool IsAsWritten(absl::string_view bytes);
  bool Parse(absl::string_view bytes);
  Entry MakeUnless(Entry same);  // of the message

  graph::Arena arena_;
  absl::flat_hash_map<absl::string_view, bool> types_;  // such as protobuf writes -> IsPlain
  absl::flat_hash_map<std::pair<absl::string_view, uint64_t>, absl::string_view> edited_;
  onnx::ValueInfoProto message_;
  std::string bytes_;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_ENTRIES_H_
