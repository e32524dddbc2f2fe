#include "cli/model_args.h"

#include "cli/flags.h"
#include "cli/terminal.h"

namespace symshape::cli {
namespace {

constexpr Flag<ModelArgs> kFlags[] = {
    {"--bind", "NAME=SIZE,...", "sizes that are the same in every run", &ModelArgs::bind},
    {"--assume", "FACT", "what always holds of the sizes: 'H >= 1', '1 <= seq <= 512', 'W % 32 == 0'",
     &ModelArgs::assume},
    {"--assume-positive", "", "no input has an empty axis", &ModelArgs::assume_positive},
    {"--dynamic-axes", "JSON",
     "names of axes, as exporters take them: {\"x\": [0]}, {\"x\": {\"0\": \"batch\"}}, several inputs "
     "and outputs; null makes a name; @FILE reads a file",
     &ModelArgs::dynamic_axes},
};

}  // namespace

void AddModelArgs(CLI::App& app, ModelArgs& args) {
  app.add_option("MODEL", args.model, "an ONNX file; - reads stdin")->required()->type_name("");
  AddFlags(app, args, kFlags);
}

absl::StatusOr<Options> ToOptions(const ModelArgs& args) {
  Options options;
  for (const std::string& text : args.bind) {
    auto sizes = ParseSizes(text);
    if (!sizes.ok()) return sizes.status();
    options.bind.insert(options.bind.end(), sizes->begin(), sizes->end());
  }
  options.assume = args.assume;
  options.assume_positive = args.assume_positive;
  for (const std::string& argument : args.dynamic_axes) {
    const absl::StatusOr<std::string> json = TextOrFile(argument);
    if (!json.ok()) return json.status();
    const auto names = ParseDynamicAxes(*json);
    if (!names.ok()) return names.status();
    options.dynamic_axes.insert(options.dynamic_axes.end(), names->begin(), names->end());
  }
  return options;
}

absl::StatusOr<Analysis> InferModel(const ModelArgs& args) {
  const absl::StatusOr<Options> options = ToOptions(args);
  if (!options.ok()) return options.status();
  if (args.model != "-") return InferFile(args.model, *options);
  const absl::StatusOr<std::string> bytes = ReadStdin();
  if (!bytes.ok()) return bytes.status();
  return InferBytes(*bytes, *options, NameOf(args));
}

std::string NameOf(const ModelArgs& args) { return args.model == "-" ? "stdin" : args.model; }

}  // namespace symshape::cli
