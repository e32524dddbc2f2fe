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

void RequireOneOrSame(Expr size, Expr same, absl::string_view what, Results& out) {
  if (size.is(1) || size.dim() == same.dim()) return;
  const Fact one[] = {Eq(size, 1)};
  out.RequireUnless(one, Eq(size, same),
                    {"attention_bias, ", what, ": ", size, " is ", same, " or 1"});
}

}  // namespace

void RequireAttentionBias(const Operands& in, int index, const AttentionSizes& sizes,
                          Results& out) {
  const ShapeView bias = in.shape(index);
  if (!bias.has_rank() || bias.rank() != 4) return;
  RequireOneOrSame(bias[0], sizes.batch, "batch", out);
  RequireOneOrSame(bias[1], sizes.heads, "heads", out);
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
    if (mask[0].dim() != batch.dim()) {
      const Fact one[] = {Eq(mask[0], 1)};
      out.RequireUnless(one, Eq(mask[0], batch),
                        {"mask of batch ", mask[0], " is ", batch, " or 1"});
      const Fact same[] = {Eq(mask[0], batch)};
      out.RequireUnless(same, Eq(mask[1], 1),
                        {"mask of batch ", mask[0], ", not ", batch, ": length 1"});
    }
    if (mask[1].dim() != sizes.total.dim()) {
      const Fact one[] = {Eq(mask[1], 1)};
      out.RequireUnless(one, Eq(mask[1], sizes.total),
                        {"mask of length ", mask[1], " is ", sizes.total, " or 1"});
    }
  }
  RequireMask3D(mask, sizes, out);
}

}  // namespace symshape::rules
