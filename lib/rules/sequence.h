// Sequences as rules see them: how long, of which items as far as known, of which type of element.
#ifndef SYMSHAPE_RULES_SEQUENCE_H_
#define SYMSHAPE_RULES_SEQUENCE_H_

#include <optional>
#include <vector>

#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// The most items that are followed one by one.
inline constexpr int64_t kMaxItems = 256;

struct SequenceView {
  bool is_sequence = false;
  TypeId element = TypeId::kUnknown;         // the type that all items have in common
  Dim length;                                // none: not known
  const std::vector<Info>* items = nullptr;  // nullptr: not known one by one
  Dim whole, part;                           // parts of a tensor (Knowledge::whole); none: no such
  int axis_of_parts = 0;
};

// What is known to hold nothing: a sequence of no items, an optional without a value.
inline bool HoldsNothing(const Knowledge& known) { return known.has_items && known.items.empty(); }

SequenceView SequenceOf(const Operands& in, int input);

// A sequence of known items; `if_empty` is the element type where there are none.
Info SequenceOfItems(Results& out, std::vector<Info> items, TypeId if_empty);
// One whose items are not known one by one.
Info SequenceOfType(Results& out, TypeId element, Dim length);
// The same, of parts `part` long of `whole` at an axis, the last one smaller.
Info SequenceOfParts(Results& out, TypeId element, int axis, Expr whole, Expr part);

// What is true of tensors of both types. Dims that differ become fresh symbols, which stand for the
// dim of one item each: WithOwnDims has to be asked before they count for a tensor.
TypeId JoinTypes(Results& out, TypeId a, TypeId b);

// The type of one item of a sequence whose element type this is: a dim that is no function of named
// sizes may be another one in each item, so it gets a symbol of its own.
TypeId WithOwnDims(Results& out, TypeId element);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_SEQUENCE_H_
