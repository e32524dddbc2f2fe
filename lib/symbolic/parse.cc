// Reads the expressions that are found in models: Python and onnx_ir (// % **), sympy and
// onnxruntime (floor, ceiling, Max, Min, Mod, 1.0*N), onnx-light (/: ^ & CeilToInt), MIGraphX and
// paddle (rational quotients, floor(W/2 - 1/2)), torch (FloorDiv, CleanDiv, ModularIndexing), and
// the prefix form of the ONNX proposal (Add(Mul(2, H), 1)).
//
// A text is read as a quotient of integers (quotient.h). What is left as a quotient that does not
// divide, or holds a decimal that is no binary fraction, becomes one opaque symbol named by the
// text.
#include "absl/strings/ascii.h"
#include "symbolic/parser.h"

namespace symshape::symbolic {
namespace {

constexpr int kMaxNesting = 200;
constexpr size_t kMaxLength = 1 << 16;
constexpr int64_t kMaxExponent = 64;

}  // namespace

absl::StatusOr<Dim> Parser::Whole() {
  const absl::StatusOr<Quotient> v = Expression();
  if (!v.ok()) return v.status();
  if (!in_.AtEnd()) return in_.Error("expected an operator or the end");
  return Integral(*v);
}

Dim Parser::Integral(const Quotient& v) {
  if (v.exact && v.is_integer()) return v.num;
  if (v.exact && s_.Decide({Fact::Kind::kDivides, v.den, v.num}) == Tri::kYes) {
    return s_.FloorDiv(v.num, v.den);
  }
  return s_.Symbol(absl::StripAsciiWhitespace(in_.text()), kAnyInteger, kind_);
}

// onnx-light: ^ is max and & is min; they bind as in Python, less tightly than +, & before ^.
absl::StatusOr<Quotient> Parser::Expression() { return Extreme(true); }
absl::StatusOr<Quotient> Parser::Smallest() { return Extreme(false); }

absl::StatusOr<Quotient> Parser::Extreme(bool largest) {
  if (++nesting_ > 2 * kMaxNesting) return in_.Error("nested too deeply");
  absl::StatusOr<Quotient> left = largest ? Smallest() : Sum();
  while (left.ok()) {
    const size_t start = in_.at();
    if (largest ? !in_.Take("^") : in_.Next("&&") || !in_.Take("&")) break;
    const absl::StatusOr<Quotient> right = largest ? Smallest() : Sum();
    if (!right.ok()) return right;
    const std::optional<Quotient> both = quotients_.Extreme({*left, *right}, largest);
    if (!both) return in_.ErrorAt(start, "cannot compare these quotients");
    left = *both;
  }
  --nesting_;
  return left;
}

absl::StatusOr<Quotient> Parser::Sum() {
  absl::StatusOr<Quotient> left = Product();
  while (left.ok()) {
    const int64_t sign = in_.Take("+") ? 1 : in_.Take("-") ? -1 : 0;
    if (sign == 0) break;
    const absl::StatusOr<Quotient> right = Product();
    if (!right.ok()) return right;
    left = quotients_.Plus(*left, *right, sign);
  }
  return left;
}

absl::StatusOr<Quotient> Parser::Product() {
  absl::StatusOr<Quotient> left = Unary();
  std::optional<Quotient> before, last;  // left = before * last
  if (left.ok()) last = *left;
  while (left.ok()) {
    if (in_.Next("**")) break;
    const size_t start = in_.at();
    enum { kTimes, kFloor, kOver, kMod } op;
    if (in_.Take("*")) {
      op = kTimes;
    } else if (in_.Take("//") || in_.Take("/:")) {
      op = kFloor;
    } else if (in_.Take("/")) {
      op = kOver;
    } else if (in_.Take("%")) {
      op = kMod;
    } else {
      break;
    }
    const absl::StatusOr<Quotient> right = Unary();
    if (!right.ok()) return right;
    if (op != kTimes && right->num == Dim::Inline(0)) return in_.ErrorAt(start, "division by zero");
    if (op == kTimes && last) {
      if (const std::optional<Quotient> merged = quotients_.BroadcastOf(*last, *right)) {
        left = before ? quotients_.Times(*before, *merged) : *merged;
        last.reset();
        continue;
      }
    }
    before = *left;
    last = op == kTimes ? std::optional<Quotient>(*right) : std::nullopt;
    left = op == kTimes   ? quotients_.Times(*left, *right)
           : op == kOver  ? quotients_.Over(*left, *right)
           : op == kFloor ? quotients_.Floor(quotients_.Over(*left, *right))
                          : quotients_.Remainder(*left, *right);
  }
  return left;
}

absl::StatusOr<Quotient> Parser::Unary() {
  if (++nesting_ > 2 * kMaxNesting) return in_.Error("nested too deeply");
  absl::StatusOr<Quotient> out;
  if (in_.Take("-")) {
    out = Unary();
    if (out.ok()) out = quotients_.Negated(*out);
  } else if (in_.Take("+")) {
    out = Unary();
  } else {
    out = Power();
  }
  --nesting_;
  return out;
}

absl::StatusOr<Quotient> Parser::Power() {  // binds more tightly than unary minus: -a**2 is -(a**2)
  const absl::StatusOr<Quotient> base = Primary();
  if (!base.ok() || !in_.Take("**")) return base;
  const size_t start = in_.at();
  const absl::StatusOr<Quotient> exponent = Unary();
  if (!exponent.ok()) return exponent;
  return Raised(*base, *exponent, start);
}

absl::StatusOr<Quotient> Parser::Raised(const Quotient& base, const Quotient& exponent,
                                        size_t start) {
  const PolyView e = s_.store.View(exponent.num);
  if (!e.terms.empty() || !exponent.is_integer() || e.constant < -kMaxExponent ||
      e.constant > kMaxExponent) {
    return in_.ErrorAt(start, "expected a constant exponent");
  }
  Quotient out = Quotients::Of(Dim::Inline(1));
  for (int64_t i = 0; i < (e.constant < 0 ? -e.constant : e.constant); ++i) {
    out = quotients_.Times(out, base);
  }
  if (e.constant >= 0) return out;
  if (out.num == Dim::Inline(0)) return in_.ErrorAt(start, "division by zero");
  return quotients_.Over(Quotients::Of(Dim::Inline(1)), out);
}

absl::StatusOr<Quotient> Parser::Primary() {
  const char c = in_.Peek();
  if (in_.Take("(")) {
    absl::StatusOr<Quotient> inner = Expression();
    if (!inner.ok()) return inner;
    if (!in_.Take(")")) return in_.Error("expected ')'");
    return inner;
  }
  if (absl::ascii_isdigit(c) || c == '.') {
    const absl::StatusOr<Scanner::Number> number = in_.ReadNumber();
    if (!number.ok()) return number.status();
    Quotient v = Quotients::Of(s_.Constant(number->numerator));
    v.den = s_.Constant(number->denominator);
    v.exact = number->exact;
    return v;
  }
  const size_t start = in_.at();
  const absl::StatusOr<std::string> name = in_.ReadName();
  if (!name.ok()) return name.status();
  const bool quoted = c == '"' || c == '\'' || c == '`';
  return !quoted && in_.Next("(") ? Call(*name, start) : Named(*name);
}

// An alias is read where it may have been printed: not that of a name in this text, "a b" == a_b.
Quotient Parser::Named(const std::string& name) {
  if (s_.store.FindSymbol(name) == nullptr) {
    const uint32_t* index = s_.store.FindAlias(name);
    if (index != nullptr && *index < known_symbols_) {
      return Quotients::Of(s_.Resolve(s_.store.atom(s_.store.symbols()[*index].atom).dim));
    }
  }
  return Quotients::Of(s_.Resolve(s_.Symbol(name, kSize, kind_)));
}

absl::StatusOr<Dim> Solver::Parse(absl::string_view text, SymbolKind kind) {
  if (text.size() > kMaxLength) return absl::InvalidArgumentError("expression too long");
  return Parser(*this, text, kind).Whole();
}

absl::StatusOr<std::vector<Fact>> Solver::ParseFacts(absl::string_view text, SymbolKind kind) {
  if (text.size() > kMaxLength) return absl::InvalidArgumentError("fact too long");
  return Parser(*this, text, kind).Facts();
}

}  // namespace symshape::symbolic
