// symshape ops: operators that have a rule of their own.
#include "symshape/ops.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/terminal.h"
#include "nlohmann/json.hpp"

namespace symshape::cli {
namespace {

struct OpsArgs {
  std::string name;
  bool json = false;
};

constexpr Flag<OpsArgs> kFlags[] = {
    {"--json", "", "print JSON (docs/json.md)", &OpsArgs::json},
};

std::string DomainText(std::string_view domain) {
  return domain.empty() ? "ai.onnx" : std::string(domain);
}

void PrintJson(const std::vector<OperatorRule>& rules) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const OperatorRule& rule : rules) {
    list.push_back(
        {{"domain", DomainText(rule.domain)},
         {"op", rule.op},
         {"since", rule.since},
         {"until", rule.until == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(rule.until)},
         {"file", absl::StrCat("lib/", rule.file)},
         {"values", rule.values},
         {"rows", rule.rows}});
  }
  const std::string text =
      nlohmann::ordered_json({{"v", 1}, {"ops", std::move(list)}}).dump(2) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void PrintText(const std::vector<OperatorRule>& rules) {
  size_t domains = 0;
  size_t ops = 0;
  for (const OperatorRule& rule : rules) {
    domains = std::max(domains, DomainText(rule.domain).size());
    ops = std::max(ops, rule.op.size());
  }
  for (const OperatorRule& rule : rules) {
    const std::string until = rule.until == 0 ? "" : absl::StrCat(rule.until);
    std::printf("%-*s  %-*s  %5s  %-6s  %3d rows  lib/%s\n", static_cast<int>(domains),
                DomainText(rule.domain).c_str(), static_cast<int>(ops),
                std::string(rule.op).c_str(), absl::StrCat(rule.since, "-", until).c_str(),
                rule.values ? "values" : "", rule.rows, rule.file.c_str());
  }
}

int RunOps(const OpsArgs& args) {
  const auto rules = FindOperatorRules(args.name);
  if (!rules.ok()) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat(rules.status().message(), "\n    run: symshape ops, which lists all")));
  }
  args.json ? PrintJson(*rules) : PrintText(*rules);
  return kOk;
}

}  // namespace

const Command kOpsCommand = {"ops", "list the operators that have a rule of their own",
                             "Others are inferred from the body of their function, or by onnx.\n\n"
                             "examples:\n"
                             "  symshape ops\n"
                             "  symshape ops MaxPool --json\n",
                             [](CLI::App& app) -> Run {
                               const auto args = std::make_shared<OpsArgs>();
                               app.add_option("NAME", args->name, "one operator")->type_name("");
                               AddFlags(app, *args, kFlags);
                               return [args](const Globals&) { return RunOps(*args); };
                             }};

}  // namespace symshape::cli
