// What is known of a constant tensor: an initializer, or the value of a Constant node.
#ifndef SYMSHAPE_RULES_TENSOR_INFO_H_
#define SYMSHAPE_RULES_TENSOR_INFO_H_

#include "graph/model.h"
#include "rules/tables.h"

namespace symshape::rules {

// Type and shape always; the elements of small integer, bool and float tensors; the interval over
// all elements of wider integer tensors of up to graph::kMaxReadElements. Those that may be
// weights, of 8 bits or of floats, are read when somebody asks for their elements (Tables::Unread).
Info InfoOf(Tables& tables, const graph::Tensor& tensor);

// What its elements tell, read now.
Knowledge ContentOf(symbolic::Context& context, const graph::Tensor& tensor);

// A finite double as num/2^k; unknown where that does not fit (2^-60 and the like, NaN, infinity).
Element ExactElement(symbolic::Context& context, double value);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_TENSOR_INFO_H_
