#include "writer/dim_names.h"

#include <algorithm>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "engine/input_axes.h"

namespace symshape::writer {
namespace {

using symbolic::Dim;

// Longer texts are written under a name, which the metadata defines.
constexpr size_t kMaxTextLength = 96;

// Python's, and the functions of dims (docs/solver.md).
constexpr absl::string_view kReserved[] = {
    "False",   "None",  "True",     "and",      "as",   "assert", "async", "await",
    "break",   "class", "continue", "def",      "del",  "elif",   "else",  "except",
    "finally", "for",   "from",     "global",   "if",   "import", "in",    "is",
    "lambda",  "max",   "min",      "nonlocal", "not",  "or",     "pass",  "raise",
    "return",  "try",   "while",    "with",     "yield"};

}  // namespace

bool IsPlainName(absl::string_view name) {
  return engine::IsPlainName(name) && !absl::c_linear_search(kReserved, name);
}

DimNames::DimNames(const engine::Analysis& analysis, WriteOptions::Dims style,
                   absl::flat_hash_set<std::string> taken)
    : analysis_(analysis), context_(analysis.context()), style_(style), taken_(std::move(taken)) {}

// The symbols that are axes of tensors in the main graph and its subgraphs.
absl::flat_hash_set<Dim> DimNames::SymbolsOnAxes(const engine::Analysis& analysis) {
  absl::flat_hash_set<Dim> symbols;
  for (const auto& graph : analysis.model().graphs) {
    const graph::Graph* root = graph;
    while (root->parent != nullptr) root = root->parent;
    if (root != analysis.model().main) continue;  // within a function's body
    for (uint32_t value = 0; value < graph->values.size(); ++value) {
      const auto dims = analysis.DimsOf(analysis.info(*graph, static_cast<graph::ValueId>(value)));
      if (!dims.has_value()) continue;
      for (Dim dim : *dims) {
        if (!dim.is_none() && analysis.context().SymbolName(dim).has_value()) symbols.insert(dim);
      }
    }
  }
  return symbols;
}

const DimNames::Written& DimNames::Of(Dim dim) {
  const auto [it, inserted] = written_.try_emplace(dim);
  if (inserted) {
    Written made = Make(dim);
    return written_[dim] = std::move(made);
  }
  return it->second;
}

bool DimNames::Define(absl::string_view name, Dim dim) {
  const auto [it, inserted] = defined_.try_emplace(std::string(name), dim);
  if (!inserted) return it->second == dim;
  if (HasSymbolOfNoAxis(dim)) return true;
  definitions_.emplace_back(std::string(name), Expression(dim));
  return true;
}

void DimNames::Use(absl::string_view name, Dim dim) {
  defined_.try_emplace(std::string(name), dim);
}

DimNames::Written DimNames::Make(Dim dim) {
  if (dim.is_none()) return {};
  if (const std::optional<int64_t> size = context_.ConstantOf(dim)) {
    if (*size < 0) return {};
    return *size;
  }
  if (IsLocal(dim)) return {};
  if (const std::optional<absl::string_view> name = context_.SymbolName(dim)) {
    Expression(dim);  // takes note of it
    return std::string(*name);
  }
  if (HasSymbolOfNoAxis(dim)) return MakeName();
  std::string text = Expression(dim);
  if (style_ == WriteOptions::Dims::kExpressions && text.size() <= kMaxTextLength) return text;
  std::string name = MakeName();
  definitions_.emplace_back(name, std::move(text));
  return name;
}

// Whether it takes several sizes in one run, one on each trip of a loop: no name can stand for it.
bool DimNames::IsLocal(Dim dim) const {
  const std::vector<Dim> symbols = context_.SymbolsOf(dim);
  return std::any_of(symbols.begin(), symbols.end(),
                     [this](Dim symbol) { return analysis_.IsLocal(symbol); });
}

// A symbol that is no axis of any tensor in the file (what the algebra could not represent has one)
// means nothing to a reader: the dim gets a name, and no formula.
bool DimNames::HasSymbolOfNoAxis(Dim dim) const {
  for (Dim symbol : context_.SymbolsOf(dim)) {
    if (!analysis_.IsInputSymbol(symbol) && !axes_.contains(symbol)) return true;
  }
  return false;
}

// The text; takes note of the fresh symbols in it, and of the names that stand for odd ones.
std::string DimNames::Expression(Dim dim) {
  for (Dim symbol : context_.SymbolsOf(dim)) {
    const absl::string_view name = *context_.SymbolName(symbol);
    if (context_.KindOf(symbol) == symbolic::SymbolKind::kFresh &&
        seen_symbols_.insert(symbol).second) {
      generated_.push_back(std::string(name));
      fresh_symbols_.push_back(symbol);
    }
    const std::optional<absl::string_view> alias = context_.AliasOf(symbol);
    if (symbol == dim || !alias || !aliased_.insert(symbol).second) continue;
    taken_.insert(std::string(*alias));
    definitions_.emplace_back(std::string(*alias), std::string(name));
  }
  return context_.Print(dim);
}

std::string DimNames::MakeName() {
  std::string name;
  do {
    name = absl::StrCat("_dim", ++last_number_);
  } while (!taken_.insert(name).second);
  generated_.push_back(name);
  return name;
}

}  // namespace symshape::writer
