#include "rules/attention_body.h"

#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/attention_fits.h"
#include "rules/broadcast.h"
#include "rules/joined_dims.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

constexpr int kMaskedScores = 2;  // the least qk_matmul_output_mode that gives them
constexpr int kHeads = 1, kLength = 2, kHeadSize = 3;  // axes of what has rank 4

int LengthAxis(const ShapeView& x) { return x.rank() - 2; }

ShapeView View(const Operands& in, const ShapeBuilder& shape) {
  return ShapeView(in.context(), shape.dims());
}

// The elements of x as [batch, heads, length, -1], by way of [batch, length, heads, -1].
ShapeBuilder Split(const Operands& in, const ShapeView& x, Expr batch, Expr length, int64_t heads,
                   absl::string_view what, Results& out) {
  ShapeBuilder rest(x.dims());
  Expr rows = in.Const(heads);
  for (Expr size : {batch, length}) {
    out.Require(Ge(size, 1), {"size ", size, " beside a head of ", what, " is at least 1"});
    const absl::Span<const Dim> dims = rest.dims();
    const auto same = absl::c_find(dims, size.dim());
    if (same != dims.end()) {
      rest.Remove(static_cast<int>(same - dims.begin()));
    } else {
      rows = rows * size;
    }
  }
  const Expr elements = View(in, rest).Product();
  out.Require(Divides(rows, elements),
              {"count ", elements, " of ", what, " is a multiple of ", rows});
  return ShapeBuilder({batch, in.Const(heads), length, FloorDiv(elements, rows)});
}

// Q, K or V with rank 4. Where Q has rank 3 all three are split into heads, whatever their rank.
absl::StatusOr<ShapeBuilder> ReadHeads(const Operands& in, int operand, absl::string_view what,
                                       Results& out) {
  const ShapeView x = in.shape(operand);
  if (in.shape(0).rank() == 4) return ShapeBuilder(x.dims());
  const absl::string_view attribute = operand == 0 ? "q_num_heads" : "kv_num_heads";
  const int64_t heads = in.Int(attribute, 0);
  if (heads < 1) return absl::InvalidArgumentError(absl::StrCat("no attribute ", attribute));
  const ShapeView sequence = in.shape(operand == 0 ? 0 : 1);
  Expr length = sequence[LengthAxis(sequence)];
  // A K of rank 4 that is empty here adds to the past the length that its 0 copies.
  if (sequence.rank() == 4 && in.has(4) && !Surely(in, Ge(length, 1))) {
    length = length + Max(0, 1 - length) * x[1];
  }
  return Split(in, x, in.shape(0)[0], length, heads, what, out);
}

// What is joined to the past along the length.
absl::StatusOr<ShapeBuilder> Joined(const Operands& in, int past, const ShapeView& now,
                                    Results& out) {
  if (!in.has(past)) return ShapeBuilder(now.dims());
  if (absl::Status s = CheckRank(in, past, now.rank()); !s.ok()) return s;
  if (now.rank() != 4) {
    return absl::InvalidArgumentError("a past is beside a K and a V of rank 4, not 3");
  }
  const ShapeView before = in.shape(past);
  ShapeBuilder joined = SharedDims(in, {{before, now}}, kLength, out);
  joined.Set(kLength, before.has_rank() ? before[kLength] + now[kLength]
                                        : out.Fresh(past == 4 ? "total_keys" : "total_values"));
  return joined;
}

// Q [B, H, S, D] beside K and V, without the past and with it.
struct Heads {
  ShapeView query, key, value;
  ShapeView keys, values;
};

AttentionTarget TargetOf(const Operands& in, const Heads& h) {
  return {.batch = h.query[0],
          .heads = h.query[kHeads],
          .head_size = h.query[kHeadSize],
          .kv_heads = h.key[kHeads],
          .length = h.keys[LengthAxis(h.keys)],
          .value_size = h.value.rank() == 4 ? h.value[kHeadSize] : in.Const(1)};
}

AttentionCache KeysOf(const Operands& in, const ShapeView& k) {
  if (k.rank() == 3) return {3, in.Const(1), k[0], k[1], k[2]};
  return {4, k[0], k[kHeads], k[kLength], k[kHeadSize]};
}

AttentionCache ValuesOf(const Operands& in, const ShapeView& v) {
  return {v.rank(), v[0], v[kHeads], v[kLength], v.rank() == 3 ? in.Const(1) : v[kHeadSize]};
}

// The scores [B, H, S, T] with what is added to them, which may make them larger: a mask whose last
// axis is cut or padded to T, and one of nonpad_kv_seqlen, [B, 1, 1, T]. nullopt where a rank is
// unknown.
absl::StatusOr<std::optional<ShapeBuilder>> Masked(const Operands& in, ShapeBuilder scores,
                                                   Results& out) {
  const Expr total = View(in, scores)[kHeadSize];
  const ShapeView mask = in.shape(3), lengths = in.shape(6);
  if ((in.has(3) && !mask.has_rank()) || (in.has(6) && !lengths.has_rank())) return std::nullopt;
  if (in.has(3)) {
    if (mask.rank() == 0) return absl::InvalidArgumentError("attn_mask has no axis");
    ShapeBuilder fitted(mask.dims());
    fitted.Set(mask.rank() - 1, total);
    scores = BroadcastShapes(scores.dims(), fitted.dims(), out);
  }
  if (in.has(6)) {
    ShapeBuilder valid(lengths.dims());
    for (Expr size : {in.Const(1), in.Const(1), total}) valid.Add(size);
    scores = BroadcastShapes(scores.dims(), valid.dims(), out);
  }
  return scores;
}

// Where E is 0, V is reshaped to the length that it is expanded to: 0, too, unless Q is empty.
Expr ValueSize(const Operands& in, const Heads& h, Expr length) {
  const Expr size = h.value[kHeadSize];
  if (Surely(in, Ge(size, 1))) return size;
  if (Surely(in, Ge(h.query[0], 1)) && Surely(in, Ge(h.query[kHeads], 1))) return size;
  return size + Max(0, 1 - size) * Broadcast(h.values[kLength], length);
}

// Y of scores that are as they are, or masked.
absl::Status SetResult(const Operands& in, const ShapeBuilder& scores, const Heads& h,
                       Results& out) {
  const ShapeView s = View(in, scores);
  const Expr length = s[s.rank() - 1];
  if (h.value.rank() == 3) {
    const Dim batch[] = {h.query[0].dim()};
    ShapeBuilder result = BroadcastShapes(s.dims().first(s.rank() - 2), batch, out);
    for (Expr size : {s[s.rank() - 2], length}) result.Add(size);
    out.SetShape(0, result);
    return absl::OkStatus();
  }
  const Expr value_size = ValueSize(in, h, length);
  if (in.shape(0).rank() == 4) {
    ShapeBuilder result(scores);
    result.Set(s.rank() - 1, value_size);
    out.SetShape(0, result);
    return absl::OkStatus();
  }
  if (s.rank() != 4) {
    return absl::InvalidArgumentError(
        absl::StrCat("attn_mask beside operands of rank 3 has rank 4 at most, not ", s.rank()));
  }
  // Its heads are joined by [0, 0, -1], whose -1 stands beside what a mask may have made 0.
  for (Expr size : {s[0], s[kLength]}) {
    out.Require(Ge(size, 1), {"size ", size, " of the masked scores is at least 1"});
  }
  out.SetShape(0, ShapeBuilder({s[0], s[kLength], s[kHeads] * value_size}));
  return absl::OkStatus();
}

}  // namespace

// Q [B, H, S, D], K [B, G, T, D], V [B, G, T, E], past [B, G, P, …] -> Y [B, H, S, E]; present K
// and V with P + T; Q*K [B, H, S, P + T]. Where Q has rank 3, the elements of all three are read as
// [B of Q, S or K's axis -2, heads, -1], and Y is [B, S, H*E].
// Source: ONNX Attention-25, its function body.
absl::Status InferAttentionBody(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out, 0);
  SetTypeLike(in, {1, 0}, out, 1);
  SetTypeLike(in, {2, 0}, out, 2);
  SetTypeLike(in, {0}, out, 3);
  for (int i : {0, 1, 2}) {
    const ShapeView x = in.shape(i);
    if (!x.has_rank()) return absl::OkStatus();
    if (x.rank() != 3 && x.rank() != 4) {
      return absl::InvalidArgumentError(absl::StrCat("an operand has rank 3 or 4, not ", x.rank()));
    }
  }
  const absl::StatusOr<ShapeBuilder> query = ReadHeads(in, 0, "Q", out);
  if (!query.ok()) return query.status();
  const absl::StatusOr<ShapeBuilder> key = ReadHeads(in, 1, "K", out);
  if (!key.ok()) return key.status();
  const absl::StatusOr<ShapeBuilder> value = ReadHeads(in, 2, "V", out);
  if (!value.ok()) return value.status();
  const ShapeView q = View(in, *query), k = View(in, *key), v = View(in, *value);
  const absl::StatusOr<ShapeBuilder> keys = Joined(in, 4, k, out);
  if (!keys.ok()) return keys.status();
  const absl::StatusOr<ShapeBuilder> values = Joined(in, 5, v, out);
  if (!values.ok()) return values.status();
  const Heads heads{q, k, v, View(in, *keys), View(in, *values)};
  RequireAttentionFits(TargetOf(in, heads), KeysOf(in, heads.keys), ValuesOf(in, heads.values),
                       out);
  out.SetShape(1, *keys);
  out.SetShape(2, *values);
  const Expr length = heads.keys[LengthAxis(heads.keys)];
  const ShapeBuilder scores({q[0], q[kHeads], q[kLength], length});
  const absl::StatusOr<std::optional<ShapeBuilder>> masked = Masked(in, scores, out);
  if (!masked.ok()) return masked.status();
  if (in.Int("qk_matmul_output_mode", 0) < kMaskedScores) {
    out.SetShape(3, scores);
  } else if (masked->has_value()) {
    out.SetShape(3, **masked);
  }
  return masked->has_value() ? SetResult(in, **masked, heads, out) : absl::OkStatus();
}

}  // namespace symshape::rules
