// Reads facts: chains of comparisons (1 <= seq <= 512), divisibility (H % 32 == 0, or 32 | H),
// sympy's Eq(a, b), joined by "and", '&&', ';' or ','.
#include <utility>

#include "absl/strings/str_cat.h"
#include "symbolic/parser.h"

namespace symshape::symbolic {

absl::StatusOr<std::vector<Fact>> Parser::Facts() {
  std::vector<Fact> out;
  do {
    const absl::Status status = Clause(out);
    if (!status.ok()) return status;
  } while (in_.TakeWord("and") || in_.Take("&&") || in_.Take(";") || in_.Take(","));
  if (!in_.AtEnd()) return in_.Error("expected a comparison, 'and' or the end");
  return out;
}

std::optional<Parser::Relation> Parser::TakeRelation() {
  constexpr std::pair<absl::string_view, Relation> kSigns[] = {
      {"==", Relation::kEq}, {"!=", Relation::kNe},     {">=", Relation::kGe},
      {"<=", Relation::kLe}, {">", Relation::kGt},      {"<", Relation::kLt},
      {"=", Relation::kEq},  {"|", Relation::kDivides},
  };
  for (const auto& [sign, relation] : kSigns) {
    if (in_.Take(sign)) return relation;
  }
  return std::nullopt;
}

std::optional<Parser::Relation> Parser::TakeRelationName() {
  constexpr std::pair<absl::string_view, Relation> kNames[] = {
      {"Eq", Relation::kEq}, {"Ge", Relation::kGe}, {"Gt", Relation::kGt},
      {"Le", Relation::kLe}, {"Lt", Relation::kLt}, {"Ne", Relation::kNe},
  };
  const size_t start = in_.at();
  for (const auto& [name, relation] : kNames) {
    if (in_.TakeWord(name) && in_.Next("(")) return relation;
    in_.GoTo(start);
  }
  return std::nullopt;
}

absl::Status Parser::Clause(std::vector<Fact>& out) {
  if (const std::optional<Relation> relation = TakeRelationName()) {
    const size_t start = in_.at();
    const absl::StatusOr<std::vector<Quotient>> args = Arguments();
    if (!args.ok()) return args.status();
    if (args->size() != 2) return in_.ErrorAt(start, "expected two sides");
    return AddFact((*args)[0], *relation, (*args)[1], out);
  }
  absl::StatusOr<Quotient> left = Expression();
  if (!left.ok()) return left.status();
  const size_t first = out.size();
  bool any = false;
  while (const std::optional<Relation> relation = TakeRelation()) {
    any = true;
    const absl::StatusOr<Quotient> right = Expression();
    if (!right.ok()) return right.status();
    const absl::Status status = AddFact(*left, *relation, *right, out);
    if (!status.ok()) return status;
    left = right;
  }
  if (!any) return in_.Error("expected a comparison: == != <= >= < >");
  return in_.TakeWord("or") ? Disjunction(first, out) : absl::OkStatus();
}

// Fractions compare as integers over a common positive denominator.
absl::Status Parser::AddFact(const Quotient& left, Relation relation, const Quotient& right,
                             std::vector<Fact>& out) {
  Dim a = left.num, b = right.num;
  const bool ordered = relation != Relation::kEq && relation != Relation::kNe;
  if (left.den != right.den || ordered) {
    for (const Quotient* v : {&left, &right}) {
      if (!s_.store.IsConstant(v->den) || s_.store.View(v->den).constant <= 0) {
        return in_.Error("expected integers on both sides");
      }
    }
  }
  if (left.den != right.den) {
    a = s_.Mul(left.num, right.den);
    b = s_.Mul(right.num, left.den);
  }
  if (!left.exact || !right.exact) return in_.Error("expected exact numbers");
  const Dim one = Dim::Inline(1);
  switch (relation) {
    case Relation::kEq:
      // x % k == r says that k divides x - r.
      if (!left.mod_a.is_none() && s_.store.IsConstant(b) && RemainderFits(b, left.mod_b)) {
        out.push_back({Fact::Kind::kDivides, left.mod_b, s_.Sub(left.mod_a, b)});
      } else {
        out.push_back({Fact::Kind::kEq, a, b});
      }
      break;
    case Relation::kNe:
      out.push_back({Fact::Kind::kNe, a, b});
      break;
    case Relation::kGe:
      out.push_back({Fact::Kind::kGe, a, b});
      break;
    case Relation::kGt:
      out.push_back({Fact::Kind::kGe, a, s_.Add(b, one)});
      break;
    case Relation::kLe:
      out.push_back({Fact::Kind::kGe, b, a});
      break;
    case Relation::kLt:
      out.push_back({Fact::Kind::kGe, b, s_.Add(a, one)});
      break;
    case Relation::kDivides:
      if (!left.is_integer() || !right.is_integer()) {
        return in_.Error("expected integers on both sides");
      }
      out.push_back({Fact::Kind::kDivides, a, b});
      break;
  }
  return absl::OkStatus();
}

absl::Status Parser::Disjunction(size_t first, std::vector<Fact>& out) {
  std::vector<Fact> parts(out.begin() + first, out.end());
  out.resize(first);
  const size_t start = in_.at();
  do {
    const absl::StatusOr<Quotient> a = Expression();
    if (!a.ok()) return a.status();
    if (!in_.Take("==")) return in_.Error("expected '=='");
    const absl::StatusOr<Quotient> b = Expression();
    if (!b.ok()) return b.status();
    if (!a->is_integer() || !b->is_integer()) return in_.Error("expected integers on both sides");
    parts.push_back({Fact::Kind::kEq, a->num, b->num});
  } while (in_.TakeWord("or"));
  const Dim one = Dim::Inline(1);
  if (parts.size() == 3 && parts[0].kind == Fact::Kind::kEq && parts[1].b == one &&
      parts[2].b == one && parts[1].a == parts[0].a && parts[2].a == parts[0].b) {
    out.push_back({Fact::Kind::kBroadcast, parts[0].a, parts[0].b});
    return absl::OkStatus();
  }
  return in_.ErrorAt(start, "the only 'or' is: a == b or a == 1 or b == 1");
}

bool Parser::RemainderFits(Dim r, Dim divisor) const {
  if (r == Dim::Inline(0)) return true;
  return s_.store.IsConstant(divisor) && s_.store.View(r).constant >= 0 &&
         s_.store.View(r).constant < s_.store.View(divisor).constant;
}

}  // namespace symshape::symbolic
