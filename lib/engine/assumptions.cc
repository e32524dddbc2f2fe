// What the user says of the inputs' sizes: now, by options, or in an earlier run that wrote the
// file.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/input_axes.h"
#include "engine/walk.h"

namespace symshape::engine {

using symbolic::Dim;
using symbolic::Fact;

absl::Status Walk::ReadAssumptions() {
  for (const std::string& text : metadata_.facts) {
    const absl::StatusOr<std::vector<Fact>> facts = context().ParseFacts(text);
    if (!facts.ok()) continue;  // metadata never makes a model invalid
    for (const Fact& read : *facts) {
      const Fact fact = AsRenamed(read);
      if (UnknownAxisIn(fact).has_value()) continue;  // it is called something else now
      if (!Declare(fact)) {
        return absl::InvalidArgumentError(
            absl::StrCat("'", text,
                         "' was assumed when the file was written, and contradicts the sizes that "
                         "are given now; symshape strip removes it"));
      }
    }
  }
  for (const std::string& text : options_.assumptions) {
    const absl::StatusOr<std::vector<Fact>> facts = context().ParseFacts(text);
    if (!facts.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("'", text, "': ", facts.status().message()));
    }
    for (const Fact& fact : *facts) {
      if (const std::optional<std::string> name = UnknownAxisIn(fact)) {
        std::set<std::string> known;
        for (Dim symbol : analysis_->input_symbols_) {
          known.insert(std::string(*context().SymbolName(symbol)));
        }
        return absl::InvalidArgumentError(absl::StrCat("'", text, "': no input has an axis named '",
                                                       *name, "'", DidYouMean(*name, known)));
      }
      if (!Declare(fact)) {
        return absl::InvalidArgumentError(
            absl::StrCat("'", text, "' contradicts what is known of the sizes before it"));
      }
    }
  }
  return absl::OkStatus();
}

// The name of a symbol in it that is no axis of an input.
std::optional<std::string> Walk::UnknownAxisIn(const Fact& fact) {
  for (Dim side : {fact.a, fact.b}) {
    for (Dim symbol : context().SymbolsOf(side)) {
      const std::string name(*context().SymbolName(symbol));
      const auto is_bound = [&](const auto& binding) { return binding.first == name; };
      if (!analysis_->IsInputSymbol(symbol) &&
          std::none_of(options_.bindings.begin(), options_.bindings.end(), is_bound)) {
        return name;
      }
    }
  }
  return std::nullopt;
}

// A fact of an earlier run, over the names that the user gives its axes now.
Fact Walk::AsRenamed(Fact fact) {
  const auto replace = [&](const std::string& from, Dim to) {
    const std::optional<Dim> symbol = context().FindSymbol(from);
    if (!symbol.has_value()) return;
    const std::pair<Dim, Dim> replacement(*symbol, to);
    fact.a = context().Substitute(fact.a, {&replacement, 1});
    fact.b = context().Substitute(fact.b, {&replacement, 1});
  };
  for (const auto& [name, given_up] : options_.unify) replace(given_up, context().Symbol(name));
  for (const auto& [from, to] : options_.rename) replace(from, context().Symbol(to));
  for (const auto& [name, expression] : options_.replace) {
    if (const auto dim = context().Parse(expression); dim.ok()) replace(name, *dim);
  }
  return fact;
}

// False where it contradicts what is known of the inputs' sizes.
bool Walk::Declare(const Fact& fact) {
  for (const auto& [name, size] : options_.bindings) {
    const std::optional<Dim> symbol = context().FindSymbol(name);
    if (!symbol) continue;
    context().Assume({Fact::Kind::kEq, *symbol, context().Constant(size)}, {}).IgnoreError();
  }
  if (context().Decide(fact) == symbolic::Tri::kYes) return true;
  analysis_->declared_facts_.push_back(fact);
  return context().Assume(fact, {}).ok();
}

}  // namespace symshape::engine
