// onnxruntime's operators that look up, cut or transform tensors (com.microsoft), each by its
// documented formula.
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// data with axis `gather_axis` replaced by the axes of indices. Elements of fewer than 8 bits that
// are packed in bytes are unpacked along the last axis. Source: onnxruntime
// contrib_ops/cpu/quantization/gather_block_quantized.cc.
void RequireScales(const Operands& in, const ShapeView& data, int64_t packed, Results& out) {
  const ShapeView scales = in.shape(2);
  const int64_t block = in.Int("block_size", 128);
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("quantize_axis", 1), data.rank());
  if (!scales.has_rank() || scales.rank() != data.rank() || block <= 0 || !axis.ok()) return;
  for (int i = 0; i < data.rank(); ++i) {
    const Expr size = i == data.rank() - 1 ? data[i] * packed : data[i];
    RequireSameSize(scales[i], i == *axis ? CeilDiv(size, block) : size,
                    absl::StrCat("axis ", i, " of scales and blocks of data"), out);
  }
}

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
  RequireScales(in, data, packed, out);
  return absl::OkStatus();
}

// The bytes of a row of K elements in one of ggml's types, by its number there; nullopt where
// onnxruntime has no such type, or K is not whole blocks of it.
// Source: onnxruntime GatherPacked, whose kernel tells what it expects (measured).
std::optional<int64_t> PackedBytes(int64_t type, int64_t k) {
  struct Packing {
    int type, elements, bytes;  // of a block
  };
  static constexpr Packing kPackings[] = {
      {0, 1, 4},      {1, 1, 2},      {2, 32, 18},    {6, 32, 22},   {8, 32, 34},
      {13, 256, 176}, {14, 256, 210}, {16, 256, 66},  {17, 256, 74}, {18, 256, 98},
      {20, 32, 18},   {22, 256, 82},  {23, 256, 136}, {30, 1, 2},    {42, 64, 18}};
  for (const Packing& p : kPackings) {
    if (p.type != type || k < 1 || k % p.elements != 0) continue;
    return k / p.elements * p.bytes;
  }
  return std::nullopt;
}

// data: rows of packed weights, indices [i...] -> [i..., K]
absl::Status InferGatherPacked(const Operands& in, Results& out) {
  const auto bfloat16 = static_cast<int64_t>(ElementType::kBfloat16);
  out.SetType(0, static_cast<ElementType>(in.Int("output_dtype", bfloat16)));
  const std::optional<int64_t> k = in.Int("K");
  if (!k.has_value()) return absl::InvalidArgumentError("no attribute K");
  const int64_t type = in.Int("packed_type", 0);
  const std::optional<int64_t> bytes = PackedBytes(type, *k);
  if (!bytes.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("packed_type ", type, " has no rows of ", *k, " elements"));
  }
  const ShapeView data = in.shape(0), indices = in.shape(1);
  if (data.has_rank() && data.rank() == 2) {
    RequireSameSize(data[1], in.Const(*bytes), "bytes of a row", out);
    if (indices.has_rank()) {
      out.RequireUnlessZero(indices.dims(), Ge(data[0], 1), {"there are rows: ", data[0]});
    }
  }
  if (!indices.has_rank()) return absl::OkStatus();
  ShapeBuilder y(indices.dims());
  y.Add(in.Const(*k));
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
  out.Require(Ge(a[1], 1), {"columns ", a[1], " of A: at least 1"});
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
  if (size < 0) return absl::InvalidArgumentError("size is at least 0");
  if (step < 1) return absl::InvalidArgumentError("step is at least 1");
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
  if (in.Int("onesided", 1) != 0) {
    out.Require(Ge(x[last], 1), {"spectrum of ", x[last], ": at least 1"});
    y.Set(last, (x[last] - 1) * 2);
  }
  out.SetShape(0, y);
  return absl::OkStatus();
}

// [M, N] or [1, M, N] -> [2, path]: a path from one corner to the other, of less than M + N steps
absl::Status InferDynamicTimeWarping(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  const ShapeView x = in.shape(0);
  if (x.has_rank() && x.rank() != 2 && x.rank() != 3) {
    return absl::InvalidArgumentError(absl::StrCat("input has rank 2 or 3, not ", x.rank()));
  }
  if (x.has_rank() && x.rank() == 3) RequireSameSize(x[0], in.Const(1), "leading axis", out);
  const Expr path =
      x.has_rank() ? out.FreshUpTo("path", x[x.rank() - 2] + x[x.rank() - 1]) : out.Fresh("path");
  out.SetShape(0, ShapeBuilder({in.Const(2), path}));
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

// X [C] or [N, C] -> as many tokens for each text as the longest has: [C, tokens] or [N, C,
// tokens]. Of no texts at all the runtime makes [0] and [N, 0], so that the rank is only known
// where there are some. Source: onnxruntime contrib_ops/cpu/tokenizer.cc.
absl::Status InferTokenizer(const Operands& in, Results& out) {
  SetTypeLike(in, {0}, out);
  const ShapeView x = in.shape(0);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() != 1 && x.rank() != 2) {
    return absl::InvalidArgumentError(absl::StrCat("X has rank 1 or 2, not ", x.rank()));
  }
  if (!Surely(in, Ge(x.Product(), 1))) return absl::OkStatus();
  ShapeBuilder y(x.dims());
  y.Add(out.Fresh("tokens"));
  out.SetShape(0, y);
  return absl::OkStatus();
}

// Sequence [S, characters], W [embedding, 1, window, …] -> [S, embedding]
// Source: onnxruntime contrib_ops/cpu/word_conv_embedding.cc.
absl::Status InferWordConvEmbedding(const Operands& in, Results& out) {
  SetTypeLike(in, {1}, out);
  const ShapeView sequence = in.shape(0);
  const ShapeView w = in.shape(1);
  if (!sequence.has_rank() || sequence.rank() < 1 || !w.has_rank() || w.rank() < 1) {
    return absl::OkStatus();
  }
  if (sequence.rank() == 2 && w.rank() == 4) {
    out.Require(Ge(sequence[1], w[2]), {"words of ", sequence[1], ": at least ", w[2]});
  }
  RequireLength(in, 2, w[0], "bias and embedding", out);
  if (const ShapeView table = in.shape(3); table.has_rank() && table.rank() == 2 && w.rank() == 4) {
    RequireSameSize(table[1], w[3], "char embedding of the table and of W", out);
  }
  for (const auto& [name, size] : {std::pair("embedding_size", 0), std::pair("conv_window_size", 2),
                                   std::pair("char_embedding_size", 3)}) {
    const std::optional<int64_t> told = in.Int(name);
    if (told && *told > 0 && w.rank() == 4) RequireSameSize(w[size], in.Const(*told), name, out);
  }
  out.SetShape(0, ShapeBuilder({sequence[0], w[0]}));
  return absl::OkStatus();
}

constexpr Rule kContribTensorRules[] = {
    {kMicrosoft, "CDist", 1, InferCDist},
    {kMicrosoft, "DynamicTimeWarping", 1, InferDynamicTimeWarping},
    {kMicrosoft, "ExpandDims", 1, InferExpandDims},
    {kMicrosoft, "GatherBlockQuantized", 1, InferGatherBlockQuantized},
    {kMicrosoft, "GatherPacked", 1, InferGatherPacked},
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
