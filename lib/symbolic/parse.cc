// Reads the expressions that are found in models: Python and onnx_ir (// % **), sympy and
// onnxruntime (floor, ceiling, Max, Min, Mod, 1.0*N), onnx-light (/: ^ & CeilToInt), rational
// floors of paddle (floor(W/2 - 1/2)), and the prefix form of the ONNX proposal (Add(Mul(2, H),
// 1)).
//
// A text is read as a quotient of integers num/den; floor and ceiling make it an integer. What is
// left as a quotient that does not divide, or holds a decimal that is no binary fraction, becomes
// one opaque symbol named by the text.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxNesting = 200;
constexpr size_t kMaxLength = 1 << 16;

absl::Status ErrorAt(absl::string_view text, size_t position, absl::string_view expected) {
  size_t column = 0;  // in characters, not bytes
  for (size_t i = 0; i < position && i < text.size(); ++i) column += (text[i] & 0xc0) != 0x80;
  return absl::InvalidArgumentError(
      absl::StrCat(expected, "\n    ", text, "\n    ", std::string(column, ' '), "^ here"));
}

// num/den; where it is exactly one remainder a % b, its operands too.
struct Value {
  Dim num;
  Dim den = Dim::Inline(1);
  bool exact = true;  // false: a decimal in it was rounded
  Dim mod_a, mod_b;
  // Where it is exactly one max(..) or min(..) of integers, the operands.
  std::vector<Dim> largest_of, smallest_of;
};

class Parser {
 public:
  Parser(Solver& solver, absl::string_view text, SymbolKind kind)
      : s_(solver), text_(text), kind_(kind) {}

  absl::StatusOr<Dim> Whole() {
    absl::StatusOr<Value> v = Expression();
    if (!v.ok()) return v.status();
    Skip();
    if (at_ < text_.size()) return Error("expected an operator or the end");
    return Integral(*v);
  }

  absl::StatusOr<std::vector<Fact>> Facts() {
    std::vector<Fact> out;
    do {
      const absl::Status status = Comparison(out);
      if (!status.ok()) return status;
    } while (TakeWord("and") || Take("&&") || Take(";") || Take(","));
    Skip();
    if (at_ < text_.size()) return Error("expected a comparison, 'and' or the end");
    return out;
  }

 private:
  absl::Status Error(absl::string_view expected) const { return ErrorAt(text_, at_, expected); }

  void Skip() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }
  bool Next(absl::string_view token) {
    Skip();
    return text_.substr(at_, token.size()) == token;
  }
  bool Take(absl::string_view token) {
    if (!Next(token)) return false;
    at_ += token.size();
    return true;
  }
  bool TakeWord(absl::string_view word) {
    if (!Next(word)) return false;
    const size_t end = at_ + word.size();
    if (end < text_.size() && (absl::ascii_isalnum(text_[end]) || text_[end] == '_')) return false;
    at_ = end;
    return true;
  }

  // One integer: a quotient that does not divide is a symbol of its own.
  Dim Integral(const Value& v) {
    if (v.exact && v.den == Dim::Inline(1)) return v.num;
    if (v.exact && s_.Decide({Fact::Kind::kDivides, v.den, v.num}) == Tri::kYes) {
      return s_.FloorDiv(v.num, v.den);
    }
    return s_.Symbol(absl::StripAsciiWhitespace(text_), kAnyInteger, kind_);
  }

  Value Reduced(Value v) {
    if (v.den == Dim::Inline(1)) return v;
    if (s_.store.IsConstant(v.den)) {
      const PolyView num = s_.store.View(v.num);
      const int64_t den = s_.store.View(v.den).constant;
      uint64_t g = GcdU(AbsU(den), AbsU(num.constant));
      for (const Term& t : num.terms) g = GcdU(g, AbsU(t.coeff));
      if (g > 1 && den > 0) {
        v.num = s_.FloorDiv(v.num, s_.Constant(static_cast<int64_t>(g)));
        v.den = s_.Constant(den / static_cast<int64_t>(g));
      }
    }
    return v;
  }
  Value Plus(const Value& a, const Value& b, int64_t sign) {
    Value out;
    out.exact = a.exact && b.exact;
    if (a.den == b.den) {
      out.num = s_.AddScaled(a.num, b.num, sign);
      out.den = a.den;
    } else {
      out.num = s_.AddScaled(s_.Mul(a.num, b.den), s_.Mul(b.num, a.den), sign);
      out.den = s_.Mul(a.den, b.den);
    }
    return Reduced(out);
  }
  Value Times(const Value& a, const Value& b) {
    Value out;
    out.num = s_.Mul(a.num, b.num);
    out.den = s_.Mul(a.den, b.den);
    out.exact = a.exact && b.exact;
    return Reduced(out);
  }
  Value Over(const Value& a, const Value& b) {
    Value out;
    out.num = s_.Mul(a.num, b.den);
    out.den = s_.Mul(a.den, b.num);
    out.exact = a.exact && b.exact;
    if (s_.store.IsConstant(out.den) && s_.store.View(out.den).constant < 0) {
      out.num = s_.Neg(out.num);
      out.den = s_.Neg(out.den);
    }
    return Reduced(out);
  }
  Value Floor(const Value& v, bool up) {
    Value out;
    out.exact = v.exact;
    if (v.den == Dim::Inline(1)) {
      out.num = v.num;
    } else {
      out.num = up ? s_.CeilDiv(v.num, v.den) : s_.FloorDiv(v.num, v.den);
    }
    return out;
  }
  Value Trunc(const Value& v) {
    Value out;
    out.exact = v.exact;
    out.num = s_.TruncDiv(v.num, v.den);
    return out;
  }
  Value Remainder(const Value& a, const Value& b) {
    const Value q = Floor(Over(a, b), false);
    Value out = Plus(a, Times(b, q), -1);
    if (a.den == Dim::Inline(1) && b.den == Dim::Inline(1)) {
      out.mod_a = a.num;
      out.mod_b = b.num;
    }
    return out;
  }
  // Of quotients over positive constants only; false elsewhere.
  bool Extreme(std::vector<Value>& values, bool largest, Value* out) {
    int64_t den = 1;
    for (const Value& v : values) {
      if (!s_.store.IsConstant(v.den)) return false;
      const int64_t d = s_.store.View(v.den).constant;
      if (d <= 0 || !MulOk(den, d / static_cast<int64_t>(GcdU(den, d)), &den)) return false;
      out->exact = out->exact && v.exact;
    }
    std::vector<Dim> scaled;
    for (const Value& v : values) {
      scaled.push_back(s_.Mul(v.num, s_.Constant(den / s_.store.View(v.den).constant)));
    }
    out->num = largest ? s_.Max(scaled) : s_.Min(scaled);
    out->den = s_.Constant(den);
    *out = Reduced(*out);
    return true;
  }

  absl::StatusOr<Value> Expression() {  // onnx-light: ^ is max, & is min; both bind least
    if (++nesting_ > kMaxNesting) return Error("nested too deeply");
    absl::StatusOr<Value> left = Sum();
    while (left.ok()) {
      const bool largest = Next("^");
      if (!largest && !(Next("&") && !Next("&&"))) break;
      ++at_;
      absl::StatusOr<Value> right = Sum();
      if (!right.ok()) return right;
      std::vector<Value> both = {*left, *right};
      Value out;
      if (!Extreme(both, largest, &out)) return Error("cannot compare these quotients");
      left = out;
    }
    --nesting_;
    return left;
  }

  absl::StatusOr<Value> Sum() {
    absl::StatusOr<Value> left = Product();
    while (left.ok()) {
      const int64_t sign = Take("+") ? 1 : Take("-") ? -1 : 0;
      if (sign == 0) break;
      const absl::StatusOr<Value> right = Product();
      if (!right.ok()) return right;
      left = Plus(*left, *right, sign);
    }
    return left;
  }

  // max(a, b)*min(1, a, b) is how a broadcast prints; null where x*y is anything else.
  std::optional<Value> BroadcastOf(const Value& x, const Value& y) {
    if (x.largest_of.empty() || y.smallest_of.empty()) return std::nullopt;
    std::vector<Dim> a = x.largest_of, b = y.smallest_of;
    const auto one = std::find(b.begin(), b.end(), Dim::Inline(1));
    if (one == b.end()) return std::nullopt;
    b.erase(one);
    const auto less = [](Dim p, Dim q) { return p.bits() < q.bits(); };
    std::sort(a.begin(), a.end(), less);
    std::sort(b.begin(), b.end(), less);
    if (a != b) return std::nullopt;
    for (Dim d : a) {
      if (!s_.IsNonNegative(d)) return std::nullopt;
    }
    Value out;
    out.num = s_.TotalBroadcast(a);
    return out;
  }

  absl::StatusOr<Value> Product() {
    absl::StatusOr<Value> left = Unary();
    std::optional<Value> before, last;  // left = before * last
    if (left.ok()) last = *left;
    while (left.ok()) {
      const size_t start = at_;
      enum { kTimes, kFloor, kOver, kMod } op;
      if (Next("**")) break;
      if (Take("*")) {
        op = kTimes;
      } else if (Take("//") || Take("/:")) {
        op = kFloor;
      } else if (Take("/")) {
        op = kOver;
      } else if (Take("%")) {
        op = kMod;
      } else {
        break;
      }
      const absl::StatusOr<Value> right = Unary();
      if (!right.ok()) return right;
      if (op != kTimes && right->num == Dim::Inline(0)) {
        at_ = start;
        return Error("division by zero");
      }
      if (op == kTimes && last) {
        if (std::optional<Value> merged = BroadcastOf(*last, *right)) {
          left = before ? Times(*before, *merged) : *merged;
          last.reset();
          continue;
        }
      }
      before = *left;
      last = op == kTimes ? std::optional<Value>(*right) : std::nullopt;
      left = op == kTimes   ? Times(*left, *right)
             : op == kOver  ? Over(*left, *right)
             : op == kFloor ? Floor(Over(*left, *right), false)
                            : Remainder(*left, *right);
    }
    return left;
  }

  absl::StatusOr<Value> Unary() {
    if (++nesting_ > kMaxNesting) return Error("nested too deeply");
    absl::StatusOr<Value> out;
    if (Take("-")) {
      out = Unary();
      if (out.ok()) {
        out->num = s_.Neg(out->num);
        out->mod_a = out->mod_b = Dim::None();
        out->largest_of.clear();
        out->smallest_of.clear();
      }
    } else if (Take("+")) {
      out = Unary();
    } else {
      out = Power();
    }
    --nesting_;
    return out;
  }

  absl::StatusOr<Value> Power() {  // binds more tightly than unary minus: -a**2 is -(a**2)
    absl::StatusOr<Value> base = Primary();
    if (!base.ok() || !Take("**")) return base;
    const size_t start = at_;
    const absl::StatusOr<Value> exponent = Unary();
    if (!exponent.ok()) return exponent;
    const PolyView e = s_.store.View(exponent->num);
    if (!e.terms.empty() || exponent->den != Dim::Inline(1) || e.constant < -64 ||
        e.constant > 64) {
      at_ = start;
      return Error("expected a constant exponent");
    }
    Value out;
    out.num = Dim::Inline(1);
    for (int64_t i = 0; i < (e.constant < 0 ? -e.constant : e.constant); ++i) {
      out = Times(out, *base);
    }
    if (e.constant < 0) {
      Value one;
      one.num = Dim::Inline(1);
      out = Over(one, out);
    }
    return out;
  }

  absl::StatusOr<Value> Primary() {
    Skip();
    if (at_ >= text_.size()) return Error("expected a number, a name or '('");
    const char c = text_[at_];
    if (c == '(') {
      ++at_;
      absl::StatusOr<Value> inner = Expression();
      if (!inner.ok()) return inner;
      if (!Take(")")) return Error("expected ')'");
      return inner;
    }
    if (absl::ascii_isdigit(c) || c == '.') return Number();
    if (c == '"' || c == '\'' || c == '`') {
      const size_t end = text_.find(c, at_ + 1);
      if (end == absl::string_view::npos) return Error("expected the closing quote");
      const std::string name(text_.substr(at_ + 1, end - at_ - 1));
      if (name.empty()) return Error("expected a name between the quotes");
      at_ = end + 1;
      return Named(name);
    }
    if (!absl::ascii_isalpha(c) && c != '_') return Error("expected a number, a name or '('");
    const size_t start = at_;
    while (at_ < text_.size() &&
           (absl::ascii_isalnum(text_[at_]) || text_[at_] == '_' || text_[at_] == '.')) {
      ++at_;
    }
    const std::string name(text_.substr(start, at_ - start));
    if (Next("(")) return Call(name, start);
    return Named(name);
  }

  Value Named(const std::string& name) {
    Value v;
    if (s_.store.FindSymbol(name) == nullptr) {
      if (const uint32_t* index = s_.store.FindAlias(name)) {
        v.num = s_.Resolve(s_.store.atom(s_.store.symbols()[*index].atom).dim);
        return v;
      }
    }
    v.num = s_.Resolve(s_.Symbol(name, kSize, kind_));
    return v;
  }

  absl::StatusOr<Value> Number() {
    const size_t start = at_;
    int128 digits = 0;
    int decimals = 0, significant = 0;
    bool point = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '.' && !point) {
        point = true;
        continue;
      }
      if (!absl::ascii_isdigit(c)) break;
      digits = digits * 10 + (c - '0');
      if (digits != 0) ++significant;
      if (point) ++decimals;
      if (significant > 36) {
        at_ = start;
        return Error("number too large");
      }
    }
    if (at_ - start == 1 && point) {
      at_ = start;
      return Error("expected a number, a name or '('");
    }
    for (; decimals > 0 && digits % 10 == 0; --decimals) digits /= 10;
    Value v;
    int128 power = 1;
    for (int i = 0; i < decimals; ++i) power *= 10;
    // A decimal stands for itself only where it is a binary fraction: 0.5, not 0.333333.
    int128 odd = power;
    for (int128 rest = digits; odd % 5 == 0 && rest % 5 == 0 && rest != 0; rest /= 5) odd /= 5;
    v.exact = odd % 5 != 0;
    if (v.exact) {
      const int128 fives = power / odd;
      digits /= fives;
      power = odd;
      while (power % 2 == 0 && digits % 2 == 0 && power > 1) {
        power /= 2;
        digits /= 2;
      }
    } else {
      digits = 0;  // the value is not used
      power = 1;
    }
    if (!FitsInt64(digits) || !FitsInt64(power)) {
      at_ = start;
      return Error("number too large");
    }
    v.num = s_.Constant(static_cast<int64_t>(digits));
    v.den = s_.Constant(static_cast<int64_t>(power));
    return v;
  }

  absl::StatusOr<Value> Call(const std::string& name, size_t start) {
    Take("(");
    std::vector<Value> args;
    if (!Next(")")) {
      do {
        absl::StatusOr<Value> arg = Expression();
        if (!arg.ok()) return arg;
        args.push_back(*arg);
      } while (Take(","));
    }
    if (!Take(")")) return Error(args.empty() ? "expected ')'" : "expected ',' or ')'");
    std::string key;  // lower case, no underscores: ceil_div, CeilDiv, ceildiv
    for (char c : name) {
      if (c != '_') key += absl::ascii_tolower(c);
    }
    for (absl::string_view prefix : {"sympy.", "math.", "np.", "numpy.", "torch."}) {
      if (key.substr(0, prefix.size()) == prefix) key.erase(0, prefix.size());
    }
    const auto arity = [&](size_t n) { return args.size() == n; };
    const auto is = [&](std::initializer_list<absl::string_view> names) {
      return std::find(names.begin(), names.end(), key) != names.end();
    };
    const bool divides_by_zero =
        is({"mod", "floordiv", "intdiv", "div", "truediv", "ceildiv", "truncdiv", "cdiv"}) &&
        arity(2) && args[1].num == Dim::Inline(0);
    if (divides_by_zero) return Error("division by zero");
    if (is({"max", "min"}) && !args.empty()) {
      Value out;
      if (!Extreme(args, key == "max", &out)) return Error("cannot compare these quotients");
      auto& operands = key == "max" ? out.largest_of : out.smallest_of;
      for (const Value& v : args) {
        if (v.den == Dim::Inline(1)) operands.push_back(v.num);
      }
      if (operands.size() != args.size()) operands.clear();
      return out;
    }
    if (is({"add", "sum"}) && !args.empty()) {
      Value out = args[0];
      for (size_t i = 1; i < args.size(); ++i) out = Plus(out, args[i], 1);
      return out;
    }
    if (is({"mul", "prod"}) && !args.empty()) {
      Value out = args[0];
      for (size_t i = 1; i < args.size(); ++i) out = Times(out, args[i]);
      return out;
    }
    if (is({"broadcast"}) && !args.empty()) {
      std::vector<Dim> dims;
      for (const Value& v : args) {
        if (v.den != Dim::Inline(1)) return Error("expected integers in broadcast()");
        dims.push_back(v.num);
      }
      const bool sizes =
          std::all_of(dims.begin(), dims.end(), [this](Dim d) { return s_.IsNonNegative(d); });
      Value out;
      out.num = sizes ? s_.TotalBroadcast(dims) : s_.Broadcast(dims);
      return out;
    }
    if (is({"floor", "floortoint", "int"}) && arity(1)) return Floor(args[0], false);
    if (is({"ceil", "ceiling", "ceiltoint"}) && arity(1)) return Floor(args[0], true);
    if (is({"trunc", "trunctoint"}) && arity(1)) return Trunc(args[0]);
    if (is({"neg"}) && arity(1)) {
      Value zero;
      zero.num = Dim::Inline(0);
      return Plus(zero, args[0], -1);
    }
    if (is({"sub"}) && arity(2)) return Plus(args[0], args[1], -1);
    if (is({"floordiv", "intdiv"}) && arity(2)) return Floor(Over(args[0], args[1]), false);
    if (is({"ceildiv", "cdiv", "ceiltoint"}) && arity(2)) {
      return Floor(Over(args[0], args[1]), true);
    }
    if (is({"truncdiv"}) && arity(2)) return Trunc(Over(args[0], args[1]));
    if (is({"div", "truediv"}) && arity(2)) return Over(args[0], args[1]);
    if (is({"mod"}) && arity(2)) return Remainder(args[0], args[1]);
    const size_t end = at_;
    at_ = start;
    const bool known = is({"max", "min", "add", "mul", "floor", "ceil", "ceiling", "trunc", "neg",
                           "sub", "floordiv", "ceildiv", "truncdiv", "div", "mod", "broadcast"});
    const absl::Status error = Error(known ? absl::StrCat("wrong number of arguments of ", name)
                                           : absl::StrCat("unknown function '", name, "'"));
    at_ = end;
    return error;
  }

  absl::Status Comparison(std::vector<Fact>& out) {
    absl::StatusOr<Value> left = Expression();
    if (!left.ok()) return left.status();
    const size_t first = out.size();
    bool any = false;
    for (;;) {
      enum { kEq, kNe, kGe, kGt, kLe, kLt, kDivides } op;
      if (Take("==")) {
        op = kEq;
      } else if (Take("!=")) {
        op = kNe;
      } else if (Take(">=")) {
        op = kGe;
      } else if (Take("<=")) {
        op = kLe;
      } else if (Take(">")) {
        op = kGt;
      } else if (Take("<")) {
        op = kLt;
      } else if (Take("=")) {
        op = kEq;
      } else if (Take("|")) {
        op = kDivides;
      } else {
        break;
      }
      any = true;
      const absl::StatusOr<Value> right = Expression();
      if (!right.ok()) return right.status();
      // Fractions compare as integers over a common positive denominator.
      Dim a = left->num, b = right->num;
      if (left->den != right->den) {
        for (const Value* v : {static_cast<const Value*>(&*left), &*right}) {
          if (!s_.store.IsConstant(v->den) || s_.store.View(v->den).constant <= 0) {
            return Error("expected integers on both sides");
          }
        }
        a = s_.Mul(left->num, right->den);
        b = s_.Mul(right->num, left->den);
      }
      if (!left->exact || !right->exact) return Error("expected exact numbers");
      const Dim one = Dim::Inline(1);
      switch (op) {
        case kEq:
          // x % k == r says that k divides x - r.
          if (!left->mod_a.is_none() && s_.store.IsConstant(b) && RemainderFits(b, left->mod_b)) {
            out.push_back({Fact::Kind::kDivides, left->mod_b, s_.Sub(left->mod_a, b)});
          } else {
            out.push_back({Fact::Kind::kEq, a, b});
          }
          break;
        case kNe:
          out.push_back({Fact::Kind::kNe, a, b});
          break;
        case kGe:
          out.push_back({Fact::Kind::kGe, a, b});
          break;
        case kGt:
          out.push_back({Fact::Kind::kGe, a, s_.Add(b, one)});
          break;
        case kLe:
          out.push_back({Fact::Kind::kGe, b, a});
          break;
        case kLt:
          out.push_back({Fact::Kind::kGe, b, s_.Add(a, one)});
          break;
        case kDivides:
          out.push_back({Fact::Kind::kDivides, a, b});
          break;
      }
      left = right;
    }
    if (!any) return Error("expected a comparison: == != <= >= < >");
    if (!TakeWord("or")) return absl::OkStatus();
    // The one disjunction that is a fact: a == b or a == 1 or b == 1.
    std::vector<Fact> parts(out.begin() + first, out.end());
    out.resize(first);
    const size_t start = at_;
    do {
      absl::StatusOr<Value> a = Expression();
      if (!a.ok()) return a.status();
      if (!Take("==")) return Error("expected '=='");
      absl::StatusOr<Value> b = Expression();
      if (!b.ok()) return b.status();
      parts.push_back({Fact::Kind::kEq, a->num, b->num});
    } while (TakeWord("or"));
    const Dim one = Dim::Inline(1);
    if (parts.size() == 3 && parts[0].kind == Fact::Kind::kEq && parts[1].b == one &&
        parts[2].b == one && parts[1].a == parts[0].a && parts[2].a == parts[0].b) {
      out.push_back({Fact::Kind::kBroadcast, parts[0].a, parts[0].b});
      return absl::OkStatus();
    }
    at_ = start;
    return Error("the only 'or' is: a == b or a == 1 or b == 1");
  }

  bool RemainderFits(Dim r, Dim divisor) {
    if (r == Dim::Inline(0)) return true;
    return s_.store.IsConstant(divisor) && s_.store.View(r).constant >= 0 &&
           s_.store.View(r).constant < s_.store.View(divisor).constant;
  }

  Solver& s_;
  absl::string_view text_;
  SymbolKind kind_;
  size_t at_ = 0;
  int nesting_ = 0;
};

}  // namespace

absl::StatusOr<Dim> Solver::Parse(absl::string_view text, SymbolKind kind) {
  if (text.size() > kMaxLength) return absl::InvalidArgumentError("expression too long");
  return Parser(*this, text, kind).Whole();
}

absl::StatusOr<std::vector<Fact>> Solver::ParseFacts(absl::string_view text, SymbolKind kind) {
  if (text.size() > kMaxLength) return absl::InvalidArgumentError("fact too long");
  return Parser(*this, text, kind).Facts();
}

}  // namespace symshape::symbolic
