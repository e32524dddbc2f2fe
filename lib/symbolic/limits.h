// How large dims, and how long proofs, become.
#ifndef SYMSHAPE_SYMBOLIC_LIMITS_H_
#define SYMSHAPE_SYMBOLIC_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace symshape::symbolic {

// Limits past which a result becomes an opaque symbol (docs/solver.md, "What is guaranteed").
inline constexpr size_t kMaxTerms = 256;
inline constexpr int kMaxDegree = 8;
inline constexpr int kMaxReplacing = 4;  // atoms by what they are equal to, inside each other
inline constexpr int kMaxDepth = 16;
inline constexpr size_t kMaxProductTerms = 1024;
inline constexpr size_t kMaxKnownTerms = 16;  // of an equation or inequality that is kept
inline constexpr size_t kMaxElements = 16;    // of a Max or a Broadcast
// Opaque symbols inside opaque symbols; beyond it nothing is concluded from the definition.
inline constexpr int kMaxOpaqueNesting = 16;
// Steps of one operation or question, nested ones included: some milliseconds at most. Counted, not
// timed, so that the same run gives the same answer everywhere.
inline constexpr int64_t kMaxWork = 40000;
inline constexpr int64_t kMaxTotalWork = int64_t{1} << 22;  // of all operations; seconds
inline constexpr int64_t kLittleWork = 400;                 // of each after that

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_LIMITS_H_
