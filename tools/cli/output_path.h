// Where a command's model goes: -o PATH, -o -, --in-place, or beside the input; and what becomes of
// its weights in other files.
#ifndef SYMSHAPE_CLI_OUTPUT_PATH_H_
#define SYMSHAPE_CLI_OUTPUT_PATH_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "symshape/write.h"

namespace symshape::cli {

struct OutputArgs {
  std::string output;
  bool in_place = false;
  std::string external_data = "refuse";
  bool given() const { return !output.empty() || in_place; }
};

void AddOutputArgs(CLI::App& app, OutputArgs& args);

WriteOptions::ExternalData ExternalDataOf(const OutputArgs& args);

// A line for each file with weights that should have been placed beside the result in `path` (""
// and "-": nowhere) and is not there.
std::string AbsentDataText(const OutputArgs& args, const std::string& model,
                           const std::string& path);

// "-" for stdout. Without flags "model.onnx" gives "model.<what>.onnx".
// Errors: kInvalidArgument  both flags; stdin as the model and no flag; stdin in place
absl::StatusOr<std::string> OutputPath(const OutputArgs& args, const std::string& model,
                                       const std::string& what);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_OUTPUT_PATH_H_
