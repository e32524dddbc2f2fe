// Range.
#include <cmath>
#include <utility>

#include "rules/ask.h"
#include "rules/element_math.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

// An operand as num/den with den > 0 known; nullopt where it is not, or a rounding may change it.
struct Rational {
  Expr num;
  Expr den;
};

std::optional<Rational> ReadRational(const Operands& in, int i) {
  // com.microsoft's delta may be left out: it is 1.
  if (i == 2 && !in.has(i)) return Rational{in.Const(1), in.Const(1)};
  const std::vector<Element>* elements = in.Elements(i);
  if (elements == nullptr || elements->size() != 1) return std::nullopt;
  const Element& e = (*elements)[0];
  if (!e.known() || !e.exact) return std::nullopt;
  const Rational r{in.Wrap(e.num), in.Wrap(e.den)};
  if (!Surely(in, Ge(r.den, 1))) return std::nullopt;
  return r;
}

// ceil((limit - start) / delta) where all three are constant, with the runtime's own rounding: the
// difference in the operands' type, the quotient in double.
// Source: onnxruntime core/providers/cpu/generator/range.cc.
std::optional<int64_t> ConstantCount(const Operands& in) {
  double v[3];
  v[2] = 1;
  for (int i = 0; i < 3; ++i) {
    if (i == 2 && !in.has(i)) continue;
    const std::optional<std::vector<double>> real = in.Reals(i);
    if (!real || real->size() != 1) return std::nullopt;
    v[i] = (*real)[0];
  }
  if (v[2] == 0) return std::nullopt;
  double difference = v[1] - v[0];
  if (in.type(0) == ElementType::kFloat) difference = static_cast<float>(difference);
  const double count = std::ceil(difference / v[2]);
  if (!(count < 9e15)) return std::nullopt;
  return count > 0 ? static_cast<int64_t>(count) : 0;
}

// max(0, ceil((limit - start) / delta))
// nullopt where delta's sign is not known.
std::optional<Expr> Count(const Operands& in, const Rational& start, const Rational& limit,
                          const Rational& delta) {
  const Expr distance = (limit.num * start.den - start.num * limit.den) * delta.den;
  const Expr step = delta.num * start.den * limit.den;
  if (Surely(in, Ge(delta.num, 1))) return CeilDiv(distance, step);
  if (Surely(in, Le(delta.num, -1))) return CeilDiv(-distance, -step);
  return std::nullopt;
}

// The integers start, start + delta, … of which there are `count` where there are any.
void SetValues(const Operands& in, Expr start, Expr delta, Expr count, Results& out) {
  if (const std::optional<int64_t> n = Max(0, count).constant(); n && *n <= kMaxElements) {
    std::vector<Expr> elements;
    for (int64_t i = 0; i < *n; ++i) elements.push_back(start + delta * i);
    out.SetInts(0, elements);
  } else if (graph::IsInteger(in.type(0))) {
    const Expr last = start + delta * (count - 1);
    const bool rising = Surely(in, Ge(delta, 1));
    out.SetRange(0, rising ? start.dim() : last.dim(), rising ? last.dim() : start.dim(),
                 Results::Bounds::kAttained);
  }
}

// Floats whose sums are exact: multiples of 2^-10 below 2^14, which the type holds.
void SetFloats(const Operands& in, int64_t count, Results& out) {
  if (!graph::IsFloat(in.type(0)) || count > kMaxElements) return;
  const std::optional<std::vector<double>> start = in.Reals(0), delta = in.Reals(2);
  const auto exact = [](double v) {
    const double scaled = v * 1024;
    return scaled == std::floor(scaled) && std::abs(scaled) < (1 << 24);
  };
  if (!start || !delta || !exact((*start)[0]) || !exact((*delta)[0])) return;
  if (in.type(0) != ElementType::kFloat && in.type(0) != ElementType::kDouble) return;
  const ElementMath math(out, in.type(0));
  std::vector<Element> elements;
  for (int64_t i = 0; i < count; ++i) {
    const double value = (*start)[0] + static_cast<double>(i) * (*delta)[0];
    if (!exact(value)) return;
    elements.push_back(math.Constant(value));
  }
  out.SetElements(0, std::move(elements));
}

// start, limit, delta are scalars -> [max(0, ceil((limit - start) / delta))]
// Source: ONNX Range-11.
absl::Status InferRange(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const std::optional<Rational> start = ReadRational(in, 0);
  const std::optional<Rational> limit = ReadRational(in, 1);
  const std::optional<Rational> delta = ReadRational(in, 2);
  if (delta && delta->num.is(0)) return absl::InvalidArgumentError("delta is 0");
  if (const std::optional<int64_t> count = ConstantCount(in)) {
    out.SetShape(0, ShapeBuilder({in.Const(*count)}));
    if (start->den.is(1) && delta->den.is(1)) {
      SetValues(in, start->num, delta->num, in.Const(*count), out);
    } else {
      SetFloats(in, *count, out);
    }
    return absl::OkStatus();
  }
  std::optional<Expr> count;
  if (start && limit && delta) {
    out.Require(Ne(delta->num, 0), {"delta ", delta->num, " is not 0"});
    count = Count(in, *start, *limit, *delta);
  }
  if (!count) {
    out.SetShape(0, ShapeBuilder({out.Fresh("range")}));
    return absl::OkStatus();
  }
  out.SetShape(0, ShapeBuilder({Max(0, *count)}));
  if (start->den.is(1) && delta->den.is(1)) SetValues(in, start->num, delta->num, *count, out);
  return absl::OkStatus();
}

constexpr Rule kRangeRules[] = {
    {kOnnx, "Range", 11, InferRange},
    {kMicrosoft, "Range", 1, InferRange},
};

}  // namespace

absl::Span<const Rule> RangeRules() { return kRangeRules; }

}  // namespace symshape::rules
