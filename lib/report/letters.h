// Letters for long dims, so that a shape fits on a line: [1, A, 2], with A's definition below.
#ifndef SYMSHAPE_REPORT_LETTERS_H_
#define SYMSHAPE_REPORT_LETTERS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "engine/analysis.h"

namespace symshape::report {

class Letters {
 public:
  // No letter is a name that the model uses. `analysis` must outlive this.
  explicit Letters(const engine::Analysis& analysis);

  // The dim as a reader sees it; a long one gets its letter at the first mention.
  std::string Text(symbolic::Dim dim);
  std::string Text(absl::Span<const symbolic::Dim> shape);  // "[1, A, 2]"

  // Letter and expression, in order of first mention.
  const std::vector<std::pair<std::string, std::string>>& definitions() const {
    return definitions_;
  }

 private:
  std::string NextLetter();
  const engine::Analysis& analysis_;
  absl::flat_hash_set<std::string> taken_;
  absl::flat_hash_map<symbolic::Dim, std::string> texts_;
  std::vector<std::pair<std::string, std::string>> definitions_;
  int next_ = 0;
};

}  // namespace symshape::report

#endif  // SYMSHAPE_REPORT_LETTERS_H_
