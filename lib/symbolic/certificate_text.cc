// Reads what a certificate says: polynomials, facts. What follows from them: certificate.cc.
#include "symbolic/certificate_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace symshape::certificate {
namespace {

constexpr Int kLimit = Int{1} << 96;

bool Small(Int v) { return v < kLimit && v > -kLimit; }

std::string Text(Int v) {
  if (v < 0) return absl::StrCat("-", Text(-v));
  return v < 10 ? absl::StrCat(static_cast<int>(v))
                : absl::StrCat(Text(v / 10), static_cast<int>(v % 10));
}

}  // namespace

Int FloorQuotient(Int a, Int b) {
  const Int q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

Poly Constant(Int value) { return value == 0 ? Poly() : Poly{{Mono(), value}}; }

Poly Minus(const Poly& a, const Poly& b, Int constant) {
  Poly out = Constant(constant);
  return AddTo(out, a, 1) && AddTo(out, b, -1) ? out : Poly();  // of parsed texts: never too large
}

void SortOnce(std::vector<Poly>& elements) {
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
}

bool AddTo(Poly& p, const Poly& q, Int factor) {
  for (const auto& [mono, coeff] : q) {
    Int product;
    if (__builtin_mul_overflow(coeff, factor, &product) || !Small(product)) return false;
    Int& sum = p[mono];
    sum += product;
    if (!Small(sum)) return false;
    if (sum == 0) p.erase(mono);
  }
  return true;
}

bool Multiply(const Poly& p, const Poly& q, Poly& out) {
  out.clear();
  for (const auto& [mono, coeff] : p) {
    Poly shifted;
    for (const auto& [other, factor] : q) {
      Mono both = mono;
      both.insert(both.end(), other.begin(), other.end());
      std::sort(both.begin(), both.end());
      shifted[both] = factor;
    }
    if (!AddTo(out, shifted, coeff)) return false;
  }
  return true;
}

Int ConstantOf(const Poly& p) {
  const auto it = p.find(Mono());
  return it == p.end() ? 0 : it->second;
}
bool Mentions(const Poly& p, int name) {
  return std::any_of(p.begin(), p.end(), [name](const auto& term) {
    return std::count(term.first.begin(), term.first.end(), name) > 0;
  });
}
bool IsConstant(const Poly& p) { return p.empty() || (p.size() == 1 && p.begin()->first.empty()); }

std::string Reader::ToString(const Poly& p) const {
  std::string out;
  for (auto it = p.rbegin(); it != p.rend(); ++it) {
    const auto& [mono, coeff] = *it;
    const Int size = coeff < 0 ? -coeff : coeff;
    absl::StrAppend(&out, out.empty() ? (coeff < 0 ? "-" : "") : (coeff < 0 ? " - " : " + "));
    if (size != 1 || mono.empty()) absl::StrAppend(&out, Text(size), mono.empty() ? "" : "*");
    for (size_t i = 0; i < mono.size(); ++i) absl::StrAppend(&out, i ? "*" : "", names_[mono[i]]);
  }
  return out.empty() ? "0" : out;
}

void Reader::Fail(absl::string_view why) {
  if (error_.empty()) error_ = std::string(why);
}

void Reader::Begin(absl::string_view text, bool in_proof) {
  text_ = text;
  in_proof_ = in_proof;
  missing_.reset();
  at_ = 0;
  error_.clear();
}

absl::Status Reader::Result(bool at_end) {
  Take("");
  if (at_end && at_ < text_.size()) Fail(absl::StrCat("cannot read '", text_.substr(at_), "'"));
  return error_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(error_);
}

bool Reader::Take(absl::string_view token) {
  while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  if (token.empty() || text_.substr(at_, token.size()) != token) return false;
  at_ += token.size();
  return true;
}

bool Reader::NextIs(char c) {
  Take("");
  return at_ < text_.size() && text_[at_] == c;
}

std::string Reader::Word() {
  Take("");
  const size_t start = at_;
  // Names that the certificate makes never meet those of the theorem.
  if (in_proof_ && at_ < text_.size() && text_[at_] == '$') ++at_;
  while (at_ < text_.size() &&
         (absl::ascii_isalnum(text_[at_]) || text_[at_] == '_' || text_[at_] == '.')) {
    ++at_;
  }
  return std::string(text_.substr(start, at_ - start));
}

Int Reader::Number() {
  Take("");
  const size_t start = at_;
  Int value = 0;
  for (; at_ < text_.size() && absl::ascii_isdigit(text_[at_]) && Small(value); ++at_) {
    value = value * 10 + (text_[at_] - '0');
  }
  if (at_ == start || !Small(value)) Fail("expected a number");
  return value;
}

int Reader::NameNumber(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name[0])) Fail("expected a name");
  const auto it = std::find(names_.begin(), names_.end(), name);
  const int number = static_cast<int>(it - names_.begin());
  if (it == names_.end()) names_.emplace_back(name);
  return number;
}

// "" where it is taken, or is no name that a certificate may make.
std::string Reader::NewName(absl::string_view name) const {
  const bool is_new = std::find(names_.begin(), names_.end(), name) == names_.end();
  return is_new && name.size() > 1 && name[0] == '$' ? std::string(name) : "";
}

Poly Reader::Expression() {
  Poly sum = Product();
  while (error_.empty()) {
    const bool plus = Take("+");
    if (!plus && !Take("-")) break;
    if (!AddTo(sum, Product(), plus ? 1 : -1)) Fail("overflow");
  }
  return sum;
}

Poly Reader::Product() {
  Poly left = Unary();
  while (error_.empty()) {
    Poly product, right;
    if (Take("//")) {
      left = Quotient(left, Unary());
    } else if (Take("%")) {
      right = Unary();
      if (!Multiply(right, Quotient(left, right), product) || !AddTo(left, product, -1)) {
        Fail("overflow");
      }
    } else if (Take("*")) {
      if (!Multiply(left, Unary(), product)) Fail("overflow");
      left = product;
    } else {
      break;
    }
  }
  return left;
}

Poly Reader::Unary() {
  if (!Take("-")) return Primary();
  Poly out;
  if (!AddTo(out, Unary(), -1)) Fail("overflow");
  return out;
}

Poly Reader::Primary() {
  if (Take("(")) {
    const Poly inner = Expression();
    if (!Take(")")) Fail("expected ')'");
    return inner;
  }
  Take("");
  if (at_ < text_.size() && absl::ascii_isdigit(text_[at_])) return Constant(Number());
  const std::string name = Word();
  if (!name.empty() && name[0] == '$' && NewName(name) == name) Fail("no such name");
  if (!Take("(")) return {{{NameNumber(name)}, 1}};
  std::vector<Poly> elements;
  const Int sign = name == "min" ? -1 : 1;
  if (name != "max" && name != "min") Fail(absl::StrCat("unknown function '", name, "'"));
  do {
    Poly e;
    if (!AddTo(e, Expression(), sign)) Fail("overflow");
    elements.push_back(e);
  } while (Take(","));
  if (!Take(")")) Fail("expected ')'");
  Poly out;
  if (!AddTo(out, AtomOf("max", elements), sign)) Fail("overflow");  // min(S) == -max(-S)
  return out;
}

Poly Reader::Quotient(const Poly& a, const Poly& b) {
  if (b.empty()) Fail("division by zero");
  if (!error_.empty()) return {};
  if (IsConstant(a) && IsConstant(b)) {
    return Constant(FloorQuotient(ConstantOf(a), ConstantOf(b)));
  }
  return b == Constant(1) ? a : AtomOf("//", {a, b});
}

Poly Reader::AtomOf(absl::string_view kind, std::vector<Poly> operands) {
  if (kind == "max") {
    SortOnce(operands);
    if (operands.size() == 1) return operands[0];
  }
  for (Atom& atom : atoms_) {
    if (atom.kind != kind || atom.operands != operands) continue;
    atom.used = atom.used || !in_proof_;
    return {{{atom.name}, 1}};
  }
  missing_ = Atom{std::string(kind), operands, 0, false};
  std::string text;
  for (const Poly& p : operands) absl::StrAppend(&text, text.empty() ? "" : ", ", ToString(p));
  Fail(absl::StrCat("no let for ", kind, "(", text, ")"));
  return {};
}

// a ~ b; what its opposite says too.
Fact Reader::Comparison() {
  const Poly a = Expression();
  const bool eq = Take("=="), ne = !eq && Take("!="), ge = !eq && !ne && Take(">=");
  if (!eq && !ne && !ge && !Take("<=")) Fail("expected == != >= or <=");
  const Poly b = Expression();
  Fact fact;
  const Case more = {Minus(a, b, -1)}, less = {Minus(b, a, -1)};
  const Case same = {Minus(a, b, 0), Minus(b, a, 0)};
  if (eq) {
    fact.rows = same;
    fact.opposite = {more, less};
  } else if (ne) {
    fact.alternatives = {more, less};
    fact.opposite = {same};
  } else {
    fact.rows = {ge ? Minus(a, b, 0) : Minus(b, a, 0)};
    fact.opposite = {ge ? less : more};
  }
  return fact;
}

Fact Reader::ReadFact(absl::string_view text) {
  Begin(text, false);
  Fact fact = Comparison();
  if (Take("or")) {
    Fact any;
    any.alternatives = {fact.rows};
    do {
      const Fact next = Comparison();
      any.alternatives.push_back(next.rows);
    } while (Take("or"));
    for (const Case& c : any.alternatives) {
      if (c.empty()) Fail("expected no != beside 'or'");
    }
    fact = any;
  }
  return fact;
}

}  // namespace symshape::certificate
