#include "io/begin_writing.h"

#include <fcntl.h>
#include <unistd.h>

namespace symshape::io {

void BeginWriting(int fd, size_t bytes) {
  const off_t end = lseek(fd, 0, SEEK_CUR);
  if (end < 0) return;
  const auto length = static_cast<off_t>(bytes);
  sync_file_range(fd, end - length, length, SYNC_FILE_RANGE_WRITE);
}

}  // namespace symshape::io
