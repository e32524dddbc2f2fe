// symshape sizes: sizes at which the model runs.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/broken.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/model_args.h"
#include "cli/terminal.h"
#include "nlohmann/json.hpp"

namespace symshape::cli {
namespace {

struct SizesArgs {
  ModelArgs model;
  std::string count = "20";
  std::string seed = "1";
  bool empty = false;
  bool json = false;
};

constexpr Flag<SizesArgs> kFlags[] = {
    {"-n,--count", "COUNT", "how many", &SizesArgs::count},
    {"--seed", "NUMBER", "other random ones", &SizesArgs::seed},
    {"--empty", "", "sizes of 0, too", &SizesArgs::empty},
    {"--json", "", "print JSON (docs/json.md)", &SizesArgs::json},
};

// What the contract does not tell, the model with numbers in the places of names often does. More
// are drawn where some do not run.
std::vector<Sizes> SizesThatRun(const SizesArgs& args, const Analysis& analysis, int count,
                                uint64_t seed) {
  std::vector<Sizes> run;
  size_t tried = 0;
  for (int drawn : {count, 8 * count}) {
    const std::vector<Sizes> legal = analysis.LegalSizes(drawn, seed, args.empty);
    for (; tried < legal.size() && static_cast<int>(run.size()) < count; ++tried) {
      if (BrokenAt(args.model, legal[tried]).empty()) run.push_back(legal[tried]);
    }
  }
  return run;
}

int RunSizes(SizesArgs args) {
  int count = 0;
  uint64_t seed = 0;
  if (!absl::SimpleAtoi(args.count, &count) || count < 1 || !absl::SimpleAtoi(args.seed, &seed)) {
    return Fail(absl::InvalidArgumentError("--count and --seed are positive numbers"));
  }
  if (absl::Status status = KeepStdin(args.model); !status.ok()) return Fail(status);
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  const std::vector<Sizes> sizes = SizesThatRun(args, *analysis, count, seed);
  std::string text;
  if (args.json) {
    const nlohmann::ordered_json json = {{"v", 1}, {"model", NameOf(args.model)}, {"sizes", sizes}};
    text = json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  } else {
    for (const Sizes& each : sizes) {
      if (each.empty()) continue;  // there is nothing to choose
      absl::StrAppend(&text,
                      absl::StrJoin(each, ",",
                                    [](std::string* out, const auto& size) {
                                      absl::StrAppend(out, size.first, "=", size.second);
                                    }),
                      "\n");
    }
  }
  if (absl::Status status = WriteStdout(text); !status.ok()) return Fail(status);
  if (sizes.empty()) {
    Say("symshape: no sizes were found at which the model runs\n");
    return kFindings;
  }
  if (sizes[0].empty()) {
    Say("symshape: no axis of the inputs has a name: there is nothing to choose\n");
  } else if (static_cast<int>(sizes.size()) < count) {
    Say(absl::StrCat("symshape: only ", sizes.size(), " of ", count, " were found\n"));
  }
  return kOk;
}

}  // namespace

const Command kSizesCommand = {"sizes", "print sizes at which the model runs, edges first",
                               "Each line is what `symshape eval --at` takes.\n\n"
                               "examples:\n"
                               "  symshape sizes model.onnx -n 20\n"
                               "  symshape sizes model.onnx --empty --json\n",
                               [](CLI::App& app) -> Run {
                                 const auto args = std::make_shared<SizesArgs>();
                                 AddModelArgs(app, args->model);
                                 AddFlags(app, *args, kFlags);
                                 return [args](const Globals&) { return RunSizes(*args); };
                               }};

}  // namespace symshape::cli
