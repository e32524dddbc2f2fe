// symshape contract: at which sizes the model runs.
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/flags.h"
#include "cli/model_args.h"
#include "cli/terminal.h"
#include "symshape/report.h"

namespace symshape::cli {
namespace {

struct ContractArgs {
  ModelArgs model;
  std::string as = "conditions";
  bool json = false;
};

constexpr Flag<ContractArgs> kFlags[] = {
    {"--as", "conditions|reparam", "reparam: H = 32*h for H % 32 == 0", &ContractArgs::as},
    {"--json", "", "print JSON (docs/json.md)", &ContractArgs::json},
};

int RunContract(const ContractArgs& args) {
  const absl::StatusOr<Analysis> analysis = InferModel(args.model);
  if (!analysis.ok()) return Fail(analysis.status());
  const ContractForm form =
      args.as == "reparam" ? ContractForm::kReparam : ContractForm::kConditions;
  const absl::Status status =
      WriteStdout(args.json ? ContractJson(*analysis, NameOf(args.model), form)
                            : ContractText(*analysis, form));
  return status.ok() ? kOk : Fail(status);
}

}  // namespace

const Command kContractCommand = {
    "contract", "print the conditions on the inputs' sizes under which the model runs",
    "Each with the node that needs it, the earliest first. A condition is as lax as the "
    "runtime.\n\n"
    "examples:\n"
    "  symshape contract model.onnx\n"
    "  symshape contract model.onnx --assume-positive --json\n",
    [](CLI::App& app) -> Run {
      const auto args = std::make_shared<ContractArgs>();
      AddModelArgs(app, args->model);
      AddFlags(app, *args, kFlags);
      return [args](const Globals&) { return RunContract(*args); };
    }};

}  // namespace symshape::cli
