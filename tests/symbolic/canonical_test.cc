// Rows: what is written, under which facts, and the one form that it has.
#include <gtest/gtest.h>

#include "symbolic/context.h"

namespace symshape::symbolic {
namespace {

struct Row {
  const char* in;
  const char* out;
  const char* facts = "";
};

class Canonical : public testing::TestWithParam<Row> {};

TEST_P(Canonical, Prints) {
  const Row& row = GetParam();
  Context c;
  if (*row.facts != '\0') {
    const auto facts = c.ParseFacts(row.facts);
    ASSERT_TRUE(facts.ok()) << facts.status();
    for (const Fact& f : *facts) ASSERT_TRUE(c.Assume(f, {}).ok()) << c.Print(f);
  }
  const auto d = c.Parse(row.in);
  ASSERT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(c.Print(*d), row.out);
  EXPECT_EQ(c.Resolve(*d), *d);
  const auto again = c.Parse(row.out);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *d) << "reads back as " << c.Print(*again);
}

// The facts come after the expression: Resolve has to find the same form.
TEST_P(Canonical, ResolvesToTheSame) {
  const Row& row = GetParam();
  Context c;
  const auto d = c.Parse(row.in);
  ASSERT_TRUE(d.ok()) << d.status();
  if (*row.facts != '\0') {
    const auto facts = c.ParseFacts(row.facts);
    ASSERT_TRUE(facts.ok()) << facts.status();
    for (const Fact& f : *facts) ASSERT_TRUE(c.Assume(f, {}).ok()) << c.Print(f);
  }
  EXPECT_EQ(c.Print(c.Resolve(*d)), row.out);
}

INSTANTIATE_TEST_SUITE_P(Linear, Canonical,
                         testing::Values(Row{"past + seq", "past + seq"},
                                         Row{"(past + seq) - past", "seq"}, Row{"2*a - a - a", "0"},
                                         Row{"128 - S", "128 - S"}, Row{"-a - 3", "-a - 3"},
                                         Row{"(a + b)*(a - b)", "a*a - b*b"},
                                         Row{"-a**2", "-a*a"}));

INSTANTIATE_TEST_SUITE_P(
    Quotients, Canonical,
    testing::Values(Row{"((H+1)//2+1)//2", "(H + 3)//4"},
                    Row{"(((((H-1)//2+1-1)//2+1-1)//2+1-1)//2+1-1)//2+1", "(H + 31)//32"},
                    Row{"8*((H+7)//8)", "8*((H + 7)//8)"}, Row{"2*(H//2)", "2*(H//2)"},
                    Row{"H - H//2", "(H + 1)//2"}, Row{"H//2 + (H + 1)//2", "H"},
                    Row{"n//3 + (n + 1)//3 + (n + 2)//3", "n"}, Row{"H*W//4", "(H*W)//4"},
                    Row{"n*3//4", "(3*n)//4"}, Row{"n*3//2", "(3*n)//2"},
                    Row{"(x + 7)%8", "(x + 7) % 8"}, Row{"(-x)%8", "(-x) % 8"},
                    Row{"(x + y + z)%3", "(x + y + z) % 3"},
                    Row{"2*((x + y + 2)%3)", "2*((x + y + 2) % 3)"},
                    Row{"b*((x//2)%3)", "b*((x//2) % 3)"}, Row{"x + (-x)%8", "8*((x + 7)//8)"},
                    Row{"(x%12)%4", "x % 4"}, Row{"(4*x + 3)//8", "x//2"}, Row{"(x % 7)//7", "0"},
                    Row{"floor(W/2 - 1/2) + 1", "(W + 1)//2"}, Row{"ceiling(N/3)", "(N + 2)//3"},
                    Row{"H//4 - H//8", "(H + 4)//8"}, Row{"H//8 - H//4", "-((H + 4)//8)"},
                    Row{"b*(H//4) - b*(H//8)", "b*((H + 4)//8)"},
                    Row{"b*(H//4 - H//8 + 7)//8*c", "b*c + c*((b*((H + 4)//8) - b)//8)"},
                    Row{"(H//4 - H//8)*(W//4 - W//8)", "((H + 4)//8)*((W + 4)//8)"}));

INSTANTIATE_TEST_SUITE_P(Ratios, Canonical,
                         testing::Values(Row{"B*S*T//(B*T)", "S"}, Row{"B*S*12*64//(B*S)", "768"},
                                         Row{"B*S*768//(B*12*64)", "S"},
                                         Row{"B*(H//7)*(W//7)*49*C//(49*C)", "B*(H//7)*(W//7)"},
                                         Row{"(B*(past+seq)*64)//(B*64)", "past + seq"},
                                         Row{"((past+seq)*B)//((past+seq)*H)", "B//H"},
                                         Row{"(B*min(S,128))//B", "min(128, S)"},
                                         Row{"(a//b)//c", "a//(b*c)"}, Row{"(a//b)//2", "a//(2*b)"},
                                         Row{"(a//b + 1)//2", "(a + b)//(2*b)"},
                                         Row{"a - b*(a//b)", "a % b"},
                                         Row{"7 % x + 2", "7 % x + 2"},
                                         Row{"1 - x*(7//x)", "1 - x*(7//x)"}));

INSTANTIATE_TEST_SUITE_P(
    Maxima, Canonical,
    testing::Values(
        Row{"min(S,128)", "min(128, S)"}, Row{"max(0, min(b,n)-min(a,n))", "max(0, min(b, n) - a)"},
        Row{"min(min(a,b),c)", "min(a, b, c)"}, Row{"max(a, max(b,a))", "max(a, b)"},
        Row{"min(a,b) + max(a,b)", "a + b"}, Row{"min(n, n - k)", "n - k"},
        Row{"max(2*a, 4)", "2*max(2, a)"}, Row{"min(S,128)//2", "min(64, S//2)"},
        Row{"B*min(S,128)", "B*min(128, S)"}, Row{"N*max(-1, -4*N) + 5*N", "4*N"},
        Row{"q + q*((-1)//q)", "0"}, Row{"max(0, L-1)", "max(0, L - 1)"},
        Row{"max(min(z,4), z % 2)", "min(4, z)"}, Row{"max(min(x,y), x % y)", "min(x, y)"},
        Row{"a + max(a, b)", "a + max(a, b)"}, Row{"2*a + max(0, b - a)", "a + max(a, b)"},
        Row{"x + 5 + max(0, y - 3)", "x + max(3, y) + 2"}, Row{"max(b, 1 - 32*s)", "max(b, 1 - s)"},
        Row{"max(b, 2 - 3*s)", "max(b, 2 - 2*s)"},
        Row{"max(b - 1, 1 - 32*s)", "max(b - 2, -2*s) + 1"},
        Row{"max(0, 32*s + b - 1)", "max(0, 32*s + b - 1)"},
        Row{"max(b, 1 - 3*s - 2*t)", "max(b, 1 - s - t)"}));

// A copied axis, as Reshape makes it: y where x is 0.
INSTANTIATE_TEST_SUITE_P(
    AtZero, Canonical,
    testing::Values(
        Row{"max(0, 1 - 4*h)", "max(0, 1 - h)"}, Row{"max(0, 4*h - 1)", "max(0, 4*h - 1)"},
        Row{"3*h + max(0, h - 1)", "max(0, 4*h - 1)"},
        Row{"w*max(0, 5*h - 2)", "w*max(0, 5*h - 2)"},
        Row{"h + 2*max(0, h - 1)", "max(0, 3*h - 2)"}, Row{"min(1, h)*h", "h"},
        Row{"min(1, h)*min(1, h)", "min(1, h)"}, Row{"max(1, h)*max(1, h)", "h*h + max(0, 1 - h)"},
        Row{"max(0, 1 - h)*((h + 3)//4)", "0"}, Row{"n//min(1, h)", "n"},
        Row{"max(x + y*max(0, 1 - x), x)", "y*max(0, 1 - x) + x"},
        Row{"max(0, y*max(0, 1 - x) - x)", "y*max(0, 1 - x)"},
        Row{"(x + y*max(0, 1 - x))//4", "(y//4)*max(0, 1 - x) + x//4"},
        Row{"max(x, x + y*max(0, 1 - x))*min(1, x, x + y*max(0, 1 - x))", "x"},
        Row{"max(0, 1 - 4*h - 16*max(0, 1 - h))", "0"},
        Row{"(b*h)//(h + w*max(0, 1 - h))", "b*min(1, h)"},
        Row{"(b*h*w)//(h*w + w*w*max(0, 1 - h))", "b*min(1, h)"},
        // beside b, max(1 - b, s) is s
        Row{"b*max(max(1 - b, s), t)*min(1, max(1 - b, s), t)", "b*max(s, t)*min(1, s, t)"},
        Row{"max(max(1 - b, s), t)*min(1, max(1 - b, s), t)",
            "max(max(1 - b, s), t)*min(1, max(1 - b, s), t)"}));

INSTANTIATE_TEST_SUITE_P(
    UnderFacts, Canonical,
    testing::Values(
        Row{"max(0, L-1)", "L - 1", "L >= 1"}, Row{"max(1, L//2)", "max(1, L//2)", "L >= 1"},
        Row{"max(1, L//2)", "L//2", "L >= 2"}, Row{"min(e, n)", "e", "e <= n"},
        Row{"max(1, s + p)", "s + p", "s + p >= 1"},
        Row{"max(1, s + p)", "max(1, s + p)", "s + p >= 0"},
        Row{"min(a, c)", "c", "a >= b and b >= c"}, Row{"C//4*4", "C", "C % 4 == 0"},
        Row{"4*(C//16)", "C//4", "C % 16 == 0"}, Row{"(H + 31)//32*32", "H", "H % 32 == 0"},
        Row{"(H + 5)//32", "H//32", "H % 16 == 0"},
        Row{"(H + W + 7)//8*8", "H + W", "(H + W) % 8 == 0"}, Row{"D//h*h", "D", "D % h == 0"},
        Row{"2*D//h*h", "2*D", "D % h == 0"}, Row{"x + y", "2*x", "x == y"},
        Row{"x", "3", "2*x == 6"}, Row{"past + seq - 5", "0", "past + seq == 5"},
        Row{"S - T", "0", "S == T"}, Row{"S - T", "0", "B*S == B*T and B >= 1"},
        Row{"a", "512", "a <= 512 and a >= 512"},
        Row{"broadcast(seq, min(64, seq))", "seq",
            "seq == min(64, seq) or seq == 1 or min(64, seq) == 1"},
        Row{"broadcast(a, b)", "a", "a == b"}, Row{"broadcast(a, 1)", "a"},
        Row{"broadcast(a, a)", "a"}));

}  // namespace
}  // namespace symshape::symbolic
