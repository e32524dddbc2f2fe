#include "queries/eval.h"

#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "diagnostics/nearest.h"
#include "queries/tensors.h"

namespace symshape::queries {

using symbolic::Bindings;
using symbolic::Context;
using symbolic::Dim;

absl::Status CheckSizes(const engine::Analysis& analysis, const Bindings& sizes) {
  const Context& context = analysis.context();
  std::vector<absl::string_view> names;
  for (Dim symbol : SymbolsOf(analysis)) names.push_back(*context.SymbolName(symbol));
  for (const auto& [name, size] : sizes) {
    if (!context.FindSymbol(name).has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("no size of this model is called '", name, "'",
                                                     diagnostics::DidYouMean(name, names)));
    }
    if (size < 0) {
      return absl::InvalidArgumentError(absl::StrCat("'", name, "' is ", size, ", below 0"));
    }
  }
  return absl::OkStatus();
}

std::vector<Dim> SymbolsOf(const engine::Analysis& analysis) {
  std::vector<Dim> symbols = analysis.input_symbols();
  absl::flat_hash_set<Dim> seen(symbols.begin(), symbols.end());
  absl::flat_hash_set<Dim> visited;
  for (const TensorRef& tensor : Tensors(analysis.model()).all()) {
    const auto dims = analysis.DimsOf(analysis.info(*tensor.graph, tensor.value));
    if (!dims.has_value()) continue;
    for (Dim dim : *dims) {
      if (!visited.insert(dim).second) continue;
      for (Dim symbol : analysis.context().SymbolsOf(dim)) {
        if (seen.insert(symbol).second) symbols.push_back(symbol);
      }
    }
  }
  return symbols;
}

}  // namespace symshape::queries
