// Operands: what a rule may see of its node: attributes, the operator's version, and what is known
// of the inputs. Everything is read under the facts of now.
#ifndef SYMSHAPE_RULES_OPERANDS_H_
#define SYMSHAPE_RULES_OPERANDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/model.h"
#include "rules/tables.h"
#include "symbolic/expr.h"

namespace symshape::rules {

using symbolic::Context;
using symbolic::Expr;
using symbolic::Fact;
using symbolic::Interval;
using symbolic::Tri;

// Ranks that lists of dims or axes have without allocating.
inline constexpr size_t kUsualRank = 6;
using Sizes = absl::InlinedVector<int64_t, kUsualRank>;

// The shape of an operand; its rank may be unknown.
class ShapeView {
 public:
  explicit ShapeView(Context& context) : context_(&context), has_rank_(false) {}
  ShapeView(Context& context, absl::Span<const Dim> dims)
      : context_(&context), has_rank_(true), dims_(dims) {}
  bool has_rank() const { return has_rank_; }
  int rank() const { return static_cast<int>(dims_.size()); }               // REQUIRES: has_rank()
  Expr operator[](int axis) const { return Expr(*context_, dims_[axis]); }  // 0 <= axis < rank()
  absl::Span<const Dim> dims() const { return dims_; }
  // Product of all dims from axis `first` up to but not including `last`.
  Expr Product(int first, int last) const;
  Expr Product() const { return Product(0, rank()); }
  // All dims where every one is a constant.
  std::optional<Sizes> Constants() const;

 private:
  Context* context_;
  bool has_rank_;
  absl::Span<const Dim> dims_;
};

class Operands {
 public:
  // `attributes_of_call`: inside a function body, the attributes that kReference ones refer to.
  Operands(Tables& tables, const graph::Model& model, const graph::Node& node,
           absl::Span<const Info> inputs, absl::Span<const graph::Attribute> attributes_of_call);

  Tables& tables() const { return tables_; }
  Context& context() const { return tables_.context(); }
  const graph::Node& node() const { return node_; }
  absl::string_view op() const { return op_.name; }
  absl::string_view domain() const { return op_.domain; }
  int version() const { return op_.version; }
  std::string Where() const;  // "'layer3/MatMul_1' (MatMul-13)" for messages
  Expr Const(int64_t value) const { return Expr(context(), value); }
  Expr Wrap(Dim dim) const { return Expr(context(), dim); }

  // --- inputs. Asking past the end is legal: absent.
  int size() const { return static_cast<int>(inputs_.size()); }
  bool has(int i) const;        // given, and not ""
  bool is_known(int i) const {  // more than its type: perhaps its elements; reads none of them
    return has(i) && inputs_[i].knowledge != KnowledgeId::kNone;
  }
  int outputs() const { return static_cast<int>(node_.outputs.size()); }
  bool wanted(int output) const;  // has a name
  Info info(int i) const;         // of a constant, with its elements read
  const Type& full_type(int i) const;
  ElementType type(int i) const;  // of a (sparse) tensor; kUndefined where unknown or no tensor
  ShapeView shape(int i) const;   // of a (sparse) tensor; unknown rank otherwise
  const Knowledge& knowledge(int i) const;  // likewise

  // The elements, where each is known to the algebra as an integer; nullopt otherwise.
  std::optional<std::vector<Expr>> Ints(int i) const;
  // The elements, where each is a constant integer.
  std::optional<Sizes> Constants(int i) const;
  // The elements as they are known, some possibly not; nullptr where nothing is.
  const std::vector<Element>* Elements(int i) const;
  // The constant elements of a float tensor as doubles; nullopt where one is not known exactly.
  std::optional<std::vector<double>> Reals(int i) const;
  // The only element of a scalar or of a tensor of one element.
  std::optional<Expr> Scalar(int i) const;
  // How many elements a 1-D operand has, where its length is constant: the output rank of Reshape.
  std::optional<int64_t> Length(int i) const;

  // --- attributes, with references of function bodies followed.
  const graph::Attribute* Find(absl::string_view name) const;  // nullptr where absent
  bool HasAttribute(absl::string_view name) const { return Find(name) != nullptr; }
  int64_t Int(absl::string_view name, int64_t otherwise) const;
  std::optional<int64_t> Int(absl::string_view name) const;
  float Float(absl::string_view name, float otherwise) const;
  absl::string_view String(absl::string_view name, absl::string_view otherwise = "") const;
  // nullopt where absent; an empty list is not absent.
  std::optional<absl::Span<const int64_t>> IntList(absl::string_view name) const;
  std::optional<absl::Span<const float>> FloatList(absl::string_view name) const;

  // An attribute that later versions turned into an input: the input's constant elements, or the
  // attribute's. nullopt where neither is there; kUnknown elements give `unknown` = true.
  struct AxesResult {
    bool present = false;
    bool known = false;
    Sizes values;
  };
  AxesResult IntsFromInputOrAttribute(int input, absl::string_view attribute) const;

 private:
  Tables& tables_;
  const graph::Model& model_;
  const graph::Node& node_;
  const graph::Operator& op_;
  absl::Span<const Info> inputs_;
  absl::Span<const graph::Attribute> attributes_of_call_;
};

// `axis` counted from the end where negative.
// Errors: kInvalidArgument where it is outside [-rank, rank).
absl::StatusOr<int> NormalizeAxis(int64_t axis, int rank);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_OPERANDS_H_
