#include "symbolic/certificate.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace symshape::certificate {
namespace {

constexpr Int kLimit = Int{1} << 96;
constexpr Int kMaxResidues = 256;

bool Small(Int v) { return v < kLimit && v > -kLimit; }

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

std::string Text(Int v) {
  if (v < 0) return absl::StrCat("-", Text(-v));
  return v < 10 ? absl::StrCat(static_cast<int>(v))
                : absl::StrCat(Text(v / 10), static_cast<int>(v % 10));
}

}  // namespace

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

std::string Ledger::ToString(const Poly& p) const {
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

// --- text
// -----------------------------------------------------------------------------------------

void Ledger::Fail(absl::string_view why) {
  if (error_.empty()) error_ = std::string(why);
}

void Ledger::Begin(absl::string_view text, bool in_proof) {
  text_ = text;
  in_proof_ = in_proof;
  missing_.reset();
  at_ = 0;
  error_.clear();
}

absl::Status Ledger::Result(bool at_end) {
  Take("");
  if (at_end && at_ < text_.size()) Fail(absl::StrCat("cannot read '", text_.substr(at_), "'"));
  return error_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(error_);
}

bool Ledger::Take(absl::string_view token) {
  while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  if (token.empty() || text_.substr(at_, token.size()) != token) return false;
  at_ += token.size();
  return true;
}

std::string Ledger::Word() {
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

Int Ledger::Number() {
  Take("");
  const size_t start = at_;
  Int value = 0;
  for (; at_ < text_.size() && absl::ascii_isdigit(text_[at_]) && Small(value); ++at_) {
    value = value * 10 + (text_[at_] - '0');
  }
  if (at_ == start || !Small(value)) Fail("expected a number");
  return value;
}

int Ledger::NameNumber(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name[0])) Fail("expected a name");
  const auto it = std::find(names_.begin(), names_.end(), name);
  const int number = static_cast<int>(it - names_.begin());
  if (it == names_.end()) names_.emplace_back(name);
  return number;
}

// "" where it is taken, or is no name that a certificate may make.
std::string Ledger::NewName(absl::string_view name) const {
  const bool is_new = std::find(names_.begin(), names_.end(), name) == names_.end();
  return is_new && name.size() > 1 && name[0] == '$' ? std::string(name) : "";
}

Poly Ledger::Expression() {
  Poly sum = Product();
  while (error_.empty()) {
    const bool plus = Take("+");
    if (!plus && !Take("-")) break;
    if (!AddTo(sum, Product(), plus ? 1 : -1)) Fail("overflow");
  }
  return sum;
}

Poly Ledger::Product() {
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

Poly Ledger::Unary() {
  if (!Take("-")) return Primary();
  Poly out;
  if (!AddTo(out, Unary(), -1)) Fail("overflow");
  return out;
}

Poly Ledger::Primary() {
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

Poly Ledger::Quotient(const Poly& a, const Poly& b) {
  if (b.empty()) Fail("division by zero");
  if (!error_.empty()) return {};
  if (IsConstant(a) && IsConstant(b)) {
    return Constant(FloorQuotient(ConstantOf(a), ConstantOf(b)));
  }
  return b == Constant(1) ? a : AtomOf("//", {a, b});
}

Poly Ledger::AtomOf(absl::string_view kind, std::vector<Poly> operands) {
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
Ledger::Fact Ledger::Comparison() {
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

Ledger::Fact Ledger::ReadFact(absl::string_view text) {
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

// --- statements
// -------------------------------------------------------------------------------------

void Ledger::AddRow(const Poly& p) {
  rows_.push_back(p);
  if (IsConstant(p) && ConstantOf(p) < 0) contradicted_ = true;
}

absl::Status Ledger::Let(absl::string_view rest) {
  Begin(rest, true);
  const std::string name = NewName(Word());
  if (name.empty()) Fail("expected a new name, with '$'");
  if (!Take("=")) Fail("expected '='");
  Atom atom{"//", {}, 0, false};
  if (Take("max(")) {
    atom.kind = "max";
    do {
      atom.operands.push_back(Expression());
    } while (Take(","));
    if (!Take(")")) Fail("expected ')'");
    SortOnce(atom.operands);
  } else {
    atom.operands.push_back(Unary());
    if (!Take("//")) Fail("expected '//'");
    atom.operands.push_back(Unary());
    // Wherever the quotient has a value, a divisor that is >= 0 is >= 1.
    const Poly& divisor = atom.operands[1];
    const bool by_row = Take("by");
    if (by_row && RowInBrackets() != divisor) Fail("that row is not the divisor");
    if (!by_row && !(IsConstant(divisor) && ConstantOf(divisor) >= 1)) Fail("divisor not >= 1");
  }
  if (const absl::Status status = Result(true); !status.ok()) return status;
  atom.name = NameNumber(name);
  atoms_.push_back(atom);
  const Poly self = {{{atom.name}, 1}};
  if (atom.kind == "max") {
    for (const Poly& e : atom.operands) AddRow(Minus(self, e, 0));
    return absl::OkStatus();
  }
  Poly product;
  if (!Multiply(atom.operands[1], self, product)) return absl::InvalidArgumentError("overflow");
  AddRow(Minus(atom.operands[0], product, 0));
  Poly room = Minus(product, atom.operands[0], -1);
  if (!AddTo(room, atom.operands[1], 1)) return absl::InvalidArgumentError("overflow");
  AddRow(room);
  if (!IsConstant(atom.operands[1])) AddRow(Minus(atom.operands[1], Constant(1), 0));
  return absl::OkStatus();
}

absl::Status Ledger::Given(absl::string_view rest) {
  const Fact fact = ReadFact(rest);
  if (const absl::Status status = Result(true); !status.ok()) return status;
  theorem_.givens.emplace_back(rest);
  for (const Poly& p : fact.rows) AddRow(p);
  if (!fact.alternatives.empty()) disjunctions_.push_back(fact);
  return absl::OkStatus();
}

absl::Status Ledger::Claim(absl::string_view rest) {
  const Fact fact = ReadFact(rest);
  if (fact.opposite.empty()) Fail("a claim has no 'or'");
  if (const absl::Status status = Result(true); !status.ok()) return status;
  // A quotient that neither the claim nor a given has would say for nothing that its divisor is not
  // 0.
  for (size_t i = atoms_.size(); i-- > 0;) {
    for (const Poly& operand : atoms_[i].used ? atoms_[i].operands : std::vector<Poly>()) {
      for (Atom& inner : atoms_) inner.used = inner.used || Mentions(operand, inner.name);
    }
    const bool divides = atoms_[i].kind == "//" && !IsConstant(atoms_[i].operands[1]);
    if (divides && !atoms_[i].used) {
      return absl::InvalidArgumentError("a let that the theorem does not need");
    }
  }
  theorem_.claim = std::string(rest);
  stated_ = true;
  if (fact.opposite.size() == 1) {
    for (const Poly& p : fact.opposite[0]) AddRow(p);
  } else {
    blocks_.push_back({fact.opposite, 0, rows_.size()});
  }
  return absl::OkStatus();
}

Poly Ledger::RowInBrackets() {
  if (!Take("[")) Fail("expected '['");
  const Int number = Number();
  if (!Take("]")) Fail("expected ']'");
  if (number >= 1 && number <= static_cast<Int>(rows_.size())) {
    return rows_[static_cast<size_t>(number) - 1];
  }
  Fail("no such row");
  return {};
}

absl::Status Ledger::Row(absl::string_view rest) {
  Begin(rest, true);
  Poly sum;
  do {
    Int factor = 1;
    Take("");
    const bool has_factor = at_ < text_.size() && text_[at_] != '[';
    if (has_factor) factor = Number();
    Poly product = Constant(1);
    while (error_.empty() && ((!has_factor && IsConstant(product)) || Take("*"))) {
      Poly next;
      if (!Multiply(product, RowInBrackets(), next)) Fail("overflow");
      product = next;
    }
    if (!AddTo(sum, product, factor)) Fail("overflow");
  } while (error_.empty() && Take("+"));
  if (Take("/")) {
    const Int divisor = Number();
    if (divisor < 1) Fail("expected a divisor >= 1");
    Poly divided;
    for (const auto& [mono, coeff] : sum) {
      if (!error_.empty()) break;
      if (!mono.empty() && coeff % divisor != 0) Fail("does not divide");
      if (const Int q = FloorQuotient(coeff, divisor); q != 0) divided[mono] = q;
    }
    sum = divided;
  }
  if (const absl::Status status = Result(true); !status.ok()) return status;
  AddRow(sum);
  return absl::OkStatus();
}

absl::Status Ledger::Cases(absl::string_view rest) {
  Begin(rest, true);
  std::vector<Case> cases;
  if (Take("given ")) {
    const Int number = Number();
    if (number < 1 || number > static_cast<Int>(disjunctions_.size())) {
      Fail("no such disjunction");
    } else {
      cases = disjunctions_[static_cast<size_t>(number) - 1].alternatives;
    }
  } else if (const size_t as = rest.find(" as "); as != absl::string_view::npos) {
    const std::string fresh = NewName(rest.substr(as + 4));
    Begin(rest.substr(0, as), true);
    const Poly x = Unary();
    if (!Take("%")) Fail("expected '%'");
    const Int modulus = Number();
    if (modulus < 1 || modulus > kMaxResidues) Fail("modulus out of range");
    if (fresh.empty()) Fail("expected a new name, with '$'");
    const Poly multiple = {{{NameNumber(fresh)}, modulus}};
    for (Int r = 0; error_.empty() && r < modulus; ++r) {
      Poly whole = multiple;
      if (!AddTo(whole, Constant(r), 1)) Fail("overflow");
      cases.push_back({Minus(x, whole, 0), Minus(whole, x, 0)});
    }
  } else {
    const Poly p = Expression();
    const auto atom = std::find_if(atoms_.begin(), atoms_.end(), [&](const Atom& a) {
      return a.kind == "max" && p == Poly{{{a.name}, 1}};
    });
    if (atom != atoms_.end()) {
      for (const Poly& e : atom->operands) cases.push_back({Minus(e, p, 0)});
    } else {
      cases = {{p}, {Minus(Constant(-1), p, 0)}};
    }
  }
  if (const absl::Status status = Result(true); !status.ok()) return status;
  blocks_.push_back({cases, 0, rows_.size()});
  return absl::OkStatus();
}

absl::Status Ledger::NextCase() {
  if (blocks_.empty()) return absl::InvalidArgumentError("no cases");
  Block& block = blocks_.back();
  if (block.next > 0 && !contradicted_)
    return absl::InvalidArgumentError("the case before is open");
  if (block.next == block.cases.size()) return absl::InvalidArgumentError("no further case");
  rows_.resize(block.rows);
  contradicted_ = false;
  for (const Poly& p : block.cases[block.next]) AddRow(p);
  ++block.next;
  return absl::OkStatus();
}

absl::Status Ledger::End() {
  if (blocks_.empty() || blocks_.back().next != blocks_.back().cases.size() || !contradicted_) {
    return absl::InvalidArgumentError("a case is open");
  }
  rows_.resize(blocks_.back().rows);
  blocks_.pop_back();
  return absl::OkStatus();
}

absl::Status Ledger::Execute(absl::string_view statement) {
  statement = absl::StripAsciiWhitespace(statement.substr(0, statement.find('#')));
  if (statement.empty()) return absl::OkStatus();
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(statement, absl::MaxSplits(' ', 1));
  const auto& [word, rest] = parts;
  const bool header = word == "size" || word == "let" || word == "given" || word == "claim";
  if (header == stated_ && word != "row") return absl::InvalidArgumentError("not in this place");
  if (!header && !blocks_.empty() && blocks_.back().next == 0 && word != "case") {
    return absl::InvalidArgumentError("expected 'case'");
  }
  if (word == "let") return Let(rest);
  if (word == "given") return Given(rest);
  if (word == "claim") return Claim(rest);
  if (word == "row") return Row(rest);
  if (word == "cases") return Cases(rest);
  if (word == "case" && rest.empty()) return NextCase();
  if (word == "end" && rest.empty()) return End();
  if (word != "size") return absl::InvalidArgumentError("unknown statement");
  Begin(rest, false);
  const Poly symbol = {{{NameNumber(Word())}, 1}};
  if (const absl::Status status = Result(true); !status.ok()) return status;
  theorem_.sizes.emplace_back(rest);
  AddRow(symbol);
  return absl::OkStatus();
}

absl::StatusOr<Theorem> Check(absl::string_view certificate) {
  Ledger ledger;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(certificate, '\n')) {
    ++number;
    const absl::Status status = ledger.Execute(line);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": ", line, ": ", status.message()));
    }
  }
  if (!ledger.proved()) return absl::InvalidArgumentError("the certificate ends before a row < 0");
  return ledger.theorem();
}

}  // namespace symshape::certificate
