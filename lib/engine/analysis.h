// Analysis: what is known about a model after inference. Made by Infer (infer.h); immutable after.
#ifndef SYMSHAPE_ENGINE_ANALYSIS_H_
#define SYMSHAPE_ENGINE_ANALYSIS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "diagnostics/diagnostic.h"
#include "graph/model.h"
#include "rules/tables.h"
#include "symbolic/context.h"

namespace symshape::engine {

// What a node requires in order to run, over the inputs' symbols; simplified under the facts of
// earlier nodes only, so that dropping none of the list loses nothing.
struct Need {
  symbolic::Fact fact;
  std::vector<symbolic::Fact> unless;  // not needed where one of these holds: batch == 0
  friend bool operator==(const Need&, const Need&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Need& need) {
    return H::combine(std::move(h), need.fact, need.unless);
  }
};

struct Requirement {
  // All needs of one of these hold: one way with one need, or the two branches of an If.
  std::vector<std::vector<Need>> ways;
  diagnostics::Message message;
  const graph::Graph* graph;
  uint32_t node;     // index into graph->nodes
  bool conditional;  // inside a branch or loop body that need not be entered
  std::vector<std::pair<const graph::Graph*, uint32_t>> also;  // other nodes that require the same
};

// An axis of a graph input whose name the file did not give (or gave in a form that is no symbol).
struct NamedAxis {
  graph::ValueId input;
  int axis;
  std::string name;      // what symshape calls it
  std::string written;   // what the file had: "", "?", "-1", "0", "past + 1"
  bool formula = false;  // the name is an expression over symbols that the user put there: "32*h"
};

// A name that the user gave an axis of one of the main graph's outputs: a claim, in place of what
// the file says there. "": the axis is dynamic, whatever it is called.
struct NamedOutput {
  size_t output;  // position among the graph's outputs
  int axis;
  std::string name;
};

// An axis of a graph input whose symbol the options bind to a size.
struct BoundAxis {
  graph::ValueId input;
  int axis;
  int64_t size;
};

// What is known of the values of a model-local function's body in one of its calls, and of the
// graphs of the branches and loops in it.
struct Call {
  const graph::Function* function;
  std::vector<std::pair<const graph::Graph*, std::vector<rules::Info>>> bodies;
};

// How much is known of one tensor.
enum class Exactness : uint8_t {
  kExact,  // every dim is a function of the inputs' symbols
  kNamed,  // some dim is a symbol that only data decides
  kUnknownRank,
  kUnknownType,
};

class Analysis {
 public:
  explicit Analysis(const graph::Model& model);
  Analysis(const Analysis&) = delete;

  const graph::Model& model() const { return model_; }
  symbolic::Context& context() const { return *context_; }
  const rules::Tables& tables() const { return *tables_; }

  // What is known of a value, resolved under all facts. Graphs that were never entered know
  // nothing.
  rules::Info info(const graph::Graph& graph, graph::ValueId value) const;
  Exactness ExactnessOf(const graph::Graph& graph, graph::ValueId value) const;
  // The dims of a tensor of known rank; nullopt otherwise.
  std::optional<absl::Span<const symbolic::Dim>> DimsOf(rules::Info info) const;

  // The symbols on the main graph's inputs, in order.
  const std::vector<symbolic::Dim>& input_symbols() const { return input_symbols_; }
  // The dims of the main graph's i-th input as they are named, whatever nodes require of them;
  // empty where the rank is not declared, and for an initializer.
  absl::Span<const symbolic::Dim> InputDims(size_t i) const { return input_dims_[i]; }
  bool IsInputSymbol(symbolic::Dim symbol) const { return input_symbol_set_.contains(symbol); }
  // A symbol that takes several sizes in one run (another one per trip of a loop): its name must
  // not be written into a file, where names are global.
  bool IsLocal(symbolic::Dim symbol) const { return local_symbols_.contains(symbol); }

  // Between what a number that only data decides lies, as its rule told.
  struct Range {
    int64_t least;
    symbolic::Dim greatest;  // none where the rule did not tell
  };
  // nullptr for all other symbols, and for numbers without a least one.
  const Range* RangeOf(symbolic::Dim symbol) const;

  // Of functions whose bodies declare something: claims that are to be held against each call.
  const std::vector<Call>& calls() const { return calls_; }

  const std::vector<NamedAxis>& named_axes() const { return named_axes_; }
  const std::vector<NamedOutput>& named_outputs() const { return named_outputs_; }
  // The dims that the file declares of a tensor, with the user's names of outputs in their places;
  // nullopt where it declares no rank.
  std::optional<absl::Span<const graph::DeclaredDim>> ClaimedDims(const graph::Graph& graph,
                                                                  graph::ValueId value) const;
  // Whether the declared tensor has different ranks at different sizes, so that the rank is unknown
  // and the declared one is wrong at some of them.
  bool RankVaries(const graph::DeclaredType& declared) const {
    return of_varying_rank_.contains(&declared);
  }
  // Names of the file that the user gave up: they stand for nothing any more.
  bool IsGivenUp(const std::string& name) const { return given_up_.contains(name); }
  const std::vector<BoundAxis>& bound_axes() const { return bound_axes_; }
  // Facts about the inputs' sizes that options told.
  const std::vector<symbolic::Fact>& declared_facts() const { return declared_facts_; }
  const std::vector<Requirement>& requirements() const { return requirements_; }
  const std::vector<diagnostics::Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  friend class Walk;
  friend class LoopRun;
  const graph::Model& model_;
  std::unique_ptr<symbolic::Context> context_;
  std::unique_ptr<rules::Tables> tables_;
  absl::Span<rules::Info> infos_of(const graph::Graph& graph);  // by value
  std::vector<size_t> first_info_;  // by graph index, and one more for the end
  std::vector<rules::Info> infos_;
  std::vector<symbolic::Dim> input_symbols_;
  std::vector<std::vector<symbolic::Dim>> input_dims_;
  absl::flat_hash_set<symbolic::Dim> input_symbol_set_;
  absl::flat_hash_map<symbolic::Dim, int> local_symbols_;  // and how deep in bodies and calls
  absl::flat_hash_map<symbolic::Dim, Range> ranges_;
  std::vector<Call> calls_;
  std::vector<NamedAxis> named_axes_;
  std::vector<NamedOutput> named_outputs_;
  // Of outputs with such names; views of them.
  absl::flat_hash_map<graph::ValueId, std::vector<graph::DeclaredDim>> claimed_dims_;
  absl::flat_hash_set<const graph::DeclaredType*> of_varying_rank_;
  absl::flat_hash_set<std::string> given_up_;
  std::vector<BoundAxis> bound_axes_;
  std::vector<symbolic::Fact> declared_facts_;
  std::vector<Requirement> requirements_;
  std::vector<diagnostics::Diagnostic> diagnostics_;
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_ANALYSIS_H_
