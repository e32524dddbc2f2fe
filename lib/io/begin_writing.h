#ifndef SYMSHAPE_IO_BEGIN_WRITING_H_
#define SYMSHAPE_IO_BEGIN_WRITING_H_

#include <cstddef>

namespace symshape::io {

// The disk begins with the file's last `bytes` while more is made; the sync at the end then waits
// for little. Only a hint: where it cannot be given nothing is lost.
void BeginWriting(int fd, size_t bytes);

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_BEGIN_WRITING_H_
