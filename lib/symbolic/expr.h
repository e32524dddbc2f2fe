// Expr: a dim together with its context, for writing formulas as the specification has them.
//   const Expr room = d + (before + after - extent);
//   return FloorDiv(room, stride) + 1;
// There is no `/`, `%`, `==` or `<`, so that nobody wonders how they round or what "unknown" means:
// use FloorDiv / CeilDiv / TruncDiv, Mod, Eq / Ge … with Decide.
#ifndef SYMSHAPE_SYMBOLIC_EXPR_H_
#define SYMSHAPE_SYMBOLIC_EXPR_H_

#include <cstdint>
#include <optional>
#include <string>

#include "symbolic/context.h"

namespace symshape::symbolic {

class Expr {
 public:
  Expr(Context& context, Dim dim) : context_(&context), dim_(dim) {}
  Expr(Context& context, int64_t value) : context_(&context), dim_(context.Constant(value)) {}

  Context& context() const { return *context_; }
  Dim dim() const { return dim_; }
  bool is_none() const { return dim_.is_none(); }
  std::optional<int64_t> constant() const { return context_->ConstantOf(dim_); }
  bool is(int64_t value) const { return constant() == value; }  // the same canonical constant
  Interval bounds() const { return context_->Bounds(dim_); }
  std::string ToString() const { return context_->Print(dim_); }

 private:
  Context* context_;
  Dim dim_;
};

inline Expr operator+(Expr a, Expr b) { return {a.context(), a.context().Add(a.dim(), b.dim())}; }
inline Expr operator-(Expr a, Expr b) { return {a.context(), a.context().Sub(a.dim(), b.dim())}; }
inline Expr operator*(Expr a, Expr b) { return {a.context(), a.context().Mul(a.dim(), b.dim())}; }
inline Expr operator-(Expr a) { return {a.context(), a.context().Neg(a.dim())}; }
inline Expr operator+(Expr a, int64_t b) { return a + Expr(a.context(), b); }
inline Expr operator-(Expr a, int64_t b) { return a - Expr(a.context(), b); }
inline Expr operator*(Expr a, int64_t b) { return a * Expr(a.context(), b); }
inline Expr operator+(int64_t a, Expr b) { return Expr(b.context(), a) + b; }
inline Expr operator-(int64_t a, Expr b) { return Expr(b.context(), a) - b; }
inline Expr operator*(int64_t a, Expr b) { return Expr(b.context(), a) * b; }
template <typename T>
Expr operator/(Expr, T) = delete;
template <typename T>
Expr operator%(Expr, T) = delete;
template <typename T>
bool operator==(Expr, T) = delete;
template <typename T>
bool operator!=(Expr, T) = delete;
template <typename T>
bool operator<(Expr, T) = delete;
template <typename T>
bool operator>(Expr, T) = delete;
template <typename T>
bool operator<=(Expr, T) = delete;
template <typename T>
bool operator>=(Expr, T) = delete;

#define SYMSHAPE_BINARY(Name)                                                                    \
  inline Expr Name(Expr a, Expr b) { return {a.context(), a.context().Name(a.dim(), b.dim())}; } \
  inline Expr Name(Expr a, int64_t b) { return Name(a, Expr(a.context(), b)); }                  \
  inline Expr Name(int64_t a, Expr b) { return Name(Expr(b.context(), a), b); }
SYMSHAPE_BINARY(FloorDiv)
SYMSHAPE_BINARY(CeilDiv)
SYMSHAPE_BINARY(TruncDiv)
SYMSHAPE_BINARY(Mod)
SYMSHAPE_BINARY(Min)
SYMSHAPE_BINARY(Max)
#undef SYMSHAPE_BINARY
inline Expr Broadcast(Expr a, Expr b) {
  return {a.context(), a.context().Broadcast(a.dim(), b.dim())};
}

inline Fact Eq(Expr a, Expr b) { return {Fact::Kind::kEq, a.dim(), b.dim()}; }
inline Fact Ne(Expr a, Expr b) { return {Fact::Kind::kNe, a.dim(), b.dim()}; }
inline Fact Ge(Expr a, Expr b) { return {Fact::Kind::kGe, a.dim(), b.dim()}; }
inline Fact Gt(Expr a, Expr b) { return Ge(a, b + 1); }
inline Fact Le(Expr a, Expr b) { return Ge(b, a); }
inline Fact Lt(Expr a, Expr b) { return Ge(b, a + 1); }
inline Fact Divides(Expr a, Expr b) { return {Fact::Kind::kDivides, a.dim(), b.dim()}; }
inline Fact Broadcastable(Expr a, Expr b) { return {Fact::Kind::kBroadcast, a.dim(), b.dim()}; }
inline Fact Eq(Expr a, int64_t b) { return Eq(a, Expr(a.context(), b)); }
inline Fact Ne(Expr a, int64_t b) { return Ne(a, Expr(a.context(), b)); }
inline Fact Ge(Expr a, int64_t b) { return Ge(a, Expr(a.context(), b)); }
inline Fact Gt(Expr a, int64_t b) { return Ge(a, Expr(a.context(), b) + 1); }
inline Fact Le(Expr a, int64_t b) { return Ge(Expr(a.context(), b), a); }
inline Fact Lt(Expr a, int64_t b) { return Ge(Expr(a.context(), b), a + 1); }
inline Fact Divides(int64_t a, Expr b) { return Divides(Expr(b.context(), a), b); }

inline Tri Decide(Context& context, const Fact& fact) { return context.Decide(fact); }

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_EXPR_H_
