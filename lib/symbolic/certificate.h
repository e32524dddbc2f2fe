// Certificates: proofs of facts that can be checked without trusting the solver. This is the
// checker; it shares no code with the solver and knows only integers and polynomials, which
// certificate_text.h reads. certify.cc looks for certificates, and docs/solver.md describes them.
//
//   size H                        H >= 0
//   let $q1 = H//2                A divisor that is no constant >= 1 needs "by [3]": row 3 says
//   that
//                                 it is >= 0, and wherever the quotient has a value it is then
//                                 >= 1.
//   let $m1 = max(a, b)
//   given H % 4 == 0              A fact that was stated: == != >= <=, or a == b or a == 1 or b
//   == 1. claim H - H//2 >= 0           Ends the theorem; the proof assumes its opposite and finds
//   a row
//                                 that is < 0.
//   row 2*[1] + [3]*[4] + 5 / 8   A sum of multiples and products of rows, divided and rounded
//   down,
//                                 as all are integers.
//   cases $m1                     One of the elements is $m1.
//   cases x % 3 as $k1            x == 3*$k1 + 0, + 1, + 2.
//   cases given 1                 The first stated != or "or".
//   cases a - b                   a - b >= 0, a - b <= -1.
//   case … case … end             Each case has to find its own row < 0.
//
// Rows are numbered from 1 in the order in which they are made: size, let, given, claim (its
// opposite), case and row make them. Each says: polynomial >= 0. '#' begins a comment.
#ifndef SYMSHAPE_SYMBOLIC_CERTIFICATE_H_
#define SYMSHAPE_SYMBOLIC_CERTIFICATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "symbolic/certificate_text.h"

namespace symshape::certificate {

// What was proved: the claim holds wherever all givens do, and all of `sizes` are >= 0.
struct Theorem {
  std::string claim;
  std::vector<std::string> givens;
  std::vector<std::string> sizes;
};

// A certificate that is being read, or written: the rows so far.
class Ledger {
 public:
  absl::Status Execute(absl::string_view statement);

  const std::vector<Poly>& rows() const { return rows_; }
  bool contradicted() const { return contradicted_; }
  bool proved() const { return stated_ && contradicted_ && blocks_.empty(); }
  const Theorem& theorem() const { return theorem_; }
  std::string ToString(const Poly& p) const { return text_.ToString(p); }
  const std::vector<Atom>& atoms() const { return text_.atoms(); }
  // What the last statement needed a `let` for.
  const std::optional<Atom>& missing() const { return text_.missing(); }
  size_t disjunctions() const { return disjunctions_.size(); }
  const std::vector<std::string>& names() const { return text_.names(); }

 private:
  struct Block {
    std::vector<Case> cases;
    size_t next;
    size_t rows;  // before the block
  };

  absl::Status Size(absl::string_view rest);
  absl::Status Let(absl::string_view rest);
  absl::Status Given(absl::string_view rest);
  absl::Status Claim(absl::string_view rest);
  absl::Status Row(absl::string_view rest);
  absl::Status Cases(absl::string_view rest);
  absl::Status NextCase();
  absl::Status End();
  void AddRow(const Poly& p);
  Poly RowInBrackets();

  Reader text_;
  std::vector<Poly> rows_;
  std::vector<Fact> disjunctions_;
  std::vector<Block> blocks_;
  Theorem theorem_;
  bool stated_ = false;
  bool contradicted_ = false;
};

// Errors: kInvalidArgument, with the first line that does not hold.
absl::StatusOr<Theorem> Check(absl::string_view certificate);

}  // namespace symshape::certificate

#endif  // SYMSHAPE_SYMBOLIC_CERTIFICATE_H_
