// A list of declarations told from what stands there now by tokens, in the author's order:
//   [first, count]   so many entries that stand there now, as they are
//   [index, shape]   one of them with another shape: numbers, names and null; null where it had none
//   "bytes"          an entry that cannot be told so, in base64
#ifndef SYMSHAPE_WRITER_ENTRY_TOKENS_H_
#define SYMSHAPE_WRITER_ENTRY_TOKENS_H_

#include <optional>
#include <string>

#include "absl/types/span.h"
#include "nlohmann/json.hpp"
#include "writer/entries.h"

namespace symshape::writer {

// JSON.
std::string TokensOf(Entries before, Entries now);

// `before` again; nullopt where the tokens are none, or not of `now`.
std::optional<absl::Span<Entry>> ReadTokens(const nlohmann::json& tokens, Entries now,
                                            EntryMaker& maker);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_ENTRY_TOKENS_H_
