// The symshape command: joins the sub-commands, and turns what is wrong on the command line into
// one line and exit code 2.
#if __has_include(<malloc.h>)  // glibc
#include <malloc.h>
#endif

#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/terminal.h"
#include "symshape/nearest.h"
#include "symshape/version.h"

namespace symshape::cli {
namespace {

const Command* const kCommands[] = {
    &kInferCommand,  &kCheckCommand, &kContractCommand,   &kSizesCommand,   &kEvalCommand,
    &kRenameCommand, &kBindCommand,  &kStripCommand,      &kExplainCommand, &kOpsCommand,
    &kDimCommand,    &kProveCommand, &kCompletionCommand, &kManCommand,
};

constexpr char kFooter[] =
    "exit codes: 0 ok, 1 findings (check, --strict, --require-complete, sizes outside the "
    "conditions),\n"
    "2 usage, 3 cannot read or write, 4 not a valid model, 70 internal error\n\n"
    "examples:\n"
    "  symshape infer model.onnx\n"
    "  symshape eval model.onnx --at batch=1,seq=128\n"
    "  symshape help infer\n";

// The sub-command that was asked for, or the whole command.
const CLI::App& Asked(const CLI::App& app) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  return commands.empty() ? app : *commands.back();
}

// All words that may stand where a wrong one stood.
std::vector<std::string> KnownWords(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

std::string Describe(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) return error.what();
  const std::string word = extras.front().substr(0, extras.front().find('='));
  const char* kind = &Asked(app) == &app ? "no command '"
                     : word[0] == '-'    ? "no flag '"
                                         : "what is '";
  return absl::StrCat(kind, word, "'", DidYouMean(word, KnownWords(Asked(app))));
}

int UsageError(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& asked = Asked(app);
  const std::string command =
      &asked == &app ? "symshape" : absl::StrCat("symshape ", asked.get_name());
  Say(absl::StrCat("symshape: error: ", Describe(app, error), "\n    run: ", command, " --help\n"));
  return kUsage;
}

// A report that did not get through, to a full disk say, is an error, too.
int WithStdout(int code) {
  if ((std::fflush(stdout) == 0 && !std::ferror(stdout)) || code != kOk) return code;
  return Fail(absl::UnavailableError("cannot write 'stdout'"));
}

// Some commands tell of all the others.
bool TellsOfAll(absl::string_view name) {
  return name == kCompletionCommand.name || name == kManCommand.name;
}

// The commands that the words may be about. Declaring all takes longer than inferring a model of 400
// nodes: where the first word names one, the others are not looked at.
absl::Span<const Command* const> CommandsFor(const std::vector<std::string>& words) {
  const auto named = absl::c_find_if(kCommands, [&](const Command* command) {
    return !words.empty() && words[0] == command->name;
  });
  if (named == std::end(kCommands) || TellsOfAll((*named)->name)) return kCommands;
  return absl::MakeConstSpan(named, 1);
}

// Whether a command's arguments have to be declared: a word names it, or all are to be listed.
bool NeedsArguments(const Command& command, const std::vector<std::string>& words) {
  return absl::c_any_of(
      words, [&](absl::string_view word) { return word == command.name || TellsOfAll(word); });
}

// "symshape help infer" is "symshape infer --help".
std::vector<std::string> WordsOf(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    words.push_back("--help");
  }
  return words;
}

// What is freed is needed again soon: taken from the system anew, each page would be cleared anew,
// which is a twentieth of the time that a large model takes. And the system is asked for a megabyte
// of addresses at a time.
void KeepFreedMemory() {
#ifdef M_MMAP_THRESHOLD                 // glibc's
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that there may be
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

int Main(int argc, char** argv) {
  KeepFreedMemory();
  CLI::App app("The shape of every tensor in an ONNX model, at every input size.", "symshape");
  Globals globals;
  app.set_version_flag("--version", absl::StrCat("symshape ", Version()));
  app.add_option("--color", globals.color, "colors on a terminal")
      ->type_name("auto|always|never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.require_subcommand(1);
  app.footer(kFooter);
  std::vector<std::string> words = WordsOf(argc, argv);
  std::vector<std::pair<CLI::App*, Run>> runs;
  for (const Command* command : CommandsFor(words)) {
    CLI::App* sub = app.add_subcommand(command->name, command->summary);
    sub->footer(command->examples);
    sub->fallthrough();  // --color may stand anywhere
    if (NeedsArguments(*command, words)) {
      runs.emplace_back(sub, command->add(*sub));
    }
  }
  try {
    absl::c_reverse(words);  // as CLI11 takes them
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return UsageError(app, error);
  }
  for (const auto& [sub, run] : runs) {
    if (sub->parsed()) return WithStdout(run(globals));
  }
  return kUsage;
}

}  // namespace
}  // namespace symshape::cli

int main(int argc, char** argv) {
  try {
    return symshape::cli::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "symshape: internal error: %s\n", error.what());
    return symshape::cli::kInternal;
  }
}
