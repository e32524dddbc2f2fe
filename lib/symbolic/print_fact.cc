// Text of a fact, for people: constants on one side, what stands on both sides on neither.
#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "symbolic/printer.h"

namespace symshape::symbolic {

namespace {

// left ~ right + constant; `flipped` where the sides have changed places.
struct Sides {
  Poly left, right;
  int64_t constant = 0;
  bool flipped = false;

  friend bool operator==(const Sides&, const Sides&) = default;
  void Swap() {
    if (!MulOk(constant, -1, &constant)) return;
    std::swap(left, right);
    flipped = !flipped;
  }
};

void DropWhatBothHave(Sides& s) {
  const auto on_both_sides = [&](const Term& t) {
    const auto same = std::find(s.right.terms.begin(), s.right.terms.end(), t);
    if (same == s.right.terms.end()) return false;
    s.right.terms.erase(same);
    return true;
  };
  s.left.terms.erase(std::remove_if(s.left.terms.begin(), s.left.terms.end(), on_both_sides),
                     s.left.terms.end());
}

// Moves the negative terms over, but those that meet one of their kind there.
void MoveNegative(Poly& from, Poly& to) {
  const auto stays = [&](const Term& t) {
    const auto same = [&](const Term& u) { return u.mono == t.mono; };
    return t.coeff > 0 || t.coeff == std::numeric_limits<int64_t>::min() ||
           std::any_of(to.terms.begin(), to.terms.end(), same);
  };
  const auto moved = std::stable_partition(from.terms.begin(), from.terms.end(), stays);
  for (auto t = moved; t != from.terms.end(); ++t) to.terms.push_back({t->mono, -t->coeff});
  from.terms.erase(moved, from.terms.end());
}

// Without negative terms; the longer part comes first.
Sides Positive(Sides s) {
  const bool one_sided = s.right.terms.empty();
  MoveNegative(s.left, s.right);
  if (!one_sided) MoveNegative(s.right, s.left);
  if (s.right.terms.size() > s.left.terms.size()) s.Swap();
  return s;
}

// Both sides with the other sign, or as they are where that is no number.
Sides Negated(Sides s) {
  Sides n = s;
  bool ok = MulOk(n.constant, -1, &n.constant);
  for (Poly* side : {&n.left, &n.right}) {
    for (Term& t : side->terms) ok = ok && MulOk(t.coeff, -1, &t.coeff);
  }
  n.flipped = !s.flipped;
  return ok ? n : s;
}

absl::string_view Comparison(Fact::Kind kind, bool flipped) {
  if (kind == Fact::Kind::kEq) return " == ";
  if (kind == Fact::Kind::kNe) return " != ";
  return flipped ? " <= " : " >= ";
}

}  // namespace

// a ~ b for people: H - 1 >= 0 is H >= 1, 512 - seq >= 0 is seq <= 512, total - past - seq >= 2 is
// past + seq + 2 <= total. But H - 32*(H//32) is H % 32: what is shortest is written.
std::string Solver::PrintComparison(const Fact& f) const {
  const auto alias = [this](Dim symbol) { return Alias(symbol); };
  Printer printer(*this, alias);
  Sides s{Copy(store.View(f.a)), Copy(store.View(f.b))};
  const auto text = [&](Poly left, Poly right, bool flipped) {
    return absl::StrCat(printer.Print(left).text, Comparison(f.kind, flipped),
                        printer.Print(right).text);
  };
  DropWhatBothHave(s);
  if (!SubOk(s.right.constant, s.left.constant, &s.constant) ||
      (s.left.terms.empty() && s.right.terms.empty())) {
    return text(s.left, s.right, false);
  }
  s.left.constant = s.right.constant = 0;
  if (s.left.terms.empty()) s.Swap();
  const auto with_constant = [&](Sides sides) {
    const bool left = sides.constant < 0 && !sides.right.terms.empty() &&
                      MulOk(sides.constant, -1, &sides.left.constant);
    if (!left) sides.right.constant = sides.constant;
    return text(sides.left, sides.right, sides.flipped);
  };
  const Sides positive = Positive(s);
  std::string shortest = with_constant(positive);
  for (const Sides& other : {s, Negated(s)}) {
    if (other == positive) continue;
    std::string text = with_constant(other);
    if (text.size() < shortest.size()) shortest = std::move(text);
  }
  return shortest;
}

std::string Solver::Print(const Fact& f) const {
  if (f.kind == Fact::Kind::kEq || f.kind == Fact::Kind::kNe || f.kind == Fact::Kind::kGe) {
    return PrintComparison(f);
  }
  const auto alias = [this](Dim symbol) { return Alias(symbol); };
  Printer printer(*this, alias);
  const std::string a = printer.Print(f.a).text, b = printer.Print(f.b).text;
  if (f.kind == Fact::Kind::kBroadcast) {
    return absl::StrCat(a, " == ", b, " or ", a, " == 1 or ", b, " == 1");
  }
  const auto operand = [](const std::string& s) {
    return s.find_first_of(" (*/%-") == std::string::npos ? s : absl::StrCat("(", s, ")");
  };
  return absl::StrCat(operand(b), " % ", operand(a), " == 0");
}

}  // namespace symshape::symbolic
