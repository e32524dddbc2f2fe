// Scanner: where the parser is in its text, and the tokens of all dialects: numbers, names, quoted
// names. Knows no grammar (parser.h).
#ifndef SYMSHAPE_SYMBOLIC_SCANNER_H_
#define SYMSHAPE_SYMBOLIC_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace symshape::symbolic {

class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  absl::string_view text() const { return text_; }
  size_t at() const { return at_; }
  void GoTo(size_t position) { at_ = position; }

  // All skip space first.
  bool AtEnd();
  char Peek();  // the next character, '\0' at the end
  bool Next(absl::string_view token);
  bool Take(absl::string_view token);
  bool TakeWord(absl::string_view word);  // not followed by a letter, digit or '_'

  // What was expected, the text, and a caret below the place; in characters, not bytes.
  absl::Status Error(absl::string_view expected) const { return ErrorAt(at_, expected); }
  absl::Status ErrorAt(size_t position, absl::string_view expected) const;

  // An unsigned number: 12, 0.25, 1e3. A decimal stands for itself only where it is a binary
  // fraction (0.5); others (0.333) were rounded by whoever wrote them, and are not exact.
  struct Number {
    int64_t numerator = 0;
    int64_t denominator = 1;
    bool exact = true;
  };
  absl::StatusOr<Number> ReadNumber();
  // [A-Za-z_][A-Za-z0-9_.]*, or any text in one kind of quotes: " ' `.
  absl::StatusOr<std::string> ReadName();

 private:
  void Skip();

  absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_SCANNER_H_
