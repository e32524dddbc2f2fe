// symshape prove: whether a fact holds at all sizes, and why.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/lines.h"
#include "cli/terminal.h"
#include "nlohmann/json.hpp"
#include "symshape/dim.h"

namespace symshape::cli {
namespace {

struct ProveArgs {
  std::string fact;
  std::vector<std::string> where;
  bool verbose = false;
  bool json = false;
};

constexpr Flag<ProveArgs> kFlags[] = {
    {"--where", "FACT", "what is known: 'H >= 1', 'H % 32 == 0'", &ProveArgs::where},
    {"-v,--verbose", "", "say why", &ProveArgs::verbose},
    {"--json", "", "print JSON (docs/json.md)", &ProveArgs::json},
};

const char* Word(symshape::Answer answer) {
  switch (answer) {
    case symshape::Answer::kNo:
      return "no";
    case symshape::Answer::kYes:
      return "yes";
    case symshape::Answer::kUnknown:
      break;
  }
  return "unknown";
}

std::string Text(const Explanation& why) {
  std::string text = Word(why.answer);
  for (const Statement& statement : why.because)
    absl::StrAppend(&text, "\n    as  ", statement.fact);
  for (const std::string& row : why.rewrites) absl::StrAppend(&text, "\n    by  ", row);
  for (const std::string& certificate : why.certificates) {
    if (certificate.empty()) continue;
    absl::StrAppend(&text, "\n    proof, checked step by step (docs/solver.md)");
    for (absl::string_view line : absl::StrSplit(absl::StripSuffix(certificate, "\n"), '\n')) {
      absl::StrAppend(&text, "\n        ", line);
    }
  }
  return text;
}

std::string JsonText(const Explanation& why, bool verbose) {
  nlohmann::ordered_json json = {{"v", 1}, {"answer", Word(why.answer)}};
  if (verbose) {
    json["because"] = nlohmann::ordered_json::array();
    for (const Statement& statement : why.because) json["because"].push_back(statement.fact);
    json["rewrites"] = why.rewrites;
    json["certificates"] = why.certificates;
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

absl::StatusOr<std::string> AnswerLine(const ProveArgs& args, const std::string& line) {
  absl::StatusOr<Question> question = ReadQuestion(line, args.where);
  if (!question.ok()) return question.status();
  Explanation why;
  if (args.verbose) {
    absl::StatusOr<Explanation> explained = question->algebra.Explain(question->text);
    if (!explained.ok()) return explained.status();
    why = *std::move(explained);
  } else {
    const absl::StatusOr<symshape::Answer> answer = question->algebra.Decide(question->text);
    if (!answer.ok()) return answer.status();
    why.answer = *answer;
  }
  return args.json ? JsonText(why, args.verbose) : Text(why);
}

int RunProve(const ProveArgs& args) {
  return AnswerEach(args.fact, args.where,
                    [&](const std::string& line) { return AnswerLine(args, line); });
}

}  // namespace

const Command kProveCommand = {
    "prove", "say whether a fact about sizes holds at all sizes: yes, no or unknown",
    "Facts: == != >= > <= < between expressions (symshape dim), 'H % 32 == 0', '1 <= seq <= 512', "
    "several\n"
    "joined by 'and'. 'no' means at no size that the other facts allow. Sizes may be 0 unless a "
    "fact says\n"
    "otherwise. With '-', one fact per line of standard input, each under facts of its own:\n"
    "FACT ; FACT ; ... (the first under the others).\n"
    "exit codes: 0 answered, also by no and unknown; 1 some line could not be read; 2 usage, or "
    "FACT\n"
    "cannot be read\n\n"
    "examples:\n"
    "  symshape prove 'H - H//2 >= 0'                                  prints yes\n"
    "  symshape prove 'H % 8 == 0' --where 'H % 32 == 0' -v            prints yes, and what it "
    "needs\n"
    "  printf 'a >= c ; a >= b ; b >= c\\n' | symshape prove -\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<ProveArgs>();
      app.add_option("FACT", args->fact, "a fact, or '-'")->required()->type_name("");
      AddFlags(app, *args, kFlags);
      return [args](const Globals&) { return RunProve(*args); };
    }};

}  // namespace symshape::cli
