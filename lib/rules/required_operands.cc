// Looks up which operands a node must have, in rows that a tool makes.
#include "rules/required_operands.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
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

using Key = std::pair<absl::string_view, absl::string_view>;  // domain, operator
using Index = absl::flat_hash_map<Key, absl::Span<const Row>>;

// The rows of an operator follow each other, the newest last.
Index MakeIndex() {
  Index index;
  index.reserve(std::size(kRows));
  for (const Row& row : kRows) {
    absl::Span<const Row>& rows = index[Key(row.domain, row.op)];
    rows = absl::MakeConstSpan(rows.empty() ? &row : rows.data(), &row + 1);
  }
  return index;
}

}  // namespace

uint32_t RequiredOperands(absl::string_view domain, absl::string_view op, int version) {
  static const Index& index = *new Index(MakeIndex());  // constant after; never destroyed
  const auto found = index.find(Key(domain, op));
  if (found == index.end()) return 0;
  uint32_t operands = 0;
  for (const Row& row : found->second) {
    if (version == 0 || row.since <= version) operands = row.operands;
  }
  return operands;
}

}  // namespace symshape::rules
