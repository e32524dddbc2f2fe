// Message pieces as text.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "diagnostics/diagnostic.h"

namespace symshape::diagnostics {
namespace {

using symbolic::Context;
using symbolic::Dim;

std::string Text(Dim dim, const Context& context) {
  return dim.is_none() ? "?" : context.Print(dim);
}

struct Renderer {
  const Context& context;
  std::string operator()(absl::string_view text) const { return std::string(text); }
  std::string operator()(int64_t number) const { return absl::StrCat(number); }
  std::string operator()(Dim dim) const { return Text(dim, context); }
  std::string operator()(const Piece::Shape& shape) const {
    return absl::StrCat("[",
                        absl::StrJoin(shape, ", ",
                                      [this](std::string* out, Dim dim) {
                                        absl::StrAppend(out, Text(dim, context));
                                      }),
                        "]");
  }
};

}  // namespace

std::string Render(const Message& message, const Context& context) {
  std::string text;
  for (const Piece& piece : message)
    absl::StrAppend(&text, std::visit(Renderer{context}, piece.value));
  return text;
}

}  // namespace symshape::diagnostics
