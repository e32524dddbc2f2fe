"""Operators without a row of some kind, and why: rows_coverage_test.py."""

ANY = 'any operand will do'
NO_KERNEL = 'no kernel tells what it refuses'
SCALARS = 'its operands are scalars, and one of unknown rank runs as a tensor'
NO_OPERAND = 'it has no tensor as an operand'
MAPS = 'its operand is a map'

WITHOUT_ERROR = {
    ANY: '''
        Abs Acos Acosh Asin Asinh Atan Atanh Bernoulli BitCast BitwiseNot Cast CastLike Ceil Celu Clip Cos Cosh Dropout DynamicQuantizeLinear Elu Erf
        Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LRN LeakyRelu Log MeanVarianceNormalization Mish Neg NonZero Not
        RandomNormalLike RandomUniformLike Reciprocal RegexFullMatch Relu Round Selu Shape Shrink Sigmoid Sign Sin Sinh Size Softplus Softsign
        Sqrt StringSplit SwiGLU Swish Tan Tanh ThresholdedRelu
        Affine ImageScaler ParametricSoftplus Scale ScaledTanh Optional OptionalHasElement SequenceConstruct SequenceLength
        ai.onnx.ml.Binarizer ai.onnx.ml.CategoryMapper ai.onnx.ml.FeatureVectorizer ai.onnx.ml.Imputer ai.onnx.ml.LabelEncoder
        ai.onnx.ml.OneHotEncoder
        com.microsoft.Gelu com.microsoft.IsAllFinite com.microsoft.MurmurHash3 com.microsoft.QLinearLeakyRelu com.microsoft.QLinearSigmoid
        com.microsoft.QuickGelu com.microsoft.SampleOp''',
    NO_KERNEL: '''
        ai.onnx.preview.training.Gradient ImageDecoder
        com.microsoft.BiasDropout com.microsoft.BiasSoftmax com.microsoft.BiasSplitGelu com.microsoft.BitmaskBiasDropout com.microsoft.BitmaskDropout
        com.microsoft.ConvStateReplay com.microsoft.DequantizeBFP com.microsoft.DequantizeWithOrder com.microsoft.GatedDeltaNetStateReplay
        com.microsoft.GatedRelativePositionBias com.microsoft.GemmaRotaryEmbedding com.microsoft.GroupNorm com.microsoft.Irfft
        com.microsoft.LongformerAttention com.microsoft.PackedMultiHeadAttention com.microsoft.QOrderedGelu com.microsoft.QOrderedLayerNormalization
        com.microsoft.QOrderedLongformerAttention com.microsoft.QuantizeBFP com.microsoft.QuantizeWithOrder com.microsoft.RelativePositionBias
        com.microsoft.Rfft com.microsoft.ScaledSiLU com.microsoft.SkipGroupNorm com.microsoft.SwiGLU com.ms.internal.nhwc.LRN''',
    'a search runs its decoder, which no row has whole': '''
        com.microsoft.BeamSearch com.microsoft.GreedySearch com.microsoft.Sampling com.microsoft.WhisperBeamSearch''',
    'its body is a function that gathers what there is': 'NegativeLogLikelihoodLoss',
    'an optional without an element is none of a row\'s texts': 'OptionalGetElement',
    NO_OPERAND: 'RandomNormal RandomUniform SequenceEmpty',
    'its scalars are not compared': 'MelWeightMatrix',
}

WITHOUT_UNKNOWN_RANK = {
    NO_OPERAND: 'Constant RandomNormal RandomUniform SequenceEmpty',
    SCALARS: 'BlackmanWindow HammingWindow HannWindow MelWeightMatrix Range com.microsoft.Range If Loop',
    'the runtime wants the shapes that its body carries': 'Scan',
    'its operand is a sequence': 'ConcatFromSequence SequenceAt SequenceErase SequenceInsert SequenceLength',
    'its kernel runs on some processors only': 'com.microsoft.MatMulFpQ4',
    MAPS: 'ai.onnx.ml.CastMap ai.onnx.ml.DictVectorizer',
}


def names(listed):
    """-> {operator: reason}"""
    return {name: reason for reason, text in listed.items() for name in text.split()}
