// Context: owns all dims of one analysis, the facts known about them, and the proofs.
//
// Dims denote mathematical integers; `//` is floor division. Every building function returns the
// canonical form *under the facts known at that moment*. Later facts can make an older id stale;
// Resolve(d) gives today's form, and Decide resolves what it is asked. What cannot be represented
// within the caps (overflow, growth) becomes a fresh opaque symbol: weaker, never wrong.
//
// Not thread-safe; use one Context per analysis. Const members may be called from many threads once
// nothing builds any more.
#ifndef SYMSHAPE_SYMBOLIC_CONTEXT_H_
#define SYMSHAPE_SYMBOLIC_CONTEXT_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "symbolic/catalogue.h"
#include "symbolic/dim.h"
#include "symbolic/fact.h"

namespace symshape::symbolic {

// Closed interval of integers; the infinities stand for "no bound".
struct Interval {
  static constexpr int64_t kMinusInf = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kPlusInf = std::numeric_limits<int64_t>::max();
  int64_t lo = kMinusInf;
  int64_t hi = kPlusInf;
  friend bool operator==(const Interval&, const Interval&) = default;
};
inline constexpr Interval kSize{0, Interval::kPlusInf};  // any size of an axis
inline constexpr Interval kAnyInteger{};

// Where a symbol comes from; equalities eliminate the higher kinds first, so that an answer is
// written in the inputs' names wherever it can be.
enum class SymbolKind : uint8_t { kInput, kOutputName, kValueInfoName, kFresh };

using Bindings = absl::flat_hash_map<std::string, int64_t>;

// A fact that was refused, and facts that hold and that it contradicts together: without any one of
// them it would have been taken.
struct Conflict {
  Stated refused;
  std::vector<Stated> against;
};

// Why an answer is known: the stated facts without any one of which it would not be.
struct Explanation {
  Tri answer = Tri::kUnknown;
  std::vector<Stated> because;
  std::vector<Rewrite> rewrites;  // made on the way from these facts to the answer
};

class Context {
 public:
  Context();
  ~Context();
  Context(Context&&) noexcept;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // --- building -------------------------------------------------------------------------------
  Dim Constant(int64_t value);
  // The symbol of that name; the same name is the same symbol. `domain` and `kind` count at the
  // first mention only. Any text is a legal name; AliasOf says how odd ones print.
  Dim Symbol(absl::string_view name, Interval domain = kSize, SymbolKind kind = SymbolKind::kInput);
  // A new symbol named `stem`, or `stem_2`, `stem_3` … where the name is taken.
  Dim Fresh(absl::string_view stem, Interval domain = kSize);
  std::optional<Dim> FindSymbol(absl::string_view name) const;

  Dim Add(Dim a, Dim b);
  Dim Sub(Dim a, Dim b);
  Dim Mul(Dim a, Dim b);
  Dim Neg(Dim a);
  // A divisor that may be 0 is legal: the quotient is then undefined at those sizes and no claim is
  // made there. A divisor that is the constant 0 gives a fresh symbol.
  Dim FloorDiv(Dim a, Dim b);
  Dim CeilDiv(Dim a, Dim b);
  Dim TruncDiv(Dim a, Dim b);  // C++'s `/`
  Dim Mod(Dim a, Dim b);       // Python's `%`: a - b*(a//b)
  Dim Min(Dim a, Dim b);
  Dim Max(Dim a, Dim b);
  // The size of an axis when sizes a and b are broadcast against each other, right also where one
  // is 0: b where a is 1, a where b is 1, else either (they are equal). Printed, where nothing
  // decides it, as max(a, b)*min(1, a, b) or, with both at least 1, max(1, a, b). Re-decided by
  // Resolve when later facts tell more. It assumes nothing: the caller requires kBroadcast(a, b).
  Dim Broadcast(Dim a, Dim b);

  // --- reading --------------------------------------------------------------------------------
  std::optional<int64_t> ConstantOf(Dim d) const;
  // The plain symbol's name, if d is one. The view lives as long as the context.
  std::optional<absl::string_view> SymbolName(Dim d) const;
  // How a symbol whose name is no Python identifier is written inside a compound expression;
  // nullopt for all others. Parse reads it back. Stable from the first Print on, as long as no
  // symbol of that very name is made later.
  std::optional<absl::string_view> AliasOf(Dim symbol) const;
  SymbolKind KindOf(Dim symbol) const;  // REQUIRES: d is a plain symbol
  // Bounds of d under the facts of now (cached; cheap tiers only).
  Interval Bounds(Dim d);
  // All symbols that occur in d, in order of creation.
  std::vector<Dim> SymbolsOf(Dim d) const;
  // Dims of which d is the largest: max(x, y) + z gives x + z and y + z; d alone where it is no
  // maximum. For a minimum ask -d.
  std::vector<Dim> ElementsOf(Dim d);
  // The symbols, quotients, maxima … that every term of d has as factors, each once.
  std::vector<Dim> FactorsOf(Dim d) const;
  // The sizes of which d is the broadcast; empty where it is none.
  std::vector<Dim> BroadcastIn(Dim d) const;
  // What the maxima, minima and broadcasts in d compare, each one's dims; inner ones first.
  std::vector<std::vector<Dim>> ComparedIn(Dim d) const;
  // Exact value at sizes; nullopt where a symbol has no size, a divisor is 0 or int64 overflows.
  // At many points: evaluator.h.
  std::optional<int64_t> Evaluate(Dim d, const Bindings& sizes) const;
  // The same, with what is wrong.
  // Errors: kInvalidArgument  a symbol of d has no size, or one below 0
  //         kOutOfRange       a part of d exceeds int64, or is divided by 0
  absl::StatusOr<int64_t> ValueAt(Dim d, const Bindings& sizes) const;

  // --- facts ----------------------------------------------------------------------------------
  Tri Decide(const Fact& fact);
  // The same, and yes where it was assumed in so many words: not all that such a fact says can be
  // drawn from what is kept of it.
  Tri Answer(const Fact& fact);
  // Whether all of `asked` hold at all sizes where all of `where` do; unknown counts as false.
  bool HoldWhere(absl::Span<const Fact> asked, absl::Span<const Fact> where);
  // Adds the fact. Returns true where it told something new, false where it was known already.
  // Errors: kFailedPrecondition  it contradicts what is known; the context is unchanged
  absl::StatusOr<bool> Assume(const Fact& fact, Cause cause);
  // What the last refused fact contradicts, looked for when asked. REQUIRES: Assume has refused
  // one.
  Conflict LastConflict();
  // Decide, and why. Slow: facts are left out one by one.
  Explanation Explain(const Fact& fact);
  // Sizes of all symbols at which every stated fact holds: edge values first (the least, 1, primes,
  // limits), others for other seeds.
  // Errors: kNotFound  none was found within a fixed number of steps
  absl::StatusOr<Bindings> Sample(uint64_t seed);
  // Values of both at a few sizes at which every fact holds: a guess of what they have in common
  // that fails there is none. In no time, and perhaps none.
  std::vector<std::pair<int64_t, int64_t>> ExamplesOf(Dim a, Dim b);
  // Whether one of a few sizes at which every fact holds satisfies all of `given`, of each of which
  // one fact has to hold, and no fact of `clause`: then that does not follow. In no time; false
  // says nothing.
  bool IsRefuted(absl::Span<const std::vector<Fact>> given, absl::Span<const Fact> clause);
  // Where `clause` is about one symbol that is at least 0, and made of sums, quotients by numbers and
  // maxima: whether one of its facts holds at each of its sizes at which every fact does that is
  // known and one of each of `given`. nullopt where that is not all that it is made of, or it fails
  // only where something else may rule the size out.
  std::optional<bool> FollowsOfOneSize(absl::Span<const std::vector<Fact>> given,
                                       absl::Span<const Fact> clause);
  // Likewise of clauses: the sizes from `lo` on at which one fact of each holds, whatever is known,
  // where those are all from one to another; an empty optional in it where they are not.
  std::optional<std::optional<Interval>> SizesOfOneSize(absl::Span<const std::vector<Fact>> clauses,
                                                        int64_t lo);
  // Another one whenever a fact was added that can change a canonical form; Pop goes back.
  uint32_t epoch() const;
  // Today's canonical form of d. O(1) where nothing changed since d was built or last resolved.
  Dim Resolve(Dim d);
  // Today's form of d, and of several that are the same the one that d's text is read back as:
  // Parse(Print(d)) == d for what is returned. They are several for few sums of products; Parse
  // returns this one, the functions above may return another.
  Dim Settled(Dim d);
  // What a dim of `from` reads as here, under the facts of now; `symbol` tells the symbols.
  Dim Import(const Context& from, Dim d, absl::FunctionRef<Dim(Dim)> symbol);
  // d with plain symbols replaced, simultaneously.
  Dim Substitute(Dim d, absl::Span<const std::pair<Dim, Dim>> replacements);
  // How often Decide has answered kUnknown so far: a caller can see whether its result might
  // become stronger under later facts.
  uint64_t undecided() const;
  // How often a rewrite of that row was made so far.
  uint64_t Fired(Rewrite row) const;

  // Facts assumed after Push are forgotten at the matching Pop (branches and loop bodies). Dims
  // stay.
  void Push();
  void Pop();  // REQUIRES: a Push that no Pop has undone
  // In this scope nobody asks of `symbol`: what is known of others by way of it is known without
  // it, where that can be said.
  void Eliminate(Dim symbol);
  // A context of its own that knows what this one knows, and has the same dims; what is done to it
  // does not show here. As the other const members, it may be called from any number of threads at
  // a time where none changes this context.
  Context Fork() const;

  // --- text -----------------------------------------------------------------------------------
  // What Python's eval reads: + - * // %, min and max, parentheses around a quotient that is a
  // factor.
  std::string Print(Dim d) const;
  // The same text with the caller's name for each symbol, which is written as it is.
  std::string Print(Dim d, absl::FunctionRef<std::string(Dim symbol)> name_of) const;
  std::string Print(absl::Span<const Dim> shape) const;  // "[1, 3, H, W]"
  std::string Print(const Fact& fact) const;
  // The same, kept: a search for shorter words asks for most of them again.
  std::string Printed(const Fact& fact);
  // Any dialect in the wild (parse.cc), Settled. Names are looked up or made as symbols of `kind`.
  // Errors: kInvalidArgument, with the text, a caret line and what was expected.
  absl::StatusOr<Dim> Parse(absl::string_view text, SymbolKind kind = SymbolKind::kInput);
  // "H >= 1", "a == b", "H % 32 == 0", "1 <= seq <= 512" (gives several facts).
  absl::StatusOr<std::vector<Fact>> ParseFacts(absl::string_view text,
                                               SymbolKind kind = SymbolKind::kInput);
  // The names that occur in an expression text, without making symbols of them.
  static absl::StatusOr<std::vector<std::string>> NamesIn(absl::string_view text);

 private:
  struct Impl;
  explicit Context(std::unique_ptr<Impl> impl);
  friend class Evaluator;
  std::unique_ptr<Impl> impl_;
};

}  // namespace symshape::symbolic

#endif  // SYMSHAPE_SYMBOLIC_CONTEXT_H_
