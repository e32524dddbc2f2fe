// Attention from version 25 on, of which onnxruntime has no kernel: it runs the body of the
// function.
#ifndef SYMSHAPE_RULES_ATTENTION_BODY_H_
#define SYMSHAPE_RULES_ATTENTION_BODY_H_

#include "absl/status/status.h"
#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

absl::Status InferAttentionBody(const Operands& in, Results& out);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_ATTENTION_BODY_H_
