// Conditions in and out, with what is given besides; equal at all sizes of a box where that holds.
#include "queries/shortest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"

namespace symshape::queries {
namespace {

constexpr int64_t kBox = 9;

struct Row {
  const char* ways;     // " | " between ways, " and " between clauses
  const char* given;    // "" for nothing
  const char* shorter;  // "-" where it stays
};

constexpr Row kRows[] = {
    // A broadcast that is one of its sides, as decoders mask their caches.
    {"max(s, max(0, t - p))*min(1, s, max(0, t - p)) == s", "s >= 1", "p + 1 <= t and s + p >= t"},
    {"s == max(0, t - p) or s == 1 or max(0, t - p) == 1", "s >= 1",
     "s == 1 or s + p == t or p + 1 == t"},
    {"max(s, 1 - p) == s or max(s, 1 - p) == 1 or s == 1", "", ""},
    // One size, between two others.
    {"max(0, s//8 - 1)*max(0, s//8 - 1) + 2*max(0, s//8 - 1) == 63", "", "s <= 71 and s >= 64"},
    {"s <= 4 or min(4, s) == min(4, s - 4*((s + 3)//4) + 4)", "", "s <= 4 or s % 4 == 0"},
    // Branches.
    {"s <= 4 and t == 1 | s <= 6 and t == 1", "", "t == 1 and s <= 6"},
    // What the others say already.
    {"4*max(0, s + p - 1) - 3*s - 3*p >= -3", "", ""},
    // A clause of four facts: of a decoder with a cache and one without, whichever runs.
    {"s == t or t == 1 or s == 1 | s == max(0, t - p) or s == 1 or max(0, t - p) == 1",
     "s >= 1 and t >= p + 1", "s == t or s == 1 or s + p == t or t == p + 1"},
    // Rests, by what the sizes turn out to be multiples of.
    {"s*t + 4*(s//2)*(t//2) == 8*(t//2)*max(1, s//2)", "s >= 2 and t >= 2",
     "s % 2 == 0 and t % 2 == 0"},
    {"s % 4 == 0 and (s//4) % 2 == 0", "", "s % 8 == 0"},
    // As short as it can be.
    {"s + p <= t", "", "-"},
};

std::vector<std::string> Split(absl::string_view text, absl::string_view separator) {
  if (text.empty()) return {};
  return absl::StrSplit(text, std::string(separator));
}

Clause ReadClause(Context& context, absl::string_view text) {
  Clause clause;
  for (const std::string& part : Split(text, " or ")) {
    const absl::StatusOr<std::vector<Fact>> facts = context.ParseFacts(part);
    EXPECT_TRUE(facts.ok()) << facts.status();
    clause.insert(clause.end(), facts->begin(), facts->end());
  }
  return clause;
}

Clauses Read(Context& context, absl::string_view text) {
  Clauses clauses;
  for (const std::string& part : Split(text, " and ")) clauses.push_back(ReadClause(context, part));
  return clauses;
}

void ExpectSame(const Context& context, const std::vector<Clauses>& ways, const Clauses& given,
                const Clauses& shorter) {
  for (int64_t i = 0; i < kBox * kBox * kBox; ++i) {
    const Bindings sizes{{"s", i % kBox}, {"p", i / kBox % kBox}, {"t", i / kBox / kBox}};
    if (Holds(context, given, sizes) != Tri::kYes) continue;
    Tri before = Tri::kNo;
    for (const Clauses& way : ways) {
      if (Holds(context, way, sizes) == Tri::kYes) before = Tri::kYes;
    }
    ASSERT_EQ(before, Holds(context, shorter, sizes))
        << "s=" << i % kBox << " p=" << i / kBox % kBox << " t=" << i / kBox / kBox;
  }
}

TEST(Shortest, Rows) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.ways);
    Context context;
    for (const char* name : {"s", "p", "t"}) context.Symbol(name);
    std::vector<Clauses> ways;
    for (const std::string& way : Split(row.ways, " | ")) ways.push_back(Read(context, way));
    const Clauses given = Read(context, row.given);
    const std::optional<Clauses> shorter = Shortest(context, ways, given);
    EXPECT_EQ(shorter.has_value() ? Text(context, *shorter) : "-", row.shorter);
    if (shorter.has_value()) ExpectSame(context, ways, given, *shorter);
  }
}

}  // namespace
}  // namespace symshape::queries
