// Dim: the 4-byte id of a dimension expression. Small constants are stored in the id itself; every
// other dim is a node of a Context (context.h). To write formulas, use Expr (expr.h).
#ifndef SYMSHAPE_SYMBOLIC_DIM_H_
#define SYMSHAPE_SYMBOLIC_DIM_H_

#include <cstdint>
#include <functional>

namespace symshape::symbolic {

class Dim {
 public:
  // No dim at all: an element of a tensor's value that is not known. Never an operand of
  // arithmetic.
  constexpr Dim() : bits_(kNoneBits) {}
  static constexpr Dim None() { return Dim(); }

  // Constants in [-2^30, 2^30) live in the id; larger ones are nodes (Context::Constant decides).
  static constexpr int64_t kMinInline = -(int64_t{1} << 30);
  static constexpr int64_t kMaxInline = (int64_t{1} << 30) - 1;
  static constexpr Dim Inline(int64_t value) {
    return Dim(kInlineBit | (static_cast<uint32_t>(value) & ~kInlineBit));
  }
  static constexpr Dim Node(uint32_t index) { return Dim(index); }

  constexpr bool is_none() const { return bits_ == kNoneBits; }
  constexpr bool is_inline() const { return (bits_ & kInlineBit) != 0; }
  constexpr int64_t inline_value() const {  // REQUIRES: is_inline()
    return static_cast<int32_t>(bits_ << 1) >> 1;
  }
  constexpr uint32_t node() const { return bits_; }  // REQUIRES: !is_inline() && !is_none()
  constexpr uint32_t bits() const { return bits_; }
  static constexpr Dim FromBits(uint32_t bits) { return Dim(bits); }  // of another's bits()

  // Same canonical form. Of two dims that were both resolved under the facts of now, this is
  // equality as far as the algebra can tell; an undecided question needs Context::Decide.
  friend constexpr bool operator==(Dim a, Dim b) { return a.bits_ == b.bits_; }
  friend constexpr bool operator!=(Dim a, Dim b) { return a.bits_ != b.bits_; }
  template <typename H>
  friend H AbslHashValue(H h, Dim d) {
    return H::combine(std::move(h), d.bits_);
  }

 private:
  static constexpr uint32_t kInlineBit = 0x80000000u;
  static constexpr uint32_t kNoneBits = 0x7fffffffu;
  explicit constexpr Dim(uint32_t bits) : bits_(bits) {}
  uint32_t bits_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_DIM_H_
