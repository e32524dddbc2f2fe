#include "io/map.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "io/errors.h"

namespace symshape::io {

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::Open(const std::string& path) {
  // O_NONBLOCK: a pipe without a writer must not block the open.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return SystemError(errno, "read", path);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return SystemError(errno, "read", path);
  if (S_ISDIR(info.st_mode)) {
    return absl::UnavailableError(absl::StrCat("cannot read '", path, "': it is a directory"));
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::UnavailableError(
        absl::StrCat("cannot read '", path, "': it is not a regular file"));
  }
  const auto size = static_cast<size_t>(info.st_size);
  const char* data = nullptr;
  if (size > 0) {
    void* const mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapped == MAP_FAILED) return SystemError(errno, "read", path);
    data = static_cast<const char*>(mapped);
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(data, size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

}  // namespace symshape::io
