// Certificates: what the search finds, and above all what the checker refuses.
#include "symbolic/certificate.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "symbolic/certify.h"
#include "symbolic/testing.h"

namespace symshape::certificate {
namespace {

using symbolic::Bindings;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Tri;

const std::vector<std::string> kNames = {"x", "y", "z"};

// Whether the facts hold at sizes; as a theorem is judged, without the solver's proofs.
bool Holds(Context& c, const std::string& text, const Bindings& sizes) {
  const auto facts = c.ParseFacts(text);
  EXPECT_TRUE(facts.ok()) << text << facts.status();
  for (const Fact& f : *facts) {
    const auto a = c.Evaluate(f.a, sizes), b = c.Evaluate(f.b, sizes);
    if (!a || !b) return true;  // nothing is claimed there
    const bool holds = f.kind == Fact::Kind::kEq        ? *a == *b
                       : f.kind == Fact::Kind::kNe      ? *a != *b
                       : f.kind == Fact::Kind::kGe      ? *a >= *b
                       : f.kind == Fact::Kind::kDivides ? *a != 0 && *b % *a == 0
                                                        : *a == *b || *a == 1 || *b == 1;
    if (!holds) return false;
  }
  return true;
}

// False where the theorem has a counter-example in a box.
bool IsTrue(const Theorem& theorem) {
  Context c;
  for (int64_t i = 0; i < 8 * 8 * 8; ++i) {
    const Bindings sizes = {{"x", i % 8}, {"y", i / 8 % 8}, {"z", i / 64}};
    bool given = true;
    for (const std::string& g : theorem.givens) given = given && Holds(c, g, sizes);
    if (given && !Holds(c, theorem.claim, sizes)) return false;
  }
  return true;
}

TEST(Certificate, Found) {
  const std::vector<std::string> rows[] = {
      // claim, givens
      {"x - x//2 >= 0"},
      {"((x+1)//2+1)//2*4 >= x"},
      {"((x+1)//2+1)//2 == (x+3)//4"},
      {"x % 8 == 0", "x % 32 == 0"},
      {"x >= z", "x >= y", "y >= z"},
      {"x*y >= x", "y >= 1"},
      {"x*x >= x"},
      {"512*x >= x*y", "y <= 512"},
      {"(x + 2)//6 + (x + 5)//6 == (x + 2)//3"},
      {"max(0, min(y, z) - min(x, z)) <= z"},
      {"x == y", "x == y or x == 1 or y == 1", "x >= 2", "y >= 2"},
      {"2*x + 1 != 4*y"},
      {"x*y*768//(x*y) == 768"},
      {"z >= 1", "z != 0"},
  };
  for (const auto& row : rows) {
    const std::vector<std::string> givens(row.begin() + 1, row.end());
    const auto found = Certify(row[0], givens, kNames);
    ASSERT_TRUE(found.has_value()) << row[0];
    const auto theorem = Check(*found);
    ASSERT_TRUE(theorem.ok()) << theorem.status();
    EXPECT_EQ(theorem->claim, row[0]);
    EXPECT_EQ(theorem->givens, givens);
    EXPECT_EQ(theorem->sizes, kNames);
  }
}

TEST(Certificate, RefusesWhatDoesNotFollow) {
  const struct {
    const char* text;
    const char* says;
  } rows[] = {
      {"size x\nclaim x >= 1\n", "ends before"},
      {"size x\nclaim x >= 1\nrow [1] + [2]\n", "ends before"},
      {"size x\nclaim x >= 1\nrow [9]\n", "no such row"},
      {"size x\nclaim x >= 1\nrow -1*[1]\n", "expected"},
      {"size x\nclaim 2*x >= 1\nrow [2] / 3\n", "does not divide"},
      {"size x\nclaim x >= 1\nrow [2] / 0\n", "divisor"},
      {"let $q = x//0\n", "divisor"},
      {"let $q = x//y\n", "divisor"},
      {"size y\nlet $q = x//y by [1]\nclaim y >= 1\nrow [4] + [5]\n", "does not need"},
      {"size x\nsize y\nlet $q = 1//y by [2]\nlet $r = $q//2\nclaim y >= 1\n", "does not need"},
      {"let q = x//2\nclaim q >= 0\n", "new name"},
      {"let $q = x//2\nclaim $q >= 0\n", "expected a name"},
      {"let $q = x//2\nlet $q = y//2\n", "new name"},
      {"size x\nclaim x//2 >= 0\n", "no let"},
      {"claim x == x\nend\n", "expected 'case'"},
      {"size x\nclaim x == 0\ncase\nrow [1] + [2]\ncase\n", "is open"},
      {"size x\nclaim x == 0\ncase\nend\n", "is open"},
      {"claim x >= 1\ncases x % 2 as k\n", "new name"},
      {"claim x >= 1\ncases x % 2 as $k\ncase\nrow [1] + [2]\nend\n", "is open"},
      {"claim x >= 1\ncases given 1\n", "no such disjunction"},
      {"claim x >= 1\nsize x\n", "not in this place"},
      {"claim x >= 1\nclaim x >= 0\n", "not in this place"},
      {"given x >= 1 or y >= 1\nclaim x >= 1\ncases given 1\ncase\nrow [1] + [2]\ncase\n", ""},
      {"claim x >= 170141183460469231731687303715884105727\n", "expected a number"},
      {"trust me\n", "not in this place"},
      {"", "ends before"},
  };
  for (const auto& row : rows) {
    const auto theorem = Check(row.text);
    ASSERT_FALSE(theorem.ok()) << row.text;
    EXPECT_TRUE(absl::StrContains(std::string(theorem.status().message()), row.says))
        << row.text << theorem.status();
  }
}

// One character, number or line of a text changed.
std::string Tampered(symbolic::Trees& random, std::string text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  std::string& line = lines[random.Below(static_cast<int>(lines.size()))];
  line = line.substr(0, line.find("  #"));
  switch (random.Below(4)) {
    case 0:
      line.clear();
      break;
    case 1:
      line = lines[random.Below(static_cast<int>(lines.size()))];
      break;
    default:
      for (int tries = 0; tries < 50; ++tries) {
        char& c = line[random.Below(static_cast<int>(line.size()))];
        if (c >= '0' && c <= '9') {
          c = static_cast<char>('0' + (c - '0' + 1 + random.Below(9)) % 10);
          break;
        }
        if (c == '+' || c == '>' || c == '<') {
          c = c == '+' ? '-' : c == '>' ? '<' : '>';
          break;
        }
      }
  }
  return absl::StrJoin(lines, "\n") + "\n";
}

// Bounds that random expressions reach, so that one more is false: the search proves what Decide
// proves, and no tampered certificate proves what is false.
TEST(Certificate, RandomProofs) {
  size_t proved = 0, certified = 0, tampered = 0, refused = 0;
  for (uint64_t seed = 0; seed < 2500; ++seed) {
    symbolic::Trees trees(seed);
    Context c;
    Dim symbols[3];
    for (int i = 0; i < 3; ++i) symbols[i] = c.Symbol(kNames[i]);
    const int e = trees.Make(1 + trees.Below(3), 1 + trees.Below(3), "++--*/%/mM");
    std::optional<int64_t> least;
    for (int64_t i = 0; i < 512; ++i) {
      const int64_t s[] = {i % 8, i / 8 % 8, i / 64};
      const auto v = trees.Evaluate(e, s);
      if (v && (!least || *v < *least)) least = v;
    }
    if (!least) continue;
    const Fact fact{Fact::Kind::kGe, trees.Build(c, e, symbols), c.Constant(*least)};
    if (c.ConstantOf(fact.a) || c.Decide(fact) != Tri::kYes) continue;
    ++proved;
    const auto found = Certify(c.Print(fact), {}, kNames);
    if (!found) continue;
    ++certified;
    const auto theorem = Check(*found);
    ASSERT_TRUE(theorem.ok()) << theorem.status();
    EXPECT_TRUE(IsTrue(*theorem)) << theorem->claim;
    for (int i = 0; i < 6; ++i) {
      const std::string other = Tampered(trees, *found);
      if (other == *found) continue;
      ++tampered;
      const auto still = Check(other);
      refused += !still.ok();
      if (still.ok() && still->sizes == kNames) {
        EXPECT_TRUE(IsTrue(*still)) << other;
      }
    }
  }
  std::printf("proved %zu, certified %zu; tampered %zu, refused %zu\n", proved, certified, tampered,
              refused);
  EXPECT_GT(proved, 1000u);
  EXPECT_GT(certified * 100, proved * 90);
  EXPECT_GT(refused * 2, tampered);
}

}  // namespace
}  // namespace symshape::certificate
