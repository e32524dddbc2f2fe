#include "rules/attention_fits.h"

#include <vector>

namespace symshape::rules {
namespace {

// Where one of `unless` holds, it is enough that they broadcast.
void RequireExpanded(Expr size, Expr to, absl::Span<const Fact> unless, absl::string_view what,
                     Results& out) {
  if (size.is(1) || size.dim() == to.dim()) return;
  out.Require(Broadcastable(size, to), {what, ": ", size, " and ", to, " are equal, or one is 1"});
  std::vector<Fact> alternatives{Eq(size, 1)};
  alternatives.insert(alternatives.end(), unless.begin(), unless.end());
  out.RequireUnless(alternatives, Eq(size, to), {what, ": ", size, " is ", to, " or 1"});
}

// K is expanded from [1, M, T, 1, D] to [B, T, H/T, T, D].
void RequireFlatKeys(const AttentionTarget& t, Results& out) {
  const Expr length = t.length;
  const Fact one = Eq(length, 1), square = Eq(length * length, t.heads);
  const Fact broadcasts[] = {one, square, Eq(length, t.heads)};
  out.RequireUnless(broadcasts, Ne(Mod(t.heads, Max(1, length)), 0),
                    {"heads of Q, ", t.heads, ", beside a K of rank 3 and length ", length});
  const Fact fits[] = {one, Eq(t.batch, 0), Eq(t.heads, 0)};
  out.RequireUnless(fits, square,
                    {"heads of Q, ", t.heads, ", are the square of the length of a K of rank 3, ",
                     length, ", or that is 1"});
}

// V is expanded from [M, N, 1, U] to [B, G, H/G, T], and reshaped to [B, H, T].
void RequireFlatValues(const AttentionTarget& t, const AttentionCache& value, Results& out) {
  out.Require(
      Broadcastable(t.heads, t.batch),
      {"heads of Q, ", t.heads, ", and the matrices of V, ", t.batch, ", are equal, or one is 1"});
  out.RequireUnless({{Eq(t.heads, 0)}}, Eq(t.length, t.heads),
                    {"length of K, ", t.length, ", and heads of Q, ", t.heads,
                     ", are equal beside a V of rank 3"});
  out.RequireUnless({{Ge(t.heads, 1)}}, Eq(t.length, value.heads),
                    {"length of K, ", t.length, ", and axis 1 of V, ", value.heads,
                     ", are equal where Q has no heads"});
}

// Heads that Q's 0 meets.
void RequireNoHeads(const AttentionTarget& t, const AttentionCache& key,
                    const AttentionCache& value, Results& out) {
  const Fact heads[] = {Ge(t.heads, 1)};
  out.RequireUnless(heads, Eq(t.kv_heads, 1),
                    {"heads of Q, ", t.heads, ", are not 0 beside ", t.kv_heads, " of K"});
  const Fact reads[] = {heads[0], Eq(t.batch, 0), Eq(t.length, 0), Eq(value.heads, 0)};
  const auto reads_keys = absl::MakeConstSpan(reads).first(3);
  for (const AttentionCache* cache : {&key, &value}) {
    if (cache == &value && value.rank == 3) continue;
    out.RequireUnless(heads, Le(cache->heads, 1),
                      {"heads of Q, ", t.heads, ", are not 0 beside ", cache->heads, " of K or V"});
  }
  out.RequireUnless(reads_keys, Eq(key.heads, 0),
                    {"heads of Q, ", t.heads, ", are not 0 beside a K with elements"});
  const Fact no_values[] = {Eq(t.value_size, 0), Eq(value.length, 0), Eq(t.length, 1)};
  for (const Fact& fact : no_values) {
    out.RequireUnless(reads, fact,
                      {"heads of Q, ", t.heads, ", are not 0 beside a V with elements"});
  }
}

}  // namespace

void RequireAttentionFits(const AttentionTarget& t, const AttentionCache& key,
                          const AttentionCache& value, Results& out) {
  const Fact no_batch = Eq(t.batch, 0), no_heads = Eq(t.heads, 0);
  const Fact anything[] = {no_batch, no_heads, Eq(t.value_size, 0)};
  const absl::Span<const Fact> empty = absl::MakeConstSpan(anything).first(2);
  out.Require(Ge(t.kv_heads, 1), {"heads of K, ", t.kv_heads, ", are at least 1"});
  out.RequireUnless({{no_heads}}, Ge(t.length, 1), {"length of K, ", t.length, ", is at least 1"});
  out.RequireUnless({{Eq(t.length, 0)}}, Ge(t.head_size, 1),
                    {"head size of Q, ", t.head_size, ", is at least 1"});
  RequireExpanded(key.batch, t.batch, empty, "batch of K", out);
  RequireExpanded(key.heads, t.kv_heads, empty, "heads of K", out);
  RequireExpanded(key.head_size, t.head_size, empty, "head size of K", out);
  for (const Fact& nothing : {Eq(value.length, 0), Eq(t.length, 1)}) {
    const Fact fits[] = {no_batch, no_heads, nothing};
    out.RequireUnless(
        fits, Ge(t.value_size, 1),
        {"head size of V, ", t.value_size, ", is at least 1 beside a length of ", value.length});
  }
  RequireExpanded(value.batch, t.batch, anything, "batch of V", out);
  RequireExpanded(value.heads, t.kv_heads, anything, "heads of V", out);
  RequireExpanded(value.length, t.length, anything, "length of V", out);
  RequireExpanded(value.head_size, t.value_size, empty, "head size of V", out);
  RequireNoHeads(t, key, value, out);
  if (key.rank == 3) RequireFlatKeys(t, out);
  if (value.rank == 3) RequireFlatValues(t, value, out);
  if (t.kv_heads.is(1) || t.kv_heads.dim() == t.heads.dim()) return;
  out.RequireUnless({{no_batch}}, Divides(t.kv_heads, t.heads),
                    {"heads of K, ", t.kv_heads, ", divide those of Q, ", t.heads});
}

}  // namespace symshape::rules
