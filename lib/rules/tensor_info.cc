#include "rules/tensor_info.h"

#include <algorithm>
#include <cmath>

namespace symshape::rules {

namespace {
// Scales, sizes and ranges are short; longer float constants are weights, which no shape depends on.
constexpr int64_t kMaxFloats = 64;
}  // namespace

Element ExactElement(symbolic::Context& context, double value) {
  if (!std::isfinite(value)) return Element();
  int exponent = 0;
  double fraction = std::frexp(value, &exponent);  // value = fraction * 2^exponent, |fraction| < 1
  while (fraction != std::trunc(fraction)) {
    fraction *= 2;
    --exponent;
  }
  if (fraction == 0) return Element(context.Constant(0));
  constexpr int kMostBits = 61;
  if (exponent < -kMostBits || exponent > kMostBits) return Element();
  if (exponent > 0) {
    const double integer = std::ldexp(fraction, exponent);
    if (std::abs(integer) >= std::ldexp(1.0, kMostBits)) return Element();
    return Element(context.Constant(static_cast<int64_t>(integer)));
  }
  return Element(context.Constant(static_cast<int64_t>(fraction)),
                 context.Constant(int64_t{1} << -exponent), true);
}

Info InfoOf(Tables& tables, const graph::Tensor& tensor) {
  symbolic::Context& context = tables.context();
  std::vector<Dim> dims;
  dims.reserve(tensor.dims.size());
  for (int64_t d : tensor.dims) dims.push_back(context.Constant(d));
  Knowledge knowledge;
  if (const auto integers = tensor.Integers(graph::kMaxReadElements)) {
    if (static_cast<int64_t>(integers->size()) <= kMaxElements) {
      knowledge.has_elements = true;
      for (int64_t i : *integers) knowledge.elements.emplace_back(context.Constant(i));
    }
    if (!integers->empty()) {
      const auto [lo, hi] = std::minmax_element(integers->begin(), integers->end());
      knowledge.lo = context.Constant(*lo);
      knowledge.hi = context.Constant(*hi);
      knowledge.attained = true;
    }
  } else if (const auto reals = tensor.Reals(kMaxFloats)) {
    knowledge.has_elements = true;
    for (double r : *reals) knowledge.elements.push_back(ExactElement(context, r));
  }
  return {tables.Tensor(tensor.type, tables.Intern(dims)), tables.Intern(std::move(knowledge))};
}

}  // namespace symshape::rules
