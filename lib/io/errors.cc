#include "io/errors.h"

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace symshape::io {

absl::Status SystemError(int error_number, absl::string_view verb, absl::string_view path) {
  const std::string text = absl::StrCat("cannot ", verb, " '", path,
                                        "': ", std::generic_category().message(error_number));
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(text);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(text);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(text);
    default:
      return absl::UnavailableError(text);
  }
}

}  // namespace symshape::io
