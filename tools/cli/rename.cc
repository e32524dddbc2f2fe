// symshape rename, symshape bind: a new model with other names, or with sizes for names.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/broken.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/model_args.h"
#include "cli/output_path.h"
#include "cli/terminal.h"
#include "symshape/write.h"

namespace symshape::cli {
namespace {

struct RenameArgs {
  ModelArgs model;
  OutputArgs output;
  std::vector<std::string> names;
  bool quiet = false;
};

constexpr Flag<RenameArgs> kFlags[] = {
    {"-q,--quiet", "", "print errors only", &RenameArgs::quiet},
};

void AddArgs(CLI::App& app, RenameArgs& args, const char* what, const char* help) {
  AddModelArgs(app, args.model);
  app.add_option(what, args.names, help)->required()->type_name("");
  AddOutputArgs(app, args.output);
  AddFlags(app, args, kFlags);
}

int WriteResult(const RenameArgs& args, const Analysis& analysis, const std::string& what) {
  const absl::StatusOr<std::string> path = OutputPath(args.output, args.model.model, what);
  if (!path.ok()) return Fail(path.status());
  WriteOptions options;
  options.external_data = ExternalDataOf(args.output);
  if (absl::Status status = WriteModel(analysis, *path, options); !status.ok()) return Fail(status);
  Say(AbsentDataText(args.output, args.model.model, *path));
  if (!args.quiet) Say(absl::StrCat("wrote ", *path, "\n"));
  return kOk;
}

int RunRename(RenameArgs args) {
  args.model.rename.insert(args.model.rename.end(), args.names.begin(), args.names.end());
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  return WriteResult(args, *analysis, "renamed");
}

std::string Bound(const std::optional<int64_t>& bound, const char* none) {
  return bound.has_value() ? absl::StrCat(*bound) : none;
}

// What conditions leave only one size for where no axis is empty: past, where the model needs
// "batch == 0 or past + seq == total", and total and seq are bound.
Sizes SolvedIfPositive(RenameArgs args) {
  if (args.model.assume_positive) return {};
  args.model.assume_positive = true;
  const absl::StatusOr<Analysis> positive = InferModel(args.model);
  return positive.ok() ? BindSolved(*positive, args.model) : Sizes();
}

// "nms_1 depends on data: 0 to 300", of all that is still dynamic.
std::string WhatRemains(const RenameArgs& args, const Analysis& analysis) {
  const std::vector<Symbol> symbols = analysis.symbols();
  const bool open =
      std::any_of(symbols.begin(), symbols.end(), [](const Symbol& s) { return s.of_input; });
  const Sizes solved = open ? SolvedIfPositive(args) : Sizes();
  std::string text;
  for (const Symbol& symbol : symbols) {
    absl::StrAppend(
        &text, symbol.name,
        symbol.of_input ? " is not bound: " : " depends on data: ", Bound(symbol.min, "any size"),
        symbol.min.has_value() ? absl::StrCat(" to ", Bound(symbol.max, "any size")) : "");
    if (const auto only = solved.find(symbol.name); only != solved.end()) {
      absl::StrAppend(&text, "; where no axis is empty, only ", only->second,
                      ", which --assume-positive binds");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

// Binds what the conditions leave only one size for, once the rest is bound: past, where total and
// seq are. Where an empty axis would leave more, one after the other, as each tells more of the
// rest.
bool AddSolved(const Analysis& analysis, RenameArgs& args) {
  std::string text;
  for (const auto& [name, size] : BindSolved(analysis, args.model)) {
    absl::StrAppend(&text, name, " can only be ", size, "\n");
  }
  const Sizes only = text.empty() ? analysis.OnlySizes() : Sizes();
  if (!only.empty()) {
    const auto& [name, size] = *only.begin();
    args.model.bind.push_back(absl::StrCat(name, "=", size));
    text = absl::StrCat(name, " can only be ", size, ", but where another axis is empty\n");
  }
  if (!args.quiet) Say(text);
  return !text.empty();
}

int RunBind(RenameArgs args) {
  args.model.bind.insert(args.model.bind.end(), args.names.begin(), args.names.end());
  if (absl::Status status = KeepStdin(args.model); !status.ok()) return Fail(status);
  absl::StatusOr<Analysis> analysis = InferModel(args.model);
  while (analysis.ok() && AddSolved(*analysis, args)) analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  if (const std::string broken = BrokenByBind(args.model, *analysis); !broken.empty()) {
    Say(absl::StrCat("symshape: error: ", NameOf(args.model), ": ", broken, "\n"));
    return kFindings;
  }
  if (!args.quiet) Say(WhatRemains(args, *analysis));
  return WriteResult(args, *analysis, "bound");
}

}  // namespace

const Command kRenameCommand = {"rename", "write a model with other names for its inputs' axes",
                                "examples:\n"
                                "  symshape rename model.onnx N=batch S=seq\n",
                                [](CLI::App& app) -> Run {
                                  const auto args = std::make_shared<RenameArgs>();
                                  AddArgs(app, *args, "OLD=NEW", "a name, and what it becomes");
                                  return [args](const Globals&) { return RunRename(*args); };
                                }};

const Command kBindCommand = {
    "bind", "write a model with fixed sizes for names",
    "Sizes that follow are bound, too; what only data decides is listed with its bounds.\n\n"
    "examples:\n"
    "  symshape bind model.onnx batch=1 seq=128\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<RenameArgs>();
      AddArgs(app, *args, "NAME=SIZE", "a name, and its size");
      return [args](const Globals&) { return RunBind(*args); };
    }};

}  // namespace symshape::cli
