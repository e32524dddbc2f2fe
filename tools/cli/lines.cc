#include "cli/lines.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/exit_codes.h"
#include "cli/terminal.h"

namespace symshape::cli {
namespace {

// The first line, and what else is known, on one line.
std::string OneLine(const absl::Status& status) {
  const absl::string_view message = absl::string_view(status.message());
  const size_t end = message.find('\n');
  if (end == absl::string_view::npos) return std::string(message);
  // A parse error's caret counts characters from the text's begin.
  const size_t caret = message.rfind('^');
  const size_t line = caret == absl::string_view::npos ? caret : message.rfind('\n', caret);
  if (line == absl::string_view::npos) return std::string(message.substr(0, end));
  return absl::StrCat(message.substr(0, end), " at column ", caret - line - 4);
}

// Makes symbols of the text's identifiers, a few too many where some name functions. They come
// before all other names, lest one be read as the alias of another: "a b" == a_b.
void NameIdentifiers(absl::string_view text, Algebra& algebra) {
  const auto is_part = [](char c) { return absl::ascii_isalnum(c) || c == '_'; };
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    while (i < text.size() && is_part(text[i])) ++i;
    const absl::string_view word = text.substr(start, i - start);
    if (word.empty()) {
      const bool quote = absl::StrContains("\"'`", text.substr(i, 1));
      i = (quote ? std::min(text.find(text[i], i + 1), text.size()) : i) + 1;
    } else if (!absl::ascii_isdigit(word[0])) {
      algebra.Symbol({word.data(), word.size()});
    }
  }
}

}  // namespace

absl::StatusOr<Question> ReadQuestion(const std::string& line,
                                      const std::vector<std::string>& where) {
  Question question;
  for (const std::string& fact : where) NameIdentifiers(fact, question.algebra);
  NameIdentifiers(line, question.algebra);
  for (const std::string& fact : where) {
    const absl::Status stated = question.algebra.Assume(fact, "--where");
    if (!stated.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--where '", fact, "': ", stated.message()));
    }
  }
  bool first = true;
  for (absl::string_view part : absl::StrSplit(line, ';')) {
    part = absl::StripAsciiWhitespace(part);
    if (std::exchange(first, false)) {
      question.text = std::string(part);
      continue;
    }
    if (part.empty()) continue;
    const absl::Status stated = question.algebra.Assume(std::string(part));
    if (!stated.ok()) return stated;
  }
  return question;
}

int AnswerEach(const std::string& question, const std::vector<std::string>& where,
               const std::function<absl::StatusOr<std::string>(const std::string&)>& answer) {
  const absl::Status facts = ReadQuestion("", where).status();
  if (!facts.ok()) return Fail(facts);
  if (question != "-") {
    const absl::StatusOr<std::string> text = answer(question);
    if (!text.ok()) return Fail(absl::InvalidArgumentError(text.status().message()));
    const absl::Status status = WriteStdout(absl::StrCat(*text, "\n"));
    return status.ok() ? kOk : Fail(status);
  }
  int code = kOk;
  for (std::string line; std::getline(std::cin, line);) {
    const absl::StatusOr<std::string> text = answer(line);
    if (!text.ok()) code = kFindings;
    const std::string shown = text.ok() ? *text : absl::StrCat("error: ", OneLine(text.status()));
    const absl::Status status = WriteStdout(absl::StrCat(shown, "\n"));
    if (!status.ok()) return Fail(status);
  }
  return code;
}

}  // namespace symshape::cli
