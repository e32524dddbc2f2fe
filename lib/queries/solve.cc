#include "queries/solve.h"

#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "queries/cases.h"

namespace symshape::queries {
namespace {

class Solver {
 public:
  explicit Solver(const Contract& contract)
      : contract_(contract), context_(contract.context().Fork()) {
    for (const Condition& condition : contract.conditions()) {
      if (condition.ways.size() > 1) continue;
      for (const Clause& clause : condition.ways[0]) clauses_.push_back(Spelled(clause));
    }
  }

  std::optional<int64_t> Only(Dim symbol) {
    context_.Push();
    for (Dim other : contract_.symbols()) {
      if (other != symbol) Assume({Fact::Kind::kGe, other, Dim::Inline(1)});
    }
    const bool possible = AssumeClauses();
    const Interval bounds = context_.Bounds(context_.Resolve(symbol));
    context_.Pop();
    const bool one = possible && bounds.lo == bounds.hi && bounds.lo >= 1;
    return one ? std::optional<int64_t>(bounds.lo) : std::nullopt;
  }

 private:
  bool Assume(const Fact& fact) { return context_.Assume(fact, {}).ok(); }

  // A clause of which all facts but one are false is that one. False where nothing is left.
  bool AssumeClauses() {
    Clauses open = clauses_;
    for (size_t before = open.size() + 1; open.size() < before;) {
      before = open.size();
      bool possible = true;
      std::erase_if(open, [&](const Clause& clause) {
        Clause left;
        for (const Fact& fact : clause) {
          const Tri holds = context_.Decide(fact);
          if (holds == Tri::kYes) return true;
          if (holds == Tri::kUnknown) left.push_back(fact);
        }
        if (left.size() > 1) return false;
        possible = possible && !left.empty() && Assume(left[0]);
        return true;
      });
      if (!possible) return false;
    }
    return true;
  }

  const Contract& contract_;
  Context context_;
  Clauses clauses_;
};

}  // namespace

SizeMap OnlySizes(const Contract& contract) {
  Solver solver(contract);
  SizeMap only;
  for (Dim symbol : contract.symbols()) {
    const std::optional<int64_t> size = solver.Only(symbol);
    if (size.has_value()) only[std::string(*contract.context().SymbolName(symbol))] = *size;
  }
  return only;
}

}  // namespace symshape::queries
