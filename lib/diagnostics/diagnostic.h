// Diagnostic: something that the user should know, as an id of the table and message pieces that
// are rendered last, so that the terminal, JSON and Python show the same thing.
#ifndef SYMSHAPE_DIAGNOSTICS_DIAGNOSTIC_H_
#define SYMSHAPE_DIAGNOSTICS_DIAGNOSTIC_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "symbolic/context.h"
#include "symbolic/expr.h"

namespace symshape::diagnostics {

enum class Severity : uint8_t { kNote, kWarning, kError };
absl::string_view Name(Severity severity);  // "note", "warning", "error"

// One piece of a message: a text, a number, a dim, or a whole shape.
struct Piece {
  using Shape = std::vector<symbolic::Dim>;
  std::variant<absl::string_view, std::string, int64_t, symbolic::Dim, Shape> value;

  // A literal, kept as it is: most messages are made for requirements that turn out to hold.
  Piece(const char* literal) : value(absl::string_view(literal)) {}
  Piece(absl::string_view text) : value(std::string(text)) {}
  Piece(std::string text) : value(std::move(text)) {}
  Piece(int number) : value(int64_t{number}) {}
  Piece(int64_t number) : value(number) {}
  Piece(symbolic::Dim dim) : value(dim) {}
  Piece(symbolic::Expr expr) : value(expr.dim()) {}
  Piece(Shape shape) : value(std::move(shape)) {}
};
using Message = std::vector<Piece>;

std::string Render(const Message& message, const symbolic::Context& context);

struct Diagnostic {
  absl::string_view id;  // a row of table.cc: kebab-case, stable
  Severity severity;
  std::string node;    // name, or operator and position where it has none; "" where none is meant
  std::string op;      // "MatMul-13"
  std::string tensor;  // "" where none is meant
  Message message;
  std::vector<Message> notes;  // indented lines below
};

// The table of ids: what each means and what to do about it.
struct Row {
  absl::string_view id;
  Severity severity;
  absl::string_view sentence;
  absl::string_view remedy;
};
absl::Span<const Row> Table();
const Row* FindRow(absl::string_view id);  // nullptr where absent

}  // namespace symshape::diagnostics

#endif  // SYMSHAPE_DIAGNOSTICS_DIAGNOSTIC_H_
