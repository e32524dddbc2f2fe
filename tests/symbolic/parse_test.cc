// Reading: dialects, errors, names.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "symbolic/context.h"

namespace symshape::symbolic {
namespace {

TEST(Parse, Dialects) {
  std::ifstream file("tests/symbolic/dialects.rows");
  size_t rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<absl::string_view> cells = absl::StrSplit(line, " | ");
    ASSERT_EQ(cells.size(), 3u) << line;
    Context c;
    const auto d = c.Parse(absl::StripAsciiWhitespace(cells[1]));
    ASSERT_TRUE(d.ok()) << line << ": " << d.status();
    EXPECT_EQ(c.Print(*d), cells[2]) << line;
    ++rows;
  }
  EXPECT_GT(rows, 50u);
}

TEST(Parse, ErrorsShowWhereAndWhat) {
  const char* const rows[][2] = {
      {"32*(h + 1", "expected ')'\n    32*(h + 1\n             ^ here"},
      {"a b", "expected an operator or the end\n    a b\n      ^ here"},
      {"", "expected a number, a name or '('\n    \n    ^ here"},
      {"a//0", "division by zero\n    a//0\n     ^ here"},
      {"sin(a)", "unknown function 'sin'\n    sin(a)\n    ^ here"},
      {"max(a", "expected ',' or ')'\n    max(a\n         ^ here"},
      {"max()", "wrong number of arguments of max\n    max()\n    ^ here"},
      {"FloorDiv(a, 0)", "division by zero\n    FloorDiv(a, 0)\n    ^ here"},
      {"2e", "expected an operator or the end\n    2e\n     ^ here"},
      {"a +", "expected a number, a name or '('\n    a +\n       ^ here"},
      {"'a", "expected the closing quote\n    'a\n    ^ here"},
      {"''", "expected a name between the quotes\n    ''\n    ^ here"},
      {"é + é", "expected a number, a name or '('\n    é + é\n    ^ here"},
      {"a**b", "expected a constant exponent\n    a**b\n       ^ here"},
      {"0**-1", "division by zero\n    0**-1\n       ^ here"},
  };
  for (const auto& [in, message] : rows) {
    Context c;
    const auto d = c.Parse(in);
    ASSERT_FALSE(d.ok()) << in;
    EXPECT_EQ(std::string(d.status().message()), message);
  }
  Context c;
  EXPECT_FALSE(c.Parse(std::string(5000, '(')).ok());
  EXPECT_FALSE(c.Parse(std::string(5000, '-') + "a").ok());
  EXPECT_FALSE(c.ParseFacts("a").ok());
}

TEST(Parse, Facts) {
  Context c;
  const auto facts = c.ParseFacts("1 <= seq <= 512 and H % 32 == 0, a == b");
  ASSERT_TRUE(facts.ok()) << facts.status();
  std::vector<std::string> texts;
  for (const Fact& f : *facts) texts.push_back(c.Print(f));
  EXPECT_EQ(texts, (std::vector<std::string>{"seq >= 1", "seq <= 512", "H % 32 == 0", "a == b"}));
}

TEST(Parse, FactsInOtherWords) {
  const char* const rows[][2] = {
      {"Eq(Mod(s0, 2), 0)", "s0 % 2 == 0"},
      {"Ne(s0, 1)", "s0 != 1"},
      {"Lt(s0, 8)", "s0 <= 7"},
      {"8 | H", "H % 8 == 0"},
      {"H/2 >= 3", "H >= 6"},
      {"H % 4 = 1", "(H - 1) % 4 == 0"},
      {"a == b or a == 1 or b == 1", "a == b or a == 1 or b == 1"},
  };
  for (const auto& [in, out] : rows) {
    Context c;
    const auto facts = c.ParseFacts(in);
    ASSERT_TRUE(facts.ok()) << in << ": " << facts.status();
    EXPECT_EQ(c.Print((*facts)[0]), out);
  }
  for (const char* wrong :
       {"a/n >= b/n", "Eq(a)", "a == 1 or b == 1", "a", "a >= ", "0.3*a >= 1"}) {
    Context c;
    EXPECT_FALSE(c.ParseFacts(wrong).ok()) << wrong;
  }
}

TEST(Parse, NamesIn) {
  const auto names = Context::NamesIn("past + seq*2 - floor(past/2)");
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, (std::vector<std::string>{"past", "seq"}));
  EXPECT_FALSE(Context::NamesIn("feature maps").ok());
}

TEST(Names, StayWhereTheyAreWhenMoreAreMade) {
  Context c;
  const Dim h = c.Symbol("H");
  const absl::string_view name = *c.SymbolName(h);
  for (int i = 0; i < 1000; ++i) c.Symbol("s" + std::to_string(i));
  EXPECT_EQ(c.SymbolName(h)->data(), name.data());
}

TEST(Names, OddOnesHaveAnAliasInCompounds) {
  Context c;
  const Dim d = c.Symbol("batch-size"), e = c.Symbol("min");
  EXPECT_EQ(c.Print(d), "batch-size");
  EXPECT_EQ(c.Print(c.Add(d, c.Constant(1))), "batch_size + 1");
  EXPECT_EQ(c.AliasOf(d), "batch_size");
  EXPECT_EQ(c.Parse("batch_size + 1").value(), c.Add(d, c.Constant(1)));
  EXPECT_EQ(c.Print(c.Add(e, c.Constant(1))), "_min + 1");
  EXPECT_EQ(c.Print(c.Add(d, c.Constant(1)), [](Dim) { return std::string("n"); }), "n + 1");
}

}  // namespace
}  // namespace symshape::symbolic
