// onnxruntime's operators that look up, cut or transform tensors (com.microsoft), each by its
// documented formula.
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// data with axis `gather_axis` replaced by the axes of indices. Elements of fewer than 8 bits that are
// packed in bytes are unpacked along the last axis.
// Source: onnxruntime contrib_ops/cpu/quantization/gather_block_quantized.cc.
absl::Status InferGatherBlockQuantized(const Operands& in, Results& out) {
  SetTypeLike(in, {2}, out);
  const ShapeView data = in.shape(0);
  const ShapeView indices = in.shape(1);
  if (!data.has_rank() || !indices.has_rank()) return absl::OkStatus();
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("gather_axis", 0), data.rank());
  if (!axis.ok()) return axis.status();
  const int64_t bits = in.Int("bits", 4);
  const int64_t packed = in.type(0) == ElementType::kUint8 && bits > 0 ? 8 / bits : 1;
  ShapeBuilder y;
  for (int i = 0; i < data.rank(); ++i) {
    if (i == *axis) {
      for (int k = 0; k < indices.rank(); ++k) y.Add(indices[k]);
    } else {
      y.Add(i == data.rank() - 1 ? data[i] * packed : data[i]);
    }
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

// weight [V, H], indices [i...] -> [i..., H]
absl::Status InferTorchEmbedding(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  const ShapeView weight = in.shape(0);
  const ShapeView indices = in.shape(1);
  if (!weight.has_rank() || !indices.has_rank()) return absl::OkStatus();
  ShapeBuilder y(indices.dims());
  y.Add(weight[1]);
  out.SetShape(0, y);
  return absl::OkStatus();
}

// A [M, K], B [N, K] -> [M, N]
absl::Status InferCDist(const Operands& in, Results& out) {
  SetTypeLike(in, {0, 1}, out);
  if (absl::Status s = CheckRank(in, 0, 2); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, 1, 2); !s.ok()) return s;
  const ShapeView a = in.shape(0);
  const ShapeView b = in.shape(1);
  if (!a.has_rank() || !b.has_rank()) return absl::OkStatus();
  RequireSameSize(a[1], b[1], "columns", out);
  out.SetShape(0, ShapeBuilder({a[0], b[0]}));
  return absl::OkStatus();
}

// X and a scalar axis -> X with an axis of size 1 there
absl::Status InferExpandDims(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  const auto value = in.Constants(1);
  if (!value.has_value() || value->size() != 1) {
    out.SetRank(0, x.rank() + 1, "expanded");
    return absl::OkStatus();
  }
  const absl::StatusOr<int> axis = NormalizeAxis((*value)[0], x.rank() + 1);
  if (!axis.ok()) return axis.status();
  ShapeBuilder y(x.dims());
  y.Insert(*axis, in.Const(1));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// Windows of `size` every `step` along `dim`; the window is a new last axis.
absl::Status InferUnfoldTensor(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  const int64_t size = in.Int("size", 0);
  const int64_t step = in.Int("step", 1);
  if (size < 1 || step < 1) return absl::InvalidArgumentError("size and step are at least 1");
  if (!x.has_rank()) return absl::OkStatus();
  const absl::StatusOr<int> dim = NormalizeAxis(in.Int("dim", -1), x.rank());
  if (!dim.ok()) return dim.status();
  out.Require(Ge(x[*dim], size), {"window of ", size, " not larger than ", x[*dim]});
  ShapeBuilder y(x.dims());
  y.Set(*dim, FloorDiv(x[*dim] - size, step) + 1);
  y.Add(in.Const(size));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// X [..., n] -> [..., n/2 + 1, 2], or [..., n, 2] where not onesided
absl::Status InferRfft(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank() || x.rank() == 0) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  const int last = x.rank() - 1;
  if (in.Int("onesided", 1) != 0) y.Set(last, FloorDiv(x[last], 2) + 1);
  y.Add(in.Const(2));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// X [..., m, 2] -> [..., 2*(m - 1)], or [..., m] where not onesided
absl::Status InferIrfft(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank() || x.rank() < 2) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  const int last = x.rank() - 2;
  y.Remove(last + 1);
  if (in.Int("onesided", 1) != 0) y.Set(last, (x[last] - 1) * 2);
  out.SetShape(0, y);
  return absl::OkStatus();
}

// [1, M, N] -> [2, path]
absl::Status InferDynamicTimeWarping(const Operands& in, Results& out) {
  out.Set(0, ElementType::kInt32, ShapeBuilder({in.Const(2), out.Fresh("path")}));
  return absl::OkStatus();
}

// x [n] -> its distinct elements [u], for each element its index among them [n], their counts [u]
absl::Status InferUnique(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  out.SetType(1, ElementType::kInt64);
  out.SetType(2, ElementType::kInt64);
  if (absl::Status s = CheckRank(in, 0, 1); !s.ok()) return s;
  const ShapeView x = in.shape(0);
  const Expr distinct = x.has_rank() ? out.FreshUpTo("unique", x[0]) : out.Fresh("unique");
  out.SetShape(0, ShapeBuilder({distinct}));
  out.SetShape(1, x);
  out.SetShape(2, ShapeBuilder({distinct}));
  return absl::OkStatus();
}

// [C] or [N, C] texts -> as many tokens for each as the longest has
absl::Status InferTokenizer(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  y.Add(out.Fresh("tokens"));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// Sequence [S, characters], W [embedding, …] -> [S, embedding]
absl::Status InferWordConvEmbedding(const Operands& in, Results& out) {
  SetTypeLike(in, {1}, out);
  const ShapeView sequence = in.shape(0);
  const ShapeView w = in.shape(1);
  if (!sequence.has_rank() || sequence.rank() < 1 || !w.has_rank() || w.rank() < 1) {
    return absl::OkStatus();
  }
  out.SetShape(0, ShapeBuilder({sequence[0], w[0]}));
  return absl::OkStatus();
}

constexpr Rule kContribTensorRules[] = {
    {kMicrosoft, "CDist", 1, InferCDist},
    {kMicrosoft, "DynamicTimeWarping", 1, InferDynamicTimeWarping},
    {kMicrosoft, "ExpandDims", 1, InferExpandDims},
    {kMicrosoft, "GatherBlockQuantized", 1, InferGatherBlockQuantized},
    {kMicrosoft, "Irfft", 1, InferIrfft},
    {kMicrosoft, "Rfft", 1, InferRfft},
    {kMicrosoft, "Tokenizer", 1, InferTokenizer},
    {kMicrosoft, "TorchEmbedding", 1, InferTorchEmbedding},
    {kMicrosoft, "UnfoldTensor", 1, InferUnfoldTensor},
    {kMicrosoft, "Unique", 1, InferUnique},
    {kMicrosoft, "WordConvEmbedding", 1, InferWordConvEmbedding},
};

}  // namespace

absl::Span<const Rule> ContribTensorRules() { return kContribTensorRules; }

}  // namespace symshape::rules
