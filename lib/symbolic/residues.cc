// One period of a quasi-affine function, value by value.
#include "symbolic/residues.h"

#include <algorithm>
#include <numeric>

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
    variables_.push_back({mono});
    slot.periods.resize(variables_.size());
    slot.periods.back() = {1, 1};
  }
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
  std::vector<uint32_t> group(variables_.size());
  std::iota(group.begin(), group.end(), 0);
  const auto find = [&](uint32_t v) {
    while (group[v] != v) v = group[v];
    return v;
  };
  // Which variables a slot mentions, whether or not its slope over them is 0.
  std::vector<std::vector<bool>> mentions(slots_.size());
  for (size_t s = 0; s < slots_.size(); ++s) {
    mentions[s].resize(variables_.size());
    if (slots_[s].divisor == 0) mentions[s][slots_[s].variable] = true;
    for (const Part& part : slots_[s].parts) {
      for (size_t v = 0; v < variables_.size(); ++v) {
        if (mentions[part.slot][v]) mentions[s][v] = true;
      }
    }
  }
  const auto first_of = [&](uint32_t slot) {
    for (uint32_t v = 0; v < variables_.size(); ++v) {
      if (mentions[slot][v]) return v;
    }
    return uint32_t{0};
  };
  for (const Part& part : sum_) {
    const uint32_t first = first_of(part.slot);
    for (uint32_t v = 0; v < variables_.size(); ++v) {
      if (mentions[part.slot][v]) group[find(v)] = find(first);
    }
  }
  std::vector<Component> out;
  std::vector<int> index(variables_.size(), -1);
  for (const Part& part : sum_) {
    const uint32_t root = find(first_of(part.slot));
    if (index[root] < 0) {
      index[root] = static_cast<int>(out.size());
      out.emplace_back();
    }
    out[index[root]].parts.push_back(part);
  }
  for (Component& c : out) {
    std::vector<bool> needed(slots_.size());
    for (const Part& part : c.parts) needed[part.slot] = true;
    for (size_t s = slots_.size(); s-- > 0;) {
      if (!needed[s]) continue;
      for (const Part& part : slots_[s].parts) needed[part.slot] = true;
    }
    for (uint32_t s = 0; s < slots_.size(); ++s) {
      if (!needed[s]) continue;
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

std::optional<std::vector<std::pair<MonoId, int64_t>>> QuasiAffine::Slopes() const {
  std::vector<Period> periods;
  if (!SumPeriods(sum_, periods)) return std::nullopt;
  std::vector<std::pair<MonoId, int64_t>> out;
  for (size_t v = 0; v < periods.size(); ++v) {
    if (periods[v].shift % periods[v].length != 0) return std::nullopt;
    if (periods[v].shift != 0) {
      out.emplace_back(variables_[v].mono, periods[v].shift / periods[v].length);
    }
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
    for (uint32_t v : c.variables) box.push_back({0, periods[v].length - 1, 1});
    std::optional<int64_t> only;
    const bool constant = ForEachPoint(c, box, [&](int64_t value) {
      if (!only) only = value;
      return value == *only;
    });
    if (!constant || !AddOk(total, *only, &total)) return std::nullopt;
  }
  return total;
}

// From x to x + 1 a sum lo*x + c*((n*x + m)//L) grows by lo or by lo + c, n times of L by the
// latter; m is what fits all of them.
std::optional<QuasiAffine::OneQuotient> QuasiAffine::AsOneQuotient(const Component& c,
                                                                   int64_t period) {
  std::vector<int64_t> values;
  const bool all = ForEachPoint(c, {{0, period, 1}}, [&](int64_t value) {
    values.push_back(value);
    return true;
  });
  if (!all) return std::nullopt;
  int64_t low = INT64_MAX, high = INT64_MIN;
  for (int64_t i = 0; i < period; ++i) {
    int64_t step;
    if (!SubOk(values[i + 1], values[i], &step)) return std::nullopt;
    low = std::min(low, step);
    high = std::max(high, step);
  }
  OneQuotient out;
  if (low == high || !SubOk(high, low, &out.factor)) return std::nullopt;
  int64_t jumps = 0;
  for (int64_t i = 0; i < period; ++i) {
    const int64_t step = values[i + 1] - values[i];
    if (step != low && step != high) return std::nullopt;
    jumps += step == high;
  }
  int64_t least = 0, most = period - 1;  // of m
  for (int64_t i = 0, taken = 0; i < period; ++i) {
    least = std::max(least, period * taken - jumps * i);
    most = std::min(most, period * taken + period - 1 - jumps * i);
    taken += values[i + 1] - values[i] == high;
  }
  if (least > most) return std::nullopt;
  out.variable = variables_[c.variables[0]].mono;
  out.slope = low;
  out.coeff = jumps;
  out.offset = least;
  out.divisor = period;
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

// Where the function does not fall over a period, its minimum lies in the first one, else in the
// last: so does the minimum over several variables, as each one's growth does not depend on the
// others.
std::optional<int64_t> QuasiAffine::MinimumOverDomains() {
  std::vector<Period> periods;
  if (!SumPeriods(sum_, periods)) return std::nullopt;
  int64_t total = constant_;
  for (const Component& c : Components()) {
    std::vector<Range> box;
    for (uint32_t v : c.variables) {
      const Domain& d = domains_[v];
      int64_t length;
      if (d.modulus < 1 || !Lcm(periods[v].length, d.modulus, &length)) return std::nullopt;
      Range r{0, 0, d.modulus};
      if (periods[v].shift >= 0) {
        if (d.range.lo == Interval::kMinusInf) return std::nullopt;
        int64_t up = ModInt(d.remainder - ModInt(d.range.lo, d.modulus), d.modulus);
        if (!AddOk(d.range.lo, up, &r.first) || !AddOk(r.first, length - 1, &r.last)) {
          return std::nullopt;
        }
        r.last = std::min(r.last, d.range.hi);
      } else {
        if (d.range.hi == Interval::kPlusInf) return std::nullopt;
        int64_t low;
        if (!SubOk(d.range.hi, length - 1, &low)) return std::nullopt;
        low = std::max(low, d.range.lo);
        int64_t up = ModInt(d.remainder - ModInt(low, d.modulus), d.modulus);
        if (!AddOk(low, up, &r.first)) return std::nullopt;
        r.last = d.range.hi;
      }
      box.push_back(r);
    }
    std::optional<int64_t> least;
    const bool all = ForEachPoint(c, box, [&](int64_t value) {
      if (!least || value < *least) least = value;
      return true;
    });
    if (!all || !AddOk(total, *least, &total)) return std::nullopt;
  }
  return total;
}

}  // namespace symshape::symbolic
