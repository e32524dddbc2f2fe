#include "report/letters.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "queries/eval.h"

namespace symshape::report {
namespace {

// Longer dims get a letter: "((H + 31)//32)*((W + 31)//32)" is one.
constexpr size_t kLongest = 24;
constexpr int kLetters = 26;

}  // namespace

Letters::Letters(const engine::Analysis& analysis) : analysis_(analysis) {
  for (symbolic::Dim symbol : queries::SymbolsOf(analysis)) {
    taken_.insert(std::string(*analysis.context().SymbolName(symbol)));
  }
}

std::string Letters::NextLetter() {
  while (true) {
    const int round = next_ / kLetters;
    std::string letter(1, static_cast<char>('A' + next_ % kLetters));
    if (round > 0) absl::StrAppend(&letter, round + 1);  // A … Z, A2 … Z2, A3 …
    ++next_;
    if (!taken_.contains(letter)) return letter;
  }
}

std::string Letters::Text(symbolic::Dim dim) {
  const auto it = texts_.find(dim);
  if (it != texts_.end()) return it->second;
  std::string text = analysis_.context().Print(dim);
  if (text.size() > kLongest && !analysis_.context().SymbolName(dim).has_value()) {
    definitions_.emplace_back(NextLetter(), std::move(text));
    text = definitions_.back().first;
  }
  return texts_[dim] = text;
}

std::string Letters::Text(absl::Span<const symbolic::Dim> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) absl::StrAppend(&text, i ? ", " : "", Text(shape[i]));
  return absl::StrCat(text, "]");
}

}  // namespace symshape::report
