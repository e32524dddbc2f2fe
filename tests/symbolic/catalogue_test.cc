// The catalogue of rewrites: every row holds inside its condition, fails outside it, and is met by
// an expression that a model may have. Rows are evaluated here, without the solver.
#include "symbolic/catalogue.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "symbolic/context.h"
#include "symbolic/testing.h"

namespace symshape::symbolic {
namespace {

using Values = std::map<std::string, int64_t>;

// Python's arithmetic on a text; no value where it divides by 0.
class Arithmetic {
 public:
  Arithmetic(absl::string_view text, const Values& values) : text_(text), values_(values) {}

  std::optional<int64_t> Value() {
    const int64_t v = Sum();
    return undefined_ ? std::nullopt : std::optional(v);
  }
  // "a != 0 and b > 0"; false where a part has no value.
  bool Condition() {
    bool all = true;
    do {
      const int64_t a = Sum();
      const bool eq = Take("=="), ne = !eq && Take("!="), ge = !eq && !ne && Take(">=");
      const bool le = !eq && !ne && !ge && Take("<="), gt = !le && !ge && Take(">");
      const bool lt = eq || ne || ge || le || gt || Take("<");
      EXPECT_TRUE(lt) << text_;
      const int64_t b = Sum();
      all = all && (eq ? a == b : ne ? a != b : ge ? a >= b : le ? a <= b : gt ? a > b : a < b);
    } while (Take("and"));
    EXPECT_EQ(at_, text_.size()) << text_;
    return all && !undefined_;
  }

 private:
  bool Take(absl::string_view token) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  int64_t Sum() {
    int64_t v = Product();
    for (;;) {
      if (Take("+")) {
        v += Product();
      } else if (Take("-")) {
        v -= Product();
      } else {
        return v;
      }
    }
  }
  int64_t Product() {
    int64_t v = Unary();
    for (;;) {
      const char op = Take("//") ? '/' : Take("%") ? '%' : Take("*") ? '*' : ' ';
      if (op == ' ') return v;
      const std::optional<int64_t> next = ApplyOp(op, v, Unary());
      undefined_ = undefined_ || !next;
      v = next.value_or(0);
    }
  }
  int64_t Unary() { return Take("-") ? -Unary() : Primary(); }
  int64_t Primary() {
    if (Take("(")) {
      const int64_t v = Sum();
      EXPECT_TRUE(Take(")")) << text_;
      return v;
    }
    const size_t start = at_;
    while (at_ < text_.size() && absl::ascii_isalnum(text_[at_])) ++at_;
    const std::string word(text_.substr(start, at_ - start));
    int64_t number;
    if (absl::SimpleAtoi(word, &number)) return number;
    if (!Take("(")) return values_.at(word);
    int64_t v = Sum();
    while (Take(",")) {
      const int64_t next = Sum();
      v = word == "max" ? std::max(v, next) : word == "min" ? std::min(v, next) : v == 1 ? next : v;
    }
    EXPECT_TRUE(Take(")")) << text_;
    return v;
  }

  absl::string_view text_;
  const Values& values_;
  size_t at_ = 0;
  bool undefined_ = false;
};

std::vector<std::string> NamesOf(const CatalogueRow& row) {
  std::vector<std::string> names;
  for (absl::string_view text : {row.left, row.right}) {
    for (size_t i = 0; i < text.size(); ++i) {
      const bool inside = i > 0 && absl::ascii_isalpha(text[i - 1]);
      const bool goes_on = i + 1 < text.size() && absl::ascii_isalpha(text[i + 1]);
      const std::string name(text.substr(i, 1));
      if (!absl::ascii_isalpha(text[i]) || inside || goes_on) continue;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

TEST(Catalogue, RowsHoldInsideTheirConditions) {
  for (const CatalogueRow& row : Catalogue()) {
    const std::vector<std::string> names = NamesOf(row);
    const int64_t radius = names.size() <= 3 ? 12 : names.size() == 4 ? 6 : 4;
    Values values;
    size_t held = 0;
    const auto visit = [&](const auto& self, size_t i) -> void {
      if (i < names.size()) {
        for (int64_t v = -radius; v <= radius; ++v) {
          values[names[i]] = v;
          self(self, i + 1);
        }
        return;
      }
      if (!Arithmetic(row.holds_if, values).Condition()) return;
      const auto left = Arithmetic(row.left, values).Value();
      if (!left) return;
      ++held;
      ASSERT_EQ(left, Arithmetic(row.right, values).Value()) << row.name;
    };
    visit(visit, 0);
    EXPECT_GT(held, 20u) << row.name << " was hardly tested";
  }
}

TEST(Catalogue, RowsFailWhereTheySay) {
  for (const CatalogueRow& row : Catalogue()) {
    if (row.fails_at.empty()) continue;
    Values values;
    for (absl::string_view part : absl::StrSplit(row.fails_at, ' ')) {
      const std::pair<std::string, std::string> pair = absl::StrSplit(part, '=');
      ASSERT_TRUE(absl::SimpleAtoi(pair.second, &values[pair.first])) << row.fails_at;
    }
    EXPECT_FALSE(Arithmetic(row.holds_if, values).Condition()) << row.name;
    const auto left = Arithmetic(row.left, values).Value();
    EXPECT_TRUE(!left || left != Arithmetic(row.right, values).Value()) << row.name;
  }
}

TEST(Catalogue, RowsAreMetByRealInputs) {
  for (size_t i = 0; i < kRowCount; ++i) {
    const CatalogueRow& row = Catalogue()[i];
    const std::vector<std::string> parts = absl::StrSplit(row.example, ';');
    Context c;
    for (size_t f = 1; f < parts.size(); ++f) {
      const auto facts = c.ParseFacts(parts[f]);
      ASSERT_TRUE(facts.ok()) << row.example;
      for (const Fact& fact : *facts) ASSERT_TRUE(c.Assume(fact, {}).ok());
    }
    const uint64_t before = c.Fired(static_cast<Rewrite>(i));
    ASSERT_TRUE(c.Parse(parts[0]).ok()) << row.example;
    EXPECT_GT(c.Fired(static_cast<Rewrite>(i)), before) << row.name << ": " << row.example;
  }
}

TEST(Catalogue, NamesAreUnique) {
  std::map<absl::string_view, int> names;
  for (const CatalogueRow& row : Catalogue()) EXPECT_EQ(++names[row.name], 1) << row.name;
}

}  // namespace
}  // namespace symshape::symbolic
