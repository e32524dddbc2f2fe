// Where a command's model goes: -o PATH, -o -, --in-place, or beside the input.
#ifndef SYMSHAPE_CLI_OUTPUT_PATH_H_
#define SYMSHAPE_CLI_OUTPUT_PATH_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"

namespace symshape::cli {

struct OutputArgs {
  std::string output;
  bool in_place = false;
  bool given() const { return !output.empty() || in_place; }
};

void AddOutputArgs(CLI::App& app, OutputArgs& args);

// "-" for stdout. Without flags "model.onnx" gives "model.<what>.onnx".
// Errors: kInvalidArgument  both flags; stdin as the model and no flag; stdin in place
absl::StatusOr<std::string> OutputPath(const OutputArgs& args, const std::string& model,
                                       const std::string& what);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_OUTPUT_PATH_H_
