// The arguments that every command with a model takes: the model, and what the user knows of it.
#ifndef SYMSHAPE_CLI_MODEL_ARGS_H_
#define SYMSHAPE_CLI_MODEL_ARGS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "symshape/infer.h"
#include "symshape/write.h"

namespace symshape::cli {

struct ModelArgs {
  std::string model;  // "-": stdin
  std::vector<std::string> bind;
  std::vector<std::string> assume;
  bool assume_positive = false;
  std::vector<std::string> dynamic_axes;
  std::vector<std::string> name;
  std::vector<std::string> rename;
  std::vector<std::string> unify;
  std::vector<std::string> replace;
  std::vector<std::string> range;
  bool all_dynamic = false;
  bool batch = false;
  std::vector<std::string> ops;
  std::optional<std::string> stdin_bytes;  // KeepStdin
};

void AddModelArgs(CLI::App& app, ModelArgs& args);
// Without the model itself, for a command that takes several.
void AddModelFlags(CLI::App& app, ModelArgs& args);

absl::StatusOr<Options> ToOptions(const ModelArgs& args);
absl::StatusOr<Analysis> InferModel(const ModelArgs& args);
// Reads stdin, where that is the model, so that it can be inferred more than once.
absl::Status KeepStdin(ModelArgs& args);
// Binds the inputs' symbols that can only have one size, by the analysis; which those are.
Sizes BindSolved(const Analysis& analysis, ModelArgs& args);

// Writes to `path`, or to stdout for "-".
absl::Status WriteModel(const Analysis& analysis, const std::string& path,
                        const WriteOptions& options);

// "decoder.onnx"; "stdin".
std::string NameOf(const ModelArgs& args);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_MODEL_ARGS_H_
