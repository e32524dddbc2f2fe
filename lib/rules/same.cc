#include "rules/same.h"

#include "absl/strings/str_cat.h"

namespace symshape::rules {

void RequireSameAxes(const ShapeView& a, const ShapeView& b, int axes, absl::string_view what,
                     Results& out) {
  if (!a.has_rank() || !b.has_rank()) return;
  for (int i = 0; i < axes && i < a.rank() && i < b.rank(); ++i) {
    RequireSameSize(a[i], b[i], what, out);
  }
}

void RequireAllTokens(const Operands& in, int lengths, Expr tokens, Results& out) {
  const std::vector<Element>* ends = in.Elements(lengths);
  if (ends == nullptr || ends->empty() || !ends->back().is_integer()) return;
  RequireSameSize(in.Wrap(ends->back().num), tokens, "the last of the lengths and tokens", out);
}

absl::Status CheckRank(const Operands& in, int operand, int rank) {
  const ShapeView shape = in.shape(operand);
  if (!shape.has_rank() || shape.rank() == rank) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("input ", operand, " has rank ", rank, ", not ", shape.rank()));
}

absl::Status CheckRankAtLeast(const Operands& in, int operand, int rank) {
  const ShapeView shape = in.shape(operand);
  if (!shape.has_rank() || shape.rank() >= rank) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("input ", operand, " has rank at least ", rank, ", not ", shape.rank()));
}

}  // namespace symshape::rules
