// Results: where a rule says what it concludes, and what its node requires in order to run.
#ifndef SYMSHAPE_RULES_RESULTS_H_
#define SYMSHAPE_RULES_RESULTS_H_

#include <initializer_list>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "diagnostics/diagnostic.h"
#include "rules/operands.h"
#include "rules/tables.h"

namespace symshape::rules {

// Dims of an output, outermost first.
class ShapeBuilder {
 public:
  ShapeBuilder() = default;
  ShapeBuilder(std::initializer_list<Expr> dims) {
    for (Expr d : dims) dims_.push_back(d.dim());
  }
  explicit ShapeBuilder(absl::Span<const Dim> dims) : dims_(dims.begin(), dims.end()) {}
  void Add(Expr dim) { dims_.push_back(dim.dim()); }
  void Set(int axis, Expr dim) { dims_[axis] = dim.dim(); }
  void Insert(int axis, Expr dim) { dims_.insert(dims_.begin() + axis, dim.dim()); }
  void Remove(int axis) { dims_.erase(dims_.begin() + axis); }
  int rank() const { return static_cast<int>(dims_.size()); }
  absl::Span<const Dim> dims() const { return dims_; }

 private:
  absl::InlinedVector<Dim, kUsualRank> dims_;
};

// What the engine offers to rules besides storing: facts and fresh symbols.
class Sink {
 public:
  virtual ~Sink() = default;
  // The node fails at sizes where neither `fact` nor one of `unless` holds.
  virtual void Require(const Fact& fact, absl::Span<const Fact> unless,
                       absl::Span<const diagnostics::Piece> message) = 0;
  // The same symbol each time that the same node asks in the same order.
  virtual Dim Fresh(absl::string_view stem, Interval domain) = 0;
  // symbol <= limit: true by the operator's definition, not a requirement.
  virtual void Bound(Dim symbol, Dim limit) = 0;
  virtual void RankVaries(int output) = 0;
  virtual void Report(diagnostics::Diagnostic diagnostic) = 0;
  // Whether all of `asked` hold at all sizes where all of `where` do, with what the nodes so far
  // require there; unknown counts as false.
  virtual bool HoldWhere(absl::Span<const Fact> asked, absl::Span<const Fact> where) = 0;
};

class Results {
 public:
  Results(const Operands& operands, absl::Span<Info> outputs, Sink& sink)
      : tables_(operands.tables()), operands_(operands), outputs_(outputs), sink_(sink) {}

  bool wanted(int output) const { return operands_.wanted(output); }
  Tables& tables() const { return tables_; }

  // Tensors. Setting what the node does not have or want is ignored.
  void SetType(int output, ElementType type);  // the rank stays as it is, at first unknown
  void SetShape(int output, absl::Span<const Dim> dims);
  void SetShape(int output, const ShapeBuilder& shape) { SetShape(output, shape.dims()); }
  void SetShape(int output, const ShapeView& shape) {
    if (shape.has_rank()) SetShape(output, shape.dims());
  }
  void Set(int output, ElementType type, const ShapeBuilder& shape) {
    SetType(output, type);
    SetShape(output, shape);
  }
  void Set(int output, ElementType type, const ShapeView& shape) {
    SetType(output, type);
    SetShape(output, shape);
  }
  // A tensor of known rank whose every dim is a fresh symbol `<stem>`.
  void SetRank(int output, int rank, absl::string_view stem);

  // The output's rank is unknown as it differs between sizes: what a file declares is at most that
  // of some of them.
  void SetRankVaries(int output) {
    if (wanted(output)) sink_.RankVaries(output);
  }

  // Content. A wrong count of elements for the output's shape is ignored; set the shape first.
  void SetElements(int output, std::vector<Element> elements);
  void SetInts(int output, absl::Span<const Expr> elements);
  void SetInts(int output, absl::Span<const int64_t> elements);
  // lo <= every element <= hi; a none dim is no bound. kAttained: some element is lo and some is
  // hi, in a tensor that has any (Knowledge::attained).
  enum class Bounds : uint8_t { kOuter, kAttained };
  void SetRange(int output, Dim lo, Dim hi, Bounds bounds = Bounds::kOuter);

  // What each slice along the last axis is (Knowledge::columns).
  void SetColumns(int output, std::vector<Info> columns);

  // Anything: sequences, optionals, maps, or an input handed on as it is.
  void SetInfo(int output, Info info);
  Info info(int output) const { return outputs_[output]; }

  // The node fails at sizes where `fact` does not hold. Rules may rely on it afterwards.
  void Require(const Fact& fact, std::initializer_list<diagnostics::Piece> message) {
    sink_.Require(fact, {}, message);
  }
  // The same, but where one of these dims is 0 the node reads nothing and does not fail.
  void RequireUnlessZero(absl::Span<const Dim> dims, const Fact& fact,
                         std::initializer_list<diagnostics::Piece> message);
  // The same, but where one of these facts holds.
  void RequireUnless(absl::Span<const Fact> unless, const Fact& fact,
                     std::initializer_list<diagnostics::Piece> message) {
    sink_.Require(fact, unless, message);
  }

  // A size that only the data tells, named after what it counts ("nonzero").
  Expr Fresh(absl::string_view stem, Interval domain = symbolic::kSize) {
    return Expr(tables_.context(), sink_.Fresh(stem, domain));
  }
  // The same, with symbol <= limit as a fact.
  Expr FreshUpTo(absl::string_view stem, Expr limit, Interval domain = symbolic::kSize);

  void Report(diagnostics::Diagnostic diagnostic) { sink_.Report(std::move(diagnostic)); }

  // Whether all of `asked` hold at all sizes where all of `where` do; unknown counts as false. What
  // the nodes so far require "unless a dim is 0" counts where `where` says that it is not.
  bool HoldWhere(absl::Span<const Fact> asked, absl::Span<const Fact> where) {
    return sink_.HoldWhere(asked, where);
  }

 private:
  Tables& tables_;
  const Operands& operands_;
  absl::Span<Info> outputs_;
  Sink& sink_;
};

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_RESULTS_H_
