#include "rules/tensor_info.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace symshape::rules {

namespace {
// Scales, sizes and ranges are short; longer float constants are weights, which no shape depends on.
constexpr int64_t kMaxFloats = 64;

// So are longer 8-bit constants; their type bounds them.
bool IsWeight(const graph::Tensor& tensor) {
  return (tensor.type == ElementType::kInt8 || tensor.type == ElementType::kUint8) &&
         tensor.element_count() > kMaxElements;
}

}  // namespace

Element ExactElement(symbolic::Context& context, double value) {
  if (!std::isfinite(value)) return Element();
  if (value == 0) return Element(context.Constant(0));
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

Info InfoOf(Tables& tables, const graph::Tensor& tensor) {
  symbolic::Context& context = tables.context();
  std::vector<Dim> dims;
  dims.reserve(tensor.dims.size());
  for (int64_t d : tensor.dims) dims.push_back(context.Constant(d));
  Knowledge knowledge;
  if (IsWeight(tensor)) {
    // not read
  } else if (const auto integers = tensor.Integers(graph::kMaxReadElements)) {
    if (static_cast<int64_t>(integers->size()) <= kMaxElements) {
      knowledge.has_elements = true;
      knowledge.elements.resize(integers->size());
      for (size_t i = 0; i < integers->size(); ++i) {
        knowledge.elements[i].num = context.Constant((*integers)[i]);
      }
    }
    if (!integers->empty()) {
      const auto [lo, hi] = std::minmax_element(integers->begin(), integers->end());
      knowledge.lo = context.Constant(*lo);
      knowledge.hi = context.Constant(*hi);
      knowledge.attained = true;
    }
  } else if (const auto reals = tensor.Reals(kMaxFloats)) {
    knowledge.has_elements = true;
    knowledge.elements.reserve(reals->size());
    for (double r : *reals) knowledge.elements.push_back(ExactElement(context, r));
  }
  return {tables.Tensor(tensor.type, tables.Intern(dims)), tables.Intern(std::move(knowledge))};
}

}  // namespace symshape::rules
