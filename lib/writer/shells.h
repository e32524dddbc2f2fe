// The parts of a graph's message that an inference writes. Whether they stand in a ModelProto or
// were taken out of a file's bytes (splice.h) is nothing to annotate.cc.
#ifndef SYMSHAPE_WRITER_SHELLS_H_
#define SYMSHAPE_WRITER_SHELLS_H_

#include <memory>
#include <vector>

#include "engine/analysis.h"
#include "onnx/onnx_pb.h"
#include "writer/value_infos.h"
#include "writer/write.h"

namespace symshape::writer {

using Properties = google::protobuf::RepeatedPtrField<onnx::StringStringEntryProto>;

struct GraphShell {
  ValueInfos* inputs = nullptr;
  ValueInfos* outputs = nullptr;
  std::unique_ptr<ValueInfoList> value_infos;
};

struct ModelShell {
  std::vector<GraphShell> graphs;  // by graph::Graph::index; bodies of functions have none
  std::vector<ValueInfos*>
      functions;  // value_info of their bodies, by position in Model::functions
  Properties* metadata_props = nullptr;
};

// Of the message of `model`, or of a copy of it.
// Errors: kInternal  it is another model
absl::StatusOr<ModelShell> ShellOf(const graph::Model& model, onnx::ModelProto& proto);

// write.h's Annotate, on the shell of the model that was analysed.
void AnnotateShell(const engine::Analysis& analysis, const WriteOptions& options,
                   const ModelShell& shell);

// Takes out all that AnnotateShell put into the shell of `model`, and puts back what it replaced
// (originals.h).
void StripShell(const graph::Model& model, const ModelShell& shell);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_SHELLS_H_
