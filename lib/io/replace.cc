#include "io/replace.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "io/begin_writing.h"
#include "io/errors.h"

namespace symshape::io {
namespace {

namespace fs = std::filesystem;

// The permissions that the new file gets: those of the old one, else what the process's mask
// leaves.
mode_t ModeFor(const std::optional<struct stat>& old) {
  if (old.has_value()) return old->st_mode & 07777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

// A temporary file that is gone afterwards unless it was renamed. Where the file system can
// (O_TMPFILE), it has no name until it is complete, so that not even a process which is killed
// leaves one behind.
class TemporaryFile {
 public:
  TemporaryFile(TemporaryFile&& other) noexcept
      : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {
    other.path_.clear();
  }
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    if (fd_ >= 0) close(fd_);
    if (!path_.empty()) unlink(path_.c_str());
  }

  static absl::StatusOr<TemporaryFile> Beside(const fs::path& target) {
    const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    const int nameless = open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (nameless >= 0 && access(LinkOf(nameless).c_str(), F_OK) == 0) {
      return TemporaryFile("", nameless);
    }
    if (nameless >= 0) close(nameless);
    std::string path = (folder / ".symshape-XXXXXX").string();
    const int fd = mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0) return SystemError(errno, "write", target.string());
    return TemporaryFile(std::move(path), fd);
  }

  int fd() const { return fd_; }

  absl::Status RenameTo(const fs::path& target, mode_t mode) {
    if (fchmod(fd_, mode) != 0 || fsync(fd_) != 0 || !TakeName(target.parent_path())) {
      return SystemError(errno, "write", target.string());
    }
    // Some file systems tell of a full disk only here.
    if (close(std::exchange(fd_, -1)) != 0 || rename(path_.c_str(), target.c_str()) != 0) {
      return SystemError(errno, "write", target.string());
    }
    path_.clear();
    return absl::OkStatus();
  }

 private:
  TemporaryFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  static std::string LinkOf(int fd) { return absl::StrCat("/proc/self/fd/", fd); }

  // A link cannot replace what is there, as a rename can: hence a name for a moment.
  bool TakeName(const fs::path& folder) {
    for (int n = 0; path_.empty(); ++n) {
      const std::string path = (folder / absl::StrCat(".symshape-", getpid(), "-", fd_, "-", n));
      if (linkat(AT_FDCWD, LinkOf(fd_).c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) {
        path_ = path;
      } else if (errno != EEXIST) {
        return false;
      }
    }
    return true;
  }

  std::string path_;  // "": it has none yet
  int fd_;
};

bool IsIn(const SourceFile* source, absl::string_view text) {
  return source != nullptr && source->Contains(text);
}

absl::Status Append(absl::string_view text, const SourceFile* source, std::string& to) {
  if (IsIn(source, text)) return source->AppendTo(text, to);
  to.append(text.data(), text.size());
  return absl::OkStatus();
}

absl::Status WriteDirectly(const std::string& path, const Pieces& pieces) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return SystemError(errno, "write", path);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  return WritePieces(fd, pieces, path);
}

}  // namespace

absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view name) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(errno, "write", name);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadAll(int fd, size_t limit, absl::string_view name) {
  constexpr size_t kStep = size_t{1} << 20;
  std::string bytes;
  while (true) {
    const size_t had = bytes.size();
    bytes.resize(had + kStep);
    const ssize_t got = read(fd, bytes.data() + had, kStep);
    bytes.resize(had + static_cast<size_t>(got > 0 ? got : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(errno, "read", name);
    if (got == 0) return bytes;
    if (bytes.size() > limit) {
      return absl::ResourceExhaustedError(
          absl::StrCat("cannot read '", name, "': more than ", limit, " bytes"));
    }
  }
}

absl::Status WritePieces(int fd, const Pieces& pieces, absl::string_view name) {
  // A model with many subgraphs has a piece for every few bytes: a call of the system for each
  // would take longer than all else.
  constexpr size_t kSmall = size_t{16} << 10, kFull = size_t{256} << 10;
  std::string gathered;
  const auto flush = [&] {
    absl::Status status = WriteAll(fd, gathered, name);
    gathered.clear();
    return status;
  };
  for (absl::string_view text : pieces.texts) {
    absl::Status status;
    if (text.size() < kSmall) {
      status = Append(text, pieces.source, gathered);
      if (status.ok() && gathered.size() >= kFull) {
        const size_t part = gathered.size();
        status = flush();
        BeginWriting(fd, part);
      }
    } else {
      status = flush();
      if (status.ok() && IsIn(pieces.source, text)) {
        status = pieces.source->CopyTo(fd, text, name);
      } else if (status.ok()) {
        status = WriteAll(fd, text, name);
      }
    }
    if (!status.ok()) return status;
  }
  return flush();
}

absl::StatusOr<std::string> Join(const Pieces& pieces) {
  std::string joined;
  size_t size = 0;
  for (absl::string_view text : pieces.texts) size += text.size();
  joined.reserve(size);
  for (absl::string_view text : pieces.texts) {
    if (absl::Status s = Append(text, pieces.source, joined); !s.ok()) return s;
  }
  return joined;
}

absl::Status ReplaceFile(const std::string& path, const Pieces& pieces) {
  std::optional<struct stat> old(std::in_place);
  if (stat(path.c_str(), &*old) != 0) old.reset();
  if (old.has_value() && S_ISDIR(old->st_mode)) {
    return absl::UnavailableError(absl::StrCat("cannot write '", path, "': it is a directory"));
  }
  if (old.has_value() && !S_ISREG(old->st_mode)) return WriteDirectly(path, pieces);
  std::error_code error;
  fs::path target = path;
  if (fs::is_symlink(target, error)) target = fs::weakly_canonical(target, error);
  // A file that its owner made read-only is not to be replaced, though the folder would allow it.
  if (old.has_value() && faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0) {
    return SystemError(errno, "write", path);
  }
  absl::StatusOr<TemporaryFile> file = TemporaryFile::Beside(target);
  if (!file.ok()) return file.status();
  absl::Status status = WritePieces(file->fd(), pieces, path);
  if (!status.ok()) return status;
  return file->RenameTo(target, ModeFor(old));
}

}  // namespace symshape::io
