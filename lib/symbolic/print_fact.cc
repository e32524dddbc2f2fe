// Text of a fact, for people: constants on one side, what stands on both sides on neither.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "symbolic/printer.h"

namespace symshape::symbolic {

// a ~ b with the constants on one side, for people: H - 1 >= 0 is H >= 1, 512 - seq >= 0 is seq <=
// 512.
std::string Solver::PrintComparison(const Fact& f) const {
  const auto alias = [this](Dim symbol) { return Alias(symbol); };
  Printer printer(*this, alias);
  Poly left = Copy(store.View(f.a)), right = Copy(store.View(f.b));
  const auto negative = [](const Term& t) {
    return t.coeff < 0 && t.coeff != std::numeric_limits<int64_t>::min();
  };
  const auto on_both_sides = [&](const Term& t) {
    const auto same = std::find_if(right.terms.begin(), right.terms.end(), [&](const Term& u) {
      return u.mono == t.mono && u.coeff == t.coeff;
    });
    if (same == right.terms.end()) return false;
    right.terms.erase(same);
    return true;
  };
  left.terms.erase(std::remove_if(left.terms.begin(), left.terms.end(), on_both_sides),
                   left.terms.end());
  bool flipped = left.terms.empty() && !right.terms.empty();
  if (flipped) std::swap(left, right);
  int64_t constant = 0;
  if (SubOk(right.constant, left.constant, &constant) && !left.terms.empty()) {
    left.constant = 0;
    right.constant = constant;
    // All terms negative, and none opposite: the other way round.
    const bool negate =
        right.terms.empty() && std::all_of(left.terms.begin(), left.terms.end(), negative);
    if (negate && MulOk(right.constant, -1, &right.constant)) {
      for (Term& t : left.terms) t.coeff = -t.coeff;
      flipped = !flipped;
    }
  }
  const absl::string_view ge = flipped ? " <= " : " >= ";
  const absl::string_view op = f.kind == Fact::Kind::kEq   ? " == "
                               : f.kind == Fact::Kind::kNe ? " != "
                                                           : ge;
  return absl::StrCat(printer.Print(left).text, op, printer.Print(right).text);
}

std::string Solver::Print(const Fact& f) const {
  const auto alias = [this](Dim symbol) { return Alias(symbol); };
  Printer printer(*this, alias);
  const std::string a = printer.Print(f.a).text, b = printer.Print(f.b).text;
  switch (f.kind) {
    case Fact::Kind::kEq:
    case Fact::Kind::kNe:
    case Fact::Kind::kGe:
      return PrintComparison(f);
    case Fact::Kind::kDivides: {
      const auto operand = [](const std::string& s) {
        return s.find_first_of(" (*/%-") == std::string::npos ? s : absl::StrCat("(", s, ")");
      };
      return absl::StrCat(operand(b), " % ", operand(a), " == 0");
    }
    case Fact::Kind::kBroadcast:
      return absl::StrCat(a, " == ", b, " or ", a, " == 1 or ", b, " == 1");
  }
  return "?";
}

}  // namespace symshape::symbolic
