// symshape completion: scripts that complete sub-commands and flags, made from the very tables that
// parse them.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/terminal.h"

namespace symshape::cli {
namespace {

struct CompletionArgs {
  std::string shell;
};

// "-o --output --in-place …"
std::string FlagsOf(const CLI::App& app) {
  std::string words;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_snames()) absl::StrAppend(&words, " -", name);
    for (const std::string& name : option->get_lnames()) absl::StrAppend(&words, " --", name);
  }
  return words;
}

std::string Bash(const std::vector<const CLI::App*>& commands) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : commands) {
    absl::StrAppend(&names, " ", command->get_name());
    absl::StrAppend(&cases, "    ", command->get_name(), ") words=\"", FlagsOf(*command),
                    "\" ;;\n");
  }
  return absl::StrCat(
      "_symshape() {\n  local words=\"", names, " --help --version\"\n",
      "  case \"${COMP_WORDS[1]}\" in\n", cases, "  esac\n",
      "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n",
      "complete -o default -F _symshape symshape\n");
}

std::string Zsh(const std::vector<const CLI::App*>& commands) {
  return absl::StrCat("autoload -U +X bashcompinit && bashcompinit\n", Bash(commands));
}

std::string Fish(const std::vector<const CLI::App*>& commands) {
  std::string script;
  for (const CLI::App* command : commands) {
    const std::string& name = command->get_name();
    absl::StrAppend(&script, "complete -c symshape -n __fish_use_subcommand -a ", name, " -d '",
                    command->get_description(), "'\n");
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& flag : option->get_lnames()) {
        absl::StrAppend(&script, "complete -c symshape -n '__fish_seen_subcommand_from ", name,
                        "' -l ", flag, "\n");
      }
    }
  }
  return script;
}

int RunCompletion(const CLI::App& root, const CompletionArgs& args) {
  const std::vector<const CLI::App*> commands =
      root.get_subcommands([](const CLI::App*) { return true; });
  const std::string script = args.shell == "fish"  ? Fish(commands)
                             : args.shell == "zsh" ? Zsh(commands)
                                                   : Bash(commands);
  const absl::Status status = WriteStdout(script);
  return status.ok() ? kOk : Fail(status);
}

constexpr Flag<CompletionArgs> kShell = {"SHELL", "bash|zsh|fish", "whose script to print",
                                         &CompletionArgs::shell};

}  // namespace

const Command kCompletionCommand = {
    "completion", "print a script that completes this command",
    "examples:\n"
    "  source <(symshape completion bash)\n"
    "  symshape completion fish > ~/.config/fish/completions/symshape.fish\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<CompletionArgs>();
      AddFlag(app, *args, kShell)->required();
      const CLI::App* root = app.get_parent();
      return [args, root](const Globals&) { return RunCompletion(*root, *args); };
    }};

}  // namespace symshape::cli
