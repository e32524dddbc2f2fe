#include "report/layout.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace symshape::report {

std::string Styled(absl::string_view text, Style style, bool color) {
  if (!color || style == Style::kPlain || text.empty()) return std::string(text);
  const char* code = "";
  switch (style) {
    case Style::kPlain:
      break;
    case Style::kBold:
      code = "1";
      break;
    case Style::kYellow:
      code = "33";
      break;
    case Style::kRed:
      code = "31";
      break;
    case Style::kCyan:
      code = "36";
      break;
  }
  return absl::StrCat("\x1b[", code, "m", text, "\x1b[0m");
}

size_t Columns(absl::string_view utf8) {
  size_t columns = 0;
  for (char c : utf8) columns += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
  return columns;
}

std::string Padded(absl::string_view text, size_t width) {
  const size_t columns = Columns(text);
  return absl::StrCat(text, std::string(columns < width ? width - columns : 0, ' '));
}

std::string Wrapped(const std::vector<std::string>& items, absl::string_view separator,
                    size_t indent) {
  std::string text;
  size_t column = indent;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string item =
        absl::StrCat(items[i], i + 1 < items.size() ? separator : absl::string_view());
    const size_t needed = Columns(absl::StripTrailingAsciiWhitespace(item));
    if (i > 0 && column + needed > kLineWidth) {
      text = absl::StrCat(absl::StripTrailingAsciiWhitespace(text), "\n", std::string(indent, ' '));
      column = indent;
    }
    absl::StrAppend(&text, item);
    column += Columns(item);
  }
  return text;
}

}  // namespace symshape::report
