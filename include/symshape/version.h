// The library's version, as the linked binary knows it.
#ifndef SYMSHAPE_VERSION_H_
#define SYMSHAPE_VERSION_H_

namespace symshape {

// "0.1.0", as in semantic versioning. Never null.
const char* Version();

}  // namespace symshape

#endif  // SYMSHAPE_VERSION_H_
