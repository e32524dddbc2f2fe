// The shell (shells.h) of a ModelProto.
#ifndef SYMSHAPE_WRITER_MESSAGE_SHELL_H_
#define SYMSHAPE_WRITER_MESSAGE_SHELL_H_

#include <vector>

#include "absl/status/statusor.h"
#include "graph/model.h"
#include "onnx/onnx_pb.h"
#include "writer/shells.h"

namespace symshape::writer {

class MessageShell {
 public:
  // Of the message of `model`, or of a copy of it, which must outlive this.
  // Errors: kInternal  it is another model
  static absl::StatusOr<MessageShell> Of(const graph::Model& model, onnx::ModelProto& proto);

  ModelShell& shell() { return shell_; }
  // Writes what the shell holds by now into the message.
  void PutBack();

 private:
  MessageShell(const graph::Model& model, onnx::ModelProto& proto);
  bool Add(const graph::Graph& graph, onnx::GraphProto& proto);
  bool AddAttribute(const graph::Attribute& attribute, onnx::AttributeProto& proto);
  using ValueInfos = google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>;
  absl::Span<Entry> Read(const ValueInfos& infos);

  struct GraphMessage {
    onnx::GraphProto* proto = nullptr;  // nullptr where nothing is written
    Entries inputs, outputs;            // as they were
  };
  onnx::ModelProto& proto_;
  std::vector<GraphMessage> graphs_;  // by Graph::index
  ModelShell shell_;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_MESSAGE_SHELL_H_
