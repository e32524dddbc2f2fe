// symshape explain: what a diagnostic means; why a dim is what it is; why a condition is needed.
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/model_args.h"
#include "cli/terminal.h"
#include "symshape/ops.h"
#include "symshape/report.h"

namespace symshape::cli {
namespace {

struct ExplainArgs {
  ModelArgs model;  // an id where there is no `what`
  std::string what;
};

int ListPages() {
  for (const DiagnosticPage& page : DiagnosticPages()) {
    std::printf("%-24s %s\n", std::string(page.id).c_str(), std::string(page.sentence).c_str());
  }
  return kOk;
}

int ExplainId(const std::string& id) {
  const absl::StatusOr<DiagnosticPage> page = FindDiagnosticPage(id);
  if (!page.ok() && access(id.c_str(), F_OK) == 0) {
    return Fail(absl::InvalidArgumentError(absl::StrCat(
        id, ": say what of it is to be explained: TENSOR, TENSOR:AXIS or a condition")));
  }
  if (!page.ok()) {
    return Fail(
        absl::InvalidArgumentError(absl::StrCat(page.status().message(),
                                                "\n    run: symshape explain, which lists all, or "
                                                "symshape explain MODEL WHAT")));
  }
  std::printf("%s (%s)\n\n%s\n\nWhat to do: %s\n", std::string(page->id).c_str(),
              std::string(Name(page->severity)).c_str(), std::string(page->sentence).c_str(),
              std::string(page->remedy).c_str());
  return kOk;
}

// "tensor:axis", or a fact: only that has a comparison in it.
absl::StatusOr<std::string> Explain(const Analysis& analysis, const std::string& what) {
  const size_t colon = what.rfind(':');
  int axis = 0;
  if (colon != std::string::npos && absl::SimpleAtoi(what.substr(colon + 1), &axis)) {
    return ExplainAxis(analysis, what.substr(0, colon), axis);
  }
  if (what.find_first_of("=<>") != std::string::npos) return ExplainFact(analysis, what);
  const absl::StatusOr<std::optional<Shape>> shape = analysis.ShapeOf(what);
  if (!shape.ok()) return shape.status();
  std::string text;
  for (int k = 0; shape->has_value() && k < (*shape)->rank(); ++k) {
    const absl::StatusOr<std::string> one = ExplainAxis(analysis, what, k);
    if (!one.ok()) return one.status();
    text += *one;
  }
  return text;
}

int RunExplain(const ExplainArgs& args) {
  if (args.model.model.empty()) return ListPages();
  if (args.what.empty()) return ExplainId(args.model.model);
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  const absl::StatusOr<std::string> text = Explain(*analysis, args.what);
  if (!text.ok()) return Fail(absl::InvalidArgumentError(text.status().message()));
  const absl::Status status = WriteStdout(*text);
  return status.ok() ? kOk : Fail(status);
}

}  // namespace

const Command kExplainCommand = {
    "explain", "say why a dim is what it is, why a condition is needed, what a diagnostic means",
    "examples:\n"
    "  symshape explain                                 lists all diagnostics\n"
    "  symshape explain declared-shape\n"
    "  symshape explain model.onnx loc:1                axis 1 of tensor loc, from the inputs on\n"
    "  symshape explain model.onnx 'H % 32 == 0'        which nodes need it\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<ExplainArgs>();
      AddModelArgs(app, args->model);
      app.get_option("MODEL")->required(false)->description("an ONNX file, or a diagnostic's id");
      app.add_option("WHAT", args->what, "TENSOR, TENSOR:AXIS, or a condition")->type_name("");
      return [args](const Globals&) { return RunExplain(*args); };
    }};

}  // namespace symshape::cli
