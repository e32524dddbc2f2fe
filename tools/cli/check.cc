// symshape check: what the file declares, held against what was proved.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/model_args.h"
#include "cli/output_path.h"
#include "cli/terminal.h"
#include "symshape/report.h"
#include "symshape/write.h"

namespace symshape::cli {
namespace {

struct CheckArgs {
  ModelArgs model;
  OutputArgs output;
  bool fix = false;
  std::string format = "text";
};

constexpr Flag<CheckArgs> kFlags[] = {
    {"--fix", "",
     "write the corrected model, as infer does, and the size of an input's axis that can only have "
     "one; to MODEL.fixed.onnx without -o",
     &CheckArgs::fix},
    {"--format", "text|json|github|sarif", "how findings are printed", &CheckArgs::format},
};

FindingsFormat ToFormat(const std::string& name) {
  if (name == "json") return FindingsFormat::kJson;
  if (name == "github") return FindingsFormat::kGithub;
  if (name == "sarif") return FindingsFormat::kSarif;
  return FindingsFormat::kText;
}

// What infer writes, and the axes of inputs that are called dynamic but are not (input-fixed):
// whoever gives the model another size is then told by the input, not by a node far behind it.
int Fix(CheckArgs& args, const Analysis& checked) {
  const absl::StatusOr<std::string> path = OutputPath(args.output, args.model.model, "fixed");
  if (!path.ok()) return Fail(path.status());
  WriteOptions options;
  options.external_data = ExternalDataOf(args.output);
  absl::Status written;
  if (BindSolved(checked, args.model).empty()) {
    written = WriteModel(checked, *path, options);
  } else {
    const absl::StatusOr<Analysis> bound = InferModel(args.model);
    written = bound.ok() ? WriteModel(*bound, *path, options) : bound.status();
  }
  if (!written.ok()) return Fail(written);
  Say(AbsentDataText(args.output, args.model.model, *path));
  Say(absl::StrCat("wrote ", *path, "\n"));
  return kOk;
}

int RunCheck(CheckArgs args, const Globals& globals) {
  if (args.output.given() && !args.fix) {
    return Fail(absl::InvalidArgumentError("-o and --in-place say where --fix writes"));
  }
  if (absl::Status status = KeepStdin(args.model); !status.ok()) return Fail(status);
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  const Findings findings =
      Check(*analysis, NameOf(args.model), ToFormat(args.format), UseColor(globals, stdout));
  if (absl::Status status = WriteStdout(findings.text); !status.ok()) return Fail(status);
  if (args.fix) {
    if (const int code = Fix(args, *analysis); code != kOk) return code;
  }
  return findings.count == 0 ? kOk : kFindings;
}

}  // namespace

const Command kCheckCommand = {
    "check", "hold every declared shape, type and name against what was proved",
    "Exits with 1 where it finds something. symshape explain ID says more about a finding.\n\n"
    "examples:\n"
    "  symshape check model.onnx\n"
    "  symshape check model.onnx --fix -o right.onnx\n"
    "  symshape check model.onnx --format=sarif > findings.sarif\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<CheckArgs>();
      AddModelArgs(app, args->model);
      AddOutputArgs(app, args->output);
      AddFlags(app, *args, kFlags);
      return [args](const Globals& globals) { return RunCheck(*args, globals); };
    }};

}  // namespace symshape::cli
