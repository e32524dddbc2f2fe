// A file's bytes, mapped, not read: what nobody looks at costs nothing.
#ifndef SYMSHAPE_IO_MAP_H_
#define SYMSHAPE_IO_MAP_H_

#include <cstddef>
#include <memory>
#include <string>

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

  // Valid as long as the object lives and nobody truncates the file.
  absl::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, size_t size) : data_(data), size_(size) {}

  const char* data_;
  size_t size_;
};

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_MAP_H_
