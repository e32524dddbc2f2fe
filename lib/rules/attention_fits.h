// What the body of Attention requires of the sizes of Q, K and V.
#ifndef SYMSHAPE_RULES_ATTENTION_FITS_H_
#define SYMSHAPE_RULES_ATTENTION_FITS_H_

#include "rules/operands.h"
#include "rules/results.h"

namespace symshape::rules {

// K or V with its past. A K [M, T, D] beside a Q of rank 4 is expanded as [1, M, T, D] is, a
// V [M, N, U] as [M, N, U, 1].
struct AttentionCache {
  int rank;
  Expr batch, heads, length, head_size;
};

// Q [batch, heads, S, head_size], and the sizes to which K and V are expanded.
struct AttentionTarget {
  Expr batch, heads, head_size;
  Expr kv_heads;    // of K without its past
  Expr length;      // of K with its past
  Expr value_size;  // of V without its past
};

// K is expanded to [B, G, H/G, T, D] and V to [B, G, H/G, T, E]; they are reshaped to [B, H, T, D]
// and [B, H, T, E], where a 0 copies another size; scores of width T, H/G where T is 0, are added
// to a bias of width T. So nothing is empty but
//   * where B is 0, which every size that broadcasts fits;
//   * where H is 0: G is 1 then, and the reshapes copy the heads of K and V, which Q's 0 meets;
//   * a V of no size and no length beside a K of length 1.
// Of rank 3, K has T heads, and V is B matrices, of which the scores have H.
// Source: ONNX Attention-25, its function body; held against onnxruntime at 60,000 sizes.
void RequireAttentionFits(const AttentionTarget& target, const AttentionCache& key,
                          const AttentionCache& value, Results& out);

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_ATTENTION_FITS_H_
