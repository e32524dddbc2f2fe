// Looks up which operands a node must have, in rows that a tool makes.
#include "rules/required_operands.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "rules/table.h"

namespace symshape::rules {
namespace {

struct Row {
  absl::string_view domain;
  absl::string_view op;
  int since;
  uint32_t operands;  // bit i: operand i
};

constexpr Row kRows[] = {
#include "rules/required_operands.inc"
};

constexpr int Compare(const Row& row, absl::string_view domain, absl::string_view op) {
  const int by_domain = row.domain.compare(domain);
  return by_domain != 0 ? by_domain : row.op.compare(op);
}

// The versions of an operator follow each other, the newest last.
constexpr bool IsSorted() {
  for (size_t i = 1; i < std::size(kRows); ++i) {
    const Row& before = kRows[i - 1];
    const int order = Compare(before, kRows[i].domain, kRows[i].op);
    if (order > 0 || (order == 0 && before.since >= kRows[i].since)) return false;
  }
  return true;
}
static_assert(IsSorted());

}  // namespace

uint32_t RequiredOperands(absl::string_view domain, absl::string_view op, int version) {
  const Row* row = std::lower_bound(
      std::begin(kRows), std::end(kRows), op,
      [&](const Row& r, absl::string_view name) { return Compare(r, domain, name) < 0; });
  uint32_t operands = 0;
  for (; row != std::end(kRows) && Compare(*row, domain, op) == 0; ++row) {
    if (version == 0 || row->since <= version) operands = row->operands;
  }
  return operands;
}

}  // namespace symshape::rules
