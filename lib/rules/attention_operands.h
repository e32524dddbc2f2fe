// What onnxruntime's attentions require of the operands that many of them have. Nothing is said of
// an operand that is left out, or whose rank is unknown.
#ifndef SYMSHAPE_RULES_ATTENTION_OPERANDS_H_
#define SYMSHAPE_RULES_ATTENTION_OPERANDS_H_

#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// The sizes of queries [B, S, …] against P + T keys.
struct AttentionSizes {
  Expr batch;
  Expr heads;
  Expr sequence;
  Expr total;
};

// attention_bias is [B or 1, heads or 1, S, total].
void RequireAttentionBias(const Operands& in, int index, const AttentionSizes& sizes, Results& out);

// key_padding_mask is [B] or [3*B + 2], [B, total] or [B, S, total].
// Source: onnxruntime contrib_ops/cpu/bert/multihead_attention_helper.h.
void RequirePaddingMask(const Operands& in, int index, const AttentionSizes& sizes, Results& out);

// mask_index, of Attention: that, or [2*B], or one that masks nothing: [B, 1], [1, 1].
// Source: onnxruntime contrib_ops/cpu/bert/attention_base.cc, CheckMask.
void RequireMaskIndex(const Operands& in, int index, const AttentionSizes& sizes, Results& out);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_ATTENTION_OPERANDS_H_
