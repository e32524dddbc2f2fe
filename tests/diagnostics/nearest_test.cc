#include "diagnostics/nearest.h"

#include <vector>

#include "gtest/gtest.h"

namespace symshape::diagnostics {
namespace {

const std::vector<absl::string_view> kNames = {"batch", "seq", "past_sequence_length", "H", "W"};

TEST(Nearest, FindsATypo) {
  EXPECT_EQ(Nearest("bacth", kNames), "batch");
  EXPECT_EQ(Nearest("seqq", kNames), "seq");
  EXPECT_EQ(Nearest("past_sequence_lenght", kNames), "past_sequence_length");
}

TEST(Nearest, CaseIsHalfAnEdit) {
  EXPECT_EQ(Nearest("h", kNames), "H");
  EXPECT_EQ(Nearest("SEQ", {"se", "seq"}), "");  // three halves are more than a third of it
}

TEST(Nearest, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(Nearest("frames", kNames), "");
  EXPECT_EQ(Nearest("", {}), "");
}

TEST(Nearest, FirstOfEquals) { EXPECT_EQ(Nearest("aax", {"aab", "aac"}), "aab"); }

TEST(DidYouMean, Asks) { EXPECT_EQ(DidYouMean("batc", kNames), "; did you mean 'batch'?"); }

TEST(DidYouMean, ListsAFewWhereNoneIsNear) {
  EXPECT_EQ(DidYouMean("frames", {"H", "W"}), "; there are 'H', 'W'");
  EXPECT_EQ(DidYouMean("frames", {"H"}), "; there is 'H'");
  EXPECT_EQ(DidYouMean("frames", {}), "");
  EXPECT_EQ(DidYouMean("frames", std::vector<absl::string_view>(9, "H")), "");
}

}  // namespace
}  // namespace symshape::diagnostics
