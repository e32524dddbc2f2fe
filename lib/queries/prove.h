// Clauses: statements of the form "one of these facts holds", and what follows from them.
#ifndef SYMSHAPE_QUERIES_PROVE_H_
#define SYMSHAPE_QUERIES_PROVE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "symbolic/context.h"
#include "symbolic/evaluator.h"

namespace symshape::queries {

// The algebra's words, which all queries speak.
using symbolic::Bindings;
using symbolic::Context;
using symbolic::Dim;
using symbolic::Fact;
using symbolic::Interval;
using symbolic::Tri;

using Clause = std::vector<Fact>;     // one of them holds; none: false at every size
using Clauses = std::vector<Clause>;  // all of them hold

// The opposite, where a fact can say it.
std::optional<Fact> Opposite(Context& context, const Fact& fact);

// Proved under the facts of now. False: not proved.
bool Follows(Context& context, const Clause& clause);
// Proved that none of its facts holds.
bool IsFalse(Context& context, const Clause& clause);
// The same where `given` holds besides, whichever of its facts it is.
bool FollowsFrom(Context& context, const Clause& given, const Clause& clause);

// Its facts' forms of today.
Clause Resolved(Context& context, Clause clause);
// With `by` in the place of the symbol.
Clause Substituted(Context& context, const Clause& clause, Dim symbol, Dim by);

// Which clauses follow from those that do not; of two that say the same the shorter text stays.
std::vector<bool> Implied(Context& context, const Clauses& clauses);

// The truth at sizes; kUnknown where a symbol has none, or a number exceeds int64_t.
Tri Holds(const Context& context, const Fact& fact, const Bindings& sizes);
Tri Holds(const Context& context, const Clauses& clauses, const Bindings& sizes);

// The same at many points, for which the clauses are read once.
class Truth {
 public:
  // REQUIRES: the context outlives it, and its facts stay what they are.
  Truth(const Context& context, const Clauses& clauses, absl::Span<const Dim> symbols);

  using Set = symbolic::Evaluator::Set;
  static constexpr size_t kBlock = symbolic::Evaluator::kBlock;
  // At which points of a block it holds, and at which it does not; at others it is not known.
  struct Block {
    Set holds, fails;
  };

  // At `count` points, up to kBlock: the first symbol's sizes at all of them, the second's, and so
  // on.
  Block AtAll(absl::Span<const int64_t> sizes, size_t count);

 private:
  struct Sides {
    Fact::Kind kind;
    symbolic::Evaluator::Handle a, b;
  };
  Block Of(const Sides& fact);

  symbolic::Evaluator evaluator_;
  std::vector<std::vector<Sides>> clauses_;
  size_t count_ = 0;  // of points
};

// "batch == 0 or seq <= 64": what Python's eval reads; "False" where no size makes it true. Of a
// Clause, Clauses, or several ways.
template <typename Condition>
std::string Text(const Context& context, const Condition& condition);
// The same, for who asks often (Context::Printed).
template <typename Condition>
std::string TextKept(Context& context, const Condition& condition);

// In order of creation, each once.
std::vector<Dim> SymbolsOf(const Context& context, const Clause& clause);

}  // namespace symshape::queries

#endif  // SYMSHAPE_QUERIES_PROVE_H_
