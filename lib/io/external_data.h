// The files beside a model that hold its weights (onnx.proto, TensorProto.external_data).
#ifndef SYMSHAPE_IO_EXTERNAL_DATA_H_
#define SYMSHAPE_IO_EXTERNAL_DATA_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "io/source_file.h"

namespace symshape::io {

// Where a location of the model in `folder` points to; nullopt where it leaves the folder: absolute
// paths, "..", links to elsewhere. A model is data that somebody sent: it must not make us read
// other files. The file need not exist.
std::optional<std::string> ExternalPath(const std::string& folder, absl::string_view location);

// Reads from a model's external files.
class ExternalData {
 public:
  explicit ExternalData(std::string folder) : folder_(std::move(folder)) {}

  // nullopt where the file is absent, outside the folder or shorter.
  std::optional<std::string> Read(absl::string_view location, int64_t offset, int64_t length);

 private:
  std::string folder_;
  // The file that was read last: mostly all tensors lie in one.
  std::string location_;
  std::shared_ptr<SourceFile> file_;  // null: unusable
};

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_EXTERNAL_DATA_H_
