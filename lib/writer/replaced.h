// The record in the metadata ("symshape.replaced") by which strip gives a file back byte for byte:
// the author's declarations as far as they are not what an inference wrote.
#ifndef SYMSHAPE_WRITER_REPLACED_H_
#define SYMSHAPE_WRITER_REPLACED_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "graph/model.h"
#include "writer/originals.h"
#include "writer/shells.h"

namespace symshape::writer {

inline constexpr absl::string_view kReplacedKey = "symshape.replaced";

// JSON that tells `before` from what stands in the shell now. It is short where little was
// replaced.
std::string ReplacedRecord(const graph::Model& model, const ModelShell& shell,
                           const FileDeclarations& before);

// `before` again. nullopt where the record is damaged, or somebody changed declarations since.
std::optional<FileDeclarations> ReadReplaced(const graph::Model& model, const ModelShell& shell,
                                             absl::string_view record);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_REPLACED_H_
