// What conditions on sizes that data decides say of the inputs' sizes.
#include "queries/necessary.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_split.h"

namespace symshape::queries {
namespace {

Clause ReadClause(Context& context, absl::string_view text) {
  Clause clause;
  for (const absl::string_view part : absl::StrSplit(text, " or ")) {
    const absl::StatusOr<std::vector<Fact>> facts = context.ParseFacts(part);
    EXPECT_TRUE(facts.ok()) << facts.status();
    clause.insert(clause.end(), facts->begin(), facts->end());
  }
  return clause;
}

struct NecessaryRow {
  const char* clause;  // of found, which is 0 to n, and rounded, which is -1 to (3*n + 1)//8
  const char* needs;   // "" where nothing is said
};

constexpr NecessaryRow kNecessaryRows[] = {
    {"found >= 4", "n >= 4"},
    {"2*found >= 7", "2*n >= 7"},
    {"found <= 3", ""},  // it may be 0
    {"found + m <= 3", "m <= 3"},
    {"found == 4", "n >= 4"},
    {"found == m", "n >= m"},
    {"m == 0 or rounded >= 1", "m == 0 or (3*n + 1)//8 >= 1"},
    {"m == 0 or found >= 4 or rounded == 0", ""},
    {"found % 2 == 0", ""},
    {"found*found - 4*found >= 3", ""},  // grows and falls
};

TEST(Necessary, Rows) {
  for (const NecessaryRow& row : kNecessaryRows) {
    SCOPED_TRACE(row.clause);
    Context context;
    for (const char* name : {"n", "m"}) context.Symbol(name);
    const Dim found = context.Symbol("found");
    const Dim rounded = context.Symbol("rounded", {-1, Interval::kPlusInf});
    const Ranges ranges{{found, {0, *context.FindSymbol("n")}},
                        {rounded, {-1, *context.Parse("(3*n + 1)//8")}}};
    const Clauses needs = Necessary(context, ReadClause(context, row.clause), ranges);
    EXPECT_EQ(needs.empty() ? "" : Text(context, needs), row.needs);
  }
}

}  // namespace
}  // namespace symshape::queries
