// The files beside a model that hold its weights, when its result goes elsewhere.
#ifndef SYMSHAPE_WRITER_EXTERNAL_FILES_H_
#define SYMSHAPE_WRITER_EXTERNAL_FILES_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "writer/write.h"

namespace symshape::writer {

// The locations that the tensors name in a model's bytes, each once, in the file's order; weights
// are skipped. None where the bytes are damaged.
std::vector<std::string> ExternalLocations(absl::string_view bytes);

// Does for a result in `to` what `external_data` says about the files of a model in `from`, the
// `locations`, which are only asked for where it matters: not where the folders are the same. Files
// that are absent are no obstacle. Errors:
// kFailedPrecondition  kRefuse; a location outside the model's folder
//         kAlreadyExists       another file is there already; and io's
absl::Status PlaceExternalFiles(absl::FunctionRef<std::vector<std::string>()> locations,
                                const std::string& from, const std::string& to,
                                ExternalData external_data);

// Those of `locations` that are no files in the folder `from`.
std::vector<std::string> Absent(std::vector<std::string> locations, const std::string& from);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_EXTERNAL_FILES_H_
