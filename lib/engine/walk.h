// Walk: the state of one inference while it runs. Its parts are in files of their own:
//   infer.cc         rounds over the main graph
//   inputs.cc        symbols on the graph's inputs; options
//   walk.cc          one graph, one node
//   by_rule.cc       one node by its operator's rule; what rules answered before: memo.h
//   sink.cc          what rules require, and their fresh symbols
//   control_flow.cc  If, and entering a body; loop.cc, scan.cc, both by loop_run.h; sequence_map.cc
//   functions.cc     model-local functions
//   fallback.cc      operators without a native rule: the schema's body or inference
//   user_ops.cc      operators that the user defines
//   claims.cc        declared shapes; output_names.cc: those that the user names
#ifndef SYMSHAPE_ENGINE_WALK_H_
#define SYMSHAPE_ENGINE_WALK_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/analysis.h"
#include "engine/memo.h"
#include "engine/options.h"
#include "engine/user_ops.h"
#include "graph/arena.h"
#include "graph/metadata.h"
#include "rules/operands.h"
#include "rules/results.h"
#include "rules/table.h"

namespace onnx {
class OpSchema;
class TypeProto;
}  // namespace onnx

namespace symshape::engine {

struct Plan;

// One activation of a graph: the main graph, a branch or loop body of one node, a function body at
// one call. Kept from round to round, so that a node is inferred again only where that can tell
// more.
struct Frame {
  Frame(const graph::Model& m, const graph::Graph& g, uint32_t frame_id, Frame* parent_frame)
      : model(m), graph(g), id(frame_id), parent(parent_frame) {}

  static constexpr uint32_t kInputs = 0xffffffff;  // stands for a node's index: the graph's inputs

  const graph::Model& model;  // of the file, or of a schema's function body
  const graph::Graph& graph;
  const uint32_t id;
  Frame* const parent;                                // nullptr for the main graph
  uint32_t parent_node = kInputs;                     // of the parent's graph, which activates this
  absl::Span<rules::Info> infos;                      // by value; of the walk's arena, as all spans
  std::vector<std::optional<Plan>>* plans = nullptr;  // by operator of its model
  absl::Span<const graph::Attribute> call_attributes;
  bool has_symbols = false;  // it, or one within it, has fresh symbols of its own
  bool has_read = false;     // its results depend on elements of constants that are read on demand
  bool conditional = false;  // need not be entered
  bool repeated = false;     // may be entered several times in a run: its fresh symbols are local

  bool started = false;  // false: all of it is to be inferred anew
  // Per node, of the last time it was inferred.
  struct Memory {
    uint32_t first_operand = 0;  // into `operands`
    bool inferred = false;
    bool open = false;    // something was undecided: later facts may tell more
    bool states = false;  // it has requirements, or bounds of symbols
  };
  absl::Span<Memory> memory;
  absl::Span<rules::Info> operands;  // what was known of them then
  struct Entered {
    uint32_t node;
    Frame* frame;
  };
  std::vector<Entered> children;  // by node
  size_t next_child = 0;          // those before it are of nodes before the last one asked for
};

// Asks the processor for the frames that come after children[at]: they lie all over the memory of a
// large model.
inline void FetchAhead(absl::Span<const Frame::Entered> children, size_t at) {
  constexpr size_t kFar = 8, kNear = 4;  // frames ahead
  if (at + kFar >= children.size()) return;
  __builtin_prefetch(children[at + kFar].frame);
  __builtin_prefetch(&children[at + kFar].frame->children);
  __builtin_prefetch(&children[at + kNear].frame->graph);
  __builtin_prefetch(children[at + kNear].frame->infos.data());
}

// If, Loop, Scan and SequenceMap, which no rule infers.
bool IsControlFlow(const graph::Operator& op);

// How an operator is inferred; found once per operator of a model.
struct Plan {
  enum class Kind : uint8_t { kRule, kIf, kLoop, kScan, kSequenceMap, kFunction, kUser, kFallback };
  Kind kind = Kind::kFallback;
  const rules::Rule* rule = nullptr;
  const graph::Function* function = nullptr;
  const UserOp* user = nullptr;
  uint32_t required = 0;  // bit i: a node must have operand i (rules::RequiredOperands)
};

struct Axis;
class LoopRun;
class SchemaContext;

class Walk {
 public:
  Walk(const graph::Model& model, const Options& options);
  ~Walk();
  absl::Status Run();
  std::unique_ptr<Analysis> Take() { return std::move(analysis_); }

 private:
  friend class NodeSink;
  friend class LoopRun;
  friend class LostRanks;
  using Info = rules::Info;
  using Dim = symbolic::Dim;

  // inputs.cc
  using Names = absl::flat_hash_set<std::string>;
  absl::Status NameInputs();
  std::optional<int64_t> BoundClaim(const Axis& axis, const std::set<std::string>& plain);
  absl::StatusOr<Dim> NamedDim(const Axis& axis, Names& bindable);
  absl::StatusOr<Dim> DimOfFormula(const std::string& formula, Names& bindable);
  symbolic::Interval InputDomain() const;
  Dim InputSymbol(const std::string& name);
  absl::Status CheckBindings(const Names& bindable) const;
  void StartInputs(Frame& frame);
  rules::TypeId TypeOfClaim(const graph::DeclaredType& type, absl::string_view stem,
                            const std::vector<Dim>* axes);

  // assumptions.cc
  absl::Status ReadAssumptions();
  std::optional<std::string> UnknownAxisIn(const symbolic::Fact& fact);
  symbolic::Fact AsRenamed(symbolic::Fact fact);
  bool Declare(const symbolic::Fact& fact);

  // lost_ranks.cc
  void ReportLostRanks();

  // walk.cc
  Frame& NewFrame(const graph::Model& model, const graph::Graph& graph, Frame* parent);
  Frame& Child(Frame& frame, uint32_t node, const graph::Model& model, const graph::Graph& graph);
  void StartFrame(Frame& frame);  // initializers
  void InferInRounds();
  void InferGraph(Frame& frame);
  void InferNode(Frame& frame, uint32_t node);
  // `trusted`: declared sizes are believed.
  void Finish(Frame& frame, uint32_t node, bool trusted, absl::Span<Info> outputs);
  int64_t CountWithUnknown(const Info& info);
  // Small integer tensors whose elements nothing tells: a symbol each, so that what is computed
  // from them is related. `stem`, or the node's operator, names them.
  void NameUnknownElements(Frame& frame, uint32_t node, int output, absl::string_view stem,
                           Info& info);
  void NameUnknownElements(Frame& frame, uint32_t node, int output, Info& info);
  Plan MakePlan(const graph::Model& model, const graph::Operator& op) const;
  const Plan& PlanOf(const Frame& frame, const graph::Node& node);
  void CheckOperands(const Frame& frame, uint32_t node, uint32_t required);
  void Remember(Frame& frame);  // into the analysis
  void RememberCall(Frame& frame);
  void Resolve(const Frame& frame, absl::Span<Info> infos);
  bool ReadOperands(const Frame& frame, const graph::Node& node, absl::Span<Info> operands);
  void Reread(Frame& frame, uint32_t node);

  // by_rule.cc
  void InferByRule(Frame& frame, uint32_t node, const rules::Rule& rule,
                   absl::Span<const Info> inputs, absl::Span<Info> outputs);
  bool Alike(const Info& today, const Info& then);
  bool RuleAgrees(const Frame& frame, uint32_t node, const rules::Rule& rule,
                  absl::Span<const Info> inputs, const Memo::Answer& answer);
  void ReportMemo(const Frame& frame, uint32_t node);

  // control_flow.cc, loop.cc, scan.cc
  void InferIf(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
               absl::Span<Info> outputs);
  struct Condition {
    std::optional<int64_t> holds;
    std::optional<Dim> test;  // it holds where that is at least 1
  };
  Condition ConditionOf(Info info);
  void AssumeBranch(Dim test, bool holds);
  std::optional<Dim> ChosenBy(Dim test, Dim a, Dim b);
  void InferLoop(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                 absl::Span<Info> outputs);
  struct Trips {
    Dim count;
    bool is_open = false;  // a symbol of its own, with these bounds
    std::optional<Dim> least, most;
  };
  Trips CountTrips(Frame& frame, uint32_t node, std::optional<int64_t> starts,
                   std::optional<Dim> goes_on, std::optional<Dim> counted, std::optional<Dim> limit,
                   bool unlimited);
  std::optional<Dim> LeftWhere(Frame& frame, graph::ValueId condition);
  std::optional<Dim> CountDown(Frame& frame, const graph::Node& node, LoopRun& run,
                               std::optional<int64_t> starts);
  void BoundTrips(const Trips& trips);  // in the scope of facts of now
  void InferScan(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                 absl::Span<Info> outputs);
  void InferSequenceMap(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                        absl::Span<Info> outputs);
  // How often a body runs for one run of its node.
  enum class Entered : uint8_t { kOnce, kPerhaps, kRepeatedly };
  // Infers a body whose formal inputs are `inputs`; nullptr where nesting is too deep. A body that
  // is not entered for certain needs its own scope of facts (Context::Push) around this.
  Frame* EnterBody(Frame& frame, uint32_t node, const graph::Graph& body,
                   absl::Span<const Info> inputs, Entered entered);
  Info OutputOf(Frame& body, size_t output);
  // nullptr, reported, where the node has none.
  const graph::Graph* BodyOf(const Frame& frame, uint32_t node, absl::string_view attribute);
  Info Stacked(Frame& frame, uint32_t node, LoopRun& run, const graph::Graph& body, size_t output,
               Dim trips, int axis, bool zero_without_trips);
  rules::KnowledgeId StackedElements(LoopRun& run, Info each, Dim trips);
  Dim OfTrips(Frame& frame, uint32_t node, uint32_t key, const graph::DeclaredType* declared,
              size_t axis, Dim d, Dim trips);

  // functions.cc; `model` is the file's, or of a schema's body
  void InferFunction(Frame& frame, uint32_t node, const graph::Model& model,
                     const graph::Function& function, absl::Span<const Info> inputs,
                     absl::Span<Info> outputs);
  // nullptr where nesting is too deep.
  Frame* EnterFunction(Frame& frame, uint32_t node, const graph::Model& model,
                       const graph::Function& function, absl::Span<const Info> inputs,
                       absl::Span<Info> outputs);
  bool CallAgrees(Frame& frame, uint32_t node, const graph::Model& model,
                  const graph::Function& function, absl::Span<const Info> inputs,
                  absl::Span<const Info> remembered);

  // user_ops.cc
  void CheckDefinitions();
  void InferByUser(Frame& frame, uint32_t node, const UserOp& op, absl::Span<const Info> inputs,
                   absl::Span<Info> outputs);

  // fallback.cc
  absl::Status CheckOperators();
  void CheckImports();  // imports.cc
  void InferByFallback(Frame& frame, uint32_t node, absl::Span<const Info> inputs,
                       absl::Span<Info> outputs);
  const graph::Model* BodyOfSchema(Frame& frame, uint32_t node, const onnx::OpSchema& schema,
                                   SchemaContext& context);
  rules::TypeId TypeFromSchema(Frame& frame, uint32_t node, const SchemaContext& context,
                               const onnx::TypeProto& proto, uint32_t key);

  // claims.cc
  void RankVaries(const Frame& frame, uint32_t node, int output);
  void AdoptClaim(Frame& frame, uint32_t node, graph::ValueId value, bool trusted, Info& info);
  void CheckClaims();

  // output_names.cc
  absl::Status NameOutputs();
  absl::Status NameOutput(const AxisName& name, size_t output);
  void CheckOutputNames();

  void RequireEither(Frame& frame, uint32_t node, std::vector<Need> one, std::vector<Need> other);

  // sink.cc
  // Adds the fact; false where it contradicts what is known.
  bool Assume(const symbolic::Fact& fact, symbolic::Cause cause);
  // A number that stands for all that is known: equal numbers, equal answers of the algebra.
  uint64_t FactsOfNow() const { return uint64_t{analysis_->context().epoch()} << 32 | facts_told_; }
  // False where it was known to hold, so that nothing came of it.
  bool Require(Frame& frame, uint32_t node, const symbolic::Fact& fact,
               absl::Span<const symbolic::Fact> unless,
               absl::Span<const diagnostics::Piece> message);
  // Sink::HoldWhere.
  bool HoldWhere(absl::Span<const symbolic::Fact> asked, absl::Span<const symbolic::Fact> where);
  size_t Record(Frame& frame, uint32_t node, std::vector<std::vector<Need>> ways,
                absl::Span<const diagnostics::Piece> message);
  void RecordAlso(const Frame& frame, uint32_t node, size_t listed);
  std::pair<const graph::Graph*, uint32_t> InFile(const Frame& frame, uint32_t node) const;
  symbolic::Tri DecideQuickly(const symbolic::Fact& fact);
  Dim Fresh(Frame& frame, uint32_t node, uint32_t nth, absl::string_view stem,
            symbolic::Interval domain);
  std::string StemOfEither(Dim a, Dim b);
  static void HasSymbols(Frame& frame);
  std::string NewName(absl::string_view stem);
  void ForgetRequirements(size_t size);
  void CloseRequirements();
  void Bound(Dim symbol, Dim limit);
  void Report(diagnostics::Diagnostic diagnostic);
  diagnostics::Diagnostic AtNode(const Frame& frame, uint32_t node, absl::string_view id) const;
  // The node fails at every size; `message` says why.
  void ReportNeverRuns(const Frame& frame, uint32_t node, diagnostics::Message message);
  // The node fails wherever it runs.
  void Fails(Frame& frame, uint32_t node, diagnostics::Message reason);

  symbolic::Context& context() { return analysis_->context(); }
  rules::Tables& tables() { return *analysis_->tables_; }

  const graph::Model& model_;
  const Options& options_;
  const graph::Metadata metadata_;  // of an earlier run
  UserOps user_ops_;
  std::unique_ptr<Analysis> analysis_;
  graph::Arena arena_;        // of what frames hold: bodies are many, and small
  std::deque<Frame> frames_;  // by id: the main graph's first; in order, as they are visited again
  int depth_ = 0;
  bool believes_ranks_ = false;       // that the file declares of what rules know nothing of
  bool misses_claimed_rank_ = false;  // such a rank would tell more
  Memo memo_;
  absl::Status memo_status_;  // where options_.check_memo: the first answer that no rule gives
  uint32_t facts_told_ = 0;   // those that may leave the epoch as it is included
  uint64_t told_ = 0;         // what else was told: diagnostics, requirements
  uint64_t stated_ = 0;       // requirements and facts, those that were known included
  absl::node_hash_map<const graph::Model*, std::vector<std::optional<Plan>>> plans_;
  // Keys of a node's fresh symbols that no rule asks for.
  static constexpr uint32_t kElementKeys = 1u << 24;
  static constexpr uint32_t kBranchKeys = 1u << 29;
  static constexpr uint32_t kTripsKey = 1u << 22;
  static constexpr uint32_t kStackKeys = 1u << 21;
  static constexpr uint32_t kClaimKeys = 1u << 30;
  static constexpr uint32_t kSchemaKeys = 1u << 20;
  // Bodies and functions nested more deeply than this are not entered; their outputs are unknown.
  static constexpr int kMaxDepth = 200;
  // The most nodes that are listed with one requirement.
  static constexpr size_t kMaxAlso = 1000;
  // Where the analysis' list has it: by needs and whether it is conditional.
  absl::flat_hash_map<std::pair<std::vector<std::vector<Need>>, bool>, size_t> required_;
  // Likewise what stands alone, in one way and without exceptions, as most does.
  absl::flat_hash_map<std::pair<symbolic::Fact, bool>, size_t> required_alone_;
  std::vector<Need>* branch_needs_ = nullptr;  // of the branch that is being inferred
  struct FreshKey {
    uint32_t frame;
    uint32_t node;
    uint32_t nth;
    std::string stem;
    friend bool operator==(const FreshKey&, const FreshKey&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const FreshKey& k) {
      return H::combine(std::move(h), k.frame, k.node, k.nth, k.stem);
    }
  };
  absl::flat_hash_map<FreshKey, Dim> fresh_;
  // By frame and node, where an If's branches are long: the symbols of its outputs' sizes.
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, std::vector<Dim>> either_;
  absl::flat_hash_map<std::string, int> stems_;  // how many symbols each stem has had
  absl::flat_hash_set<std::string> reported_;    // one diagnostic per node and id
  std::vector<Info> input_infos_;                // likewise; made once
  struct SchemaBodies;                           // function bodies made from onnx's schemas
  std::unique_ptr<SchemaBodies> schema_bodies_;
};

}  // namespace symshape::engine

#endif  // SYMSHAPE_ENGINE_WALK_H_
