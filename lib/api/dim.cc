// Implements symshape/dim.h.
#include "symshape/dim.h"

#include <bit>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "api/guard.h"
#include "api/state.h"
#include "queries/describe.h"
#include "queries/eval.h"

namespace symshape {
namespace {

using internal::State;

// Dims of the symbolic module are 4 bytes; the public ones carry them without its header.
static_assert(sizeof(symbolic::Dim) == sizeof(uint32_t));
symbolic::Dim FromId(uint32_t id) { return std::bit_cast<symbolic::Dim>(id); }

absl::Span<const symbolic::Dim> DimsOf(const State& state, uint32_t id) {
  return state.analysis->tables().dims(static_cast<rules::ShapeId>(id));
}

}  // namespace

Dim internal::Access::MakeDim(const State& state, symbolic::Dim dim) {
  Dim result;
  result.state_ = &state;
  result.id_ = std::bit_cast<uint32_t>(dim);
  return result;
}

Shape internal::Access::MakeShape(const State& state, rules::ShapeId shape, int rank) {
  Shape result;
  result.state_ = &state;
  result.id_ = static_cast<uint32_t>(shape);
  result.rank_ = rank;
  return result;
}

std::optional<int64_t> Dim::constant() const { return state_->context().ConstantOf(FromId(id_)); }

std::string Dim::ToString() const { return state_->context().Print(FromId(id_)); }

std::vector<std::string> Dim::Symbols() const {
  std::vector<std::string> names;
  for (symbolic::Dim symbol : state_->context().SymbolsOf(FromId(id_))) {
    names.emplace_back(*state_->context().SymbolName(symbol));
  }
  return names;
}

absl::StatusOr<int64_t> Dim::Evaluate(const Sizes& sizes) const {
  return internal::Guard([&]() -> absl::StatusOr<int64_t> {
    return queries::Evaluate(state_->context(), FromId(id_), internal::ToBindings(sizes));
  });
}

Dim Shape::operator[](int axis) const {
  return internal::Access::MakeDim(*state_, DimsOf(*state_, id_)[axis]);
}

std::vector<Dim> Shape::dims() const {
  std::vector<Dim> dims;
  for (int axis = 0; axis < rank_; ++axis) dims.push_back((*this)[axis]);
  return dims;
}

std::string Shape::ToString() const {
  return queries::ShapeText(state_->context(), DimsOf(*state_, id_));
}

absl::StatusOr<std::vector<int64_t>> Shape::Evaluate(const Sizes& sizes) const {
  return internal::Guard([&]() -> absl::StatusOr<std::vector<int64_t>> {
    const symbolic::Bindings bindings = internal::ToBindings(sizes);
    std::vector<int64_t> result;
    for (symbolic::Dim dim : DimsOf(*state_, id_)) {
      const absl::StatusOr<int64_t> size = queries::Evaluate(state_->context(), dim, bindings);
      if (!size.ok()) {
        return absl::Status(size.status().code(), absl::StrCat("axis ", result.size(), ": ",
                                                               size.status().message()));
      }
      result.push_back(*size);
    }
    return result;
  });
}

}  // namespace symshape
