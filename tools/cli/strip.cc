// symshape strip: a model without anything that symshape wrote.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/output_path.h"
#include "cli/terminal.h"
#include "symshape/write.h"

namespace symshape::cli {
namespace {

struct StripArgs {
  std::string model;
  OutputArgs output;
  bool quiet = false;
};

constexpr Flag<StripArgs> kFlags[] = {
    {"-q,--quiet", "", "print errors only", &StripArgs::quiet},
};

absl::Status StripToStdout(const absl::StatusOr<std::string>& bytes) {
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<std::string> stripped = StripBytes(*bytes);
  return stripped.ok() ? WriteStdout(*stripped) : stripped.status();
}

absl::Status Strip(const StripArgs& args, const std::string& path) {
  const std::string& model = args.model;
  if (path == "-") return StripToStdout(model == "-" ? ReadStdin() : ReadFile(model));
  if (model != "-") return StripFile(model, path, ExternalDataOf(args.output));
  return absl::InvalidArgumentError("the model comes from stdin: it goes to stdout, with -o -");
}

int RunStrip(const StripArgs& args) {
  const absl::StatusOr<std::string> path = OutputPath(args.output, args.model, "stripped");
  if (!path.ok()) return Fail(path.status());
  if (const absl::Status status = Strip(args, *path); !status.ok()) return Fail(status);
  Say(AbsentDataText(args.output, args.model, *path));
  if (!args.quiet) Say(absl::StrCat("wrote ", *path == "-" ? "stdout" : *path, "\n"));
  return kOk;
}

}  // namespace

const Command kStripCommand = {"strip", "remove all that symshape wrote from a model",
                               "examples:\n"
                               "  symshape strip model.inferred.onnx -o model.onnx\n"
                               "  symshape strip model.onnx --in-place\n",
                               [](CLI::App& app) -> Run {
                                 const auto args = std::make_shared<StripArgs>();
                                 app.add_option("MODEL", args->model, "an ONNX file; - reads stdin")
                                     ->required()
                                     ->type_name("");
                                 AddOutputArgs(app, args->output);
                                 AddFlags(app, *args, kFlags);
                                 return [args](const Globals&) { return RunStrip(*args); };
                               }};

}  // namespace symshape::cli
