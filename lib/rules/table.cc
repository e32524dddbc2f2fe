// Joins the tables of the family files.
#include "rules/table.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "rules/families.h"

namespace symshape::rules {
namespace {

using Key = std::pair<absl::string_view, absl::string_view>;  // domain, operator

Key KeyOf(const Rule* rule) { return {rule->domain, rule->op}; }
Key KeyOf(const Key& key) { return key; }

struct HashOfKey {
  using is_transparent = void;
  template <typename T>
  size_t operator()(const T& rule) const {
    return absl::Hash<Key>()(KeyOf(rule));
  }
};
struct SameKey {
  using is_transparent = void;
  template <typename T, typename U>
  bool operator()(const T& a, const U& b) const {
    return KeyOf(a) == KeyOf(b);
  }
};

// From the first rule of an operator in a domain to its last; nearly all have exactly one. Each
// process makes it, so it is no larger than it has to be.
using Index = absl::flat_hash_map<const Rule*, const Rule*, HashOfKey, SameKey>;

Index MakeIndex() {
  Index index;
  index.reserve(512);
  for (const Family& family : Families()) {
    for (const Rule& rule : family.rules) index[&rule] = &rule;
  }
  return index;
}

}  // namespace

absl::Span<const Family> Families() {
  static const Family kFamilies[] = {
      {"affine_grid.cc", AffineGridRules()},
      {"arg_reduce.cc", ArgReduceRules()},
      {"attention.cc", AttentionRules()},
      {"cast.cc", CastRules()},
      {"center_crop_pad.cc", CenterCropPadRules()},
      {"col2im.cc", Col2ImRules()},
      {"comparison.cc", ComparisonRules()},
      {"compress.cc", CompressRules()},
      {"concat.cc", ConcatRules()},
      {"constant.cc", ConstantRules()},
      {"contrib_attention.cc", ContribAttentionRules()},
      {"contrib_attention_projected.cc", ContribAttentionProjectedRules()},
      {"contrib_decoding.cc", ContribDecodingRules()},
      {"contrib_elementwise.cc", ContribElementwiseRules()},
      {"contrib_experts.cc", ContribExpertsRules()},
      {"contrib_nchwc.cc", ContribNchwcRules()},
      {"contrib_normalization.cc", ContribNormalizationRules()},
      {"contrib_recurrence.cc", ContribRecurrenceRules()},
      {"contrib_search.cc", ContribSearchRules()},
      {"contrib_sparse_attention.cc", ContribSparseAttentionRules()},
      {"contrib_streams.cc", ContribStreamsRules()},
      {"contrib_tensor.cc", ContribTensorRules()},
      {"conv.cc", ConvRules()},
      {"conv_transpose.cc", ConvTransposeRules()},
      {"cum_sum.cc", CumSumRules()},
      {"depth_to_space.cc", DepthToSpaceRules()},
      {"einsum.cc", EinsumRules()},
      {"elementwise_binary.cc", ElementwiseBinaryRules()},
      {"elementwise_unary.cc", ElementwiseUnaryRules()},
      {"expand.cc", ExpandRules()},
      {"eye_like.cc", EyeLikeRules()},
      {"gather.cc", GatherRules()},
      {"gemm.cc", GemmRules()},
      {"grid_sample.cc", GridSampleRules()},
      {"identity.cc", IdentityRules()},
      {"image.cc", ImageRules()},
      {"legacy.cc", LegacyRules()},
      {"linear_attention.cc", LinearAttentionRules()},
      {"loss.cc", LossRules()},
      {"mat_mul.cc", MatMulRules()},
      {"mat_mul_packed.cc", MatMulPackedRules()},
      {"ml_features.cc", MlFeaturesRules()},
      {"ml_labels.cc", MlLabelsRules()},
      {"ml_model.cc", MlModelRules()},
      {"non_max_suppression.cc", NonMaxSuppressionRules()},
      {"nonzero.cc", NonZeroRules()},
      {"normalization.cc", NormalizationRules()},
      {"one_hot.cc", OneHotRules()},
      {"optional.cc", OptionalRules()},
      {"pad.cc", PadRules()},
      {"pool.cc", PoolRules()},
      {"quantize.cc", QuantizeRules()},
      {"quantized.cc", QuantizedRules()},
      {"random.cc", RandomRules()},
      {"range.cc", RangeRules()},
      {"recurrent.cc", RecurrentRules()},
      {"reduce.cc", ReduceRules()},
      {"reshape.cc", ReshapeRules()},
      {"resize.cc", ResizeRules()},
      {"reverse_sequence.cc", ReverseSequenceRules()},
      {"roi.cc", RoiRules()},
      {"scatter.cc", ScatterRules()},
      {"sequence.cc", SequenceRules()},
      {"shape.cc", ShapeRules()},
      {"signal.cc", SignalRules()},
      {"slice.cc", SliceRules()},
      {"softmax.cc", SoftmaxRules()},
      {"split.cc", SplitRules()},
      {"squeeze.cc", SqueezeRules()},
      {"string.cc", StringRules()},
      {"tile.cc", TileRules()},
      {"top_k.cc", TopKRules()},
      {"training.cc", TrainingRules()},
      {"transpose.cc", TransposeRules()},
      {"trilu.cc", TriluRules()},
      {"unique.cc", UniqueRules()},
      {"where.cc", WhereRules()},
  };
  return kFamilies;
}

const Rule* FindRule(absl::string_view domain, absl::string_view op, int version) {
  static const Index& index = *new Index(MakeIndex());  // constant after; never destroyed
  const auto found = index.find(Key(domain, op));
  if (found == index.end()) return nullptr;
  const Rule* best = nullptr;
  for (const Rule* rule = found->first; rule <= found->second; ++rule) {
    // Version 0: the model imports no opset of this domain; the newest rule is as good as any.
    if (version != 0 && rule->since > version) continue;
    if (best == nullptr || rule->since > best->since) best = rule;
  }
  return best;
}

}  // namespace symshape::rules
