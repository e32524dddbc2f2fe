// Reading: dialects, errors, names.
#include <gtest/gtest.h>

#include "symbolic/context.h"

namespace symshape::symbolic {
namespace {

TEST(Parse, Dialects) {
  const char* const rows[][2] = {
      {"ceiling(N/3)", "(N + 2)//3"},
      {"floor(W/2 - 1/2) + 1", "(W + 1)//2"},
      {"1.0*N", "N"},
      {"0.5*N*2", "N"},
      {"Max(0, N - 3)", "max(0, N - 3)"},
      {"Mod(N, 4)", "N % 4"},
      {"N**2", "N*N"},
      {"a^b", "max(a, b)"},
      {"a&b", "min(a, b)"},
      {"CeilToInt(a, 2)", "(a + 1)//2"},
      {"Add(Mul(2, H), 1)", "2*H + 1"},
      {"Sub(S, 3)", "S - 3"},
      {"`past seq` + 1", "past_seq + 1"},
      {"a.b + 1", "a_b + 1"},
      {"floor(0.25*H)", "H//4"},
      {"(-7)//2", "-4"},
      {"-7//2", "-4"},
      {"2*floor(H/2)", "2*(H//2)"},
      {"H/2", "H/2"},
      {"0.333*H", "0.333*H"},
      {"Add(FloorDiv(Sub(H, 1), 2), 1)", "(H + 1)//2"},
  };
  for (const auto& [in, out] : rows) {
    Context c;
    const auto d = c.Parse(in);
    ASSERT_TRUE(d.ok()) << in << ": " << d.status();
    EXPECT_EQ(c.Print(*d), out) << in;
  }
}

TEST(Parse, ErrorsShowWhereAndWhat) {
  const char* const rows[][2] = {
      {"32*(h + 1", "expected ')'\n    32*(h + 1\n             ^ here"},
      {"a b", "expected an operator or the end\n    a b\n      ^ here"},
      {"", "expected a number, a name or '('\n    \n    ^ here"},
      {"a//0", "division by zero\n    a//0\n     ^ here"},
      {"sin(a)", "unknown function 'sin'\n    sin(a)\n    ^ here"},
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

TEST(Parse, NamesIn) {
  const auto names = Context::NamesIn("past + seq*2 - floor(past/2)");
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, (std::vector<std::string>{"past", "seq"}));
  EXPECT_FALSE(Context::NamesIn("feature maps").ok());
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
