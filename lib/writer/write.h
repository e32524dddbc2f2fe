// An analysis into the model it came from, as standard ONNX, and the model into a file.
#ifndef SYMSHAPE_WRITER_WRITE_H_
#define SYMSHAPE_WRITER_WRITE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/analysis.h"
#include "io/replace.h"
#include "onnx/onnx_pb.h"
#include "queries/contract.h"

namespace symshape::writer {

struct WriteOptions {
  // The dims of the main graph's outputs. value_info always gets expressions.
  enum class Outputs : uint8_t {
    kNames,  // an author's name stays where it is consistent; its formula goes into the metadata
    kInfer,  // the expression
    kKeep,   // changes only what is wrong
  };
  // Dims that are neither a number nor a name.
  enum class Dims : uint8_t {
    kExpressions,
    kNames,  // a plain name each, defined in the metadata
  };
  Outputs outputs = Outputs::kNames;
  Dims dims = Dims::kExpressions;
  // Of the analysis, where somebody made it already: it may take longer than the inference.
  const queries::Contract* contract = nullptr;
};

// Writes types and shapes into `proto`, a copy of the model that was analysed (which has views into
// the original): value_info of every node's output in the main graph and in subgraphs, the graph's
// outputs, names on anonymous axes of inputs, metadata. Nothing else changes. A second inference
// and Annotate change nothing. Errors: kInternal  `proto` is another model
absl::Status Annotate(const engine::Analysis& analysis, const WriteOptions& options,
                      onnx::ModelProto& proto);

// Deterministic bytes. Errors: kResourceExhausted  2 GiB and more
absl::StatusOr<std::string> Serialize(const onnx::ModelProto& proto);

// What becomes of weights in other files when the result goes into another folder than the model's.
enum class ExternalData : uint8_t { kRefuse, kKeep, kCopy, kHardlink };

// A result in pieces (splice.h) of a model whose file has `source_bytes`: replaces `path` whole or
// not at all (io/replace.h). `source_path`: the model's own file; "" where it came from elsewhere.
// Errors: io's; kFailedPrecondition  external data lies in another folder, and kRefuse
absl::Status WriteFile(const io::Pieces& pieces, absl::string_view source_bytes,
                       const std::string& path, const std::string& source_path,
                       ExternalData external_data);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_WRITE_H_
