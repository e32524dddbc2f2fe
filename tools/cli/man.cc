// symshape man: the manual page, made from the very tables that parse the command line.
#include <cctype>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/terminal.h"
#include "symshape/version.h"

namespace symshape::cli {
namespace {

// Text as roff has it: a backslash and a hyphen are typed so, and no line begins with a request.
std::string Roff(const std::string& text) {
  std::string escaped = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}, {"'", "\\(aq"}});
  if (!escaped.empty() && escaped[0] == '.') escaped.insert(0, "\\&");
  return escaped;
}

// "\fB-o\fR, \fB--output\fR \fIPATH\fR"
std::string Synopsis(const CLI::Option& option) {
  std::string text;
  const auto add = [&](const std::string& flag) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "\\fB", Roff(flag), "\\fR");
  };
  for (const std::string& name : option.get_snames()) add("-" + name);
  for (const std::string& name : option.get_lnames()) add("--" + name);
  if (text.empty()) return absl::StrCat("\\fI", Roff(option.get_name()), "\\fR");
  const std::string value = option.get_type_name();
  return value.empty() ? text : absl::StrCat(text, " \\fI", Roff(value), "\\fR");
}

std::string Options(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    absl::StrAppend(&text, ".TP\n", Synopsis(*option), "\n", Roff(option->get_description()), "\n");
  }
  return text;
}

// A footer's lines as they are: exit codes, examples.
std::string AsItIs(const std::string& text) {
  std::string lines = ".PP\n.nf\n";
  for (const auto line : absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    absl::StrAppend(&lines, line.empty() ? ".sp" : Roff(std::string(line)), "\n");
  }
  return lines + ".fi\n";
}

std::string Page(const CLI::App& root) {
  std::string text =
      absl::StrCat(".TH SYMSHAPE 1 \"\" \"symshape ", Version(), "\"\n.SH NAME\nsymshape \\- ",
                   Roff(root.get_description()),
                   "\n.SH SYNOPSIS\n\\fBsymshape\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... "
                   "[\\fIARGUMENT\\fR]...\n.SH OPTIONS\n",
                   Options(root), ".SH COMMANDS\n");
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) {
    absl::StrAppend(&text, ".SS symshape ", command->get_name(), "\n",
                    Roff(command->get_description()), ".\n", Options(*command),
                    AsItIs(command->get_footer()));
  }
  return absl::StrCat(text, ".SH EXIT STATUS AND EXAMPLES\n", AsItIs(root.get_footer()));
}

}  // namespace

const Command kManCommand = {"man", "print the manual page",
                             "examples:\n"
                             "  symshape man > ~/.local/share/man/man1/symshape.1\n",
                             [](CLI::App& app) -> Run {
                               const CLI::App* root = app.get_parent();
                               return [root](const Globals&) {
                                 const absl::Status status = WriteStdout(Page(*root));
                                 return status.ok() ? kOk : Fail(status);
                               };
                             }};

}  // namespace symshape::cli
