// Exit codes, as `symshape --help` documents them.
#ifndef SYMSHAPE_CLI_EXIT_CODES_H_
#define SYMSHAPE_CLI_EXIT_CODES_H_

#include "absl/status/status.h"

namespace symshape::cli {

enum ExitCode : int {
  kOk = 0,
  kFindings = 1,  // --strict, --require-complete, sizes at which the model does not run
  kUsage = 2,
  kInputOutput = 3,   // cannot read or write
  kInvalidModel = 4,  // not a valid model
  kInternal = 70,     // EX_SOFTWARE of sysexits.h
};

inline ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:  // sizes whose product is no int64
      return kUsage;
    case absl::StatusCode::kDataLoss:
      return kInvalidModel;
    case absl::StatusCode::kInternal:
      return kInternal;
    default:
      return kInputOutput;
  }
}

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_EXIT_CODES_H_
