#include "engine/analysis.h"

#include "graph/upcoming.h"
#include "rules/sequence.h"

namespace symshape::engine {

using rules::Info;
using rules::ShapeId;
using rules::Type;
using symbolic::Dim;

Analysis::Analysis(const graph::Model& model)
    : model_(model),
      context_(std::make_unique<symbolic::Context>()),
      tables_(std::make_unique<rules::Tables>(*context_)),
      first_info_{0} {
  for (const graph::Graph* graph : graph::Upcoming(model))
    first_info_.push_back(first_info_.back() + graph->values.size());
  infos_.resize(first_info_.back());
}

Info Analysis::info(const graph::Graph& graph, graph::ValueId value) const {
  return infos_[first_info_[graph.index] + graph::Index(value)];
}

absl::Span<Info> Analysis::infos_of(const graph::Graph& graph) {
  const size_t first = first_info_[graph.index];
  return absl::MakeSpan(infos_).subspan(first, first_info_[graph.index + 1] - first);
}

std::optional<absl::Span<const Dim>> Analysis::DimsOf(Info info) const {
  const Type& type = tables_->type(info.type);
  if (type.shape == ShapeId::kUnknownRank) return std::nullopt;
  return tables_->dims(type.shape);
}

const Analysis::Range* Analysis::RangeOf(Dim symbol) const {
  const auto known = ranges_.find(symbol);
  return known == ranges_.end() ? nullptr : &known->second;
}

std::optional<absl::Span<const graph::DeclaredDim>> Analysis::ClaimedDims(
    const graph::Graph& graph, graph::ValueId value) const {
  if (&graph == model_.main && !claimed_dims_.empty()) {
    if (const auto claimed = claimed_dims_.find(value); claimed != claimed_dims_.end()) {
      return claimed->second;
    }
  }
  const graph::DeclaredType* declared = graph.values[graph::Index(value)].declared;
  if (declared == nullptr || declared->kind != graph::DeclaredType::Kind::kTensor ||
      !declared->has_shape) {
    return std::nullopt;
  }
  return declared->dims;
}

Exactness Analysis::ExactnessOf(const graph::Graph& graph, graph::ValueId value) const {
  const Info known = info(graph, value);
  if (rules::HoldsNothing(tables_->knowledge(known.knowledge))) return Exactness::kExact;
  const Type* type = &tables_->type(known.type);
  while (type->kind == Type::Kind::kOptional || type->kind == Type::Kind::kSequence) {
    type = &tables_->type(type->inner);
  }
  if (type->kind == Type::Kind::kMap || type->kind == Type::Kind::kOpaque) return Exactness::kExact;
  if (type->kind == Type::Kind::kUnknown || type->element == graph::ElementType::kUndefined) {
    return Exactness::kUnknownType;
  }
  if (type->shape == ShapeId::kUnknownRank) return Exactness::kUnknownRank;
  for (Dim d : tables_->dims(type->shape)) {
    for (Dim symbol : context_->SymbolsOf(d)) {
      if (!IsInputSymbol(symbol)) return Exactness::kNamed;
    }
  }
  return Exactness::kExact;
}

}  // namespace symshape::engine
