// Writes what is known back into the model, as standard ONNX: value_info for every tensor, the
// graph's outputs, names for anonymous axes of inputs, and `symshape.*` metadata. Nothing else
// changes, and a second inference changes nothing at all.
#ifndef SYMSHAPE_WRITE_H_
#define SYMSHAPE_WRITE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "symshape/analysis.h"

namespace symshape {

struct WriteOptions {
  // The dims of graph outputs.
  enum class Outputs : uint8_t {
    kNames,  // an author's name stays where it is consistent; its formula goes into the metadata
    kInfer,  // the expression
    kKeep,   // changes only what is wrong
  };
  // Dims that are neither a number nor a name.
  enum class Dims : uint8_t {
    kExpressions,
    kNames,  // a plain name each, defined in the metadata, for tools that want identifiers
  };
  // What becomes of weights in other files when the result goes into another folder.
  enum class ExternalData : uint8_t { kRefuse, kKeep, kCopy, kHardlink };

  Outputs outputs = Outputs::kNames;
  Dims dims = Dims::kExpressions;
  ExternalData external_data = ExternalData::kRefuse;
};

// `path` may be the model's own. Either the whole file is there afterwards or what was there
// before.
// Errors: infer.h; kFailedPrecondition  the weights lie in another folder, and options do not say
//                                       what to do about that
absl::Status WriteFile(const Analysis& analysis, std::string_view path,
                       const WriteOptions& options = {});
absl::StatusOr<std::string> WriteBytes(const Analysis& analysis, const WriteOptions& options = {});
// To an open file, such as 1, standard output; from where it stands.
absl::Status WriteDescriptor(const Analysis& analysis, int fd, const WriteOptions& options = {});

// The files with weights that a model names and that are not there: kCopy and kHardlink leave them
// out.
// Errors: as infer.h of reading
absl::StatusOr<std::vector<std::string>> AbsentExternalData(std::string_view path);

// Removes all that symshape wrote, and puts back what it replaced: byte for byte the model before
// the first inference, if that was written by protobuf. Declarations that somebody changed since
// stay, but for expressions and made-up names. Errors: as infer.h of reading, as above of writing
absl::Status StripFile(
    std::string_view path, std::string_view to,
    WriteOptions::ExternalData external_data = WriteOptions::ExternalData::kRefuse);
absl::StatusOr<std::string> StripBytes(std::string_view bytes);

}  // namespace symshape

#endif  // SYMSHAPE_WRITE_H_
