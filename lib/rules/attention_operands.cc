#include "rules/attention_operands.h"

#include "rules/same.h"

namespace symshape::rules {
namespace {

// The mask is [B, S, total]; of other ranks there is nothing to say here.
void RequireMask3D(const ShapeView& mask, const AttentionSizes& sizes, Results& out) {
  if (mask.rank() != 3) return;
  RequireSameSize(mask[0], sizes.batch, "mask and query, batch", out);
  RequireSameSize(mask[1], sizes.sequence, "mask and query, sequence", out);
  RequireSameSize(mask[2], sizes.total, "mask and keys, length", out);
}

}  // namespace

void RequireAttentionBias(const Operands& in, int index, const AttentionSizes& sizes,
                          Results& out) {
  const ShapeView bias = in.shape(index);
  if (!bias.has_rank() || bias.rank() != 4) return;
  RequireOneOrSame(bias[0], sizes.batch, "attention_bias, batch", out);
  RequireOneOrSame(bias[1], sizes.heads, "attention_bias, heads", out);
  RequireSameSize(bias[2], sizes.sequence, "attention_bias and query, sequence", out);
  RequireSameSize(bias[3], sizes.total, "attention_bias and keys, length", out);
}

void RequirePaddingMask(const Operands& in, int index, const AttentionSizes& sizes, Results& out) {
  const ShapeView mask = in.shape(index);
  if (!mask.has_rank()) return;
  const Expr batch = sizes.batch;
  if (mask.rank() == 1 && mask[0].dim() != batch.dim()) {
    const Fact starts_too[] = {Eq(mask[0], 3 * batch + 2)};
    out.RequireUnless(starts_too, Eq(mask[0], batch),
                      {"mask of ", mask[0], " is ", batch, " or 3*", batch, " + 2 long"});
  } else if (mask.rank() == 2) {
    RequireSameSize(mask[0], batch, "mask and query, batch", out);
    RequireSameSize(mask[1], sizes.total, "mask and keys, length", out);
  }
  RequireMask3D(mask, sizes, out);
}

void RequireMaskIndex(const Operands& in, int index, const AttentionSizes& sizes, Results& out) {
  const ShapeView mask = in.shape(index);
  if (!mask.has_rank()) return;
  const Expr batch = sizes.batch;
  if (mask.rank() == 1 && mask[0].dim() != batch.dim()) {
    const Fact others[] = {Eq(mask[0], 2 * batch), Eq(mask[0], 3 * batch + 2)};
    out.RequireUnless(
        others, Eq(mask[0], batch),
        {"mask of ", mask[0], " is ", batch, ", 2*", batch, " or 3*", batch, " + 2 long"});
  } else if (mask.rank() == 2) {
    // [B, total], or [B, 1] or [1, 1]: batch B unless both are 1, length total unless that is 1.
    RequireOneOrSame(mask[0], batch, "batch of the mask", out);
    if (mask[0].dim() != batch.dim()) {
      const Fact same[] = {Eq(mask[0], batch)};
      out.RequireUnless(same, Eq(mask[1], 1),
                        {"mask of batch ", mask[0], ", not ", batch, ": length 1"});
    }
    RequireOneOrSame(mask[1], sizes.total, "length of the mask", out);
  }
  RequireMask3D(mask, sizes, out);
}

}  // namespace symshape::rules
