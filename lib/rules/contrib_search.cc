// onnxruntime's searches for sequences, whose decoder is a subgraph: BeamSearch, GreedySearch,
// Sampling. The results are padded to max_length.
#include "rules/families.h"
#include "rules/same.h"

namespace symshape::rules {
namespace {

Expr ScalarOrFresh(const Operands& in, int i, absl::string_view stem, Results& out) {
  const std::optional<Expr> value = in.Scalar(i);
  return value.has_value() ? *value : out.Fresh(stem);
}

Expr VocabularySize(const Operands& in, Results& out) {
  const int64_t size = in.Int("vocab_size", -1);
  return size > 0 ? in.Const(size) : out.Fresh("vocabulary");
}

// input_ids [B, S …], max_length, min_length, num_beams, num_return_sequences ->
// sequences [B, returned, max_length], their scores [B, returned], scores
// [max_length - S, B, beams, vocabulary]
// Source: onnxruntime contrib_ops/cpu/transformers/beam_search_impl_base.h.
absl::Status InferBeamSearch(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  const ElementType scores = in.has(5) ? in.type(5) : ElementType::kFloat;
  out.SetType(1, scores);
  out.SetType(2, scores);
  const ShapeView ids = in.shape(0);
  if (!ids.has_rank() || ids.rank() < 2) return absl::OkStatus();
  const Expr longest = ScalarOrFresh(in, 1, "max_length", out);
  const Expr returned = ScalarOrFresh(in, 4, "sequences", out);
  out.SetShape(0, ShapeBuilder({ids[0], returned, longest}));
  out.SetShape(1, ShapeBuilder({ids[0], returned}));
  if (out.wanted(2)) out.SetRank(2, 4, "score");
  return absl::OkStatus();
}

// input_ids [B, S], max_length -> [B, max_length]; Sampling: and filtered logits [B, vocabulary]
// Source: onnxruntime contrib_ops/cpu/transformers/greedy_search_impl_base.h.
absl::Status InferGreedySearch(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kInt32);
  out.SetType(1, ElementType::kFloat);
  const ShapeView ids = in.shape(0);
  if (!ids.has_rank() || ids.rank() != 2) return absl::OkStatus();
  out.SetShape(0, ShapeBuilder({ids[0], ScalarOrFresh(in, 1, "max_length", out)}));
  if (out.wanted(1)) out.SetShape(1, ShapeBuilder({ids[0], VocabularySize(in, out)}));
  return absl::OkStatus();
}

constexpr Rule kContribSearchRules[] = {
    {kMicrosoft, "BeamSearch", 1, InferBeamSearch},
    {kMicrosoft, "GreedySearch", 1, InferGreedySearch},
    {kMicrosoft, "Sampling", 1, InferGreedySearch},
    {kMicrosoft, "WhisperBeamSearch", 1, InferBeamSearch},
};

}  // namespace

absl::Span<const Rule> ContribSearchRules() { return kContribSearchRules; }

}  // namespace symshape::rules
