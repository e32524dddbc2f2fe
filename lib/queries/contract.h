// The contract: at which sizes of its inputs a model runs.
#ifndef SYMSHAPE_QUERIES_CONTRACT_H_
#define SYMSHAPE_QUERIES_CONTRACT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/analysis.h"
#include "queries/necessary.h"
#include "queries/prove.h"

namespace symshape::queries {

struct Condition {
  std::vector<Clauses>
      ways;          // one of them holds, all of its clauses; mostly one way with one clause
  std::string when;  // what Python's eval reads: "batch == 0 or past + seq <= 512"
  std::vector<const engine::Requirement*> causes;  // who needs it, the earliest first
};

// Its conditions speak of the inputs' symbols alone, as they are named: what one node says of a
// size is not put into the condition of another, so that each can be read, and dropped, by itself.
// None follows from the others.
class Contract {
 public:
  explicit Contract(const engine::Analysis& analysis);

  // The earliest cause first.
  const std::vector<Condition>& conditions() const { return conditions_; }
  // Those of nodes in branches and bodies that need not be entered; as they are.
  const std::vector<Condition>& conditional() const { return conditional_; }

  // Its dims and facts. Symbols have the names with which the analysis prints them.
  Context& context() const { return *context_; }
  // In the order of the inputs.
  const std::vector<Dim>& symbols() const { return ordered_symbols_; }
  // A dim or fact of the analysis, over inputs' symbols, as one of this context.
  Dim Copy(Dim dim) const;
  Fact Copy(const Fact& fact) const;

  // Sizes by the names that the file has, and the name that the file has for one of the contract's.
  Bindings Sizes(const Bindings& by_name) const;
  std::string FileName(const std::string& name) const;
  // kUnknown where a symbol has no size, or a number exceeds int64_t.
  Tri Holds(const Condition& condition, const Bindings& sizes) const;
  // What Python's eval reads.
  std::string TextOf(const std::vector<Clauses>& ways) const;
  // Those that are false at `by_name`.
  std::vector<const Condition*> Broken(const Bindings& by_name) const;

 private:
  void CopySymbols();
  Clause Copy(const engine::Need& need) const;
  Clauses Copy(const std::vector<engine::Need>& needs) const;
  bool IsDefined(const std::vector<Clauses>& ways) const;
  bool OverInputs(const engine::Requirement& requirement) const;
  void Collect();
  void AddNecessary(const engine::Requirement& requirement);
  std::optional<Clause> WithWhatIsRequired(const engine::Need& need);
  std::optional<Ranges> RangesIn(const engine::Need& need) const;
  bool IsToldBefore(const engine::Requirement& requirement);
  void AddEither(const engine::Requirement& requirement);
  void AddClauses(Clauses clauses, const engine::Requirement& requirement);
  void DropWhatFollows();
  Clauses OthersOf(size_t index) const;
  std::optional<Clauses> ReadUnderOthers(size_t index);
  bool IsReadable(const std::vector<Clauses>& ways);
  bool Shorten();  // whether anything changed
  bool IsPlain(const Condition& condition);
  std::vector<size_t> Alike(size_t first) const;
  bool Join();  // likewise
  std::vector<const engine::Requirement*> CausesOf(const Clause& clause,
                                                   const std::vector<Condition>& joined,
                                                   const Clauses& others);
  void MergeCauses(const Clauses& singles, const std::vector<bool>& implied);

  const engine::Analysis& analysis_;
  std::unique_ptr<Context> context_;
  std::unique_ptr<Context> today_;  // of the analysis, to be asked; where a requirement needs it
  absl::flat_hash_map<Dim, Dim> symbols_;  // of the analysis -> of the contract
  std::vector<Dim> ordered_symbols_;
  mutable absl::flat_hash_map<Dim, Dim> copied_;  // at the epoch `copied_at_`
  mutable uint32_t copied_at_ = 0;
  absl::flat_hash_map<std::string, std::string> names_;  // the file's -> the contract's
  // By the If that they are of.
  absl::flat_hash_map<std::pair<const graph::Graph*, uint32_t>,
                      std::vector<const engine::Requirement*>>
      eithers_;
  std::vector<Condition> conditions_;
  std::vector<Condition> conditional_;
  std::vector<std::vector<Clauses>> shortest_;  // ways of which no shorter words are known
};

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_CONTRACT_H_
