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
  ValueInfos inputs;
  ValueInfos outputs;
  ValueInfos value_infos;
};

// Of a file.
struct FileDeclarations {
  std::vector<Declarations> graphs;   // by Graph::index; empty for graphs without a shell
  std::vector<ValueInfos> functions;  // of their bodies, by position in Model::functions
};

// Of a file that symshape never wrote to it is what stands there. Where somebody changed
// declarations since, it is what stands there without what can be told to be symshape's: value_info
// of nodes' outputs, made-up names, expressions.
FileDeclarations Originals(const graph::Model& model, const ModelShell& shell);

// The entries of value_info that stand for no node's output (but an initializer's, say). Those are
// the author's, always.
ValueInfos OfNoNode(const graph::Graph& graph, const ValueInfos& infos);
ValueInfos OldOfNoNode(const graph::Graph& graph, const ValueInfoList& infos);  // of the file's

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_ORIGINALS_H_
