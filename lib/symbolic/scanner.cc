#include "symbolic/scanner.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "symbolic/checked.h"

namespace symshape::symbolic {
namespace {

constexpr char kOperand[] = "expected a number, a name or '('";
constexpr int kMaxDigits = 36;  // fit int128

bool InName(char c) { return absl::ascii_isalnum(c) || c == '_'; }

}  // namespace

void Scanner::Skip() {
  while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
}

bool Scanner::AtEnd() {
  Skip();
  return at_ >= text_.size();
}

char Scanner::Peek() { return AtEnd() ? '\0' : text_[at_]; }

bool Scanner::Next(absl::string_view token) {
  Skip();
  return text_.substr(at_, token.size()) == token;
}

bool Scanner::Take(absl::string_view token) {
  if (!Next(token)) return false;
  at_ += token.size();
  return true;
}

bool Scanner::TakeWord(absl::string_view word) {
  if (!Next(word)) return false;
  const size_t end = at_ + word.size();
  if (end < text_.size() && InName(text_[end])) return false;
  at_ = end;
  return true;
}

absl::Status Scanner::ErrorAt(size_t position, absl::string_view expected) const {
  size_t column = 0;
  for (size_t i = 0; i < position && i < text_.size(); ++i) column += (text_[i] & 0xc0) != 0x80;
  return absl::InvalidArgumentError(
      absl::StrCat(expected, "\n    ", text_, "\n    ", std::string(column, ' '), "^ here"));
}

absl::StatusOr<Scanner::Number> Scanner::ReadNumber() {
  Skip();
  const size_t start = at_;
  int128 digits = 0;
  int decimals = 0, significant = 0, read = 0;
  bool point = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!absl::ascii_isdigit(c)) break;
    ++read;
    digits = digits * 10 + (c - '0');
    if (digits != 0) ++significant;
    if (point) ++decimals;
    if (significant > kMaxDigits || decimals > kMaxDigits) {
      return ErrorAt(start, "number too large");
    }
  }
  if (read == 0) return ErrorAt(start, kOperand);
  // An exponent needs its digits: in 2e, e is a name that no operator precedes.
  size_t e = at_;
  if (e < text_.size() && absl::ascii_tolower(text_[e]) == 'e') {
    const bool negative = ++e < text_.size() && text_[e] == '-';
    if (e < text_.size() && (text_[e] == '-' || text_[e] == '+')) ++e;
    int exponent = 0;
    bool any = false;
    for (; e < text_.size() && absl::ascii_isdigit(text_[e]); ++e, any = true) {
      if (exponent < 1000) exponent = exponent * 10 + (text_[e] - '0');
    }
    if (any) {
      at_ = e;
      decimals += negative ? exponent : -exponent;
    }
  }
  for (; decimals < 0 && digits != 0; ++decimals) {
    if (++significant > kMaxDigits) return ErrorAt(start, "number too large");
    digits *= 10;
  }
  for (; decimals > 0 && digits % 10 == 0 && digits != 0; --decimals) digits /= 10;
  if (digits == 0) return Number{};
  if (decimals > kMaxDigits) return Number{0, 1, false};
  // digits / 10^decimals = digits / (5^decimals * 2^decimals), exact where 5^decimals leaves.
  int64_t power = 1;
  for (int i = 0; i < decimals; ++i) {
    if (digits % 5 != 0) return Number{0, 1, false};
    digits /= 5;
    if (digits % 2 == 0) {
      digits /= 2;
    } else if (!MulOk(power, 2, &power)) {
      return ErrorAt(start, "number too large");
    }
  }
  if (!FitsInt64(digits)) return ErrorAt(start, "number too large");
  return Number{static_cast<int64_t>(digits), power, true};
}

absl::StatusOr<std::string> Scanner::ReadName() {
  Skip();
  const size_t start = at_;
  const char c = Peek();
  if (c == '"' || c == '\'' || c == '`') {
    const size_t end = text_.find(c, at_ + 1);
    if (end == absl::string_view::npos) return Error("expected the closing quote");
    if (end == at_ + 1) return Error("expected a name between the quotes");
    at_ = end + 1;
    return std::string(text_.substr(start + 1, end - start - 1));
  }
  if (!absl::ascii_isalpha(c) && c != '_') return Error(kOperand);
  while (at_ < text_.size() && (InName(text_[at_]) || text_[at_] == '.')) ++at_;
  return std::string(text_.substr(start, at_ - start));
}

}  // namespace symshape::symbolic
