// What a model-local function's body declares of its tensors: claims, which each call may
// contradict. A body is written once for all calls, so what they do not agree on is left open.
#ifndef SYMSHAPE_WRITER_FUNCTION_CLAIMS_H_
#define SYMSHAPE_WRITER_FUNCTION_CLAIMS_H_

#include "engine/analysis.h"
#include "writer/entries.h"

namespace symshape::writer {

// `infos` with what is wrong corrected. An entry of which no type remains is dropped.
absl::Span<Entry> CorrectFunctionClaims(const engine::Analysis& analysis,
                                        const graph::Function& function, absl::Span<Entry> infos,
                                        EntryMaker& maker);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_FUNCTION_CLAIMS_H_
