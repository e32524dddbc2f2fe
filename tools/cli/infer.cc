// symshape infer: shapes of all tensors, written back into the model.
#include <chrono>
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

using Clock = std::chrono::steady_clock;

struct InferArgs {
  ModelArgs model;
  OutputArgs output;
  bool no_output = false;
  std::string outputs = "names";
  std::string dims = "expr";
  std::string external_data = "refuse";
  bool strict = false;
  bool require_complete = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

constexpr Flag<InferArgs> kFlags[] = {
    {"--no-output", "", "write no model, only print", &InferArgs::no_output},
    {"--outputs", "names|infer|keep",
     "dims of graph outputs: an author's names where they are consistent, always expressions, or "
     "nothing changed that is not wrong",
     &InferArgs::outputs},
    {"--dims", "expr|names", "compound dims as expressions, or as names defined in the metadata",
     &InferArgs::dims},
    {"--external-data", "refuse|keep|copy|hardlink",
     "weights in other files, when the result goes into another folder", &InferArgs::external_data},
    {"--strict", "", "declared shapes that are wrong, and nodes that never run, are errors: exit 1",
     &InferArgs::strict},
    {"--require-complete", "", "a tensor of unknown rank is an error: exit 1",
     &InferArgs::require_complete},
    {"--json", "", "print JSON (docs/json.md)", &InferArgs::json},
    {"-q,--quiet", "", "print errors only", &InferArgs::quiet},
    {"-v,--verbose", "", "print all tensors, conditions and notes", &InferArgs::verbose},
};

WriteOptions ToWriteOptions(const InferArgs& args) {
  WriteOptions options;
  if (args.outputs == "infer") options.outputs = WriteOptions::Outputs::kInfer;
  if (args.outputs == "keep") options.outputs = WriteOptions::Outputs::kKeep;
  if (args.dims == "names") options.dims = WriteOptions::Dims::kNames;
  if (args.external_data == "keep") options.external_data = WriteOptions::ExternalData::kKeep;
  if (args.external_data == "copy") options.external_data = WriteOptions::ExternalData::kCopy;
  if (args.external_data == "hardlink") {
    options.external_data = WriteOptions::ExternalData::kHardlink;
  }
  return options;
}

// Why --strict or --require-complete refuses the model; "" where they do not.
std::string Refusal(const InferArgs& args, const Analysis& analysis) {
  int stale = 0;
  int unknown = 0;
  for (const Tensor& tensor : analysis.tensors()) {
    stale += !tensor.stale.empty();
    unknown += tensor.known == Known::kNoRank || tensor.known == Known::kNothing;
  }
  int errors = 0;
  for (const Diagnostic& diagnostic : analysis.diagnostics()) {
    errors += diagnostic.severity == Severity::kError;
  }
  if (args.strict && stale + errors > 0) {
    return absl::StrCat("--strict: ", stale, " declared shapes are wrong, ", errors,
                        " nodes never run");
  }
  if (args.require_complete && unknown > 0) {
    return absl::StrCat("--require-complete: ", unknown, " tensors without a shape");
  }
  return "";
}

absl::Status Write(const InferArgs& args, const Analysis& analysis, const std::string& path) {
  return path.empty() ? absl::OkStatus() : WriteModel(analysis, path, ToWriteOptions(args));
}

// All that is said about the model; `wrote` is the last line.
void Report(const InferArgs& args, const Globals& globals, const Analysis& analysis,
            const std::string& wrote, bool model_on_stdout) {
  const std::string name = NameOf(args.model);
  Say(DiagnosticsText(analysis, name,
                      {.all_tensors = args.verbose || args.strict,
                       .errors_only = args.quiet && !args.strict,
                       .color = UseColor(globals, stderr)}));
  if (args.quiet) return;
  if (args.json) {
    WriteStdout(ReportJson(analysis, name)).IgnoreError();
    Say(wrote);
    return;
  }
  std::FILE* stream = model_on_stdout ? stderr : stdout;
  const std::string text = absl::StrCat(
      ReportText(analysis, {.all_tensors = args.verbose, .color = UseColor(globals, stream)}),
      wrote);
  std::fwrite(text.data(), 1, text.size(), stream);
}

absl::Status CheckUsage(const InferArgs& args) {
  if (args.no_output && args.output.given()) {
    return absl::InvalidArgumentError("--no-output contradicts -o and --in-place");
  }
  if (args.json && args.output.output == "-") {
    return absl::InvalidArgumentError("--json and -o - both want stdout");
  }
  return absl::OkStatus();
}

int RunInfer(const InferArgs& args, const Globals& globals) {
  const Clock::time_point start = Clock::now();
  if (const absl::Status status = CheckUsage(args); !status.ok()) return Fail(status);
  const absl::StatusOr<std::string> path =
      args.no_output ? absl::StatusOr<std::string>("")
                     : OutputPath(args.output, args.model.model, "inferred");
  if (!path.ok()) return Fail(path.status());
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  const std::string refusal = Refusal(args, *analysis);
  if (!refusal.empty()) {
    Report(args, globals, *analysis, "", *path == "-");
    Say(absl::StrCat("symshape: error: ", NameOf(args.model), ": ", refusal, "\n"));
    return kFindings;
  }
  if (const absl::Status status = Write(args, *analysis, *path); !status.ok()) return Fail(status);
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
  const std::string where = path->empty() ? "" : absl::StrCat("wrote ", *path, ": ");
  Report(args, globals, *analysis,
         absl::StrCat(where, SummaryText(*analysis), ", ", elapsed, " ms\n"), *path == "-");
  return kOk;
}

}  // namespace

const Command kInferCommand = {
    "infer", "infer the shape of every tensor and write it into the model",
    "examples:\n"
    "  symshape infer model.onnx                         writes model.inferred.onnx\n"
    "  symshape infer model.onnx --in-place -q\n"
    "  symshape infer model.onnx --no-output --json      prints all shapes\n"
    "  symshape infer model.onnx --bind batch=1 --assume '1 <= seq <= 512'\n"
    "  symshape infer model.onnx --dynamic-axes '{\"x\": {\"0\": \"batch\", \"2\": null}}'\n"
    "  cat model.onnx | symshape infer - -o - > inferred.onnx\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<InferArgs>();
      AddModelArgs(app, args->model);
      AddOutputArgs(app, args->output);
      AddFlags(app, *args, kFlags);
      return [args](const Globals& globals) { return RunInfer(*args, globals); };
    }};

}  // namespace symshape::cli
