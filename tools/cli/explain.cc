// symshape explain: what a diagnostic means, and what to do about it.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/terminal.h"
#include "symshape/ops.h"

namespace symshape::cli {
namespace {

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

int RunExplain(const std::string& id) {
  if (id.empty()) {
    for (const DiagnosticPage& page : DiagnosticPages()) {
      std::printf("%-24s %s\n", std::string(page.id).c_str(), std::string(page.sentence).c_str());
    }
    return kOk;
  }
  const absl::StatusOr<DiagnosticPage> page = FindDiagnosticPage(id);
  if (!page.ok()) return Fail(absl::InvalidArgumentError(page.status().message()));
  std::printf("%s (%s)\n\n%s\n\nWhat to do: %s\n", std::string(page->id).c_str(),
              std::string(NameOf(page->severity)).c_str(), std::string(page->sentence).c_str(),
              std::string(page->remedy).c_str());
  return kOk;
}

}  // namespace

const Command kExplainCommand = {
    "explain", "say what a diagnostic means and what to do about it",
    "examples:\n"
    "  symshape explain                   lists all diagnostics\n"
    "  symshape explain declared-shape\n",
    [](CLI::App& app) -> Run {
      const auto id = std::make_shared<std::string>();
      app.add_option("ID", *id, "the text in [] at the end of a message")->type_name("");
      return [id](const Globals&) { return RunExplain(*id); };
    }};

}  // namespace symshape::cli
