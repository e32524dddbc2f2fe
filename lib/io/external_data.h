// The files beside a model that hold its weights (onnx.proto, TensorProto.external_data).
#ifndef SYMSHAPE_IO_EXTERNAL_DATA_H_
#define SYMSHAPE_IO_EXTERNAL_DATA_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "io/map.h"

namespace symshape::io {

// Where a location of the model in `folder` points to; nullopt where it leaves the folder: absolute
// paths, "..", links to elsewhere. A model is data that somebody sent: it must not make us read
// other files. The file need not exist.
std::optional<std::string> ExternalPath(const std::string& folder, absl::string_view location);

// Ranges of a model's external files, mapped at their first use.
class ExternalData {
 public:
  explicit ExternalData(std::string folder) : folder_(std::move(folder)) {}

  struct Range {
    absl::string_view bytes;
    std::shared_ptr<const MappedFile> file;  // keeps the bytes
  };
  // nullopt where the file is absent, outside the folder or shorter. `length` < 0: to its end.
  std::optional<Range> Read(absl::string_view location, int64_t offset, int64_t length);

 private:
  std::string folder_;
  absl::flat_hash_map<std::string, std::shared_ptr<const MappedFile>> files_;  // null: unusable
};

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_EXTERNAL_DATA_H_
