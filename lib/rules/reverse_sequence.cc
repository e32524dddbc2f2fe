// ReverseSequence.
#include "rules/families.h"
#include "rules/index_map.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

// The first sequence_lens[b] elements of each sequence stand the other way round.
void SetReversedElements(const Operands& in, int batch, int time, Results& out) {
  const std::optional<Block> x = BlockOf(in, 0);
  const std::optional<Block> lengths = BlockOf(in, 1);
  if (!x || !lengths || static_cast<int64_t>(lengths->elements.size()) != x->dims[batch]) return;
  const Sizes strides = Strides(x->dims);
  std::vector<Element> y;
  ForEachIndex(x->dims, [&](absl::Span<const int64_t> index) {
    const auto length = ConstantOf(in.context(), lengths->elements[index[batch]]);
    if (!length) {
      y.emplace_back();
      return;
    }
    const int64_t at = index[time];
    const int64_t from = at < *length ? *length - 1 - at : at;
    y.push_back(x->elements[OffsetOf(index, strides) + (from - at) * strides[time]]);
  });
  out.SetElements(0, std::move(y));
}

// x [..., batch, ..., time, ...], sequence_lens [batch] -> like x
// Source: ONNX ReverseSequence-10; onnxruntime core/providers/cpu/tensor/reverse_sequence.cc.
absl::Status InferReverseSequence(const Operands& in, Results& out) {
  if (absl::Status s = CheckRankAtLeast(in, 0, 2); !s.ok()) return s;
  if (absl::Status s = CheckRank(in, 1, 1); !s.ok()) return s;
  SetLike(in, 0, out);
  EncloseRange(in, {0}, out);
  const ShapeView x = in.shape(0);
  const ShapeView lengths = in.shape(1);
  if (!x.has_rank() || !lengths.has_rank()) return absl::OkStatus();
  const absl::StatusOr<int> batch = NormalizeAxis(in.Int("batch_axis", 1), x.rank());
  if (!batch.ok()) return batch.status();
  RequireSameSize(x[*batch], lengths[0], "batch and number of sequence_lens", out);
  const absl::StatusOr<int> time = NormalizeAxis(in.Int("time_axis", 0), x.rank());
  if (!time.ok()) return time.status();
  if (out.wanted(0)) SetReversedElements(in, *batch, *time, out);
  return absl::OkStatus();
}

constexpr Rule kReverseSequenceRules[] = {
    {kOnnx, "ReverseSequence", 10, InferReverseSequence},
};

}  // namespace

absl::Span<const Rule> ReverseSequenceRules() { return kReverseSequenceRules; }

}  // namespace symshape::rules
