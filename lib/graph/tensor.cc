// Elements of constant tensors, from the bytes as raw_data has them (onnx.proto: fixed-width,
// little-endian; bool one byte each).
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/base/config.h"
#include "graph/model.h"

#ifndef ABSL_IS_LITTLE_ENDIAN
#error "raw_data is little-endian, and is read as it lies in memory"
#endif

namespace symshape::graph {
namespace {

// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits.
double FromFloat16(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  double magnitude;
  if (exponent == 31) {
    magnitude = mantissa == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(mantissa, -24);
  } else {
    magnitude = std::ldexp(1024 + mantissa, exponent - 25);
  }
  return (bits >> 15) != 0 ? -magnitude : magnitude;
}

// The upper half of a float.
double FromBfloat16(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

template <typename Stored, typename Out, typename Convert>
std::optional<std::vector<Out>> Decode(absl::string_view bytes, int64_t count, Convert convert) {
  if (static_cast<int64_t>(bytes.size() / sizeof(Stored)) != count) return std::nullopt;
  std::vector<Out> out;
  out.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    out.push_back(convert(stored));
  }
  return out;
}

template <typename Stored>
std::optional<std::vector<int64_t>> DecodeIntegers(absl::string_view bytes, int64_t count) {
  return Decode<Stored, int64_t>(bytes, count, [](Stored x) { return static_cast<int64_t>(x); });
}

}  // namespace

int64_t Tensor::element_count() const {
  int64_t count = 1;
  bool overflow = false;
  for (int64_t dim : dims) {
    if (dim == 0) return 0;  // also where the others overflow
    overflow = __builtin_mul_overflow(count, dim, &count) || overflow;
  }
  return overflow ? std::numeric_limits<int64_t>::max() : count;
}

std::optional<std::vector<int64_t>> Tensor::Integers(int64_t limit) const {
  const int64_t count = element_count();
  if (!readable || count > limit) return std::nullopt;
  switch (type) {
    case ElementType::kBool:
      return Decode<uint8_t, int64_t>(bytes, count, [](uint8_t x) { return int64_t{x != 0}; });
    case ElementType::kUint8:
      return DecodeIntegers<uint8_t>(bytes, count);
    case ElementType::kInt8:
      return DecodeIntegers<int8_t>(bytes, count);
    case ElementType::kUint16:
      return DecodeIntegers<uint16_t>(bytes, count);
    case ElementType::kInt16:
      return DecodeIntegers<int16_t>(bytes, count);
    case ElementType::kUint32:
      return DecodeIntegers<uint32_t>(bytes, count);
    case ElementType::kInt32:
      return DecodeIntegers<int32_t>(bytes, count);
    case ElementType::kInt64:
      return DecodeIntegers<int64_t>(bytes, count);
    case ElementType::kUint64: {
      std::optional<std::vector<int64_t>> all = DecodeIntegers<uint64_t>(bytes, count);
      if (!all.has_value()) return std::nullopt;
      for (int64_t x : *all) {
        if (x < 0) return std::nullopt;  // 2^63 and more: no int64
      }
      return all;
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::vector<double>> Tensor::Reals(int64_t limit) const {
  const int64_t count = element_count();
  if (!readable || count > limit) return std::nullopt;
  switch (type) {
    case ElementType::kFloat:
      return Decode<float, double>(bytes, count, [](float x) { return double{x}; });
    case ElementType::kDouble:
      return Decode<double, double>(bytes, count, [](double x) { return x; });
    case ElementType::kFloat16:
      return Decode<uint16_t, double>(bytes, count, FromFloat16);
    case ElementType::kBfloat16:
      return Decode<uint16_t, double>(bytes, count, FromBfloat16);
    default:
      return std::nullopt;
  }
}

}  // namespace symshape::graph
