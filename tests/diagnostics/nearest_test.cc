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
  EXPECT_EQ(DidYouMean("frames", kNames), "");
}

TEST(Nearest, FirstOfEquals) { EXPECT_EQ(Nearest("aax", {"aab", "aac"}), "aab"); }

TEST(DidYouMean, Asks) { EXPECT_EQ(DidYouMean("batc", kNames), "; did you mean 'batch'?"); }

}  // namespace
}  // namespace symshape::diagnostics
