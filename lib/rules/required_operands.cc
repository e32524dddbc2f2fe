// Looks up which operands a node must have, in rows that a tool makes.
#include "rules/required_operands.h"

#include <algorithm>
#include <tuple>

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

}  // namespace

uint32_t RequiredOperands(absl::string_view domain, absl::string_view op, int version) {
  constexpr int kNewest = 1 << 30;
  const Row* const after = std::upper_bound(
      std::begin(kRows), std::end(kRows),
      std::make_tuple(domain, op, version == 0 ? kNewest : version),
      [](const auto& key, const Row& row) { return key < std::tie(row.domain, row.op, row.since); });
  if (after == std::begin(kRows)) return 0;
  const Row& row = *(after - 1);
  return row.domain == domain && row.op == op ? row.operands : 0;
}

}  // namespace symshape::rules
