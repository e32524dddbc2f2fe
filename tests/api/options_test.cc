#include "symshape/options.h"

#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"

namespace symshape {
namespace {

using Row = std::tuple<std::string, int, std::string>;

std::vector<Row> Rows(const absl::StatusOr<std::vector<AxisName>>& names) {
  std::vector<Row> rows;
  for (const AxisName& name : names.value()) rows.emplace_back(name.tensor, name.axis, name.name);
  return rows;
}

TEST(ParseDynamicAxes, ReadsAllForms) {
  EXPECT_EQ(Rows(ParseDynamicAxes(R"({"x": [0, 2]})")),
            (std::vector<Row>{{"x", 0, ""}, {"x", 2, ""}}));
  EXPECT_EQ(Rows(ParseDynamicAxes(R"({"x": {"0": "batch", "-1": null}})")),
            (std::vector<Row>{{"x", 0, "batch"}, {"x", -1, ""}}));
  EXPECT_EQ(Rows(ParseDynamicAxes(R"({"x": [0], "y": {"1": "seq"}})")),
            (std::vector<Row>{{"x", 0, ""}, {"y", 1, "seq"}}));
  EXPECT_TRUE(Rows(ParseDynamicAxes("{}")).empty());
}

TEST(ParseDynamicAxes, RefusesTheRest) {
  for (const char* text : {"", "{", "[]", "3", R"({"x": 0})", R"({"x": ["0"]})", R"({"x": [0.5]})",
                           R"({"x": {"zero": "a"}})", R"({"x": {"0": 3}})"}) {
    EXPECT_EQ(ParseDynamicAxes(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

using Sizes = std::vector<std::pair<std::string, int64_t>>;

TEST(ParseSizes, ReadsNamesOfAnyKind) {
  EXPECT_EQ(ParseSizes("batch=1,seq=128").value(), (Sizes{{"batch", 1}, {"seq", 128}}));
  EXPECT_EQ(ParseSizes("past sequence length=3").value(), (Sizes{{"past sequence length", 3}}));
  EXPECT_EQ(ParseSizes("a=b=2").value(), (Sizes{{"a=b", 2}}));
  EXPECT_EQ(ParseSizes("a=2,a=2").value(), (Sizes{{"a", 2}, {"a", 2}}));
  EXPECT_TRUE(ParseSizes("").value().empty());
}

TEST(ParseSizes, RefusesTheRest) {
  for (const char* text : {"batch", "batch=", "=1", "batch=one", "batch=-1", "batch=1.5",
                           "batch=99999999999999999999", "batch=1,seq=2,batch=2"}) {
    EXPECT_EQ(ParseSizes(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ParseAxisName, RefusesAnEmptyName) {
  EXPECT_EQ(ParseAxisName("x:0=batch").value().name, "batch");
  for (const char* text : {"x:0=", "x:0= ", "x=batch", ":0=batch", "x:0"}) {
    EXPECT_EQ(ParseAxisName(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Append, TheLaterSizeCounts) {
  Options options{.bind = {{"N", 1}, {"M", 2}}};
  Append({.bind = {{"N", 3}}}, options);
  EXPECT_EQ(options.bind, (Sizes{{"M", 2}, {"N", 3}}));
}

}  // namespace
}  // namespace symshape
