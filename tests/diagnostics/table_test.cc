#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "diagnostics/diagnostic.h"

namespace symshape::diagnostics {
namespace {

TEST(Table, EachRowIsFound) {
  for (const Row& row : Table()) EXPECT_EQ(FindRow(row.id), &row) << row.id;  // sorted, and unique
  EXPECT_EQ(FindRow("no-such-id"), nullptr);
  EXPECT_EQ(FindRow(""), nullptr);
}

TEST(Table, RowsAreWrittenAsStyleAsks) {
  for (const Row& row : Table()) {
    for (char c : row.id) EXPECT_TRUE(absl::ascii_islower(c) || c == '-') << row.id;
    EXPECT_FALSE(row.sentence.empty() || row.remedy.empty()) << row.id;
    EXPECT_FALSE(absl::ascii_isupper(row.sentence[0])) << row.id;
    EXPECT_NE(row.sentence.back(), '.') << row.id;
  }
}

}  // namespace
}  // namespace symshape::diagnostics
