// The steps of a proof: which rows a statement makes, and when a proof is one.
#include "symbolic/certificate.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace symshape::certificate {
namespace {

constexpr Int kMaxResidues = 256;

}  // namespace

void Ledger::AddRow(const Poly& p) {
  rows_.push_back(p);
  if (IsConstant(p) && ConstantOf(p) < 0) contradicted_ = true;
}

absl::Status Ledger::Size(absl::string_view rest) {
  text_.Begin(rest, false);
  const Poly symbol = {{{text_.NameNumber(text_.Word())}, 1}};
  if (const absl::Status status = text_.Result(true); !status.ok()) return status;
  theorem_.sizes.emplace_back(rest);
  AddRow(symbol);
  return absl::OkStatus();
}

absl::Status Ledger::Let(absl::string_view rest) {
  text_.Begin(rest, true);
  const std::string name = text_.NewName(text_.Word());
  if (name.empty()) text_.Fail("expected a new name, with '$'");
  if (!text_.Take("=")) text_.Fail("expected '='");
  Atom atom{"//", {}, 0, false};
  if (text_.Take("max(")) {
    atom.kind = "max";
    do {
      atom.operands.push_back(text_.Expression());
    } while (text_.Take(","));
    if (!text_.Take(")")) text_.Fail("expected ')'");
    SortOnce(atom.operands);
  } else {
    atom.operands.push_back(text_.Unary());
    if (!text_.Take("//")) text_.Fail("expected '//'");
    atom.operands.push_back(text_.Unary());
    // Wherever the quotient has a value, a divisor that is >= 0 is >= 1.
    const Poly& divisor = atom.operands[1];
    const bool by_row = text_.Take("by");
    if (by_row && RowInBrackets() != divisor) text_.Fail("that row is not the divisor");
    if (!by_row && !(IsConstant(divisor) && ConstantOf(divisor) >= 1))
      text_.Fail("divisor not >= 1");
  }
  if (const absl::Status status = text_.Result(true); !status.ok()) return status;
  atom.name = text_.NameNumber(name);
  text_.atoms().push_back(atom);
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
  const Fact fact = text_.ReadFact(rest);
  if (const absl::Status status = text_.Result(true); !status.ok()) return status;
  theorem_.givens.emplace_back(rest);
  for (const Poly& p : fact.rows) AddRow(p);
  if (!fact.alternatives.empty()) disjunctions_.push_back(fact);
  return absl::OkStatus();
}

absl::Status Ledger::Claim(absl::string_view rest) {
  const Fact fact = text_.ReadFact(rest);
  if (fact.opposite.empty()) text_.Fail("a claim has no 'or'");
  if (const absl::Status status = text_.Result(true); !status.ok()) return status;
  // A quotient that neither the claim nor a given has would say for nothing that its divisor is not
  // 0.
  std::vector<Atom>& atoms = text_.atoms();
  for (size_t i = atoms.size(); i-- > 0;) {
    for (const Poly& operand : atoms[i].used ? atoms[i].operands : std::vector<Poly>()) {
      for (Atom& inner : atoms) inner.used = inner.used || Mentions(operand, inner.name);
    }
    const bool divides = atoms[i].kind == "//" && !IsConstant(atoms[i].operands[1]);
    if (divides && !atoms[i].used) {
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
  if (!text_.Take("[")) text_.Fail("expected '['");
  const Int number = text_.Number();
  if (!text_.Take("]")) text_.Fail("expected ']'");
  if (number >= 1 && number <= static_cast<Int>(rows_.size())) {
    return rows_[static_cast<size_t>(number) - 1];
  }
  text_.Fail("no such row");
  return {};
}

absl::Status Ledger::Row(absl::string_view rest) {
  text_.Begin(rest, true);
  Poly sum;
  do {
    Int factor = 1;
    const bool has_factor = !text_.NextIs('[');
    if (has_factor) factor = text_.Number();
    Poly product = Constant(1);
    while (text_.ok() && ((!has_factor && IsConstant(product)) || text_.Take("*"))) {
      Poly next;
      if (!Multiply(product, RowInBrackets(), next)) text_.Fail("overflow");
      product = next;
    }
    if (!AddTo(sum, product, factor)) text_.Fail("overflow");
  } while (text_.ok() && text_.Take("+"));
  if (text_.Take("/")) {
    const Int divisor = text_.Number();
    if (divisor < 1) text_.Fail("expected a divisor >= 1");
    Poly divided;
    for (const auto& [mono, coeff] : sum) {
      if (!text_.ok()) break;
      if (!mono.empty() && coeff % divisor != 0) text_.Fail("does not divide");
      if (const Int q = FloorQuotient(coeff, divisor); q != 0) divided[mono] = q;
    }
    sum = divided;
  }
  if (const absl::Status status = text_.Result(true); !status.ok()) return status;
  AddRow(sum);
  return absl::OkStatus();
}

absl::Status Ledger::Cases(absl::string_view rest) {
  text_.Begin(rest, true);
  std::vector<Case> cases;
  if (text_.Take("given ")) {
    const Int number = text_.Number();
    if (number < 1 || number > static_cast<Int>(disjunctions_.size())) {
      text_.Fail("no such disjunction");
    } else {
      cases = disjunctions_[static_cast<size_t>(number) - 1].alternatives;
    }
  } else if (const size_t as = rest.find(" as "); as != absl::string_view::npos) {
    const std::string fresh = text_.NewName(rest.substr(as + 4));
    text_.Begin(rest.substr(0, as), true);
    const Poly x = text_.Unary();
    if (!text_.Take("%")) text_.Fail("expected '%'");
    const Int modulus = text_.Number();
    if (modulus < 1 || modulus > kMaxResidues) text_.Fail("modulus out of range");
    if (fresh.empty()) text_.Fail("expected a new name, with '$'");
    const Poly multiple = {{{text_.NameNumber(fresh)}, modulus}};
    for (Int r = 0; text_.ok() && r < modulus; ++r) {
      Poly whole = multiple;
      if (!AddTo(whole, Constant(r), 1)) text_.Fail("overflow");
      cases.push_back({Minus(x, whole, 0), Minus(whole, x, 0)});
    }
  } else {
    const Poly p = text_.Expression();
    const std::vector<Atom>& atoms = text_.atoms();
    const auto atom = std::find_if(atoms.begin(), atoms.end(), [&](const Atom& a) {
      return a.kind == "max" && p == Poly{{{a.name}, 1}};
    });
    if (atom != atoms.end()) {
      for (const Poly& e : atom->operands) cases.push_back({Minus(e, p, 0)});
    } else {
      cases = {{p}, {Minus(Constant(-1), p, 0)}};
    }
  }
  if (const absl::Status status = text_.Result(true); !status.ok()) return status;
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
  if (word == "size") return Size(rest);
  return absl::InvalidArgumentError("unknown statement");
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
