// What an output knows of its content where its elements are those of operands, moved.
#ifndef SYMSHAPE_RULES_MOVED_VALUES_H_
#define SYMSHAPE_RULES_MOVED_VALUES_H_

#include <initializer_list>

#include "absl/types/span.h"
#include "rules/operands.h"
#include "rules/results.h"
#include "rules/value_range.h"

namespace symshape::rules {

// Whether the output's elements are all known: they say more than an interval.
bool HasAllElements(const Results& out, int output);

// The same elements in the same order: Reshape, Squeeze.
void KeepContent(const Operands& in, int input, Results& out, int output = 0);
// Every element, in another order or several times: Transpose, Expand. Its interval stays as it is.
void KeepRange(const Operands& in, int input, Results& out, int output = 0);
// Some of the elements of these operands: Slice, Gather. The interval encloses them.
void EncloseRange(const Operands& in, std::initializer_list<int> inputs, Results& out,
                  int output = 0);

// Every element of the operand `indices` is in [-n, n), said as far as it is known; nothing is read
// where one of `unless_zero` is 0.
void RequireIndices(const Operands& in, int indices, Expr n, absl::Span<const Dim> unless_zero,
                    Results& out);

// The same of an interval of indices.
void RequireIndices(const Operands& in, const ValueRange& range, Expr n,
                    absl::Span<const Dim> unless_zero, Results& out);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_MOVED_VALUES_H_
