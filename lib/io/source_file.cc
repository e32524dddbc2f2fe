#include "io/source_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "io/begin_writing.h"
#include "io/errors.h"
#include "io/populate.h"
#include "io/replace.h"

namespace symshape::io {
namespace {

absl::Status CutShort(absl::string_view path) {
  return absl::UnavailableError(
      absl::StrCat("cannot read '", path, "': it was cut short while it was read"));
}

// Whether copy_file_range failed because it cannot do it between these two, and not because of
// them.
bool HasOtherWay(int error_number) {
  return error_number == EXDEV || error_number == EINVAL || error_number == ENOSYS ||
         error_number == EOPNOTSUPP || error_number == EBADF;
}

}  // namespace

absl::StatusOr<std::shared_ptr<SourceFile>> SourceFile::Open(const std::string& path) {
  // O_NONBLOCK: a pipe without a writer must not block the open.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return SystemError(errno, "read", path);
  absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return SystemError(errno, "read", path);
  if (S_ISDIR(info.st_mode)) {
    return absl::UnavailableError(absl::StrCat("cannot read '", path, "': it is a directory"));
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::UnavailableError(
        absl::StrCat("cannot read '", path, "': it is not a regular file"));
  }
  void* data = nullptr;
  if (const auto size = static_cast<size_t>(info.st_size); size > 0) {
    data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                -1, 0);
    if (data == MAP_FAILED) return SystemError(errno, "read", path);
    madvise(data, size, MADV_NOHUGEPAGE);  // or a page that is read would cost two megabytes
  }
  std::move(close_fd).Cancel();
  return std::shared_ptr<SourceFile>(new SourceFile(path, fd, info, static_cast<char*>(data)));
}

absl::StatusOr<std::shared_ptr<SourceFile>> SourceFile::Read(const std::string& path) {
  absl::StatusOr<std::shared_ptr<SourceFile>> file = Open(path);
  if (!file.ok()) return file;
  if (absl::Status status = (*file)->LoadAll(); !status.ok()) return status;
  return file;
}

SourceFile::SourceFile(std::string path, int fd, const struct stat& info, char* data)
    : path_(std::move(path)),
      fd_(fd),
      info_(info),
      size_(static_cast<size_t>(info.st_size)),
      data_(data),
      loaded_((size_ + kPage - 1) / kPage, false) {}

SourceFile::~SourceFile() {
  if (fd_ >= 0) close(fd_);
  if (data_ != nullptr) munmap(data_, size_);
}

absl::Status SourceFile::ReadInto(char* to, size_t offset, size_t length) const {
  while (length > 0) {
    const ssize_t got = pread(fd_, to, length, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(errno, "read", path_);
    if (got == 0) return CutShort(path_);
    to += got;
    offset += static_cast<size_t>(got);
    length -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::Status SourceFile::Load(size_t offset, size_t length) {
  if (fd_ < 0) return absl::OkStatus();
  const size_t end = std::min(size_, offset + length);
  size_t page = offset / kPage;
  while (page * kPage < end) {
    if (loaded_[page]) {
      ++page;
      continue;
    }
    const size_t begin = page * kPage;
    ahead_ = begin == next_ ? std::min(2 * ahead_, kMostAhead) : 4 * kPage;
    next_ = std::max(end, begin + ahead_);
    next_ = std::min(size_, (next_ + kPage - 1) / kPage * kPage);
    Populate(data_ + begin, next_ - begin);
    if (absl::Status s = ReadInto(data_ + begin, begin, next_ - begin); !s.ok()) return s;
    for (; page * kPage < next_; ++page) loaded_[page] = true;
  }
  return absl::OkStatus();
}

absl::Status SourceFile::LoadAll() {
  if (absl::Status status = Load(0, size_); !status.ok()) return status;
  if (fd_ >= 0) close(std::exchange(fd_, -1));
  return absl::OkStatus();
}

bool SourceFile::IsLoaded(size_t offset, size_t length) const {
  if (fd_ < 0) return true;
  for (size_t page = offset / kPage; page * kPage < offset + length; ++page) {
    if (!loaded_[page]) return false;
  }
  return true;
}

bool SourceFile::Contains(absl::string_view piece) const {
  const std::less_equal<const char*> not_after;
  return data_ != nullptr && not_after(data_, piece.data()) &&
         not_after(piece.data() + piece.size(), data_ + size_);
}

absl::Status SourceFile::CheckUnchanged() const {
  struct stat now;
  if (fstat(fd_, &now) != 0) return SystemError(errno, "read", path_);
  if (now.st_size == info_.st_size && now.st_mtim.tv_sec == info_.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == info_.st_mtim.tv_nsec) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(
      absl::StrCat("cannot read '", path_, "': it was changed while it was read"));
}

absl::Status SourceFile::CopyTo(int fd, absl::string_view piece, absl::string_view name) const {
  if (fd_ < 0) return WriteAll(fd, piece, name);
  auto offset = static_cast<off_t>(piece.data() - data_);
  size_t left = piece.size();
  constexpr size_t kPart = size_t{32} << 20;
  std::string buffer;  // empty: copy_file_range
  while (left > 0) {
    if (buffer.empty()) {
      const ssize_t copied = copy_file_range(fd_, &offset, fd, nullptr, std::min(left, kPart), 0);
      if (copied == 0) return CutShort(path_);
      if (copied > 0) left -= static_cast<size_t>(copied);
      if (copied == ssize_t{kPart}) BeginWriting(fd, kPart);
      if (copied > 0 || errno == EINTR) continue;
      if (!HasOtherWay(errno)) return SystemError(errno, "write", name);
      buffer.resize(kMostAhead);
    }
    const size_t part = std::min(left, buffer.size());
    const absl::Status read = ReadInto(buffer.data(), static_cast<size_t>(offset), part);
    if (!read.ok()) return read;
    const absl::Status written = WriteAll(fd, absl::string_view(buffer).substr(0, part), name);
    if (!written.ok()) return written;
    offset += static_cast<off_t>(part);
    left -= part;
  }
  return CheckUnchanged();
}

absl::Status SourceFile::AppendTo(absl::string_view piece, std::string& text) const {
  const auto offset = static_cast<size_t>(piece.data() - data_);
  if (IsLoaded(offset, piece.size())) {
    text.append(piece.data(), piece.size());
    return absl::OkStatus();
  }
  const size_t start = text.size();
  text.resize(start + piece.size());
  const absl::Status read = ReadInto(text.data() + start, offset, piece.size());
  return read.ok() ? CheckUnchanged() : read;
}

}  // namespace symshape::io
