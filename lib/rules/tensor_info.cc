#include "rules/tensor_info.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "absl/container/inlined_vector.h"
#include "rules/operands.h"

namespace symshape::rules {

namespace {
// Scales, sizes and ranges are short; longer constants of types that weights have mostly are
// weights, which no shape depends on.
constexpr int64_t kFewReals = 8;

bool IsReadLate(const graph::Tensor& tensor) {
  if (graph::IsFloat(tensor.type)) return tensor.element_count() > kFewReals;
  return tensor.type == ElementType::kInt8 || tensor.type == ElementType::kUint8;
}

// Context::Constant, without a call for what is usual: constants are read one by one.
Dim ConstantDim(symbolic::Context& context, int64_t value) {
  const bool is_inline = value >= Dim::kMinInline && value <= Dim::kMaxInline;
  return is_inline ? Dim::Inline(value) : context.Constant(value);
}

// Integers of a constant: their elements where they are few, and what they lie between.
void SetIntegers(symbolic::Context& context, absl::Span<const int64_t> integers, Knowledge& known) {
  if (static_cast<int64_t>(integers.size()) <= kMaxElements) {
    known.has_elements = true;
    known.elements.reserve(integers.size());
    for (int64_t i : integers) known.elements.emplace_back(ConstantDim(context, i));
  }
  if (integers.empty()) return;
  int64_t lo = integers[0], hi = integers[0];
  for (int64_t i : integers) {
    lo = std::min(lo, i);
    hi = std::max(hi, i);
  }
  known.lo = context.Constant(lo);
  known.hi = context.Constant(hi);
  known.attained = true;
}

}  // namespace

Element ExactElement(symbolic::Context& context, double value) {
  if (!std::isfinite(value)) return Element();
  if (std::abs(value) < 1e9 && value == static_cast<int32_t>(value)) {
    return Element(context.Constant(static_cast<int32_t>(value)));
  }
  constexpr int kMostBits = 61;
  if (std::abs(value) >= std::ldexp(1.0, kMostBits)) return Element();
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);  // value = fraction * 2^exponent
  int64_t odd = static_cast<int64_t>(std::ldexp(fraction, std::numeric_limits<double>::digits));
  const int zeros = std::countr_zero(static_cast<uint64_t>(odd));
  odd >>= zeros;
  exponent += zeros - std::numeric_limits<double>::digits;  // value = odd * 2^exponent
  if (exponent < -kMostBits) return Element();
  if (exponent > 0) return Element(context.Constant(odd << exponent));
  return Element(context.Constant(odd), context.Constant(int64_t{1} << -exponent), true);
}

Knowledge ContentOf(symbolic::Context& context, const graph::Tensor& tensor) {
  Knowledge knowledge;
  if (const auto integers = tensor.Integers(graph::kMaxReadElements)) {
    SetIntegers(context, *integers, knowledge);
  } else if (const auto reals = tensor.Reals(kMaxElements)) {
    knowledge.has_elements = true;
    knowledge.elements.reserve(reals->size());
    for (double r : *reals) knowledge.elements.push_back(ExactElement(context, r));
  }
  return knowledge;
}

Info InfoOf(Tables& tables, const graph::Tensor& tensor) {
  symbolic::Context& context = tables.context();
  absl::InlinedVector<Dim, kUsualRank> dims;
  for (int64_t d : tensor.dims) dims.push_back(ConstantDim(context, d));
  const TypeId type = tables.Tensor(tensor.type, tables.Intern(dims));
  if (!IsReadLate(tensor)) return {type, tables.Intern(ContentOf(context, tensor))};
  // Of larger ones the type still bounds the elements.
  const bool is_small = tensor.readable && tensor.element_count() <= kMaxElements;
  return {type, is_small ? tables.Unread(tensor) : KnowledgeId::kNone};
}

}  // namespace symshape::rules
