// The metadata that an inference leaves in the model; graph/metadata.h reads it back.
#ifndef SYMSHAPE_WRITER_METADATA_H_
#define SYMSHAPE_WRITER_METADATA_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/analysis.h"
#include "graph/metadata.h"
#include "queries/contract.h"
#include "writer/dim_names.h"
#include "writer/shells.h"

namespace symshape::writer {

// Replaces all "symshape.*" entries; what there is nothing to say about gets none.
//   symshape.dims       what names stand for that are no symbols, under the model's fingerprint
//   symshape.generated  names that symshape made, and axes of inputs that it named
//   symshape.claims     expressions that stood on axes of inputs
//   symshape.bounds     [lo, hi] of symbols that only data decides; null where unbounded
//   symshape.facts      what the user said of the inputs' sizes
//   symshape.contract   the conditions on the inputs' sizes under which the model runs
//   symshape.replaced   `replaced`, the author's declarations (replaced.h)
// `fingerprint` is asked for where an entry has it, which few models have.
// The next inference reads names, claims and facts (graph/metadata.h), strip also what was
// replaced. Dims, bounds and the contract are proved anew: they are for readers that do not infer.
void WriteMetadata(const engine::Analysis& analysis, const queries::Contract& contract,
                   const DimNames& names, const std::vector<graph::NamedInputAxis>& inputs,
                   absl::FunctionRef<const std::string&()> fingerprint, std::string replaced,
                   Properties& properties);

void RemoveMetadata(Properties& properties);

bool IsOurs(const onnx::StringStringEntryProto& entry);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_METADATA_H_
