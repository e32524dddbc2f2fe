#include "queries/points.h"

#include <gtest/gtest.h>

namespace symshape::queries {
namespace {

Clauses Read(Context& context, const std::vector<std::string>& texts) {
  Clauses clauses;
  for (const std::string& text : texts) {
    const absl::StatusOr<std::vector<Fact>> facts = context.ParseFacts(text);
    for (const Fact& each : *facts) clauses.push_back({each});
  }
  return clauses;
}

struct Row {
  std::vector<std::string> given;
  std::string fact;
  bool follows;
};

TEST(Points, Rows) {
  const Row rows[] = {
      {{"x >= 8", "x <= 4059"}, "max(0, min(201, x) - 7) >= 1", true},
      {{"x >= 7", "x <= 4059"}, "max(0, min(201, x) - 7) >= 1", false},
      {{"x <= 70", "x % 3 == 0"}, "x*x % 9 == 0", true},  // a fact that bounds nothing counts, too
      {{"x <= 70"}, "x*x % 9 == 0", false},
      {{"x == 5"}, "x*x == 25", true},
      {{"x <= 4095"}, "x*x >= x", true},
      {{"x <= 4096"}, "x*x >= x", false},  // too many sizes
      {{"x >= 8"}, "x >= 8", false},       // no end of them
      {{"x <= 64", "y <= 64"}, "x*y <= 4096", false},
      {{"x <= 64"}, "12 % x == 0", false},  // of 0, 5, ...
      {{"x <= 0"}, "x*x == 0", true},
      {{"x >= 1", "x <= 9"}, "(9*x) % x == 0", true},
      {{"x <= 9"}, "x // x == 1", false},  // undefined at 0
  };
  for (const Row& row : rows) {
    Context context;
    const Clauses given = Read(context, row.given);
    const Clause clause = Read(context, {row.fact})[0];
    EXPECT_EQ(FollowsAtAllSizes(context, given, clause), row.follows) << row.fact;
  }
}

}  // namespace
}  // namespace symshape::queries
