// Implements Dim and Shape of symshape/dim.h.
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "symbolic/access.h"
#include "symbolic/guard.h"

namespace symshape {

using internal::Access;

static_assert(sizeof(symbolic::Dim) == sizeof(uint32_t));

std::optional<int64_t> Dim::constant() const { return context_->ConstantOf(Access::DimOf(*this)); }

std::string Dim::ToString() const { return context_->Print(Access::DimOf(*this)); }

std::vector<std::string> Dim::Symbols() const {
  std::vector<std::string> names;
  for (symbolic::Dim symbol : context_->SymbolsOf(Access::DimOf(*this))) {
    names.emplace_back(*context_->SymbolName(symbol));
  }
  return names;
}

absl::StatusOr<int64_t> Dim::Evaluate(const Sizes& sizes) const {
  return internal::Guard([&]() -> absl::StatusOr<int64_t> {
    return context_->ValueAt(Access::DimOf(*this), internal::ToBindings(sizes));
  });
}

Dim Shape::operator[](int axis) const { return Access::MakeDim(*context_, dims_[axis]); }

std::vector<Dim> Shape::dims() const {
  std::vector<Dim> dims;
  for (int axis = 0; axis < rank_; ++axis) dims.push_back((*this)[axis]);
  return dims;
}

std::string Shape::ToString() const {
  return context_->Print(absl::MakeConstSpan(dims_, static_cast<size_t>(rank_)));
}

absl::StatusOr<std::vector<int64_t>> Shape::Evaluate(const Sizes& sizes) const {
  return internal::Guard([&]() -> absl::StatusOr<std::vector<int64_t>> {
    const symbolic::Bindings bindings = internal::ToBindings(sizes);
    std::vector<int64_t> result;
    for (int axis = 0; axis < rank_; ++axis) {
      const absl::StatusOr<int64_t> size = context_->ValueAt(dims_[axis], bindings);
      if (!size.ok()) {
        return absl::Status(size.status().code(),
                            absl::StrCat("axis ", axis, ": ", size.status().message()));
      }
      result.push_back(*size);
    }
    return result;
  });
}

}  // namespace symshape
