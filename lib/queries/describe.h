// Types and shapes as text.
#ifndef SYMSHAPE_QUERIES_DESCRIBE_H_
#define SYMSHAPE_QUERIES_DESCRIBE_H_

#include <optional>
#include <string>

#include "absl/types/span.h"
#include "engine/analysis.h"
#include "queries/tensors.h"

namespace symshape::queries {

// "float" for a tensor, "seq(tensor(int64))", "undefined".
std::string TypeText(const rules::Tables& tables, rules::TypeId type);

// The same of what the file declares.
std::string DeclaredTypeText(const graph::DeclaredType& type);
std::string DeclaredText(absl::Span<const graph::DeclaredDim> dims);

// The dims as the written file has them: those of an input keep their names whatever nodes require
// of them. nullopt where the rank is unknown.
std::optional<absl::Span<const symbolic::Dim>> WrittenDims(const engine::Analysis& analysis,
                                                           TensorRef tensor);

// What the file declares, "[1, 16800, 2]", where it cannot be true at every size: another rank,
// another number, a number where the dim is a function of the inputs' sizes, or the name of an
// input's axis on a dim that is another. "" otherwise, and where the name that the user gave an
// axis mends it.
std::string StaleClaim(const engine::Analysis& analysis, TensorRef tensor);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_DESCRIBE_H_
