#include "io/map.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "io/errors.h"

namespace symshape::io {

namespace {

// Reading costs more than mapping, some 0.05 ms a MiB where the file is cached: below a millisecond up
// to this size, which is the price of bytes that stay.
constexpr size_t kMostBytesRead = size_t{16} << 20;

}  // namespace

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::Read(int fd, size_t size,
                                                                   const std::string& path) {
  std::unique_ptr<char[]> bytes(new char[size]);  // not zeroed, as make_unique would
  size_t got = 0;
  while (got < size) {
    const ssize_t more = read(fd, bytes.get() + got, size - got);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return SystemError(errno, "read", path);
    if (more == 0) break;  // it has become shorter meanwhile
    got += static_cast<size_t>(more);
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(std::move(bytes), got));
}

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
  if (size <= kMostBytesRead) return Read(fd, size, path);
  void* const mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (mapped == MAP_FAILED) return SystemError(errno, "read", path);
  return std::shared_ptr<const MappedFile>(
      new MappedFile(static_cast<const char*>(mapped), size));
}

MappedFile::~MappedFile() {
  if (read_ == nullptr) munmap(const_cast<char*>(data_), size_);
}

}  // namespace symshape::io
