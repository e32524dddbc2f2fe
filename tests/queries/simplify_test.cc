// Conditions in and out, each pair equivalent at all sizes of a box.
#include "queries/simplify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"

namespace symshape::queries {
namespace {

using symbolic::Bindings;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

constexpr int64_t kBox = 40;

struct Row {
  const char* clause;
  const char* simple;  // "always" for none
};

constexpr Row kRows[] = {
    // A size at a time, as a threshold.
    {"(h + 3)//4 >= 8", "h >= 29"},
    {"32*((h + 31)//32) >= 1", "h >= 1"},
    {"h//4 >= 2 or h//2 >= 4", "h >= 8"},
    {"max(0, h - 9) <= 0", "h <= 9"},
    {"min(16, h) == h or h == 1", "h <= 16"},
    {"4*h == 0", "h == 0"},
    {"4*max(0, h - 1) - 3*h >= -3", "always"},
    {"h % 4 == 0", "h % 4 == 0"},
    {"h//2 == 3*(h//6)", "(h//2) % 3 == 0"},
    {"min(1000000, h) == h or h == 1 or min(1000000, h) == 1", "h <= 1000000"},
    // What both sides have.
    {"b*h + w >= b*h + h", "w >= h"},
    // A sum, where both sizes occur in no other way.
    {"max(0, h + w - 9) <= 0", "h + w <= 9"},
    {"h + 2*w <= 9", "h + 2*w <= 9"},
    // Rounded sizes.
    {"2*(h//2) == h", "h % 2 == 0"},
    {"2*((h + 1)//2) == h", "h % 2 == 0"},
    {"4*((h + 31)//32) == (h + 7)//8", "((h + 7)//8) % 4 == 0"},
    // Common factors, which may be 0.
    {"36*b*(h//4) == 9*b*h", "b == 0 or h % 4 == 0"},
    {"b*h >= b*w", "b == 0 or h >= w"},
    {"b*(h//7) >= 1", "b >= 1 and h >= 7"},
    {"2*b*(h//3) == 0", "h <= 2 or b == 0"},
    {"b*max(0, h - w) == max(0, h - w)*max(0, h - w)", "h <= w or b + w == h"},
    // What sizes broadcast to.
    {"max(h, w)*min(1, h, w) >= 1", "w >= 1 and h >= 1"},
    {"max(h, w)*min(1, h, w) >= 2", "max(h, w)*min(1, h, w) >= 2"},
    // Maxima and minima.
    {"max(0, h - w) >= 2", "h >= w + 2"},
    {"max(h, w) <= 9", "h <= 9 and w <= 9"},
    {"min(1, w) >= h", "h <= 1 and w >= h"},
    {"min(7, h) == 7 or w == 0 - 6", "h >= 7"},
    {"h == max(h, 1 - w)", "h + w >= 1"},
    {"h + w == min(1, h) or h + w == 1 or min(1, h) == 1", "w == 0 or h + w == 1 or h >= 1"},
    {"h == 9", "h == 9"},
    // Sizes between two others, where a polynomial tells.
    {"min(1, h//4) - (h//4)*(h//4) == 0 - 48", "h >= 28 and h <= 31"},
    {"(h//4)*(h//4)*(h//4)*(h//4) + 98*(h//4) + 2352 == 2*(h//4)*(h//4)*(h//4) + 97*(h//4)*(h//4)",
     "h >= 28 and h <= 35"},
    {"h <= 4 or 4*((h + 3)//4) == max(4, h)", "h <= 4 or h % 4 == 0"},
    {"(h + 3)//4 <= 1 or min(4, h) == h + 4 - 4*((h + 3)//4)", "h <= 4 or h % 4 == 0"},
    {"(h + 3)//4 <= 1 or min(4, h) == (h + 3) % 4 + 1", "h <= 4 or h % 4 == 0"},
    // Alternatives that say nothing.
    {"h == 0 or h <= 6", "h <= 6"},
    {"b == 0 or h == 0 or h >= 1", "always"},
    {"h == 3 or w == 2 or h == 3", "h == 3 or w == 2"},
    // Multiples of a size, which has none where it is 0: there h == 0 says something.
    {"h == 0 or (h*w) % b == 0", "h == 0 or (h*w) % b == 0"},
    {"h == 0 or h*w - b*(h*w//b) == 0", "h == 0 or (h*w) % b == 0"},
    {"h == 0 or (h*w) % (b - 2) == 0", "h == 0 or (h*w) % (b - 2) == 0"},
    {"b == 0 or (h*b) % b == 0", "always"},
    {"(h*b) % b == 0", "b >= 1"},
    {"w == 0 or (h*b) % b == 0", "w == 0 or b >= 1"},
};

Clause Read(Context& context, absl::string_view text) {
  Clause clause;
  for (const absl::string_view part : absl::StrSplit(text, " or ")) {
    const absl::StatusOr<std::vector<Fact>> facts = context.ParseFacts(part);
    EXPECT_TRUE(facts.ok()) << facts.status();
    clause.insert(clause.end(), facts->begin(), facts->end());
  }
  return clause;
}

TEST(Simplify, Rows) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.clause);
    Context context;
    for (const char* name : {"b", "h", "w"}) context.Symbol(name);
    const Clause clause = Read(context, row.clause);
    const Clauses written{clause}, simple = Simplify(context, clause);
    EXPECT_EQ(simple.empty() ? "always" : Text(context, simple), row.simple);
    for (int64_t h = 0; h <= kBox; ++h) {
      for (int64_t other = 0; other <= 12; ++other) {
        const Bindings sizes{{"b", other % 3}, {"h", h}, {"w", other}};
        // Where a part has no value, which is none that holds.
        ASSERT_EQ(Holds(context, written, sizes) == Tri::kYes,
                  Holds(context, simple, sizes) == Tri::kYes)
            << "h=" << h << " b=" << other % 3 << " w=" << other;
      }
    }
  }
}

TEST(Simplify, AMultipleOfASize) {
  Context context;
  for (const char* name : {"h", "w"}) context.Symbol(name);
  EXPECT_EQ(Text(context, Simplify(context, Read(context, "w*(h//w) == h"))), "h % w == 0");
}

TEST(Simplify, OpensABroadcastThatIsKnown) {
  Context context;
  for (const char* name : {"s", "m"}) context.Symbol(name);
  const Fact known{Fact::Kind::kBroadcast, *context.FindSymbol("s"), *context.FindSymbol("m")};
  const Clauses simple = Simplify(context, Read(context, "max(s, m)*min(1, s, m) == s"), {known});
  EXPECT_EQ(Text(context, simple), "m == s or m == 1");
}

// What s and m broadcast to fits s again only where m does, which is known: nothing new.
TEST(Simplify, SpellsWhatFitsABroadcast) {
  Context context;
  for (const char* name : {"s", "m"}) context.Symbol(name);
  const Dim s = *context.FindSymbol("s"), m = *context.FindSymbol("m");
  const Fact known{Fact::Kind::kBroadcast, s, m};
  const Fact again{Fact::Kind::kBroadcast, context.Broadcast(s, m), s};
  EXPECT_EQ(Text(context, Simplify(context, Clause{again}, {known})), "m == s or m == 1 or s == 1");
}

TEST(Simplify, LeavesOutTheWaysThatNoSizeTakes) {
  Context context;
  const Dim n = context.Symbol("n");
  const Fact fits{Fact::Kind::kBroadcast, n, context.Constant(10)};
  EXPECT_EQ(Text(context, Simplify(context, Clause{fits})), "n == 10 or n == 1");
}

TEST(Simplify, EachUnderThoseBeforeIt) {
  Context context;
  for (const char* name : {"b", "h"}) context.Symbol(name);
  const Clauses clauses{Read(context, "b >= 1"), Read(context, "b == 0 or h <= 9"),
                        Read(context, "h <= 20")};
  EXPECT_EQ(Text(context, Simplify(context, clauses)), "b >= 1 and h <= 9");
}

TEST(Implied, DropsWhatOthersSayTogether) {
  Context context;
  for (const char* name : {"h", "w"}) context.Symbol(name);
  const Clauses clauses{Read(context, "h >= 2"), Read(context, "h + w >= 5"),
                        Read(context, "w >= 3")};
  EXPECT_EQ(Implied(context, clauses), (std::vector<bool>{false, true, false}));
}

TEST(Implied, UnderWhatTheOthersSayOfAMaximum) {
  Context context;
  for (const char* name : {"h", "w"}) context.Symbol(name);
  const Clauses clauses{Read(context, "(4*h + 4*w) % (4*max(1, h + w) - 3*h - 3*w) == 0"),
                        Read(context, "h + w >= 1")};
  EXPECT_EQ(Implied(context, clauses), (std::vector<bool>{true, false}));
}

TEST(Implied, OfTwoThatSayTheSameOneStays) {
  Context context;
  context.Symbol("h");
  const Clauses clauses{Read(context, "h//2 >= 4"), Read(context, "h >= 8")};
  EXPECT_EQ(Implied(context, clauses), (std::vector<bool>{true, false}));
}

TEST(Implied, OfRoundingsThatRepeat) {
  Context context;
  for (const char* name : {"b", "h"}) context.Symbol(name);
  const auto implied = [&](const std::vector<const char*>& texts) {
    Clauses clauses;
    for (const char* text : texts) clauses.push_back(Read(context, text));
    return Implied(context, clauses);
  };
  EXPECT_EQ(implied({"((h + 15)//16) % 2 == 0", "((h + 7)//8) % 4 == 0"}),
            (std::vector<bool>{true, false}));
  EXPECT_EQ(implied({"((h + 15)//16) % 2 == 0 or h <= 16", "((h + 3)//4) % 8 == 0 or h <= 4"}),
            (std::vector<bool>{true, false}));
  EXPECT_EQ(implied({"h >= 29", "((h + 15)//16) % 2 == 0"}), (std::vector<bool>{false, false}));
  EXPECT_EQ(implied({"b == 0 or ((h + 15)//16) % 2 == 0", "b == 0 or ((h + 7)//8) % 4 == 0"}),
            (std::vector<bool>{true, false}));
  EXPECT_EQ(implied({"b == 0 or ((h + 15)//16) % 2 == 0", "b == 1 or ((h + 7)//8) % 4 == 0"}),
            (std::vector<bool>{false, false}));
  EXPECT_EQ(implied({"((h + 7)//8) % 4 == 0", "((h + 3)//4) % 2 == 0", "((h + 1)//2) % 2 == 0",
                     "((h + 1)//2) % 16 == 0"}),
            (std::vector<bool>{true, true, true, false}));
  // 17 to 24 rounds up to 2 times 16, but to 3 times 8.
  EXPECT_EQ(implied({"((h + 15)//16) % 2 == 0", "((h + 7)//8) % 2 == 0"}),
            (std::vector<bool>{false, false}));
}

TEST(Holds, DividingByZeroIsFalse) {
  Context context;
  for (const char* name : {"h", "w"}) context.Symbol(name);
  const Clause clause = Read(context, "h % w == 0");
  EXPECT_EQ(Holds(context, Clauses{clause}, {{"h", 4}, {"w", 0}}), Tri::kNo);
  EXPECT_EQ(Holds(context, Clauses{clause}, {{"h", 4}}), Tri::kUnknown);
}

}  // namespace
}  // namespace symshape::queries
