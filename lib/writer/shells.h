// The parts of a graph's message that an inference writes. Whether they stand in a ModelProto or
// were taken out of a file's bytes (splice.h) is nothing to annotate.cc.
#ifndef SYMSHAPE_WRITER_SHELLS_H_
#define SYMSHAPE_WRITER_SHELLS_H_

#include <memory>
#include <vector>

#include "engine/analysis.h"
#include "onnx/onnx_pb.h"
#include "writer/entries.h"
#include "writer/value_infos.h"
#include "writer/write.h"

namespace symshape::writer {

using Properties = google::protobuf::RepeatedPtrField<onnx::StringStringEntryProto>;

struct GraphShell {
  bool is_written = false;  // bodies of functions are not
  absl::Span<Entry> inputs;
  absl::Span<Entry> outputs;
  ValueInfoList value_infos;
};

struct ModelShell {
  std::vector<GraphShell> graphs;            // by graph::Graph::index
  std::vector<absl::Span<Entry>> functions;  // value_info of their bodies, by Model::functions
  Properties* metadata_props = nullptr;
  std::unique_ptr<EntryMaker> maker = std::make_unique<EntryMaker>();  // of what is new
};

// write.h's Annotate, on the shell of the model that was analysed.
void AnnotateShell(const engine::Analysis& analysis, const WriteOptions& options,
                   ModelShell& shell);

// Takes out all that AnnotateShell put into the shell of `model`, and puts back what it replaced
// (originals.h).
void StripShell(const graph::Model& model, ModelShell& shell);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_SHELLS_H_
