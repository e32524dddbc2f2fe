// The symshape command.
#include <cstdio>

#include "symshape/version.h"

int main() {
  std::printf("symshape %s\n", symshape::Version());
  return 0;
}
