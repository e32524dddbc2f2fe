// Standard streams: data goes to stdout, talk to stderr.
#ifndef SYMSHAPE_CLI_TERMINAL_H_
#define SYMSHAPE_CLI_TERMINAL_H_

#include <cstdio>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/command.h"

namespace symshape::cli {

// --color, else NO_COLOR, else whether `stream` is a terminal.
bool UseColor(const Globals& globals, std::FILE* stream);

// "symshape: error: …" on stderr; returns the exit code of `status`.
int Fail(const absl::Status& status);

// Errors: kNotFound, kUnavailable, with the system's words.
absl::StatusOr<std::string> ReadStdin();
absl::StatusOr<std::string> ReadFile(const std::string& path);
absl::Status WriteStdout(std::string_view bytes);
void Say(std::string_view text);  // to stderr, after all that stdout has got

// The text itself, or the content of the file that "@file" names.
absl::StatusOr<std::string> TextOrFile(const std::string& argument);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_TERMINAL_H_
