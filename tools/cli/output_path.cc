#include "cli/output_path.h"

#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/flags.h"

namespace symshape::cli {
namespace {

constexpr Flag<OutputArgs> kFlags[] = {
    {"-o,--output", "PATH", "where the model goes; - writes stdout", &OutputArgs::output},
    {"--in-place", "", "write into MODEL itself", &OutputArgs::in_place},
    {"--external-data", "refuse|keep|copy|hardlink",
     "weights in other files, when the result goes into another folder",
     &OutputArgs::external_data},
};

std::filesystem::path FolderOf(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

}  // namespace

void AddOutputArgs(CLI::App& app, OutputArgs& args) {
  AddFlags(app, args, kFlags);
  app.get_option("-o")->check(
      [](const std::string& path) { return std::string(path.empty() ? "no path is given" : ""); });
}

WriteOptions::ExternalData ExternalDataOf(const OutputArgs& args) {
  if (args.external_data == "keep") return WriteOptions::ExternalData::kKeep;
  if (args.external_data == "copy") return WriteOptions::ExternalData::kCopy;
  if (args.external_data == "hardlink") return WriteOptions::ExternalData::kHardlink;
  return WriteOptions::ExternalData::kRefuse;
}

std::string AbsentDataText(const OutputArgs& args, const std::string& model,
                           const std::string& path) {
  const bool placed = args.external_data == "copy" || args.external_data == "hardlink";
  if (!placed || model == "-" || path.empty() || path == "-") return "";
  std::error_code error;
  if (std::filesystem::equivalent(FolderOf(model), FolderOf(path), error)) return "";
  const absl::StatusOr<std::vector<std::string>> absent = AbsentExternalData(model);
  std::string text;
  if (!absent.ok()) return text;
  for (const std::string& location : *absent) {
    absl::StrAppend(&text, "symshape: warning: ", model, ": no external data '", location,
                    "': nothing was placed beside the result\n");
  }
  return text;
}

absl::StatusOr<std::string> OutputPath(const OutputArgs& args, const std::string& model,
                                       const std::string& what) {
  if (args.in_place && !args.output.empty()) {
    return absl::InvalidArgumentError("--in-place contradicts -o");
  }
  if (!args.output.empty()) return args.output;
  if (model == "-") {
    return absl::InvalidArgumentError(
        "the model comes from stdin: say where it goes, with -o PATH or -o -");
  }
  if (args.in_place) return model;
  return absl::StrCat(absl::StripSuffix(model, ".onnx"), ".", what, ".onnx");
}

}  // namespace symshape::cli
