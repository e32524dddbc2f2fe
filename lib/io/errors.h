// errno as an absl::Status, in the words of users.
#ifndef SYMSHAPE_IO_ERRORS_H_
#define SYMSHAPE_IO_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace symshape::io {

// "cannot <verb> '<path>': No such file or directory". kNotFound, kPermissionDenied,
// kResourceExhausted (disk full, quota, file too large), kUnavailable otherwise.
absl::Status SystemError(int error_number, absl::string_view verb, absl::string_view path);

}  // namespace symshape::io

#endif  // SYMSHAPE_IO_ERRORS_H_
