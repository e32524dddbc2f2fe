#include "engine/signature.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "symbolic/context.h"

namespace symshape::engine {
namespace {

// signature = name ( "=" "same" "(" number { "," number } ")" | "(" operands ")" "->" outputs )
class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  absl::StatusOr<Signature> Whole() {
    if (absl::Status s = Name(); !s.ok()) return s;
    const absl::Status rest = Take("=") ? Same() : Formula();
    if (!rest.ok()) return rest;
    if (!AtEnd()) return Expected("the end");
    return std::move(result_);
  }

 private:
  absl::Status Expected(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("expected ", what, "\n    ", text_, "\n    ",
                                                   std::string(at_, ' '), "^ near here"));
  }
  void Skip() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }
  bool AtEnd() {
    Skip();
    return at_ == text_.size();
  }
  bool Take(absl::string_view token) {
    Skip();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  // Letters, digits, '_', and '.' where it is a domain.
  std::string Word(bool dots) {
    Skip();
    const size_t start = at_;
    while (at_ < text_.size() && (absl::ascii_isalnum(text_[at_]) || text_[at_] == '_' ||
                                  (dots && (text_[at_] == '.' || text_[at_] == '-')))) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  absl::Status Name() {
    result_.op = Word(/*dots=*/true);
    if (Take("::")) result_.domain = std::exchange(result_.op, Word(/*dots=*/false));
    if (result_.domain == "ai.onnx") result_.domain.clear();
    return result_.op.empty() ? Expected("an operator, such as my.domain::Foo") : absl::OkStatus();
  }

  absl::Status Same() {
    if (!Take("same") || !Take("(")) return Expected("same(0)");
    do {
      int operand = 0;
      if (!absl::SimpleAtoi(Word(false), &operand)) return Expected("the number of an operand");
      Signature::Output output;
      output.like = operand;
      result_.outputs.push_back(std::move(output));
    } while (Take(","));
    result_.repeats = true;
    return Take(")") ? absl::OkStatus() : Expected("')'");
  }

  absl::Status Formula() {
    if (!Take("(")) return Expected("'=' or '('");
    while (!Take(")")) {
      if (!result_.operands.empty() && !Take(",")) return Expected("',' or ')'");
      Signature::Operand operand;
      operand.name = Word(false);
      if (operand.name.empty()) return Expected("the name of an operand");
      if (Take("[")) {
        absl::StatusOr<Signature::Dims> dims = Dims();
        if (!dims.ok()) return dims.status();
        operand.dims = *std::move(dims);
      }
      result_.operands.push_back(std::move(operand));
    }
    if (!Take("->")) return Expected("'->'");
    do {
      if (absl::Status s = OneOutput(); !s.ok()) return s;
    } while (Take(","));
    return absl::OkStatus();
  }

  absl::Status OneOutput() {
    Signature::Output output;
    const std::string word = Word(false);
    const auto operand = std::find_if(result_.operands.begin(), result_.operands.end(),
                                      [&](const Signature::Operand& o) { return o.name == word; });
    const bool is_operand = operand != result_.operands.end();
    if (is_operand) {
      output.like = static_cast<int>(operand - result_.operands.begin());
    } else if (!word.empty()) {
      output.type = graph::ElementTypeNamed(word);
      if (output.type == graph::ElementType::kUndefined) return Expected("a type, or an operand");
    }
    if (Take("[")) {
      absl::StatusOr<Signature::Dims> dims = Dims();
      if (!dims.ok()) return dims.status();
      output.dims = *std::move(dims);
    } else if (!is_operand) {
      return Expected("'['");
    }
    result_.outputs.push_back(std::move(output));
    return absl::OkStatus();
  }

  // An expression over plain names: any other text would stand for a size of its own, h/2 say.
  static bool IsDim(const std::string& text) {
    const absl::StatusOr<std::vector<std::string>> names = symbolic::Context::NamesIn(text);
    return names.ok() && std::all_of(names->begin(), names->end(), [](const std::string& name) {
             return std::all_of(name.begin(), name.end(),
                                [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
           });
  }

  // Behind '[': texts between commas outside of brackets, up to ']'.
  absl::StatusOr<Signature::Dims> Dims() {
    Signature::Dims dims;
    if (Take("]")) return dims;
    int depth = 0;
    for (size_t start = at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if (depth != 0 || (c != ',' && c != ']')) continue;
      dims.emplace_back(absl::StripAsciiWhitespace(text_.substr(start, at_ - start)));
      if (!IsDim(dims.back())) return Expected("a dim before this, such as n, 4 or max(h//2, 1)");
      start = at_ + 1;
      if (c == ']') {
        ++at_;
        return dims;
      }
    }
    return Expected("']'");
  }

  const absl::string_view text_;
  size_t at_ = 0;
  Signature result_;
};

}  // namespace

absl::StatusOr<Signature> ParseSignature(absl::string_view text) {
  return Reader(absl::StripAsciiWhitespace(text)).Whole();
}

}  // namespace symshape::engine
