// Integer arithmetic that reports overflow instead of wrapping, and floor division on int64.
#ifndef SYMSHAPE_SYMBOLIC_CHECKED_H_
#define SYMSHAPE_SYMBOLIC_CHECKED_H_

#include <cstdint>
#include <limits>
#include <utility>

namespace symshape::symbolic {

using int128 = __int128;

// Each returns false on overflow and leaves *result unspecified.
[[nodiscard]] inline bool AddOk(int64_t a, int64_t b, int64_t* result) {
  return !__builtin_add_overflow(a, b, result);
}
[[nodiscard]] inline bool SubOk(int64_t a, int64_t b, int64_t* result) {
  return !__builtin_sub_overflow(a, b, result);
}
[[nodiscard]] inline bool MulOk(int64_t a, int64_t b, int64_t* result) {
  return !__builtin_mul_overflow(a, b, result);
}

// REQUIRES: b != 0, and not (a == INT64_MIN and b == -1).
inline int64_t FloorDivInt(int64_t a, int64_t b) {
  const int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}
// Result in [0, b). REQUIRES: b > 0.
inline int64_t ModInt(int64_t a, int64_t b) {
  const int64_t r = a % b;
  return r < 0 ? r + b : r;
}
// The division of 128 bits is many times slower than that of 64.
inline int128 FloorDivWide(int128 a, int128 b) {
  if (a == static_cast<int64_t>(a) && b == static_cast<int64_t>(b) && a != INT64_MIN) {
    return FloorDivInt(static_cast<int64_t>(a), static_cast<int64_t>(b));
  }
  const int128 q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}
inline int128 CeilDivWide(int128 a, int128 b) { return -FloorDivWide(-a, b); }
inline bool FitsInt64(int128 v) {
  return v >= std::numeric_limits<int64_t>::min() && v <= std::numeric_limits<int64_t>::max();
}
inline uint64_t AbsU(int64_t a) { return a < 0 ? uint64_t{0} - static_cast<uint64_t>(a) : a; }
inline uint64_t GcdU(uint64_t a, uint64_t b) {
  while (b != 0) {
    const uint64_t t = a % b;
    a = b;
    b = t;
  }
  return a;
}
inline int128 GcdWide(int128 a, int128 b) {
  if (a < 0) a = -a;
  if (b < 0) b = -b;
  while (b != 0) {
    const int128 t = a % b;
    a = b;
    b = t;
  }
  return a;
}
// The x in [0, m) with a*x % m == 1 % m. REQUIRES: m >= 1, gcd(a, m) == 1.
inline int64_t InverseModulo(int64_t a, int64_t m) {
  int128 r0 = m, r1 = ModInt(a, m), t0 = 0, t1 = 1;
  while (r1 != 0) {
    const int128 q = r0 / r1;
    std::swap(r0, r1);
    r1 -= q * r0;
    std::swap(t0, t1);
    t1 -= q * t0;
  }
  const int128 inverse = t0 % m;
  return static_cast<int64_t>(inverse < 0 ? inverse + m : inverse);
}

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_CHECKED_H_
