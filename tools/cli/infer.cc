// symshape infer: shapes of all tensors, written back into the model, or into many (batch.h).
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/batch.h"
#include "cli/broken.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/model_args.h"
#include "cli/output_path.h"
#include "cli/terminal.h"
#include "nlohmann/json.hpp"
#include "symshape/report.h"
#include "symshape/write.h"

namespace symshape::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct InferArgs {
  ModelArgs model;
  std::vector<std::string> models;  // files and folders, as the command line has them
  std::string jobs = "1";
  OutputArgs output;
  bool no_output = false;
  std::string outputs = "names";
  std::string dims = "expr";
  bool strict = false;
  bool require_complete = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

constexpr Flag<InferArgs> kFlags[] = {
    {"-j,--jobs", "N", "models that are inferred at a time, where several are given",
     &InferArgs::jobs},
    {"--no-output", "", "write no model, only print", &InferArgs::no_output},
    {"--outputs", "names|infer|keep",
     "dims of graph outputs: an author's names where they are consistent, always expressions, or "
     "nothing changed that is not wrong",
     &InferArgs::outputs},
    {"--dims", "expr|names", "compound dims as expressions, or as names defined in the metadata",
     &InferArgs::dims},
    {"--strict", "", "declared shapes that are wrong, and nodes that never run, are errors: exit 1",
     &InferArgs::strict},
    {"--require-complete", "", "a tensor of unknown rank is an error: exit 1",
     &InferArgs::require_complete},
    {"--json", "", "print JSON (docs/json.md), of several models a line each", &InferArgs::json},
    {"-q,--quiet", "", "say errors only; --json is printed all the same", &InferArgs::quiet},
    {"-v,--verbose", "", "print all tensors, conditions and notes", &InferArgs::verbose},
};

WriteOptions ToWriteOptions(const InferArgs& args) {
  WriteOptions options;
  if (args.outputs == "infer") options.outputs = WriteOptions::Outputs::kInfer;
  if (args.outputs == "keep") options.outputs = WriteOptions::Outputs::kKeep;
  if (args.dims == "names") options.dims = WriteOptions::Dims::kNames;
  options.external_data = ExternalDataOf(args.output);
  return options;
}

// Why --strict or --require-complete refuses the model; "" where they do not.
std::string Refusal(const InferArgs& args, const Analysis& analysis) {
  if (!args.strict && !args.require_complete) return "";
  int stale = 0;
  int unknown = 0;
  for (const Tensor& tensor : analysis.tensors()) {
    stale += !tensor.stale.empty();
    unknown += tensor.known == Known::kNoRank || tensor.known == Known::kNothing;
  }
  int errors = 0;
  for (const Diagnostic& diagnostic : analysis.diagnostics()) {
    errors += diagnostic.severity == Severity::kError;
    stale += diagnostic.id == "declared-type";
  }
  if (args.strict && stale + errors > 0) {
    return absl::StrCat("--strict: ", stale, " declarations are wrong, ", errors,
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

// The same, into a folder that is made where it is missing.
absl::Status WriteBelow(const InferArgs& args, const Analysis& analysis, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot make '", folder.string(), "': ", error.message()));
  }
  return Write(args, analysis, path);
}

int64_t MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

// "wrote a.onnx: 12 of 12 tensors, 3 ms". It looks at each tensor: not for a reader who is not
// there.
std::string WroteText(const Analysis& analysis, const std::string& path, Clock::time_point start) {
  const std::string where = path.empty() ? "" : absl::StrCat("wrote ", path, ": ");
  return absl::StrCat(where, SummaryText(analysis), ", ", MillisecondsSince(start), " ms\n");
}

// All that is said about the model; `wrote` makes the last line.
void Report(const InferArgs& args, const Globals& globals, const Analysis& analysis,
            absl::FunctionRef<std::string()> wrote, bool model_on_stdout) {
  const std::string name = NameOf(args.model);
  Say(DiagnosticsText(analysis, name,
                      {.all_tensors = args.verbose || args.strict,
                       .errors_only = args.quiet,
                       .strict = args.strict,
                       .color = UseColor(globals, stderr)}));
  if (args.json) {
    // Where that fails, main.cc says so.
    if (WriteStdout(ReportJson(analysis, name)).ok() && !args.quiet) Say(wrote());
    return;
  }
  if (args.quiet) return;
  std::FILE* stream = model_on_stdout ? stderr : stdout;
  const std::string text = absl::StrCat(
      ReportText(analysis, {.all_tensors = args.verbose, .color = UseColor(globals, stream)}),
      wrote());
  std::fwrite(text.data(), 1, text.size(), stream);
}

// In the place of ReportJson's line.
std::string ErrorJson(const std::string& model, absl::string_view why) {
  using nlohmann::ordered_json;
  const ordered_json json = {{"v", 1}, {"model", model}, {"error", std::string(why)}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
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

int InferOne(const InferArgs& args, const Globals& globals) {
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<std::string> path =
      args.no_output ? absl::StatusOr<std::string>("")
                     : OutputPath(args.output, args.model.model, "inferred");
  if (!path.ok()) return Fail(path.status());
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  if (const std::string broken = BrokenByBind(args.model, *analysis); !broken.empty()) {
    if (args.json) WriteStdout(ReportJson(*analysis, NameOf(args.model))).IgnoreError();
    Say(absl::StrCat("symshape: error: ", NameOf(args.model), ": ", broken, "\n"));
    return kFindings;
  }
  const std::string refusal = Refusal(args, *analysis);
  if (!refusal.empty()) {
    Report(
        args, globals, *analysis, [] { return std::string(); }, *path == "-");
    Say(absl::StrCat("symshape: error: ", NameOf(args.model), ": ", refusal, "\n"));
    return kFindings;
  }
  if (const absl::Status status = Write(args, *analysis, *path); !status.ok()) return Fail(status);
  Say(AbsentDataText(args.output, args.model.model, *path));
  Report(
      args, globals, *analysis, [&] { return WroteText(*analysis, *path, start); }, *path == "-");
  return kOk;
}

// What is said of one model of many: a line, or an error.
Outcome Failure(const InferArgs& args, const BatchItem& item, int code, absl::string_view why) {
  Outcome outcome{code, "", absl::StrCat("symshape: error: ", why, "\n")};
  if (args.json) outcome.line = ErrorJson(item.model, why);
  return outcome;
}

Outcome InferInBatch(const InferArgs& args, const BatchItem& item, bool color) {
  const Clock::time_point start = Clock::now();
  const auto failed = [&](const absl::Status& status) {
    return Failure(args, item, ExitCodeOf(status), absl::string_view(status.message()));
  };
  ModelArgs model = args.model;
  model.model = item.model;
  const absl::StatusOr<Analysis> analysis = InferModel(model);
  if (!analysis.ok()) return failed(analysis.status());
  if (const std::string broken = BrokenByBind(model, *analysis); !broken.empty()) {
    return Failure(args, item, kFindings, absl::StrCat(item.model, ": ", broken));
  }
  const std::string talk =
      DiagnosticsText(*analysis, item.model,
                      {.all_tensors = args.verbose || args.strict,
                       .errors_only = args.quiet || (!args.verbose && !args.strict),
                       .strict = args.strict,
                       .color = color});
  if (const std::string refusal = Refusal(args, *analysis); !refusal.empty()) {
    Outcome outcome = Failure(args, item, kFindings, absl::StrCat(item.model, ": ", refusal));
    outcome.talk.insert(0, talk);
    return outcome;
  }
  if (!item.output.empty()) {
    if (const absl::Status status = WriteBelow(args, *analysis, item.output); !status.ok()) {
      return failed(status);
    }
  }
  Outcome outcome{kOk, "",
                  absl::StrCat(talk, AbsentDataText(args.output, item.model, item.output))};
  if (args.json) {
    outcome.line = ReportJson(*analysis, item.model, JsonLayout::kOneLine);
  } else if (!args.quiet) {
    outcome.line = absl::StrCat(item.model, ": ", SummaryText(*analysis), ", ",
                                MillisecondsSince(start), " ms\n");
  }
  return outcome;
}

int InferMany(const InferArgs& args, const Globals& globals) {
  int jobs = 0;
  if (!absl::SimpleAtoi(args.jobs, &jobs) || jobs < 1) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat("-j: '", args.jobs, "' is no number of threads above 0")));
  }
  const absl::StatusOr<std::vector<BatchItem>> items =
      BatchItems(args.models, args.output, args.no_output, "inferred");
  if (!items.ok()) return Fail(items.status());
  const bool color = UseColor(globals, stderr);
  const Clock::time_point start = Clock::now();
  const BatchResult result = RunBatch(
      *items, jobs, [&](const BatchItem& item) { return InferInBatch(args, item, color); });
  if (!args.quiet) {
    Say(absl::StrCat("symshape: ", items->size(), " models, ", result.failed, " failed, ",
                     MillisecondsSince(start), " ms\n"));
  }
  return result.code;
}

int RunInfer(InferArgs args, const Globals& globals) {
  if (const absl::Status status = CheckUsage(args); !status.ok()) return Fail(status);
  if (IsBatch(args.models)) return InferMany(args, globals);
  args.model.model = args.models.front();
  return InferOne(args, globals);
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
      app.add_option("MODEL", args->models, "ONNX files, and folders of them; - reads stdin")
          ->required()
          ->type_name("");
      AddModelFlags(app, args->model);
      AddOutputArgs(app, args->output);
      AddFlags(app, *args, kFlags);
      return [args](const Globals& globals) { return RunInfer(*args, globals); };
    }};

}  // namespace symshape::cli
