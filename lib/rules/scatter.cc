// Operators that write updates into a copy of their first operand: its shape is the output's.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/element_math.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

bool Overwrites(const Operands& in) { return in.String("reduction", "none") == "none"; }

// What is written where `old` stands. Floats are only overwritten: their sums depend on the order.
class Reduction {
 public:
  Reduction(const Operands& in, Results& out)
      : name_(in.String("reduction", "none")), math_(out, in.type(0)) {}
  Element operator()(const Element& old, const Element& update) {
    if (name_ == "none") return update;
    if (math_.is_float()) return Element();
    if (name_ == "add") return math_.Add(old, update);
    if (name_ == "mul") return math_.Mul(old, update);
    if (name_ == "max") return math_.Max(old, update);
    return name_ == "min" ? math_.Min(old, update) : Element();
  }

 private:
  absl::string_view name_;
  ElementMath math_;
};

void SetScatteredElements(const Operands& in, int axis, Results& out) {
  const std::optional<Block> from = BlockOf(in, 0);
  const std::optional<Block> at = BlockOf(in, 1);
  const std::optional<Block> by = BlockOrUnknown(in, 2);
  if (!from || !at || !by || at->dims != by->dims) return;
  std::vector<Element> result = from->elements;
  const Sizes strides = Strides(from->dims);
  Reduction reduce(in, out);
  size_t next = 0;
  bool all_known = true;
  ForEachIndex(at->dims, [&](absl::Span<const int64_t> index) {
    const auto to = Position(in.context(), at->elements[next], from->dims[axis]);
    const Element& update = by->elements[next++];
    all_known = all_known && to;
    if (!to) return;
    const int64_t offset = OffsetOf(index, strides) + (*to - index[axis]) * strides[axis];
    if (offset < static_cast<int64_t>(result.size())) {
      result[offset] = reduce(result[offset], update);
    }
  });
  if (all_known) out.SetElements(0, std::move(result));
}

// out = data; out[indices[i][j]][j] = updates[i][j] for axis 0. indices and updates have one shape,
// at no axis but `axis` longer than data's. Source: ONNX ScatterElements-18; onnxruntime
// core/providers/cpu/tensor/scatter.cc.
absl::Status InferScatterElements(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  if (Overwrites(in)) EncloseRange(in, {0, 2}, out);
  const ShapeView data = in.shape(0);
  const ShapeView indices = in.shape(1);
  const ShapeView updates = in.shape(2);
  if (!data.has_rank() || !indices.has_rank()) return absl::OkStatus();
  if (data.rank() != indices.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("data has rank ", data.rank(), ", indices have rank ", indices.rank()));
  }
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 0), data.rank());
  if (!axis.ok()) return axis.status();
  for (int k = 0; k < data.rank(); ++k) {
    if (updates.has_rank() && updates.rank() == indices.rank()) {
      RequireSameSize(indices[k], updates[k], absl::StrCat("axis ", k, " of indices and updates"),
                      out);
    }
    if (k == *axis || Surely(in, Le(indices[k], data[k]))) continue;
    out.Require(Le(indices[k], data[k]),
                {"axis ", k, " of the indices, ", indices[k], ", is within data's ", data[k]});
  }
  RequireIndices(in, 1, data[*axis], indices.dims(), out);

  SetScatteredElements(in, *axis, out);
  return absl::OkStatus();
}

// out = data; out[indices[i...]] = updates[i...], with indices [i..., k] and updates [i..., data's
// axes from k on]. Source: ONNX ScatterND-18; onnxruntime core/providers/cpu/tensor/scatter_nd.cc,
// which compares the shapes also where nothing is written.
class ScatterNd {
 public:
  ScatterNd(const Operands& in, Results& out)
      : in_(in), out_(out), data_(in.shape(0)), indices_(in.shape(1)), updates_(in.shape(2)) {}

  absl::Status Infer() {
    SetLike(in_, 0, out_);
    if (Overwrites(in_)) EncloseRange(in_, {0, 2}, out_);
    if (!data_.has_rank() || !indices_.has_rank()) return absl::OkStatus();
    if (indices_.rank() == 0) return absl::InvalidArgumentError("indices are a scalar");
    const std::optional<int64_t> tuple = TupleLength();
    if (!tuple) return absl::OkStatus();
    if (*tuple > data_.rank()) {
      return absl::InvalidArgumentError(
          absl::StrCat("tuples of ", *tuple, ", data has rank ", data_.rank()));
    }
    tuple_ = *tuple;
    if (absl::Status s = RequireUpdates(); !s.ok()) return s;
    const absl::Span<const Dim> tuples = indices_.dims().subspan(0, indices_.rank() - 1);
    for (int k = 0; k < tuple_; ++k) {
      RequireIndices(in_, tuple_ == 1 ? RangeOf(in_, 1) : ValueRange{}, data_[k], tuples, out_);
    }
    SetScattered();
    return absl::OkStatus();
  }

 private:
  // The axes that a tuple indexes: the last dim of the indices, or what the updates' rank leaves.
  std::optional<int64_t> TupleLength() {
    const Expr length = indices_[indices_.rank() - 1];
    if (length.constant().has_value()) return length.constant();
    if (!updates_.has_rank()) {
      out_.Require(Le(length, data_.rank()),
                   {"tuples of ", length, ", data has rank ", data_.rank()});
      return std::nullopt;
    }
    const int64_t left = indices_.rank() - 1 + data_.rank() - updates_.rank();
    out_.Require(Eq(length, left), {"tuples of ", length, ", updates have rank ", updates_.rank()});
    return left >= 0 ? std::optional(left) : std::nullopt;
  }

  absl::Status RequireUpdates() {
    if (!updates_.has_rank()) return absl::OkStatus();
    const int tuples = indices_.rank() - 1;
    const int rank = tuples + data_.rank() - static_cast<int>(tuple_);
    if (updates_.rank() != rank) {
      return absl::InvalidArgumentError(
          absl::StrCat("updates have rank ", rank, ", not ", updates_.rank()));
    }
    for (int k = 0; k < rank; ++k) {
      const Expr wanted = k < tuples ? indices_[k] : data_[k - tuples + static_cast<int>(tuple_)];
      RequireSameSize(updates_[k], wanted, absl::StrCat("axis ", k, " of the updates"), out_);
    }
    return absl::OkStatus();
  }

  void SetScattered() {
    const std::optional<Block> from = BlockOf(in_, 0);
    const std::optional<Block> at = BlockOf(in_, 1);
    const std::optional<Block> by = BlockOrUnknown(in_, 2);
    if (!from || !at || !by) return;
    std::vector<Element> result = from->elements;
    Reduction reduce(in_, out_);
    const Sizes strides = Strides(from->dims);
    int64_t whole = 1;  // elements below one tuple
    for (size_t k = tuple_; k < from->dims.size(); ++k) whole *= from->dims[k];
    int64_t writes = 1;
    for (size_t k = 0; k + 1 < at->dims.size(); ++k) writes *= at->dims[k];
    if (writes * whole != static_cast<int64_t>(by->elements.size())) return;
    for (int64_t w = 0; w < writes; ++w) {
      int64_t offset = 0;
      for (int64_t k = 0; k < tuple_; ++k) {
        const auto position = Position(in_.context(), at->elements[w * tuple_ + k], from->dims[k]);
        if (!position) return;
        offset += *position * strides[k];
      }
      for (int64_t e = 0; e < whole; ++e) {
        result[offset + e] = reduce(result[offset + e], by->elements[w * whole + e]);
      }
    }
    out_.SetElements(0, std::move(result));
  }

  const Operands& in_;
  Results& out_;
  const ShapeView data_;
  const ShapeView indices_;
  const ShapeView updates_;
  int64_t tuple_ = 0;
};

absl::Status InferScatterNd(const Operands& in, Results& out) { return ScatterNd(in, out).Infer(); }

// past_cache [b, ..., max, h...], update [b, ..., s, h...], write_indices [b] -> present like
// past_cache. With mode "linear" every index leaves room for s; "circular" wraps around. Source:
// ONNX TensorScatter-24; onnxruntime core/providers/cpu/llm/tensorscatter.cc.
absl::Status InferTensorScatter(const Operands& in, Results& out) {
  SetLike(in, 0, out);
  EncloseRange(in, {0, 1}, out);
  const ShapeView cache = in.shape(0);
  const ShapeView update = in.shape(1);
  if (!cache.has_rank() || !update.has_rank()) return absl::OkStatus();
  if (cache.rank() != update.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("past_cache has rank ", cache.rank(), ", update has rank ", update.rank()));
  }
  const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", -2), cache.rank());
  if (!axis.ok()) return axis.status();
  for (int k = 0; k < cache.rank(); ++k) {
    if (k == *axis) {
      if (!Surely(in, Le(update[k], cache[k]))) {
        out.Require(Le(update[k], cache[k]),
                    {"update of ", update[k], " in a cache of ", cache[k]});
      }
    } else {
      RequireSameSize(cache[k], update[k], absl::StrCat("axis ", k, " of cache and update"), out);
    }
  }
  RequireLength(in, 2, cache[0], "batch of write_indices and cache", out);
  return absl::OkStatus();
}

constexpr Rule kScatterRules[] = {
    {kOnnx, "Scatter", 9, InferScatterElements},
    {kOnnx, "ScatterElements", 11, InferScatterElements},
    {kOnnx, "ScatterND", 11, InferScatterNd},
    {kOnnx, "TensorScatter", 24, InferTensorScatter},
};

}  // namespace

absl::Span<const Rule> ScatterRules() { return kScatterRules; }

}  // namespace symshape::rules
