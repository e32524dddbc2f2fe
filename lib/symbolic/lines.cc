#include "symbolic/lines.h"

#include <algorithm>
#include <utility>

namespace symshape::symbolic {
namespace {

int64_t Gcd(int64_t a, int64_t b) { return static_cast<int64_t>(GcdU(AbsU(a), AbsU(b))); }

// The first t at which base + slope*t, with slope > 0, is at least 0.
int128 FirstAtLeastZero(int128 base, int128 slope) { return CeilDivWide(-base, slope); }

}  // namespace

Lines Lines::Constant(int64_t value) {
  Lines out(1);
  out.StartRest();
  out.Add(0, value, 0);
  return out;
}

Lines Lines::Size() {
  Lines out(1);
  out.StartRest();
  out.Add(0, 0, 1);
  return out;
}

Lines Lines::IsWithin(int64_t lo, int64_t hi) {
  Lines out(1);
  out.StartRest();
  out.Add(0, 0, 0);
  out.Add(lo, 1, 0);
  if (hi < kEnd - 1) out.Add(hi + 1, 0, 0);
  return out;
}

std::optional<Lines> Lines::IsCongruent(int64_t modulus, int64_t rest) {
  if (modulus > kMaxPeriod) return std::nullopt;
  Lines out(modulus);
  for (int64_t r = 0; r < modulus; ++r) {
    out.StartRest();
    out.Add(0, r == rest ? 1 : 0, 0);
  }
  return out;
}

// Of two that begin at the same t the later one counts; a line that goes on is one.
void Lines::Add(int64_t first, int64_t base, int64_t slope) {
  if (pieces_.size() > starts_.back()) {
    Piece& last = pieces_.back();
    if (last.first == first) pieces_.pop_back();
  }
  if (pieces_.size() > starts_.back()) {
    const Piece& last = pieces_.back();
    if (last.base == base && last.slope == slope) return;
  }
  pieces_.push_back({first, base, slope});
}

// The pieces of one rest, as if the period were longer: n = period*times*t' + (period*j + rest),
// where t = times*t' + j.
class Lines::Cursor {
 public:
  Cursor(const Lines& lines, int64_t period, int64_t rest)
      : times_(period / lines.period_), j_(rest / lines.period_) {
    const size_t of = static_cast<size_t>(rest % lines.period_);
    next_ = &lines.pieces_[lines.starts_[of]];
    end_ = lines.pieces_.data() +
           (of + 1 < lines.starts_.size() ? lines.starts_[of + 1] : lines.pieces_.size());
    Advance();
  }

  // False where a number does not fit.
  bool fits() const { return fits_; }
  const Piece& piece() const { return piece_; }
  int64_t end() const { return next_ == end_ ? kEnd : Of(next_->first); }
  // To the next one that is not empty.
  void Advance() {
    do {
      const Piece& p = *next_++;
      int64_t base = 0, slope = 0;
      fits_ =
          MulOk(p.slope, j_, &base) && AddOk(base, p.base, &base) && MulOk(p.slope, times_, &slope);
      piece_ = {Of(p.first), base, slope};
    } while (fits_ && end() == piece_.first);
  }

 private:
  int64_t Of(int64_t t) const { return t <= j_ ? 0 : (t - j_ - 1) / times_ + 1; }

  const int64_t times_, j_;
  const Piece *next_, *end_;
  Piece piece_{};
  bool fits_ = true;
};

template <typename Start, typename Visit>
std::optional<bool> Lines::Zip(const Lines& a, const Lines& b, Start start, Visit visit) {
  const int64_t period = a.period_ / Gcd(a.period_, b.period_) * b.period_;
  if (period > kMaxPeriod) return std::nullopt;
  for (int64_t rest = 0; rest < period; ++rest) {
    start();
    Cursor x(a, period, rest), y(b, period, rest);
    for (int64_t t = 0;;) {
      if (!x.fits() || !y.fits()) return std::nullopt;
      const int64_t x_end = x.end(), y_end = y.end(), end = std::min(x_end, y_end);
      if (!visit(x.piece(), y.piece(), t, end)) return false;
      if (end == kEnd) break;
      if (x_end == end) x.Advance();
      if (y_end == end) y.Advance();
      t = end;
    }
  }
  return true;
}

template <typename Combine>
std::optional<Lines> Lines::Combined(const Lines& a, const Lines& b, Combine combine) {
  Lines out(a.period_ / Gcd(a.period_, b.period_) * b.period_);
  const std::optional<bool> fits = Zip(
      a, b, [&] { out.StartRest(); },
      [&](const Piece& p, const Piece& q, int64_t first, int64_t end) {
        return combine(out, p, q, first, end) && !out.IsTooLong();
      });
  return fits == true ? std::optional(std::move(out)) : std::nullopt;
}

template <typename Meets>
std::optional<bool> Lines::IsAny(const Lines& where, Meets meets) const {
  const auto is_met = [&](const Piece& p, const Piece& at, int64_t first, int64_t end) {
    return at.base != 0 && meets(p, first, end);
  };
  const std::optional<bool> none = Zip(
      *this, where, [] {}, [&](const auto&... args) { return !is_met(args...); });
  return none.has_value() ? std::optional(!*none) : std::nullopt;
}

std::optional<Lines> Lines::Sum(const Lines& a, const Lines& b, int64_t factor) {
  return Combined(a, b,
                  [factor](Lines& out, const Piece& p, const Piece& q, int64_t first, int64_t) {
                    int64_t base, slope;
                    if (!MulOk(q.base, factor, &base) || !AddOk(base, p.base, &base) ||
                        !MulOk(q.slope, factor, &slope) || !AddOk(slope, p.slope, &slope)) {
                      return false;
                    }
                    out.Add(first, base, slope);
                    return true;
                  });
}

std::optional<Lines> Lines::Product(const Lines& a, const Lines& b) {
  return Combined(a, b, [](Lines& out, const Piece& p, const Piece& q, int64_t first, int64_t) {
    out.Add(first, p.base * q.base, 0);
    return true;
  });
}

// The one that grows faster is the larger one from some t on.
std::optional<Lines> Lines::Max(const Lines& a, const Lines& b) {
  return Combined(a, b, [](Lines& out, const Piece& p, const Piece& q, int64_t first, int64_t end) {
    const bool p_last = p.slope != q.slope ? p.slope > q.slope : p.base >= q.base;
    const Piece& last = p_last ? p : q;
    const Piece& other = p_last ? q : p;
    int128 from = first;
    if (p.slope != q.slope) {
      from = FirstAtLeastZero(int128{last.base} - other.base, int128{last.slope} - other.slope);
    }
    if (from > first) out.Add(first, other.base, other.slope);
    if (from < end) out.Add(std::max<int128>(from, first), last.base, last.slope);
    return true;
  });
}

// Lines whose slopes are multiples of the divisor have quotients that are lines.
std::optional<Lines> Lines::FloorDiv(const Lines& a, int64_t divisor) {
  int64_t times = 1;
  for (const Piece& p : a.pieces_) {
    const int64_t needs = divisor / Gcd(p.slope, divisor);
    if (needs > kMaxPeriod) return std::nullopt;
    times = times / Gcd(times, needs) * needs;
    if (times > kMaxPeriod) return std::nullopt;
  }
  if (a.period_ > kMaxPeriod / times) return std::nullopt;
  Lines out(a.period_ * times);
  for (int64_t rest = 0; rest < out.period_; ++rest) {
    out.StartRest();
    for (Cursor cursor(a, out.period_, rest);; cursor.Advance()) {
      if (!cursor.fits() || out.IsTooLong()) return std::nullopt;
      const Piece& p = cursor.piece();
      out.Add(p.first, FloorDivInt(p.base, divisor), p.slope / divisor);
      if (cursor.end() == kEnd) break;
    }
  }
  return out;
}

std::optional<Lines> Lines::IsAtLeastZero() const {
  return Combined(
      *this, Constant(0), [](Lines& out, const Piece& p, const Piece&, int64_t first, int64_t end) {
        const auto add = [&](int128 from, bool holds) {
          if (from < end) out.Add(std::max<int128>(from, first), holds ? 1 : 0, 0);
        };
        if (p.slope == 0) {
          add(first, p.base >= 0);
        } else {
          // From which t on it has the sign of its slope.
          const bool up = p.slope > 0;
          const int128 turn = up ? FirstAtLeastZero(p.base, p.slope)
                                 : FirstAtLeastZero(-int128{p.base} - 1, -int128{p.slope});
          if (turn > first) add(first, !up);
          add(turn, up);
        }
        return true;
      });
}

namespace {

int128 ValueAt(int128 base, int128 slope, int128 t) { return base + slope * t; }

}  // namespace

std::optional<bool> Lines::IsAnyBelowZero(const Lines& where) const {
  return IsAny(where, [](const Piece& p, int64_t first, int64_t end) {
    if (p.slope >= 0) return ValueAt(p.base, p.slope, first) < 0;
    return end == kEnd || ValueAt(p.base, p.slope, int128{end} - 1) < 0;
  });
}

std::optional<bool> Lines::IsAnyZero(const Lines& where) const {
  return IsAny(where, [](const Piece& p, int64_t first, int64_t end) {
    if (p.slope == 0) return p.base == 0;
    const int128 t = -int128{p.base} / p.slope;
    return t >= first && t < end && ValueAt(p.base, p.slope, t) == 0;
  });
}

std::optional<Lines::Range> Lines::OnesFrom(int64_t lo) const {
  const std::optional<Lines> ones = Product(*this, IsWithin(lo, kEnd));
  if (!ones.has_value()) return std::nullopt;
  Range range{kEnd, -1};
  for (int64_t rest = 0; rest < period_; ++rest) {
    for (Cursor cursor(*ones, period_, rest);; cursor.Advance()) {
      const auto size_at = [&](int64_t t) { return int128{period_} * t + rest; };
      if (cursor.piece().base != 0) {
        const int128 first = size_at(cursor.piece().first);
        const int128 last = cursor.end() == kEnd ? int128{kEnd} : size_at(cursor.end() - 1);
        if (first > kEnd || last > kEnd) return std::nullopt;
        range.first = std::min(range.first, static_cast<int64_t>(first));
        range.last = std::max(range.last, static_cast<int64_t>(last));
      }
      if (cursor.end() == kEnd) break;
    }
  }
  if (range.last < 0) return std::nullopt;
  const std::optional<bool> has_gap = ones->IsAnyZero(IsWithin(range.first, range.last));
  return has_gap == false ? std::optional(range) : std::nullopt;
}

std::optional<int64_t> Lines::AsConstant() const {
  const bool is_one = period_ == 1 && pieces_.size() == 1 && pieces_[0].slope == 0;
  return is_one ? std::optional(pieces_[0].base) : std::nullopt;
}

int128 Lines::At(int64_t n) const {
  Cursor cursor(*this, period_, n % period_);
  while (cursor.end() <= n / period_) cursor.Advance();
  return ValueAt(cursor.piece().base, cursor.piece().slope, n / period_);
}

}  // namespace symshape::symbolic
