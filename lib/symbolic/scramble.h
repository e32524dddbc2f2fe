// Scramble: a number that looks random and is the same in each run.
#ifndef SYMSHAPE_SYMBOLIC_SCRAMBLE_H_
#define SYMSHAPE_SYMBOLIC_SCRAMBLE_H_

#include <cstdint>

namespace symshape::symbolic {

inline uint64_t Scramble(uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_SCRAMBLE_H_
