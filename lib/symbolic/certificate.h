// Certificates: proofs of facts that can be checked without trusting the solver. This is the
// checker; it shares no code with the solver and knows only integers, polynomials and the text of
// expressions
// (+ - * // % max min). certify.cc looks for certificates, and docs/solver.md describes them.
//
//   size H                         H >= 0
//   let $q1 = H//2                 a divisor that is no constant >= 1 needs "by [3]": row 3 says it
//   is >= 0, and
//                                  wherever the quotient has a value it is then >= 1
//   let $m1 = max(a, b)
//   given H % 4 == 0               a fact that was stated: == != >= <=, or a == b or a == 1 or b ==
//   1 claim H - H//2 >= 0            ends the theorem; the proof assumes its opposite and finds a
//   row that is < 0 row 2*[1] + [3]*[4] + 5 / 8    a sum of multiples and products of rows, divided
//   and rounded down, as all are
//                                  integers
//   cases $m1                      one of the elements is $m1
//   cases x % 3 as $k1             x == 3*$k1 + 0, + 1, + 2
//   cases given 1                  the first stated != or "or"
//   cases a - b                    a - b >= 0, a - b <= -1
//   case … case … end              each case has to find its own row < 0
//
// Rows are numbered from 1 in the order in which they are made: size, let, given, claim (its
// opposite), case and row make them. Each says: polynomial >= 0. '#' begins a comment.
#ifndef SYMSHAPE_SYMBOLIC_CERTIFICATE_H_
#define SYMSHAPE_SYMBOLIC_CERTIFICATE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace symshape::certificate {

using Int = __int128;
using Mono = std::vector<int>;     // sorted numbers of names, with repetition
using Poly = std::map<Mono, Int>;  // no zeros; the empty Mono is the constant

bool AddTo(Poly& p, const Poly& q, Int factor);  // p += factor*q; false on overflow
bool Multiply(const Poly& p, const Poly& q, Poly& out);
Int ConstantOf(const Poly& p);
bool IsConstant(const Poly& p);
bool Mentions(const Poly& p, int name);

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
  std::string ToString(const Poly& p) const;
  // Atoms that `let` named, and what they are: "max" with its elements, "//" with both operands.
  struct Atom {
    std::string kind;
    std::vector<Poly> operands;
    int name;
    bool used;
  };
  const std::vector<Atom>& atoms() const { return atoms_; }
  // What the last statement needed a `let` for.
  const std::optional<Atom>& missing() const { return missing_; }
  size_t disjunctions() const { return disjunctions_.size(); }
  const std::string& NameOf(int name) const { return names_[name]; }
  size_t name_count() const { return names_.size(); }

 private:
  using Case = std::vector<Poly>;  // rows
  struct Block {
    std::vector<Case> cases;
    size_t next;
    size_t rows;  // before the block
  };
  struct Fact {
    std::vector<Poly> rows;          // where it is a conjunction
    std::vector<Case> alternatives;  // where it is a disjunction
    std::vector<Case> opposite;      // the cases of its opposite; empty where that has no rows
  };

  absl::Status Let(absl::string_view rest);
  absl::Status Given(absl::string_view rest);
  absl::Status Claim(absl::string_view rest);
  absl::Status Row(absl::string_view rest);
  absl::Status Cases(absl::string_view rest);
  absl::Status NextCase();
  absl::Status End();
  void AddRow(const Poly& p);

  // Text. Each sets error_ and returns something where the text cannot be read.
  Poly Expression();
  Poly Product();
  Poly Unary();
  Poly Primary();
  Poly AtomOf(absl::string_view kind, std::vector<Poly> operands);
  Poly Quotient(const Poly& a, const Poly& b);
  Fact ReadFact(absl::string_view text);
  Fact Comparison();
  void Begin(absl::string_view text, bool in_proof);
  std::string NewName(absl::string_view name) const;
  bool Take(absl::string_view token);
  std::string Word();
  Int Number();
  Poly RowInBrackets();
  int NameNumber(absl::string_view name);
  void Fail(absl::string_view why);
  absl::Status Result(bool at_end);

  std::vector<std::string> names_;
  std::vector<Atom> atoms_;
  std::vector<Poly> rows_;
  std::vector<Fact> disjunctions_;
  std::vector<Block> blocks_;
  Theorem theorem_;
  bool stated_ = false;
  bool contradicted_ = false;

  absl::string_view text_;  // what is being read
  size_t at_ = 0;
  bool in_proof_ = false;  // names with '$' may be read
  std::string error_;
  std::optional<Atom> missing_;
};

// Errors: kInvalidArgument, with the first line that does not hold.
absl::StatusOr<Theorem> Check(absl::string_view certificate);

}  // namespace symshape::certificate

#endif  // SYMSHAPE_SYMBOLIC_CERTIFICATE_H_
