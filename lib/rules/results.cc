#include "rules/results.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/axes.h"

namespace symshape::rules {

void Results::SetType(int output, ElementType type) {
  if (!wanted(output)) return;
  const ShapeId shape = tables_.type(outputs_[output].type).shape;
  outputs_[output].type = tables_.Tensor(type, shape);
}

void Results::SetShape(int output, absl::Span<const Dim> dims) {
  if (!wanted(output)) return;
  const ElementType type = tables_.type(outputs_[output].type).element;
  outputs_[output].type = tables_.Tensor(type, tables_.Intern(dims));
}

void Results::SetRank(int output, int rank, absl::string_view stem) {
  if (!wanted(output)) return;
  ShapeBuilder shape;
  for (int i = 0; i < rank; ++i) shape.Add(Fresh(StemAt(absl::StrCat(stem, "#", output), i)));
  SetShape(output, shape);
}

void Results::SetElements(int output, std::vector<Element> elements) {
  if (!wanted(output)) return;
  const Type& type = tables_.type(outputs_[output].type);
  if (type.shape == ShapeId::kUnknownRank || static_cast<int64_t>(elements.size()) > kMaxElements) {
    return;
  }
  int64_t count = 1;
  for (Dim d : tables_.dims(type.shape)) {
    const std::optional<int64_t> size = tables_.context().ConstantOf(d);
    if (!size) return;
    count *= *size;
    if (count > kMaxElements) return;
  }
  if (count != static_cast<int64_t>(elements.size())) return;
  Knowledge knowledge = tables_.knowledge(outputs_[output].knowledge);
  knowledge.has_elements = true;
  knowledge.elements = std::move(elements);
  outputs_[output].knowledge = tables_.Intern(std::move(knowledge));
}

void Results::SetInts(int output, absl::Span<const Expr> ints) {
  std::vector<Element> elements;
  elements.reserve(ints.size());
  for (Expr e : ints) elements.emplace_back(e.dim());
  SetElements(output, std::move(elements));
}

void Results::SetInts(int output, absl::Span<const int64_t> ints) {
  std::vector<Element> elements;
  elements.reserve(ints.size());
  for (int64_t i : ints) elements.emplace_back(tables_.context().Constant(i));
  SetElements(output, std::move(elements));
}

void Results::SetRange(int output, Dim lo, Dim hi, Bounds bounds) {
  if (!wanted(output)) return;
  Knowledge knowledge = tables_.knowledge(outputs_[output].knowledge);
  knowledge.lo = lo;
  knowledge.hi = hi;
  knowledge.attained = bounds == Bounds::kAttained;
  outputs_[output].knowledge = tables_.Intern(std::move(knowledge));
}

void Results::SetColumns(int output, std::vector<Info> columns) {
  if (!wanted(output)) return;
  Knowledge knowledge = tables_.knowledge(outputs_[output].knowledge);
  knowledge.columns = std::move(columns);
  outputs_[output].knowledge = tables_.Intern(std::move(knowledge));
}

void Results::SetInfo(int output, Info info) {
  if (wanted(output)) outputs_[output] = info;
}

void Results::RequireUnlessZero(absl::Span<const Dim> dims, const Fact& fact,
                                std::initializer_list<diagnostics::Piece> message) {
  absl::InlinedVector<Fact, 2 * kUsualRank> unless;
  for (Dim d : dims) unless.push_back({Fact::Kind::kEq, d, Dim::Inline(0)});
  sink_.Require(fact, unless, message);
}

Expr Results::FreshUpTo(absl::string_view stem, Expr limit, Interval domain) {
  const Expr fresh = Fresh(stem, domain);
  sink_.Bound(fresh.dim(), limit.dim());
  return fresh;
}

}  // namespace symshape::rules
