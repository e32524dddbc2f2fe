// The structure of a model's file: all but its weights.
#ifndef SYMSHAPE_GRAPH_STRUCTURE_H_
#define SYMSHAPE_GRAPH_STRUCTURE_H_

#include "absl/status/status.h"
#include "io/source_file.h"

namespace symshape::graph {

// Loads what from_wire.h reads: everything but the elements of tensors that are too large to be
// read (Tensor::readable). A small file is loaded whole, a damaged one up to the damage, at which
// from_wire.h stops, too. Errors: of io::SourceFile::Load
absl::Status LoadStructure(io::SourceFile& file);

}  // namespace symshape::graph

#endif  // SYMSHAPE_GRAPH_STRUCTURE_H_
