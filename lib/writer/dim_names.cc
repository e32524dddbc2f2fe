#include "writer/dim_names.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace symshape::writer {
namespace {

using symbolic::Dim;

// Longer texts are written under a name (architecture.md section 4, "Printing").
constexpr size_t kMaxTextLength = 96;

// Python's, and the functions of solver.md 3.11's grammar.
constexpr absl::string_view kReserved[] = {
    "False",   "None",  "True",     "and",      "as",   "assert", "async", "await",
    "break",   "class", "continue", "def",      "del",  "elif",   "else",  "except",
    "finally", "for",   "from",     "global",   "if",   "import", "in",    "is",
    "lambda",  "max",   "min",      "nonlocal", "not",  "or",     "pass",  "raise",
    "return",  "try",   "while",    "with",     "yield"};

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || absl::ascii_isdigit(c); }

}  // namespace

bool IsPlainName(absl::string_view name) {
  if (name.empty() || !IsNameStart(name[0])) return false;
  if (!std::all_of(name.begin(), name.end(), [](char c) { return IsNamePart(c) || c == '.'; })) {
    return false;
  }
  return std::find(std::begin(kReserved), std::end(kReserved), name) == std::end(kReserved);
}

DimNames::DimNames(const engine::Analysis& analysis, WriteOptions::Dims style,
                   absl::flat_hash_set<std::string> taken)
    : analysis_(analysis), context_(analysis.context()), style_(style), taken_(std::move(taken)) {}

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
  definitions_.emplace_back(std::string(name), Expression(dim));
  return true;
}

DimNames::Written DimNames::Make(Dim dim) {
  if (dim.is_none()) return {};
  if (const std::optional<int64_t> size = context_.ConstantOf(dim)) {
    if (*size < 0) return {};
    return *size;
  }
  for (Dim symbol : context_.SymbolsOf(dim)) {
    // One name would stand for another size on every trip of a loop.
    if (analysis_.IsLocal(symbol)) return {};
  }
  if (const std::optional<absl::string_view> name = context_.SymbolName(dim)) {
    Expression(dim);  // takes note of it
    return std::string(*name);
  }
  std::string text = Expression(dim);
  if (style_ == WriteOptions::Dims::kExpressions && text.size() <= kMaxTextLength) return text;
  std::string name = MakeName("_dim", /*numbered=*/true);
  definitions_.emplace_back(name, std::move(text));
  return name;
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

// `stem`, with the first free number behind it where it is taken, or always.
std::string DimNames::MakeName(absl::string_view stem, bool numbered) {
  std::string name(stem);
  int number = numbered ? last_number_ : 1;
  while (numbered || taken_.contains(name)) {
    name = absl::StrCat(stem, numbered ? "" : "_", ++number);
    if (!taken_.contains(name)) break;
  }
  if (numbered) last_number_ = number;
  taken_.insert(name);
  generated_.push_back(name);
  return name;
}

}  // namespace symshape::writer
