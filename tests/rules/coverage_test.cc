// No operator version of the onnx schema registry is without a rule and without a written reason;
// no two rules cover the same one; every rule has rows that prove it.
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "onnx/defs/schema.h"
#include "rules/table.h"

namespace symshape::rules {
namespace {

struct Excuse {
  absl::string_view op;
  absl::string_view reason;
};

// Operators that hold graphs: the walk enters these, a rule sees its node's operands only. What
// else has no rule is inferred by onnx's own code, through engine/fallback.cc.
constexpr Excuse kWithoutRule[] = {
    {"If", "engine/control_flow.cc"},
    {"Loop", "engine/loop.cc"},
    {"Scan", "engine/control_flow.cc"},
    {"SequenceMap", "engine/sequence_map.cc"},
};

bool IsExcused(absl::string_view op) {
  for (const Excuse& excuse : kWithoutRule) {
    if (excuse.op == op) return true;
  }
  return false;
}

std::string Normal(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

TEST(Coverage, EveryOperatorVersionHasARule) {
  int versions = 0;
  for (const auto& schema : ONNX_NAMESPACE::OpSchemaRegistry::get_all_schemas_with_history()) {
    ++versions;
    if (IsExcused(schema.Name())) continue;
    const std::string domain = Normal(schema.domain());
    EXPECT_NE(FindRule(domain, schema.Name(), schema.SinceVersion()), nullptr)
        << domain << " " << schema.Name() << "-" << schema.SinceVersion();
  }
  EXPECT_GE(versions, 600);  // the registry was read
}

TEST(Coverage, NoTwoRulesForOneOperator) {
  std::map<std::tuple<std::string, std::string, int>, std::string> files;
  for (const Family& family : Families()) {
    for (const Rule& rule : family.rules) {
      const auto key = std::make_tuple(std::string(rule.domain), std::string(rule.op), rule.since);
      const auto [it, fresh] = files.emplace(key, std::string(family.file));
      EXPECT_TRUE(fresh) << rule.op << " in " << family.file << " and in " << it->second;
    }
  }
}

// "ai.onnx.ml.Scaler-1 <...> (...)" -> "ai.onnx.ml.Scaler"
std::string OperatorOfRow(const std::string& line) {
  return line.substr(0, line.find_first_of("- <("));
}

// Rules of pool.cc are proved by pool.rows.
TEST(Coverage, EveryRuleHasRows) {
  int rows = 0;
  for (const Family& family : Families()) {
    const std::string file =
        absl::StrCat("tests/rules/", family.file.substr(0, family.file.rfind('.')), ".rows");
    std::ifstream stream(file);
    std::set<std::string> proved;
    for (std::string line; std::getline(stream, line);) {
      if (line.empty() || line[0] == '#' || line[0] == ' ') continue;
      proved.insert(OperatorOfRow(line));
      ++rows;
    }
    for (const Rule& rule : family.rules) {
      const std::string name =
          rule.domain.empty() ? std::string(rule.op) : absl::StrCat(rule.domain, ".", rule.op);
      EXPECT_TRUE(proved.contains(name)) << name << " has no row in " << file;
    }
  }
  EXPECT_GT(rows, 0);
}

}  // namespace
}  // namespace symshape::rules
