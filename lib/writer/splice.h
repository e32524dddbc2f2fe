// Splice: the result as the file's own bytes with new ones in between: of inputs, outputs and
// value_info that are others now, and of metadata. Nodes and weights stay where they are.
#ifndef SYMSHAPE_WRITER_SPLICE_H_
#define SYMSHAPE_WRITER_SPLICE_H_

#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/analysis.h"
#include "writer/shells.h"
#include "writer/write.h"

namespace symshape::writer {

class Splice {
 public:
  // `bytes`: the model from which the analysis was made (graph/from_wire.h). They must outlive the
  // pieces. Gives what Annotate and Serialize give of a file that protobuf wrote.
  // Errors: kDataLoss    a declared type cannot be read
  //         kInternal    the bytes are another model
  static absl::StatusOr<Splice> Annotated(const engine::Analysis& analysis,
                                          const WriteOptions& options, absl::string_view bytes);

  // The same without all that an earlier inference wrote. `model`: from `bytes`.
  static absl::StatusOr<Splice> Stripped(const graph::Model& model, absl::string_view bytes);

  Splice(Splice&&) noexcept;
  ~Splice();

  // One after another they are the result.
  absl::Span<const absl::string_view> pieces() const;

 private:
  class Impl;
  static absl::StatusOr<Splice> Make(const graph::Model& model, absl::string_view bytes,
                                     absl::FunctionRef<void(ModelShell&)> edit);
  explicit Splice(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_SPLICE_H_
