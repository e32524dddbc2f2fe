// ai.onnx.ml: what prepares features. Models: ml_model.cc; labels and maps: ml_labels.cc.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "rules/families.h"
#include "rules/same.h"
#include "rules/value_range.h"

namespace symshape::rules {
namespace {

// X [d...] -> Y [d...] of X's type: Binarizer, Imputer.
absl::Status InferSame(const Operands& in, Results& out) {
  out.Set(0, in.type(0), in.shape(0));
  return absl::OkStatus();
}

// X [F] or [N, F] of numbers -> Y of floats
absl::Status InferNormalizer(const Operands& in, Results& out) {
  out.Set(0, ElementType::kFloat, in.shape(0));
  if (in.shape(0).has_rank() && in.shape(0).rank() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("the operand has rank at most 2, not ", in.shape(0).rank()));
  }
  return absl::OkStatus();
}

// X [F] or [N, F, ...] of numbers -> Y of floats. `offset` and `scale` have one element each, or F.
// Source: onnxruntime core/providers/cpu/ml/scaler.cc.
absl::Status InferScaler(const Operands& in, Results& out) {
  const ShapeView x = in.shape(0);
  out.Set(0, ElementType::kFloat, x);
  const auto scale = in.FloatList("scale");
  if (x.has_rank() && x.rank() > 0 && scale && scale->size() > 1) {
    const int64_t count = static_cast<int64_t>(scale->size());
    const Expr features = x[std::min(1, x.rank() - 1)];
    out.Require(Eq(features, count), {"`scale` for ", count, " features, not ", features});
  }
  return absl::OkStatus();
}

// X [..., F], indices Y of K elements -> [..., K]; of a vector X, [1, K]. At least one index.
// Source: onnxruntime core/providers/cpu/ml/array_feature_extractor.cc.
absl::Status InferArrayFeatureExtractor(const Operands& in, Results& out) {
  out.SetType(0, in.type(0));
  const ShapeView x = in.shape(0), indices = in.shape(1);
  if (!x.has_rank()) return absl::OkStatus();
  if (x.rank() == 0) return absl::InvalidArgumentError("the operand has rank at least 1, not 0");
  const Expr count = indices.has_rank() ? indices.Product() : out.Fresh("features");
  out.Require(Ge(count, 1), {"there are indices, not ", count});
  ShapeBuilder y(x.dims());
  y.Set(x.rank() - 1, count);
  if (x.rank() == 1) y.Insert(0, in.Const(1));
  out.SetShape(0, y);
  const Expr features = x[x.rank() - 1];
  out.Require(Ge(features, 1), {"there are indices, of ", features, " features"});
  const ValueRange range = RangeOf(in, 1);
  if (range.attained && !range.hi.is_none()) {
    const Expr highest = in.Wrap(range.hi);
    out.Require(Gt(features, highest), {"feature ", highest, " of ", features});
  }
  return absl::OkStatus();
}

// X_i [N, F_i] or [F_i] -> Y [N, sum of `inputdimensions`] of floats; each X_i is cut or filled up.
// Source: onnxruntime core/providers/cpu/ml/feature_vectorizer.cc.
absl::Status InferFeatureVectorizer(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kFloat);
  int64_t width = 0;
  for (int64_t d : in.IntList("inputdimensions").value_or(absl::Span<const int64_t>())) width += d;
  const ShapeView x = in.shape(0);
  for (int i = 1; i < in.size(); ++i) {
    const ShapeView other = in.shape(i);
    if (x.has_rank() && other.has_rank() && x.rank() > 0 && other.rank() > 0) {
      RequireSameSize(x.rank() == 1 ? in.Const(1) : x[0],
                      other.rank() == 1 ? in.Const(1) : other[0], "samples", out);
    }
  }
  const Expr samples = !x.has_rank() ? out.Fresh("samples") : x.rank() == 1 ? in.Const(1) : x[0];
  out.SetShape(0, {samples, in.Const(width)});
  return absl::OkStatus();
}

// X [d...] -> Y [d..., categories] of floats
absl::Status InferOneHotEncoder(const Operands& in, Results& out) {
  out.SetType(0, ElementType::kFloat);
  if (!in.shape(0).has_rank()) return absl::OkStatus();
  const graph::Attribute* strings = in.Find("cats_strings");
  const auto ints = in.IntList("cats_int64s");
  const size_t categories = ints && !ints->empty() ? ints->size()
                            : strings != nullptr   ? strings->strings().size()
                                                   : 0;
  ShapeBuilder y(in.shape(0).dims());
  y.Add(in.Const(static_cast<int64_t>(categories)));
  out.SetShape(0, y);
  return absl::OkStatus();
}

constexpr Rule kMlFeaturesRules[] = {
    {kOnnxMl, "ArrayFeatureExtractor", 1, InferArrayFeatureExtractor},
    {kOnnxMl, "Binarizer", 1, InferSame},
    {kOnnxMl, "FeatureVectorizer", 1, InferFeatureVectorizer},
    {kOnnxMl, "Imputer", 1, InferSame},
    {kOnnxMl, "Normalizer", 1, InferNormalizer},
    {kOnnxMl, "OneHotEncoder", 1, InferOneHotEncoder},
    {kOnnxMl, "Scaler", 1, InferScaler},
};

}  // namespace

absl::Span<const Rule> MlFeaturesRules() { return kMlFeaturesRules; }

}  // namespace symshape::rules
