// What `symshape dim` and `symshape prove` share: one question on the command line, or one per line
// of standard input, each with facts of its own.
#ifndef SYMSHAPE_CLI_LINES_H_
#define SYMSHAPE_CLI_LINES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "symshape/dim.h"

namespace symshape::cli {

// The first of "TEXT ; FACT ; FACT …", and an algebra that knows the others and those of --where.
// Each question has its own: an answer does not depend on what was asked before.
struct Question {
  std::string text;
  Algebra algebra;
};
// Errors: as Algebra::Assume.
absl::StatusOr<Question> ReadQuestion(const std::string& line,
                                      const std::vector<std::string>& where);

// Answers `question`, or where that is "-" each line of standard input: "error: …" in the place of
// an answer that there is none to, and each at once, so that another program can ask and wait.
// Returns the exit code: 2 where `where` or a single question cannot be read, 1 where a line
// cannot.
int AnswerEach(const std::string& question, const std::vector<std::string>& where,
               const std::function<absl::StatusOr<std::string>(const std::string&)>& answer);

}  // namespace symshape::cli

#endif  // SYMSHAPE_CLI_LINES_H_
