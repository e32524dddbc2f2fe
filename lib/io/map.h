// A file's bytes. A large file is mapped, not read: weights that nobody looks at cost nothing. A small
// one is read, so that it may be cut or overwritten by others afterwards (a mapping's lost pages raise
// SIGBUS).
#ifndef SYMSHAPE_IO_MAP_H_
#define SYMSHAPE_IO_MAP_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace symshape::io {

class MappedFile {
 public:
  // Errors: kNotFound, kPermissionDenied, kUnavailable (a directory, a device, a pipe, anything
  // else that cannot be read); the text names the path.
  static absl::StatusOr<std::shared_ptr<const MappedFile>> Open(const std::string& path);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // Valid as long as the object lives and, where the file is above 16 MiB, nobody truncates it.
  absl::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* mapped, size_t size) : data_(mapped), size_(size) {}
  MappedFile(std::unique_ptr<char[]> read, size_t size)
      : read_(std::move(read)), data_(read_.get()), size_(size) {}
  static absl::StatusOr<std::shared_ptr<const MappedFile>> Read(int fd, size_t size,
                                                                const std::string& path);

  std::unique_ptr<char[]> read_;  // nullptr: the bytes are mapped
  const char* data_;
  size_t size_;
};

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_MAP_H_
