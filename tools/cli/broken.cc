#include "cli/broken.h"

#include "absl/strings/str_cat.h"

namespace symshape::cli {
namespace {

// Where all sizes are bound, only the cause is left of a condition.
std::string Why(const Condition& broken) {
  const std::string cause = absl::StrCat(broken.op, " '", broken.node, "': ", broken.because);
  return broken.when == "False" ? cause : absl::StrCat(broken.when, " is false (", cause, ")");
}

}  // namespace

std::string BrokenByBind(const ModelArgs& args, const Analysis& analysis) {
  const absl::StatusOr<Options> options = ToOptions(args);
  if (!options.ok() || options->bind.empty()) return "";
  const std::vector<Condition> broken = analysis.Broken({});
  if (broken.empty()) return "";
  return absl::StrCat("the model does not run at these sizes: ", Why(broken[0]));
}

std::vector<Condition> BrokenAt(ModelArgs args, const Sizes& sizes) {
  for (const auto& [name, size] : sizes) args.bind.push_back(absl::StrCat(name, "=", size));
  const absl::StatusOr<Analysis> bound = InferModel(args);
  return bound.ok() ? bound->Broken({}) : std::vector<Condition>();
}

}  // namespace symshape::cli
