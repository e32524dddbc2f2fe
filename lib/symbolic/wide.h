// Polynomials with wide coefficients, for proofs: how large these may become.
#ifndef SYMSHAPE_SYMBOLIC_WIDE_H_
#define SYMSHAPE_SYMBOLIC_WIDE_H_

#include "symbolic/solver.h"

namespace symshape::symbolic {

inline constexpr int128 kMostWide = int128{1} << 100;  // beyond it a proof is given up

inline bool IsSmall(int128 v) { return v < kMostWide && v > -kMostWide; }

// p *= factor; false where it becomes too large.
[[nodiscard]] bool Scale(WidePoly& p, int128 factor);

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_WIDE_H_
