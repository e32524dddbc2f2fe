// Element-wise nodes: one arithmetic function (element_math.h) applied to all elements of operands
// whose shapes broadcast, with the interval over all elements for what is too large or not known.
#ifndef SYMSHAPE_RULES_ELEMENTWISE_H_
#define SYMSHAPE_RULES_ELEMENTWISE_H_

#include "rules/element_math.h"
#include "rules/operands.h"
#include "rules/results.h"
#include "rules/value_range.h"

namespace symshape::rules {

using UnaryElement = Element (ElementMath::*)(const Element&);
using BinaryElement = Element (ElementMath::*)(const Element&, const Element&);
using UnaryRange = ValueRange (RangeMath::*)(const ValueRange&) const;
using BinaryRange = ValueRange (RangeMath::*)(const ValueRange&, const ValueRange&) const;

// The elements of input i where there is arithmetic on them; nullptr otherwise.
const std::vector<Element>* ElementsToFollow(const Operands& in, int i);

// Elements of output 0, whose shape is set and is input 0's. Arithmetic in the type of input 0.
void MapElements(const Operands& in, Results& out, UnaryElement function);

// Elements of output 0, whose shape is set and is the broadcast of a's and b's dims.
void MapElements(const Operands& in, Results& out, absl::Span<const Dim> a, absl::Span<const Dim> b,
                 BinaryElement function);

// Output 0 is integer or bool and its elements are not all known: an interval says more.
bool NeedsRange(const Results& out);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_ELEMENTWISE_H_
