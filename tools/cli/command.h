// Command: one sub-command, a file each. main.cc joins them.
#ifndef SYMSHAPE_CLI_COMMAND_H_
#define SYMSHAPE_CLI_COMMAND_H_

#include <functional>
#include <string>

#include "CLI/CLI.hpp"

namespace symshape::cli {

struct Globals {
  std::string color = "auto";
};

// What was asked for on the command line; returns the exit code.
using Run = std::function<int(const Globals&)>;

struct Command {
  const char* name;
  const char* summary;
  const char* examples;
  // Declares arguments and flags; the returned function reads what they were set to.
  Run (*add)(CLI::App& app);
};

extern const Command kBindCommand;
extern const Command kCheckCommand;
extern const Command kInferCommand;
extern const Command kEvalCommand;
extern const Command kContractCommand;
extern const Command kRenameCommand;
extern const Command kSizesCommand;
extern const Command kStripCommand;
extern const Command kOpsCommand;
extern const Command kExplainCommand;
extern const Command kDimCommand;
extern const Command kProveCommand;
extern const Command kCompletionCommand;
extern const Command kManCommand;

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_COMMAND_H_
