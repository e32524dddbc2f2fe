// The text of certificates, as polynomials over names: the checker's own reader, which shares no
// code with the solver's. Knows + - * // % max min, and comparisons; the steps of a proof:
// certificate.h.
#ifndef SYMSHAPE_SYMBOLIC_CERTIFICATE_TEXT_H_
#define SYMSHAPE_SYMBOLIC_CERTIFICATE_TEXT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace symshape::certificate {

using Int = __int128;
using Mono = std::vector<int>;     // sorted numbers of names, with repetition
using Poly = std::map<Mono, Int>;  // no zeros; the empty Mono is the constant

bool AddTo(Poly& p, const Poly& q, Int factor);  // p += factor*q; false on overflow
bool Multiply(const Poly& p, const Poly& q, Poly& out);
Poly Constant(Int value);
Poly Minus(const Poly& a, const Poly& b, Int constant);  // a - b + constant, of texts just read
Int ConstantOf(const Poly& p);
bool IsConstant(const Poly& p);
bool Mentions(const Poly& p, int name);
Int FloorQuotient(Int a, Int b);
void SortOnce(std::vector<Poly>& elements);

// What a name of the certificate stands for: "max" with its elements, "//" with both operands.
struct Atom {
  std::string kind;
  std::vector<Poly> operands;
  int name;
  bool used;  // in the theorem
};

using Case = std::vector<Poly>;  // each >= 0
struct Fact {
  Case rows;                       // where it is a conjunction
  std::vector<Case> alternatives;  // where it is a disjunction
  std::vector<Case> opposite;      // the cases of its opposite; empty where that has no rows
};

// Reads one statement after the other. After Begin, each part that cannot be read is a failure that
// Result reports; what is returned then says nothing.
class Reader {
 public:
  // Names with '$', which the certificate makes, are read in a proof only.
  void Begin(absl::string_view text, bool in_proof);
  absl::Status Result(bool at_end);
  void Fail(absl::string_view why);
  bool ok() const { return error_.empty(); }

  bool Take(absl::string_view token);
  bool NextIs(char c);
  std::string Word();
  Int Number();
  Poly Expression();
  Poly Unary();
  Fact ReadFact(absl::string_view text);

  int NameNumber(absl::string_view name);
  std::string NewName(absl::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }
  std::vector<Atom>& atoms() { return atoms_; }
  const std::vector<Atom>& atoms() const { return atoms_; }
  const std::optional<Atom>& missing() const { return missing_; }
  std::string ToString(const Poly& p) const;

 private:
  Poly Product();
  Poly Primary();
  Poly AtomOf(absl::string_view kind, std::vector<Poly> operands);
  Poly Quotient(const Poly& a, const Poly& b);
  Fact Comparison();

  std::vector<std::string> names_;
  std::vector<Atom> atoms_;
  absl::string_view text_;
  size_t at_ = 0;
  bool in_proof_ = false;
  std::string error_;
  std::optional<Atom> missing_;  // what had no name
};

}  // namespace symshape::certificate

#endif  // SYMSHAPE_SYMBOLIC_CERTIFICATE_TEXT_H_
