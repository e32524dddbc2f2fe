// The tables of the family files, one line each, alphabetical. Each is defined at the foot of its
// file.
#ifndef SYMSHAPE_RULES_FAMILIES_H_
#define SYMSHAPE_RULES_FAMILIES_H_

#include "absl/types/span.h"
#include "rules/table.h"

namespace symshape::rules {

absl::Span<const Rule> AffineGridRules();
absl::Span<const Rule> ArgReduceRules();
absl::Span<const Rule> AttentionRules();
absl::Span<const Rule> CastRules();
absl::Span<const Rule> CenterCropPadRules();
absl::Span<const Rule> Col2ImRules();
absl::Span<const Rule> ComparisonRules();
absl::Span<const Rule> CompressRules();
absl::Span<const Rule> ConcatRules();
absl::Span<const Rule> ConstantRules();
absl::Span<const Rule> ContribAttentionProjectedRules();
absl::Span<const Rule> ContribAttentionRules();
absl::Span<const Rule> ContribDecodingRules();
absl::Span<const Rule> ContribElementwiseRules();
absl::Span<const Rule> ContribExpertsRules();
absl::Span<const Rule> ContribNchwcRules();
absl::Span<const Rule> ContribNormalizationRules();
absl::Span<const Rule> ContribRecurrenceRules();
absl::Span<const Rule> ContribSearchRules();
absl::Span<const Rule> ContribSparseAttentionRules();
absl::Span<const Rule> ContribStreamsRules();
absl::Span<const Rule> ContribTensorRules();
absl::Span<const Rule> ConvRules();
absl::Span<const Rule> ConvTransposeRules();
absl::Span<const Rule> CumSumRules();
absl::Span<const Rule> DepthToSpaceRules();
absl::Span<const Rule> EinsumRules();
absl::Span<const Rule> ElementwiseBinaryRules();
absl::Span<const Rule> ElementwiseUnaryRules();
absl::Span<const Rule> ExpandRules();
absl::Span<const Rule> EyeLikeRules();
absl::Span<const Rule> GatherRules();
absl::Span<const Rule> GemmRules();
absl::Span<const Rule> GridSampleRules();
absl::Span<const Rule> IdentityRules();
absl::Span<const Rule> ImageRules();
absl::Span<const Rule> LegacyRules();
absl::Span<const Rule> LinearAttentionRules();
absl::Span<const Rule> LossRules();
absl::Span<const Rule> MatMulPackedRules();
absl::Span<const Rule> MatMulRules();
absl::Span<const Rule> MlFeaturesRules();
absl::Span<const Rule> MlLabelsRules();
absl::Span<const Rule> MlModelRules();
absl::Span<const Rule> NonMaxSuppressionRules();
absl::Span<const Rule> NonZeroRules();
absl::Span<const Rule> NormalizationRules();
absl::Span<const Rule> OneHotRules();
absl::Span<const Rule> OptionalRules();
absl::Span<const Rule> PadRules();
absl::Span<const Rule> PoolRules();
absl::Span<const Rule> QuantizeRules();
absl::Span<const Rule> QuantizedRules();
absl::Span<const Rule> RandomRules();
absl::Span<const Rule> RangeRules();
absl::Span<const Rule> RecurrentRules();
absl::Span<const Rule> ReduceRules();
absl::Span<const Rule> ReshapeRules();
absl::Span<const Rule> ResizeRules();
absl::Span<const Rule> ReverseSequenceRules();
absl::Span<const Rule> RoiRules();
absl::Span<const Rule> ScatterRules();
absl::Span<const Rule> SequenceRules();
absl::Span<const Rule> ShapeRules();
absl::Span<const Rule> SignalRules();
absl::Span<const Rule> SliceRules();
absl::Span<const Rule> SoftmaxRules();
absl::Span<const Rule> SplitRules();
absl::Span<const Rule> SqueezeRules();
absl::Span<const Rule> StringRules();
absl::Span<const Rule> TileRules();
absl::Span<const Rule> TopKRules();
absl::Span<const Rule> TrainingRules();
absl::Span<const Rule> TransposeRules();
absl::Span<const Rule> TriluRules();
absl::Span<const Rule> UniqueRules();
absl::Span<const Rule> WhereRules();

}  // namespace symshape::rules

#endif  // SYMSHAPE_RULES_FAMILIES_H_
