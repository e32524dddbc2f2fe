// Gather, GatherElements, GatherND: elements picked by index. The index checks are vacuous where no
// index is read: a decoder at batch 0 runs beyond its position table.
#include "absl/strings/str_cat.h"
#include "rules/ask.h"
#include "rules/axes.h"
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"

namespace symshape::rules {
namespace {

// Sets the output's elements one by one: source(index of the output) is a position in `data`, or
// nullopt.
template <typename Source>
void SetPickedElements(const Block& data, Results& out, Source source) {
  const ShapeId shape = out.tables().type(out.info(0).type).shape;
  if (shape == ShapeId::kUnknownRank) return;
  const auto dims = ShapeView(out.tables().context(), out.tables().dims(shape)).Constants();
  if (!dims || !TrackedCount(*dims)) return;
  std::vector<Element> elements;
  ForEachIndex(*dims, [&](absl::Span<const int64_t> index) {
    const std::optional<int64_t> from = source(index);
    elements.push_back(from ? data.elements[*from] : Element());
  });
  out.SetElements(0, std::move(elements));
}

// data [a..., n, b...], indices [i...] -> [a..., i..., b...]
// Source: ONNX Gather-13; onnxruntime core/providers/cpu/tensor/gather.cc.
absl::Status InferGather(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView data = in.shape(0);
  const ShapeView indices = in.shape(1);
  if (data.has_rank() && indices.has_rank()) {
    if (data.rank() == 0) return absl::InvalidArgumentError("data is a scalar");
    const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 0), data.rank());
    if (!axis.ok()) return axis.status();
    RequireIndices(in, 1, data[*axis], indices.dims(), out);
    ShapeBuilder y(data.dims().subspan(0, *axis));
    for (int k = 0; k < indices.rank(); ++k) y.Add(indices[k]);
    for (int k = *axis + 1; k < data.rank(); ++k) y.Add(data[k]);
    out.SetShape(0, y);
    const std::optional<Block> from = BlockOf(in, 0);
    const std::optional<Block> at = BlockOf(in, 1);
    if (from && at) {
      const Sizes data_strides = Strides(from->dims);
      const Sizes index_strides = Strides(at->dims);
      const int rank = indices.rank();
      SetPickedElements(*from, out, [&](absl::Span<const int64_t> y) -> std::optional<int64_t> {
        const int64_t where = OffsetOf(y.subspan(*axis, rank), index_strides);
        const auto position = Position(in.context(), at->elements[where], from->dims[*axis]);
        if (!position) return std::nullopt;
        return OffsetOf(y.subspan(0, *axis), data_strides) + *position * data_strides[*axis] +
               OffsetOf(y.subspan(*axis + rank),
                        absl::MakeConstSpan(data_strides).subspan(*axis + 1));
      });
    }
  }
  EncloseRange(in, {0}, out);
  return absl::OkStatus();
}

// y[i][j][k] = data[indices[i][j][k]][j][k] for axis 0: the output has the shape of indices, which
// is at no other axis longer than data. Source: ONNX GatherElements-13; onnxruntime
// core/providers/cpu/tensor/gather_elements.cc.
absl::Status InferGatherElements(const Operands& in, Results& out) {
  out.Set(0, in.type(0), in.shape(1));
  const ShapeView data = in.shape(0);
  const ShapeView indices = in.shape(1);
  if (data.has_rank() && indices.has_rank()) {
    if (data.rank() != indices.rank()) {
      return absl::InvalidArgumentError(
          absl::StrCat("data has rank ", data.rank(), ", indices have rank ", indices.rank()));
    }
    const absl::StatusOr<int> axis = NormalizeAxis(in.Int("axis", 0), data.rank());
    if (!axis.ok()) return axis.status();
    for (int k = 0; k < data.rank(); ++k) {
      if (k == *axis || Surely(in, Le(indices[k], data[k]))) continue;
      out.Require(Le(indices[k], data[k]),
                  {"axis ", k, " of the indices, ", indices[k], ", is within data's ", data[k]});
    }
    RequireIndices(in, 1, data[*axis], indices.dims(), out);
    const std::optional<Block> from = BlockOf(in, 0);
    const std::optional<Block> at = BlockOf(in, 1);
    if (from && at) {
      const Sizes strides = Strides(from->dims);
      const Sizes index_strides = Strides(at->dims);
      SetPickedElements(*from, out, [&](absl::Span<const int64_t> y) -> std::optional<int64_t> {
        const auto position =
            Position(in.context(), at->elements[OffsetOf(y, index_strides)], from->dims[*axis]);
        if (!position) return std::nullopt;
        return OffsetOf(y, strides) + (*position - y[*axis]) * strides[*axis];
      });
    }
  } else if (data.has_rank()) {
    out.SetRank(0, data.rank(), "gather");
  }
  EncloseRange(in, {0}, out);
  return absl::OkStatus();
}

// data [b..., n..., c...], indices [b..., i..., k], k = length of an index tuple -> [b..., i...,
// c...] where n... are k axes. The runtime takes b... from indices and only wants their count to be
// a multiple of data's. Source: ONNX GatherND-13; onnxruntime
// core/providers/cpu/tensor/gather_nd.cc.
class GatherNd {
 public:
  GatherNd(const Operands& in, Results& out)
      : in_(in), out_(out), data_(in.shape(0)), indices_(in.shape(1)) {}

  absl::Status Infer() {
    out_.SetType(0, in_.type(0));
    EncloseRange(in_, {0}, out_);
    if (!data_.has_rank() || !indices_.has_rank()) return absl::OkStatus();
    if (data_.rank() == 0 || indices_.rank() == 0) {
      return absl::InvalidArgumentError("data and indices have rank at least 1");
    }
    batch_ = static_cast<int>(in_.Int("batch_dims", 0));
    const Expr length = indices_[indices_.rank() - 1];
    const std::optional<int64_t> tuple = length.constant();
    if (!tuple) {  // which axes are indexed is data
      RequireTuplesOf(length);
      return absl::OkStatus();
    }
    tuple_ = *tuple;
    if (batch_ < 0 || batch_ >= indices_.rank() || batch_ + tuple_ > data_.rank()) {
      return absl::InvalidArgumentError(absl::StrCat("tuples of ", tuple_, " after ", batch_,
                                                     " batch axes, data has rank ", data_.rank()));
    }
    const int first_whole = batch_ + static_cast<int>(tuple_);
    ShapeBuilder y(indices_.dims().subspan(0, indices_.rank() - 1));
    for (int k = first_whole; k < data_.rank(); ++k) y.Add(data_[k]);
    out_.SetShape(0, y);
    RequireBatches();
    RequireTuples(y.dims());
    SetGathered();
    return absl::OkStatus();
  }

 private:
  // Where there are tuples there are batches, and the tuples are a multiple of them.
  void RequireBatches() {
    const absl::Span<const Dim> lead = indices_.dims().subspan(0, indices_.rank() - 1);
    bool same = true;
    for (int k = 0; k < batch_; ++k) {
      if (!Surely(in_, Ge(data_[k], 1))) {
        out_.RequireUnlessZero(lead, Ge(data_[k], 1),
                               {"batch axis ", k, " of ", data_[k], " is not empty"});
      }
      same = same && data_[k].dim() == indices_[k].dim();
    }
    if (same) return;
    const Expr tuples = indices_.Product(0, indices_.rank() - 1);
    const Expr batches = data_.Product(0, batch_);
    out_.RequireUnlessZero(lead, Divides(batches, tuples),
                           {batches, " batches divide ", tuples, " tuples"});
  }

  // Tuples of a length that only the data tells end within data, and read no empty axis.
  void RequireTuplesOf(Expr length) {
    out_.Require(Le(length, data_.rank() - batch_), {"tuples of ", length, " after ", batch_,
                                                     " batch axes, data has rank ", data_.rank()});
    RequireBatches();
    for (int k = 0; batch_ + k < data_.rank(); ++k) {
      if (Surely(in_, Ge(data_[batch_ + k], 1))) continue;
      std::vector<Fact> unless{Le(length, k)};
      for (int i = 0; i + 1 < indices_.rank(); ++i) unless.push_back(Eq(indices_[i], 0));
      for (int i = batch_ + k + 1; i < data_.rank(); ++i) unless.push_back(Eq(data_[i], 0));
      out_.RequireUnless(unless, Ge(data_[batch_ + k], 1),
                         {"axis ", batch_ + k, " of data is indexed"});
    }
  }

  // Each index of a tuple is within its axis of data.
  void RequireTuples(absl::Span<const Dim> unless_zero) {
    if (tuple_ == 1) {
      RequireIndices(in_, 1, data_[batch_], unless_zero, out_);
      return;
    }
    const std::vector<Info> columns = in_.knowledge(1).columns;
    const bool known = static_cast<int64_t>(columns.size()) == tuple_;
    for (int k = 0; k < tuple_; ++k) {
      const ValueRange range = known ? RangeOf(in_.tables(), columns[k]) : ValueRange{};
      RequireIndices(in_, range, data_[batch_ + k], unless_zero, out_);
    }
  }

  void SetGathered() {
    const std::optional<Block> from = BlockOf(in_, 0);
    const std::optional<Block> at = BlockOf(in_, 1);
    if (!from || !at) return;
    const Sizes strides = Strides(from->dims);
    const Sizes index_strides = Strides(at->dims);
    const int tuples = indices_.rank() - 1;
    SetPickedElements(*from, out_, [&](absl::Span<const int64_t> y) -> std::optional<int64_t> {
      const int64_t start = OffsetOf(y.subspan(0, tuples), index_strides);
      int64_t offset = OffsetOf(y.subspan(0, batch_), strides);
      for (int64_t k = 0; k < tuple_; ++k) {
        const auto position =
            Position(in_.context(), at->elements[start + k], from->dims[batch_ + k]);
        if (!position) return std::nullopt;
        offset += *position * strides[batch_ + k];
      }
      return offset +
             OffsetOf(y.subspan(tuples), absl::MakeConstSpan(strides).subspan(batch_ + tuple_));
    });
  }

  const Operands& in_;
  Results& out_;
  const ShapeView data_;
  const ShapeView indices_;
  int batch_ = 0;
  int64_t tuple_ = 0;
};

absl::Status InferGatherNd(const Operands& in, Results& out) { return GatherNd(in, out).Infer(); }

constexpr Rule kGatherRules[] = {
    {kOnnx, "Gather", 1, InferGather},
    {kOnnx, "GatherElements", 11, InferGatherElements},
    {kOnnx, "GatherND", 11, InferGatherNd},
    {kMicrosoft, "GatherND", 1, InferGatherNd},
};

}  // namespace

absl::Span<const Rule> GatherRules() { return kGatherRules; }

}  // namespace symshape::rules
