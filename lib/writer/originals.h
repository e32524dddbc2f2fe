// The declarations of a file as they stood before symshape wrote into it: what strip gives back,
// and what a second run keeps on record.
#ifndef SYMSHAPE_WRITER_ORIGINALS_H_
#define SYMSHAPE_WRITER_ORIGINALS_H_

#include <vector>

#include "graph/model.h"
#include "writer/shells.h"

namespace symshape::writer {

// Of one graph.
struct Declarations {
  absl::Span<Entry> inputs;
  absl::Span<Entry> outputs;
  Entries value_infos;
};

// Of a file. Its entries live as long as the shell's.
struct FileDeclarations {
  std::vector<Declarations> graphs;  // by Graph::index; empty for those that are not written
  std::vector<Entries> functions;    // of their bodies, by position in Model::functions
};

// Of a file that symshape never wrote to it is what stands there. Where somebody changed
// declarations since, it is what stands there without what can be told to be symshape's: value_info
// of nodes' outputs, made-up names, expressions.
FileDeclarations Originals(const graph::Model& model, const ModelShell& shell);

// The entries of value_info that stand for no node's output (but an initializer's, say). Those are
// the author's, always.
std::vector<Entry> OfNoNode(const graph::Graph& graph, Entries infos);
std::vector<Entry> OldOfNoNode(const graph::Graph& graph,
                               const ValueInfoList& infos);  // the file's

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_ORIGINALS_H_
