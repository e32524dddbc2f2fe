#include "report/layout.h"

#include <string>

#include "gtest/gtest.h"

namespace symshape::report {
namespace {

TEST(Columns, CountsCodePoints) {
  EXPECT_EQ(Columns("größe"), 5u);
  EXPECT_EQ(Padded("größe", 7), "größe  ");
  EXPECT_EQ(Padded("longer", 3), "longer");
}

TEST(Wrapped, BreaksAfterASeparator) {
  const std::string item(60, 'x');
  EXPECT_EQ(Wrapped({item, item}, " + ", 4), item + " +\n    " + item);
  EXPECT_EQ(Wrapped({"a", "b"}, " + ", 4), "a + b");
  EXPECT_EQ(Wrapped({}, ", ", 4), "");
}

TEST(Wrapped, KeepsWhatFitsExactly) {
  const std::string left(47, 'l'), right(kLineWidth - 50, 'r');
  EXPECT_EQ(Wrapped({left, right}, " + ", 0), left + " + " + right);
  EXPECT_EQ(Wrapped({left, right + "r"}, " + ", 0), left + " +\n" + right + "r");
}

TEST(Styled, PlainWithoutColor) {
  EXPECT_EQ(Styled("x", Style::kBold, false), "x");
  EXPECT_EQ(Styled("x", Style::kBold, true), "\x1b[1mx\x1b[0m");
  EXPECT_EQ(Styled("", Style::kBold, true), "");
}

}  // namespace
}  // namespace symshape::report
