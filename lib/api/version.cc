// Implements symshape/version.h; the number itself stands in CMakeLists.txt.
#include "symshape/version.h"

namespace symshape {

const char* Version() { return SYMSHAPE_VERSION; }

}  // namespace symshape
