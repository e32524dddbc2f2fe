// Text in columns for a terminal.
#ifndef SYMSHAPE_REPORT_LAYOUT_H_
#define SYMSHAPE_REPORT_LAYOUT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace symshape::report {

inline constexpr size_t kLineWidth = 100;

enum class Style { kPlain, kBold, kYellow, kRed, kCyan };
// With ANSI escapes where `color`.
std::string Styled(absl::string_view text, Style style, bool color);

// How many columns a terminal needs: UTF-8 code points.
size_t Columns(absl::string_view utf8);
// Filled with spaces up to `width` columns.
std::string Padded(absl::string_view text, size_t width);

// `items` joined by `separator`, broken after a separator where a line would exceed kLineWidth;
// every line but the first is indented by `indent`.
std::string Wrapped(const std::vector<std::string>& items, absl::string_view separator,
                    size_t indent);

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_LAYOUT_H_
