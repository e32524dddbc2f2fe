#include "cli/model_args.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/flags.h"
#include "cli/terminal.h"

namespace symshape::cli {
namespace {

constexpr Flag<ModelArgs> kFlags[] = {
    {"--bind", "NAME=SIZE,...", "sizes that are the same in every run", &ModelArgs::bind},
    {"--assume", "FACT",
     "what always holds of the sizes: 'H >= 1', '1 <= seq <= 512', 'W % 32 == 0'",
     &ModelArgs::assume},
    {"--assume-positive", "", "no input has an empty axis", &ModelArgs::assume_positive},
    {"--dynamic-axes", "JSON",
     "names of axes, as exporters take them: {\"x\": [0]}, {\"x\": {\"0\": \"batch\"}}, several "
     "inputs "
     "and outputs; null makes a name; @FILE reads a file",
     &ModelArgs::dynamic_axes},
    {"--name", "TENSOR:AXIS=NAME", "the name of one axis", &ModelArgs::name},
    {"--rename", "OLD=NEW", "another name for an axis of the inputs", &ModelArgs::rename},
    {"--unify", "A=B", "both names have one size, which is called A", &ModelArgs::unify},
    {"--replace", "NAME=EXPR", "an axis as an expression over new names: H=32*h",
     &ModelArgs::replace},
    {"--range", "FACT", "the sizes that are meant: '1<=seq<=512'", &ModelArgs::range},
    {"--all-dynamic", "", "every axis of every input becomes a symbol of its own",
     &ModelArgs::all_dynamic},
    {"--batch", "", "axis 0 of every input is 'batch', where --name calls it nothing else",
     &ModelArgs::batch},
    {"--op", "DEFINITION",
     "an operator that symshape does not know: 'my.domain::Foo = same(0)', "
     "'my.domain::Foo(x[n, c]) -> [n, 2*c]', or an ONNX function; @FILE reads a file",
     &ModelArgs::ops},
};

absl::Status AddPairs(const std::vector<std::string>& texts, Options::Pairs& pairs) {
  for (const std::string& text : texts) {
    const auto pair = ParsePair(text);
    if (!pair.ok()) return pair.status();
    pairs.push_back(*pair);
  }
  return absl::OkStatus();
}

// symshape.toml in the model's folder.
absl::StatusOr<Options> OptionsBeside(const std::string& model) {
  if (model == "-") return Options();
  const size_t slash = model.rfind('/');
  const size_t name = slash == std::string::npos ? 0 : slash + 1;
  return ReadOptionsFile(model.substr(0, name) + "symshape.toml", model.substr(name));
}

absl::StatusOr<Options> OptionsOfFlags(const ModelArgs& args) {
  auto sizes = ParseSizes(absl::StrJoin(args.bind, ","));
  if (!sizes.ok()) return sizes.status();
  Options options;
  options.bind = *std::move(sizes);
  options.assume = args.assume;
  options.assume.insert(options.assume.end(), args.range.begin(), args.range.end());
  options.assume_positive = args.assume_positive;
  options.all_dynamic = args.all_dynamic;
  options.batch = args.batch;
  for (const std::string& text : args.name) {
    const auto name = ParseAxisName(text);
    if (!name.ok()) return name.status();
    options.dynamic_axes.push_back(*name);
  }
  for (const auto& [texts, pairs] :
       {std::pair(&args.rename, &options.rename), std::pair(&args.unify, &options.unify),
        std::pair(&args.replace, &options.replace)}) {
    if (absl::Status s = AddPairs(*texts, *pairs); !s.ok()) return s;
  }
  for (const std::string& argument : args.dynamic_axes) {
    const absl::StatusOr<std::string> json = TextOrFile(argument);
    if (!json.ok()) return json.status();
    const auto names = ParseDynamicAxes(*json);
    if (!names.ok()) return names.status();
    options.dynamic_axes.insert(options.dynamic_axes.end(), names->begin(), names->end());
  }
  for (const std::string& argument : args.ops) {
    absl::StatusOr<std::string> text = TextOrFile(argument);
    if (!text.ok()) return text.status();
    options.ops.push_back(*std::move(text));
  }
  return options;
}

}  // namespace

void AddModelArgs(CLI::App& app, ModelArgs& args) {
  app.add_option("MODEL", args.model, "an ONNX file; - reads stdin")->required()->type_name("");
  AddModelFlags(app, args);
}

void AddModelFlags(CLI::App& app, ModelArgs& args) { AddFlags(app, args, kFlags); }

// What the command line says goes before symshape.toml.
absl::StatusOr<Options> ToOptions(const ModelArgs& args) {
  absl::StatusOr<Options> beside = OptionsBeside(args.model);
  if (!beside.ok()) return beside.status();
  const absl::StatusOr<Options> given = OptionsOfFlags(args);
  if (!given.ok()) return given.status();
  Append(*given, *beside);
  return beside;
}

absl::StatusOr<Analysis> InferModel(const ModelArgs& args) {
  const absl::StatusOr<Options> options = ToOptions(args);
  if (!options.ok()) return options.status();
  if (args.model != "-") return InferFile(args.model, *options);
  if (args.stdin_bytes.has_value()) return InferBytes(*args.stdin_bytes, *options, NameOf(args));
  const absl::StatusOr<std::string> bytes = ReadStdin();
  if (!bytes.ok()) return bytes.status();
  return InferBytes(*bytes, *options, NameOf(args));
}

absl::Status KeepStdin(ModelArgs& args) {
  if (args.model != "-") return absl::OkStatus();
  absl::StatusOr<std::string> bytes = ReadStdin();
  if (!bytes.ok()) return bytes.status();
  args.stdin_bytes = *std::move(bytes);
  return absl::OkStatus();
}

Sizes BindSolved(const Analysis& analysis, ModelArgs& args) {
  Sizes solved;
  for (const Symbol& symbol : analysis.symbols()) {
    if (!symbol.of_input || !symbol.min.has_value() || symbol.min != symbol.max) continue;
    args.bind.push_back(absl::StrCat(symbol.name, "=", *symbol.min));
    solved[symbol.name] = *symbol.min;
  }
  return solved;
}

absl::Status WriteModel(const Analysis& analysis, const std::string& path,
                        const WriteOptions& options) {
  if (path != "-") return WriteFile(analysis, path, options);
  return WriteDescriptor(analysis, STDOUT_FILENO, options);
}

std::string NameOf(const ModelArgs& args) { return args.model == "-" ? "stdin" : args.model; }

}  // namespace symshape::cli
