// Parser: one text, as an expression or as facts. Private to lib/symbolic. parse.cc has the grammar
// of expressions, parse_calls.cc the functions by name, parse_facts.cc comparisons.
#ifndef SYMSHAPE_SYMBOLIC_PARSER_H_
#define SYMSHAPE_SYMBOLIC_PARSER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "symbolic/quotient.h"
#include "symbolic/scanner.h"
#include "symbolic/solver.h"

namespace symshape::symbolic {

class Parser {
 public:
  Parser(Solver& solver, absl::string_view text, SymbolKind kind)
      : s_(solver),
        quotients_(solver),
        in_(text),
        kind_(kind),
        known_symbols_(solver.store.symbols().size()) {}

  absl::StatusOr<Dim> Whole();
  absl::StatusOr<std::vector<Fact>> Facts();

 private:
  enum class Relation : uint8_t { kEq, kNe, kGe, kGt, kLe, kLt, kDivides };

  // --- parse.cc
  // One integer: a quotient that does not divide is a symbol of its own, named by the text.
  Dim Integral(const Quotient& v);
  absl::StatusOr<Quotient> Expression();
  absl::StatusOr<Quotient> Smallest();
  absl::StatusOr<Quotient> Extreme(bool largest);
  absl::StatusOr<Quotient> Sum();
  absl::StatusOr<Quotient> Product();
  absl::StatusOr<Quotient> Unary();
  absl::StatusOr<Quotient> Power();
  absl::StatusOr<Quotient> Raised(const Quotient& base, const Quotient& exponent, size_t start);
  absl::StatusOr<Quotient> Primary();
  Quotient Named(const std::string& name);

  // --- parse_calls.cc
  absl::StatusOr<std::vector<Quotient>> Arguments();
  // The function `name`, which begins at `start`; its '(' is next.
  absl::StatusOr<Quotient> Call(const std::string& name, size_t start);
  absl::StatusOr<Quotient> Broadcast(absl::Span<const Quotient> args, size_t start);

  // --- parse_facts.cc
  absl::Status Clause(std::vector<Fact>& out);
  std::optional<Relation> TakeRelation();
  // Eq(a, b), Ge(a, b) … of sympy and torch.
  std::optional<Relation> TakeRelationName();
  absl::Status AddFact(const Quotient& a, Relation relation, const Quotient& b,
                       std::vector<Fact>& out);
  // The one disjunction that is a fact: a == b or a == 1 or b == 1. `out` ends with its first part.
  absl::Status Disjunction(size_t first, std::vector<Fact>& out);
  bool RemainderFits(Dim r, Dim divisor) const;

  Solver& s_;
  Quotients quotients_;
  Scanner in_;
  SymbolKind kind_;
  size_t known_symbols_;  // before the text
  int nesting_ = 0;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_PARSER_H_
