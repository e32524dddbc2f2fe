// Batch: many models in one call: which files, where their results go, and the work in threads.
#ifndef SYMSHAPE_CLI_BATCH_H_
#define SYMSHAPE_CLI_BATCH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cli/output_path.h"

namespace symshape::cli {

struct BatchItem {
  std::string model;
  std::string output;  // "": nowhere
};

// What is said of one model.
struct Outcome {
  int code = 0;      // exit code
  std::string line;  // to stdout, with its end of line; may be ""
  std::string talk;  // to stderr, likewise
};

// Whether these words on the command line ask for a batch: several, or a folder.
bool IsBatch(absl::Span<const std::string> words);

// The models that `words` name: files as they are, and all *.onnx files below folders, sorted, but
// for the results of an earlier run (*.<what>.onnx). With -o PATH the results go below that folder,
// under the same names.
// Errors: kInvalidArgument  stdin or stdout; two results under one path; both flags
//         kNotFound, kUnavailable  a folder that cannot be read, or has no model
absl::StatusOr<std::vector<BatchItem>> BatchItems(absl::Span<const std::string> words,
                                                  const OutputArgs& output, bool no_output,
                                                  const std::string& what);

struct BatchResult {
  int code = 0;  // the highest exit code
  int failed = 0;
};

// Runs `work` on each item in `jobs` threads, and says the outcomes in the items' order, with a
// progress line on a terminal.
BatchResult RunBatch(absl::Span<const BatchItem> items, int jobs,
                     const std::function<Outcome(const BatchItem&)>& work);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_BATCH_H_
