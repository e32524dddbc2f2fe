// symshape dim: an expression of sizes in its one form, its value and its range.
#include "symshape/dim.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/lines.h"
#include "cli/terminal.h"
#include "nlohmann/json.hpp"
#include "symshape/options.h"

namespace symshape::cli {
namespace {

struct DimArgs {
  std::string expression;
  std::vector<std::string> where;
  std::string at;
  bool bounds = false;
  bool json = false;
};

constexpr Flag<DimArgs> kFlags[] = {
    {"--where", "FACT", "what is known: 'H >= 1', 'H % 32 == 0'", &DimArgs::where},
    {"--at", "NAME=SIZE,...", "print the value at these sizes", &DimArgs::at},
    {"--bounds", "", "print the range of the value", &DimArgs::bounds},
    {"--json", "", "print JSON (docs/json.md)", &DimArgs::json},
};

using Json = nlohmann::ordered_json;

Json OrNull(const std::optional<int64_t>& number) {
  return number.has_value() ? Json(*number) : Json(nullptr);
}

std::string RangeText(const Range& range) {
  return absl::StrCat(range.min ? absl::StrCat(*range.min) : "-inf", "..",
                      range.max ? absl::StrCat(*range.max) : "inf");
}

absl::StatusOr<std::string> AnswerLine(const DimArgs& args, const Sizes& sizes,
                                       const std::string& line) {
  absl::StatusOr<Question> question = ReadQuestion(line, args.where);
  if (!question.ok()) return question.status();
  const absl::StatusOr<Dim> dim = question->algebra.Parse(question->text);
  if (!dim.ok()) return dim.status();
  const Range range = question->algebra.Bounds(*dim);
  std::optional<int64_t> value;
  if (!args.at.empty()) {
    // Sizes at which the facts do not hold have no value: the expression was shortened under the
    // facts.
    for (const auto& [name, size] : sizes) {
      const absl::Status fits =
          question->algebra.Assume(absl::StrCat("`", name, "` == ", size), "--at");
      if (!fits.ok()) return fits;
    }
    const absl::StatusOr<int64_t> at = dim->Evaluate(sizes);
    if (!at.ok()) return at.status();
    value = *at;
  }
  if (args.json) {
    Json json = {{"v", 1},
                 {"dim", dim->ToString()},
                 {"symbols", dim->Symbols()},
                 {"min", OrNull(range.min)},
                 {"max", OrNull(range.max)}};
    if (value.has_value()) json["value"] = *value;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  std::string text = value.has_value() ? absl::StrCat(*value) : dim->ToString();
  if (args.bounds) absl::StrAppend(&text, "  in ", RangeText(range));
  return text;
}

int RunDim(const DimArgs& args) {
  const auto sizes = ParseSizes(args.at);
  if (!sizes.ok()) return Fail(sizes.status());
  const Sizes at(sizes->begin(), sizes->end());
  return AnswerEach(args.expression, args.where,
                    [&](const std::string& line) { return AnswerLine(args, at, line); });
}

}  // namespace

const Command kDimCommand = {
    "dim", "print an expression of sizes in its shortest form, its value or its range",
    "Equal expressions print as equal texts. All dialects are read: Python, sympy, onnx_ir, "
    "onnx-light,\n"
    "torch, Add(Mul(2, H), 1). Sizes may be 0 unless a fact says otherwise. With '-', one "
    "expression per\n"
    "line of standard input, each with facts of its own: EXPR ; FACT ; ...\n"
    "exit codes: 0 ok, 1 some line could not be read, 2 usage, or EXPR cannot be read\n\n"
    "examples:\n"
    "  symshape dim '((H+1)//2+1)//2'                       prints (H + 3)//4\n"
    "  symshape dim 'floor(H/8)*8' --where 'H % 32 == 0'    prints H\n"
    "  symshape dim '(H+1)//2' --at H=7                     prints 4\n"
    "  symshape dim 'min(S, 512)' --bounds                  prints min(512, S)  in 0..512\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<DimArgs>();
      app.add_option("EXPR", args->expression, "an expression, or '-'")->required()->type_name("");
      AddFlags(app, *args, kFlags);
      return [args](const Globals&) { return RunDim(*args); };
    }};

}  // namespace symshape::cli
