#include "cli/terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "cli/exit_codes.h"

namespace symshape::cli {
namespace {

absl::StatusOr<std::string> ReadAll(std::FILE* stream, absl::string_view name) {
  std::string bytes;
  char buffer[1 << 16];
  while (true) {
    const size_t got = std::fread(buffer, 1, sizeof buffer, stream);
    bytes.append(buffer, got);
    if (got < sizeof buffer) break;
  }
  if (std::ferror(stream)) {
    return absl::UnavailableError(absl::StrCat("cannot read ", name, ": ", std::strerror(errno)));
  }
  return bytes;
}

}  // namespace

bool UseColor(const Globals& globals, std::FILE* stream) {
  if (globals.color != "auto") return globals.color == "always";
  const char* no_color = std::getenv("NO_COLOR");  // no-color.org: present and not empty
  if (no_color != nullptr && *no_color != '\0') return false;
  return isatty(fileno(stream)) == 1;
}

int Fail(const absl::Status& status) {
  Say(absl::StrCat("symshape: error: ", status.message(), "\n"));
  return ExitCodeOf(status);
}

absl::StatusOr<std::string> ReadStdin() { return ReadAll(stdin, "stdin"); }

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return absl::NotFoundError(absl::StrCat("cannot read '", path, "': ", std::strerror(errno)));
  }
  absl::StatusOr<std::string> bytes = ReadAll(file, absl::StrCat("'", path, "'"));
  std::fclose(file);
  return bytes;
}

absl::Status WriteStdout(std::string_view bytes) {
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
  if (!written || std::fflush(stdout) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot write 'stdout': ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

void Say(std::string_view text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

absl::StatusOr<std::string> TextOrFile(const std::string& argument) {
  if (argument.empty() || argument[0] != '@') return argument;
  return ReadFile(argument.substr(1));
}

}  // namespace symshape::cli
