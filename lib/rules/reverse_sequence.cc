// ReverseSequence.
#include "rules/families.h"
#include "rules/moved_values.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

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
  return absl::OkStatus();
}

constexpr Rule kReverseSequenceRules[] = {
    {kOnnx, "ReverseSequence", 10, InferReverseSequence},
};

}  // namespace

absl::Span<const Rule> ReverseSequenceRules() { return kReverseSequenceRules; }

}  // namespace symshape::rules
