// One period of a quasi-affine function, value by value.
#include "symbolic/residues.h"

#include <algorithm>
#include <array>
#include <utility>

#include "symbolic/checked.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxNesting = 8;
constexpr size_t kMaxSlots = 64;

bool Lcm(int64_t a, int64_t b, int64_t* out) {
  const int64_t g = static_cast<int64_t>(GcdU(AbsU(a), AbsU(b)));
  return MulOk(a / g, b, out) && *out <= QuasiAffine::kMaxPoints;
}

}  // namespace

bool QuasiAffine::Add(const PolyView& p, int64_t factor) {
  int64_t scaled;
  if (!MulOk(p.constant, factor, &scaled) || !AddOk(constant_, scaled, &constant_)) return false;
  for (const Term& t : p.terms) {
    const std::optional<uint32_t> slot = SlotOf(t.mono, 0);
    if (!slot || !MulOk(t.coeff, factor, &scaled)) return false;
    const auto it =
        std::find_if(sum_.begin(), sum_.end(), [&](const Part& x) { return x.slot == *slot; });
    if (it == sum_.end()) {
      sum_.push_back({*slot, scaled});
    } else if (!AddOk(it->coeff, scaled, &it->coeff)) {
      return false;
    }
  }
  sum_.erase(std::remove_if(sum_.begin(), sum_.end(), [](const Part& x) { return x.coeff == 0; }),
             sum_.end());
  return true;
}

std::optional<uint32_t> QuasiAffine::SlotOf(MonoId mono, int depth) {
  for (const auto& [known, slot] : slot_of_) {
    if (known == mono) return slot;
  }
  if (depth > kMaxNesting || slots_.size() >= kMaxSlots) return std::nullopt;
  Slot slot;
  const Mono& m = store_.mono(mono);
  const Atom* atom = m.degree == 1 ? &store_.atom(m.atoms[0]) : nullptr;
  if (atom != nullptr && atom->kind == AtomKind::kFloorDiv && store_.IsConstant(atom->args[1])) {
    slot.divisor = store_.View(atom->args[1]).constant;
    if (slot.divisor <= 0) return std::nullopt;
    const PolyView numerator = store_.View(atom->args[0]);
    slot.constant = numerator.constant;
    for (const Term& t : numerator.terms) {
      const std::optional<uint32_t> inner = SlotOf(t.mono, depth + 1);
      if (!inner) return std::nullopt;
      slot.parts.push_back({*inner, t.coeff});
    }
    if (!SetPeriods(slot)) return std::nullopt;
  } else {
    slot.variable = static_cast<uint32_t>(variables_.size());
    const Congruence known = residues_of_(mono);
    const bool any = known.modulus == 0;  // one value alone: nothing is gained by that
    variables_.push_back({mono, any ? 1 : known.modulus, any ? 0 : known.remainder});
    slot.periods.resize(variables_.size());
    slot.periods.back() = {1, variables_.back().modulus};
  }
  if (slots_.size() >= kMaxSlots) return std::nullopt;
  const uint32_t index = static_cast<uint32_t>(slots_.size());
  slots_.push_back(std::move(slot));
  slot_of_.emplace_back(mono, index);
  return index;
}

// The periods of a sum: the least common ones. A variable that does not occur has {1, 0}.
bool QuasiAffine::SumPeriods(const absl::InlinedVector<Part, 4>& parts,
                             std::vector<Period>& out) const {
  out.assign(variables_.size(), {});
  for (const Part& part : parts) {
    const std::vector<Period>& periods = slots_[part.slot].periods;
    for (size_t v = 0; v < periods.size(); ++v) {
      const Period& p = periods[v];
      Period& sum = out[v];
      int64_t length, a, b;
      if (!Lcm(sum.length, p.length, &length) || !MulOk(sum.shift, length / sum.length, &a) ||
          !MulOk(p.shift, length / p.length, &b) || !MulOk(b, part.coeff, &b) ||
          !AddOk(a, b, &sum.shift)) {
        return false;
      }
      sum.length = length;
    }
  }
  return true;
}

// n//d with n growing by k over L: t = d/gcd(k, d) of those grow n by a multiple of d.
bool QuasiAffine::SetPeriods(Slot& slot) {
  if (!SumPeriods(slot.parts, slot.periods)) return false;
  for (Period& p : slot.periods) {
    const int64_t d = slot.divisor;
    const int64_t times = d / static_cast<int64_t>(GcdU(AbsU(p.shift), d));
    if (!MulOk(p.length, times, &p.length) || p.length > kMaxPoints) return false;
    if (!MulOk(p.shift, times, &p.shift)) return false;
    p.shift /= d;
  }
  return true;
}

std::vector<QuasiAffine::Component> QuasiAffine::Components() const {
  // Which variables a slot mentions, whether or not its slope over them is 0, and which slots it is
  // made of, itself included.
  std::array<uint64_t, kMaxSlots> variables_of, slots_of;
  for (size_t s = 0; s < slots_.size(); ++s) {
    variables_of[s] = slots_[s].divisor == 0 ? uint64_t{1} << slots_[s].variable : 0;
    slots_of[s] = uint64_t{1} << s;
    for (const Part& part : slots_[s].parts) {
      variables_of[s] |= variables_of[part.slot];
      slots_of[s] |= slots_of[part.slot];
    }
  }
  absl::InlinedVector<uint64_t, 8> groups;  // of variables
  for (const Part& part : sum_) {
    uint64_t joined = variables_of[part.slot];
    const auto end = std::remove_if(groups.begin(), groups.end(), [&](uint64_t group) {
      const bool meets = (group & joined) != 0;
      if (meets) joined |= group;
      return meets;
    });
    groups.erase(end, groups.end());
    groups.push_back(joined);
  }
  std::vector<Component> out;
  std::array<int, kMaxSlots> index;  // by the place of a group
  index.fill(-1);
  for (const Part& part : sum_) {
    size_t group = 0;
    while ((groups[group] & variables_of[part.slot]) == 0) ++group;
    if (index[group] < 0) {
      index[group] = static_cast<int>(out.size());
      out.emplace_back();
    }
    Component& c = out[index[group]];
    c.parts.push_back(part);
    c.needed |= slots_of[part.slot];
  }
  for (Component& c : out) {
    for (uint64_t left = c.needed; left != 0; left &= left - 1) {
      const auto s = static_cast<uint32_t>(__builtin_ctzll(left));
      if (slots_[s].divisor == 0) {
        c.variables.push_back(slots_[s].variable);
      } else {
        c.slots.push_back(s);
      }
    }
  }
  return out;
}

std::optional<int64_t> QuasiAffine::ValueOf(const Component& c) {
  const auto add = [this](int64_t& sum, const Part& part) {
    int64_t product;
    return MulOk(values_[part.slot], part.coeff, &product) && AddOk(sum, product, &sum);
  };
  for (uint32_t s : c.slots) {
    const Slot& slot = slots_[s];
    int64_t n = slot.constant;
    for (const Part& part : slot.parts) {
      if (!add(n, part)) return std::nullopt;
    }
    values_[s] = FloorDivInt(n, slot.divisor);
  }
  int64_t sum = 0;
  for (const Part& part : c.parts) {
    if (!add(sum, part)) return std::nullopt;
  }
  steps_ += static_cast<int64_t>(c.slots.size()) + 1;
  return sum;
}

template <typename Visit>
bool QuasiAffine::ForEachPoint(const Component& c, const std::vector<Range>& box, Visit visit) {
  int64_t points = 1;
  for (const Range& r : box) {
    if (r.last < r.first) return false;
    if (!MulOk(points, (r.last - r.first) / r.step + 1, &points) || points > kMaxPoints) {
      return false;
    }
  }
  values_.assign(slots_.size(), 0);
  std::vector<uint32_t> slot(c.variables.size());
  for (uint32_t s = 0; s < slots_.size(); ++s) {
    if (slots_[s].divisor != 0) continue;
    for (size_t i = 0; i < c.variables.size(); ++i) {
      if (c.variables[i] == slots_[s].variable) slot[i] = s;
    }
  }
  for (size_t i = 0; i < box.size(); ++i) values_[slot[i]] = box[i].first;
  for (;;) {
    const std::optional<int64_t> value = ValueOf(c);
    if (!value || !visit(*value)) return false;
    size_t i = 0;
    for (; i < box.size(); ++i) {
      int64_t& v = values_[slot[i]];
      if (v <= box[i].last - box[i].step) {
        v += box[i].step;
        break;
      }
      v = box[i].first;
    }
    if (i == box.size()) return true;
  }
}

// With x = m*k + r, c*m*(x//m - r//m) is c*(x - r), and g = gcd(growth, m) leaves:
//   growth*k = growth/g * (x//(m/g) - r//(m/g))
std::optional<QuasiAffine::Line> QuasiAffine::LineOf(const Variable& v, int64_t growth) {
  const int64_t g = static_cast<int64_t>(GcdU(AbsU(growth), static_cast<uint64_t>(v.modulus)));
  Line line{v.mono, growth / g, v.modulus / g, 0};
  if (!MulOk(line.factor, -(v.remainder / line.divisor), &line.constant)) return std::nullopt;
  return line;
}

std::optional<std::vector<QuasiAffine::Line>> QuasiAffine::Lines() const {
  std::vector<Period> periods;
  if (!SumPeriods(sum_, periods)) return std::nullopt;
  std::vector<Line> out;
  for (size_t v = 0; v < periods.size(); ++v) {
    const auto [length, shift] = periods[v];
    if (shift % length != 0) return std::nullopt;
    if (shift == 0) continue;
    const std::optional<Line> line = LineOf(variables_[v], shift / length);
    if (!line) return std::nullopt;
    out.push_back(*line);
  }
  return out;
}

std::optional<int64_t> QuasiAffine::ConstantValue() {
  std::vector<Period> periods;
  if (!SumPeriods(sum_, periods)) return std::nullopt;
  for (const Period& p : periods) {
    if (p.shift != 0) return std::nullopt;
  }
  int64_t total = constant_;
  for (const Component& c : Components()) {
    std::vector<Range> box;
    for (uint32_t v : c.variables) {
      box.push_back(FirstPeriod(variables_[v], periods[v].length));
    }
    std::optional<int64_t> only;
    const bool constant = ForEachPoint(c, box, [&](int64_t value) {
      if (!only) only = value;
      return value == *only;
    });
    if (!constant || !AddOk(total, *only, &total)) return std::nullopt;
  }
  return total;
}

namespace {

// How a function of k grows over a period: by `low` or by `high`.
struct Steps {
  int64_t low, high;
  std::vector<bool> is_high;
};

std::optional<Steps> TwoSteps(const std::vector<int64_t>& values) {
  Steps out{INT64_MAX, INT64_MIN, {}};
  std::vector<int64_t> steps;
  for (size_t i = 0; i + 1 < values.size(); ++i) {
    steps.emplace_back();
    if (!SubOk(values[i + 1], values[i], &steps.back())) return std::nullopt;
    out.low = std::min(out.low, steps.back());
    out.high = std::max(out.high, steps.back());
  }
  if (out.low == out.high) return std::nullopt;
  for (int64_t step : steps) {
    if (step != out.low && step != out.high) return std::nullopt;
    out.is_high.push_back(step == out.high);
  }
  return out;
}

}  // namespace

// With x = m*k + r: from k to k + 1 a sum low*k + c*((n*k + t)//L) grows by low or by low + c, n
// times of L by the latter; t is what fits all of them. And n*k + t is (n*x + t*m - n*r)/m.
std::optional<QuasiAffine::OneQuotient> QuasiAffine::AsOneQuotient(const Component& c,
                                                                   int64_t period) {
  const Variable& x = variables_[c.variables[0]];
  std::vector<int64_t> values;
  const bool all = ForEachPoint(c, {FirstPeriod(x, period + 1)}, [&](int64_t value) {
    values.push_back(value);
    return true;
  });
  const std::optional<Steps> steps = all ? TwoSteps(values) : std::nullopt;
  const std::optional<Line> line = steps ? LineOf(x, steps->low) : std::nullopt;
  OneQuotient out;
  if (!line || !SubOk(steps->high, steps->low, &out.factor)) return std::nullopt;
  const int64_t jumps = std::count(steps->is_high.begin(), steps->is_high.end(), true);
  int64_t least = 0, most = period - 1;  // of t
  for (int64_t i = 0, taken = 0; i < period; ++i) {
    least = std::max(least, period * taken - jumps * i);
    most = std::min(most, period * taken + period - 1 - jumps * i);
    taken += steps->is_high[i];
  }
  if (least > most) return std::nullopt;
  out.line = *line;
  out.coeff = jumps;
  out.offset = least * x.modulus - jumps * x.remainder;
  out.divisor = period * x.modulus;
  out.constant = values[0];
  for (const Part& part : c.parts) {
    for (const auto& [mono, slot] : slot_of_) {
      if (slot == part.slot) out.parts.push_back(mono);
    }
  }
  return out;
}

std::vector<QuasiAffine::OneQuotient> QuasiAffine::OneQuotients() {
  std::vector<OneQuotient> out;
  std::vector<Period> periods;
  if (!SumPeriods(sum_, periods)) return out;
  for (const Component& c : Components()) {
    if (c.variables.size() != 1 || c.slots.size() < 2) continue;
    if (auto one = AsOneQuotient(c, periods[c.variables[0]].length)) out.push_back(*std::move(one));
  }
  return out;
}

std::optional<QuasiAffine::Range> QuasiAffine::PeriodWithin(const Variable& v, const Period& period,
                                                            Interval bounds) {
  Range r{0, 0, v.modulus};
  int64_t low = bounds.lo;
  if (period.shift < 0 && bounds.hi == Interval::kPlusInf) return std::nullopt;
  if (period.shift >= 0 && bounds.lo == Interval::kMinusInf) return std::nullopt;
  const int64_t width = v.modulus * (period.length - 1);
  if (period.shift < 0) {
    if (!SubOk(bounds.hi, width + v.modulus - 1, &low)) return std::nullopt;
    low = std::max(low, bounds.lo);
  }
  const int64_t up = ModInt(v.remainder - ModInt(low, v.modulus), v.modulus);
  if (!AddOk(low, up, &r.first)) return std::nullopt;
  r.last = bounds.hi;
  if (period.shift < 0) return r;
  if (!AddOk(r.first, width, &r.last)) return std::nullopt;
  r.last = std::min(r.last, bounds.hi);
  return r;
}

// Where the function does not fall over a period, its minimum lies in the first one, else in the
// last: so does the minimum over several variables, as each one's growth does not depend on the
// others.
bool QuasiAffine::IsNeverNegative(absl::FunctionRef<Interval(MonoId)> bounds_of) {
  std::vector<Period> periods;
  if (!SumPeriods(sum_, periods)) return false;
  int64_t total = constant_;
  const std::vector<Component> components = Components();
  for (const Component& c : components) {
    std::vector<Range> box;
    for (uint32_t v : c.variables) {
      const std::optional<Range> range =
          PeriodWithin(variables_[v], periods[v], bounds_of(variables_[v].mono));
      if (!range) return false;
      box.push_back(*range);
    }
    const bool is_last = &c == &components.back();
    int64_t least = INT64_MAX, sum;
    const bool all = ForEachPoint(c, box, [&](int64_t value) {
      least = std::min(least, value);
      return !is_last || (AddOk(total, value, &sum) && sum >= 0);
    });
    if (!all || !AddOk(total, least, &total)) return false;
  }
  return total >= 0;
}

}  // namespace symshape::symbolic
