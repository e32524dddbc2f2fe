// Writing a file so that either all of it is there or what was there before.
#ifndef SYMSHAPE_IO_REPLACE_H_
#define SYMSHAPE_IO_REPLACE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "io/source_file.h"

namespace symshape::io {

// Texts that are written one after another. Those that are parts of `source` need not be loaded.
struct Pieces {
  absl::Span<const absl::string_view> texts;
  const SourceFile* source = nullptr;
};

// Writes the pieces to a temporary file in the target's folder, syncs it and renames it to `path`;
// the permissions of a file that was there stay, and a link is followed. What is no regular file (a
// pipe, /dev/full) is written to directly. Errors leave nothing behind: kNotFound (no such folder),
// kPermissionDenied, kResourceExhausted (disk full), kUnavailable.
absl::Status ReplaceFile(const std::string& path, const Pieces& pieces);

// The same, to a descriptor such as standard output, and into memory.
absl::Status WritePieces(int fd, const Pieces& pieces, absl::string_view name);
absl::StatusOr<std::string> Join(const Pieces& pieces);

// All of it, to a descriptor such as standard output.
absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view name);

// All that a descriptor such as standard input has, up to `limit` bytes.
// Errors: kResourceExhausted  there is more than `limit`
absl::StatusOr<std::string> ReadAll(int fd, size_t limit, absl::string_view name);

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_REPLACE_H_
