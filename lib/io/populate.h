#ifndef SYMSHAPE_IO_POPULATE_H_
#define SYMSHAPE_IO_POPULATE_H_

#include <cstddef>

namespace symshape::io {

// Memory that is about to be written as a whole is taken from the system at once: a fault for each
// of its pages would take longer. Only a hint.
void Populate(void* memory, size_t bytes);

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_POPULATE_H_
