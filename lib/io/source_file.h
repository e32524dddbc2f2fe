// SourceFile: a file in memory, of which only what somebody asked for is read. Bytes lie at the
// offsets that they have in the file; the others are zeros, and cost neither time nor memory:
// weights, that is.
//
// Nothing is mapped. A file that others cut short while it is in use is an error; of a mapping the
// lost pages would end the process (SIGBUS).
#ifndef SYMSHAPE_IO_SOURCE_FILE_H_
#define SYMSHAPE_IO_SOURCE_FILE_H_

#include <sys/stat.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace symshape::io {

class SourceFile {
 public:
  // Nothing is read yet. Errors: kNotFound, kPermissionDenied, kUnavailable (a directory, a device,
  // a pipe, anything else that cannot be read); the text names the path.
  static absl::StatusOr<std::shared_ptr<SourceFile>> Open(const std::string& path);
  // All of it.
  static absl::StatusOr<std::shared_ptr<SourceFile>> Read(const std::string& path);

  ~SourceFile();
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  // Valid as long as the object lives.
  absl::string_view bytes() const { return {data_, size_}; }

  // Reads what is not read yet, in whole pages, and further ahead the longer it goes on in the
  // file's order. Not thread-safe; the other members are. Errors: kUnavailable  the file is shorter
  // by now
  absl::Status Load(size_t offset, size_t length);
  absl::Status LoadAll();  // and closes the file

  // Whether `piece` is a part of bytes().
  bool Contains(absl::string_view piece) const;
  // Writes a part of bytes() as the file has it, loaded or not, without a copy in memory where the
  // system knows a way. Errors: of reading, of writing (`name`); kUnavailable  the file was changed
  absl::Status CopyTo(int fd, absl::string_view piece, absl::string_view name) const;
  // What is loaded, as it was read; the rest as the file has it.
  absl::Status AppendTo(absl::string_view piece, std::string& text) const;

 private:
  SourceFile(std::string path, int fd, const struct stat& info, char* data);
  bool IsLoaded(size_t offset, size_t length) const;
  absl::Status ReadInto(char* to, size_t offset, size_t length) const;
  absl::Status CheckUnchanged() const;

  static constexpr size_t kPage = 4096;
  static constexpr size_t kMostAhead = size_t{1} << 20;

  const std::string path_;
  int fd_;  // -1: all is loaded
  const struct stat info_;
  const size_t size_;
  char* const data_;
  std::vector<bool> loaded_;  // by page
  size_t ahead_ = 4 * kPage;
  size_t next_ = 0;  // where the last read ended
};

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_SOURCE_FILE_H_
